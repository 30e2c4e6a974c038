import { RequestError } from "../core/error.ts";
import { candidateInAccount, teamOfJob } from "../hiring/load.ts";
import type { HiringTeamMember } from "../hiring/load.ts";
import { ADMINS } from "../hiring/visibility.ts";
import type { Context } from "../operation/context.ts";
import { loaded } from "../read/loader.ts";
import { userInAccount } from "../people/load.ts";
import type { User } from "../people/load.ts";

export const MANAGERS: readonly HiringTeamMember["role"][] = ["RECRUITER", "HIRING_MANAGER", "COORDINATOR"];

export type ManagementRight = "may" | "not the job" | "not the application";

/** An application and its job: what the right to manage them depends on. */
export interface ManagedApplication {
  team: Pick<HiringTeamMember, "userId" | "role">[];
  candidate: { addedById: string | null };
}

/** Whether a user may manage a job and one application to it. */
export function managementRight(
  user: Pick<User, "id" | "role">,
  { team, candidate }: ManagedApplication,
): ManagementRight {
  if (ADMINS.includes(user.role)) return "may";
  const roles = team.filter((member) => member.userId === user.id).map((member) => member.role);
  if (roles.some((role) => MANAGERS.includes(role))) return "may";
  if (!roles.includes("EXTERNAL_RECRUITER")) return "not the job";
  return candidate.addedById === user.id ? "may" : "not the application";
}

/** The same for an interview that exists. */
export async function managedOf(
  ctx: Context,
  { jobId, candidateId }: { jobId: string; candidateId: string },
): Promise<ManagedApplication> {
  const [team, candidate] = await Promise.all([
    loaded(ctx.load(teamOfJob, jobId)),
    loaded(ctx.load(candidateInAccount, candidateId)),
  ]);
  return { team, candidate };
}

/** Whether the caller may manage it: a token's scope is enough, a person needs the same right as an organizer. */
export async function callerManages(ctx: Context, load: () => Promise<ManagedApplication>): Promise<boolean> {
  const { userId } = ctx.caller;
  if (userId === null) return true;
  const [user, managed] = await Promise.all([ctx.load(userInAccount, userId), load()]);
  return user !== null && user.active && managementRight(user, managed) === "may";
}

/** @throws RequestError FORBIDDEN unless the caller may manage it */
export async function authorizeCaller(ctx: Context, load: () => Promise<ManagedApplication>): Promise<void> {
  if (await callerManages(ctx, load)) return;
  throw new RequestError(
    "FORBIDDEN",
    "You may not manage this application. Ask an admin or somebody of the hiring team.",
  );
}
