import { RequestError } from "../core/error.ts";
import type { HiringTeamMember } from "../hiring/load.ts";
import type { Context } from "../operation/context.ts";
import { userInAccount } from "../people/load.ts";
import type { User } from "../people/load.ts";

export const ADMINS: readonly User["role"][] = ["SUPER_ADMIN", "ADMIN"];
export const MANAGERS: readonly HiringTeamMember["role"][] = ["RECRUITER", "HIRING_MANAGER", "COORDINATOR"];

export type ManagementRight = "may" | "not the job" | "not the application";

/** What is managed: an application, by its candidate, and its job, by its team. */
export interface Managed {
  team: Pick<HiringTeamMember, "userId" | "role">[];
  candidate: { addedById: string | null };
}

/** Whether a user may manage a job and one application to it. */
export function managementRight(user: Pick<User, "id" | "role">, { team, candidate }: Managed): ManagementRight {
  if (ADMINS.includes(user.role)) return "may";
  const roles = team.filter((member) => member.userId === user.id).map((member) => member.role);
  if (roles.some((role) => MANAGERS.includes(role))) return "may";
  if (!roles.includes("EXTERNAL_RECRUITER")) return "not the job";
  return candidate.addedById === user.id ? "may" : "not the application";
}

/**
 * A caller that is a person needs the same right as an organizer; a token's scope is enough.
 * @throws RequestError FORBIDDEN
 */
export async function authorizeCaller(ctx: Context, managed: Managed): Promise<void> {
  const { userId } = ctx.caller;
  if (userId === null) return;
  const user = await ctx.load(userInAccount, userId);
  if (user?.active && managementRight(user, managed) === "may") return;
  throw new RequestError(
    "FORBIDDEN",
    "You may not manage this application. Ask an admin or somebody of the hiring team.",
  );
}
