import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { arrayLiteral } from "../db/client.ts";
import { applications, hiringTeamMembers } from "../db/schema/hiring.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { defineListLoader } from "../operation/loader.ts";
import type { Loader } from "../operation/loader.ts";
import { userInAccount } from "../people/load.ts";
import type { User } from "../people/load.ts";
import { candidateInAccount } from "./load.ts";
import type { Candidate } from "./load.ts";

/** Roles that see and manage everything of the account. */
export const ADMINS: readonly User["role"][] = ["SUPER_ADMIN", "ADMIN"];

/** What a caller sees: all of the account, or as a person what they take part in. */
export type Sight =
  | { everything: true }
  | {
      everything: false;
      /** Null for a person who is not, or no longer, an active user: they see nothing. */
      userId: string | null;
      /** The jobs on whose hiring teams they are, in whatever part. */
      jobIds: ReadonlySet<string>;
    };

const teamsOfUser = defineListLoader(hiringTeamMembers, { by: "userId", order: ["jobId"] });
const applicationsOfCandidate = defineListLoader(applications, {
  by: "candidateId",
  order: ["id"],
});

/** What the caller sees at this moment. Asked again within one operation, it costs nothing. */
export async function sightOf(ctx: Context): Promise<Sight> {
  const { userId } = ctx.caller;
  if (userId === null) return { everything: true };
  const [user, teams] = await Promise.all([ctx.load(userInAccount, userId), ctx.load(teamsOfUser, userId)]);
  if (!user?.active) return { everything: false, userId: null, jobIds: new Set() };
  if (ADMINS.includes(user.role)) return { everything: true };
  return { everything: false, userId, jobIds: new Set((teams ?? []).map(({ jobId }) => jobId)) };
}

/** Whether the caller sees a job, and with it its plan and its applications. */
export function seesJob(sight: Sight, jobId: string): boolean {
  return sight.everything || sight.jobIds.has(jobId);
}

/** The same for the rows of a list. */
export async function ofSeenJobs(ctx: Context, jobId: PgColumn): Promise<SQL | undefined> {
  const sight = await sightOf(ctx);
  return sight.everything ? undefined : sql`${jobId} = any(${arrayLiteral([...sight.jobIds])}::uuid[])`;
}

/** What belongs to a job, when the caller sees that job. */
export async function loadOfJob<V>(
  ctx: Context,
  { loader, id, jobIdOf }: { loader: Loader<V>; id: string; jobIdOf: (row: V) => string },
): Promise<V | null> {
  const [row, sight] = await Promise.all([ctx.load(loader, id), sightOf(ctx)]);
  return row !== null && seesJob(sight, jobIdOf(row)) ? row : null;
}

/** How `node` fetches reference data that belongs to a job. */
export function nodeOfJob<V>(loader: Loader<V>, jobIdOf: (row: V) => string) {
  return async (id: string, ctx: Context): Promise<V | null> => {
    requireScope(ctx, "directory:read");
    return loadOfJob(ctx, { loader, id, jobIdOf });
  };
}

/** How `node` fetches a candidate: when the caller sees a job that the candidate has applied to. */
export async function findCandidate(id: string, ctx: Context): Promise<Candidate | null> {
  requireScope(ctx, "directory:read");
  const sight = await sightOf(ctx);
  if (sight.everything) return ctx.load(candidateInAccount, id);
  const submitted = (await ctx.load(applicationsOfCandidate, id)) ?? [];
  return submitted.some(({ jobId }) => sight.jobIds.has(jobId)) ? ctx.load(candidateInAccount, id) : null;
}
