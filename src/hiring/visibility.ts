import { and, or, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { arrayLiteral } from "../db/client.ts";
import { candidates, hiringTeamMembers } from "../db/schema/hiring.ts";
import type { Context } from "../operation/context.ts";
import { defineListLoader, loaded } from "../read/loader.ts";
import { userInAccount } from "../people/load.ts";
import type { User } from "../people/load.ts";
import { candidateInAccount } from "./load.ts";
import type { HiringTeamMember } from "./load.ts";

/** Roles that see and manage everything of the account. */
export const ADMINS: readonly User["role"][] = ["SUPER_ADMIN", "ADMIN"];

/** What a caller sees: all of the account, or what a person takes part in. */
export type Visibility =
  | { everything: true }
  | {
      everything: false;
      /** Null for a person who is not, or no longer, an active user: they see nothing. */
      userId: string | null;
      /** Jobs of which they see every application. */
      jobIds: ReadonlySet<string>;
      /** Jobs of which they see only the applications of candidates that they added. */
      externalJobIds: ReadonlySet<string>;
    };

/** The columns that decide whether an application, or an interview about it, is visible. */
export interface ApplicationKeys {
  jobId: string;
  candidateId: string;
}

const EXTERNAL: HiringTeamMember["role"] = "EXTERNAL_RECRUITER";

const teamsOfUser = defineListLoader(hiringTeamMembers, { by: "userId", order: ["jobId"] });

/** What the caller sees at this moment. Repeated calls within one operation cost nothing. */
export async function visibilityOf(ctx: Context): Promise<Visibility> {
  const { userId } = ctx.caller;
  if (userId === null) return { everything: true };
  const [user, teams] = await Promise.all([ctx.load(userInAccount, userId), ctx.load(teamsOfUser, userId)]);
  if (!user?.active) return { everything: false, userId: null, jobIds: new Set(), externalJobIds: new Set() };
  if (ADMINS.includes(user.role)) return { everything: true };
  const parts = teams ?? [];
  const jobIds = new Set(parts.filter(({ role }) => role !== EXTERNAL).map(({ jobId }) => jobId));
  const externalJobIds = new Set(parts.map(({ jobId }) => jobId).filter((jobId) => !jobIds.has(jobId)));
  return { everything: false, userId, jobIds, externalJobIds };
}

/** Whether the caller sees a job, and with it its plan. */
export function seesJob(visibility: Visibility, jobId: string): boolean {
  return visibility.everything || visibility.jobIds.has(jobId) || visibility.externalJobIds.has(jobId);
}

/** Whether the caller sees an application, and the interviews about it. */
export async function seesApplication(ctx: Context, { jobId, candidateId }: ApplicationKeys): Promise<boolean> {
  const visibility = await visibilityOf(ctx);
  if (visibility.everything || visibility.jobIds.has(jobId)) return true;
  if (!visibility.externalJobIds.has(jobId)) return false;
  const candidate = await loaded(ctx.load(candidateInAccount, candidateId));
  return candidate.addedById === visibility.userId;
}

/** The same as {@link seesJob}, for rows. */
export async function ofSeenJobs(ctx: Context, jobId: PgColumn): Promise<SQL | undefined> {
  const visibility = await visibilityOf(ctx);
  return visibility.everything ? undefined : among(jobId, [...visibility.jobIds, ...visibility.externalJobIds]);
}

/** The same as {@link seesApplication}, for rows. */
export async function ofSeenApplications(
  ctx: Context,
  { jobId, candidateId }: Record<keyof ApplicationKeys, PgColumn>,
): Promise<SQL | undefined> {
  const visibility = await visibilityOf(ctx);
  if (visibility.everything) return undefined;
  const whole = among(jobId, [...visibility.jobIds]);
  if (visibility.externalJobIds.size === 0) return whole;
  const added = sql`${candidateId} in (
    select added.id from ${candidates} as added where added.account_id = ${ctx.accountId} and added.added_by_id = ${visibility.userId}
  )`;
  return or(whole, and(among(jobId, [...visibility.externalJobIds]), added));
}

const among = (column: PgColumn, ids: readonly string[]) => sql`${column} = any(${arrayLiteral(ids)}::uuid[])`;
