import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { arrayLiteral } from "../db/client.ts";
import { candidates } from "../db/schema/hiring.ts";
import { interviewers, interviews } from "../db/schema/interview.ts";
import { seesApplication, visibilityOf } from "../hiring/visibility.ts";
import type { ApplicationKeys } from "../hiring/visibility.ts";
import type { Context } from "../operation/context.ts";
import { interviewersOfInterview } from "./load.ts";
import type { Interview } from "./load.ts";

/** Whether the caller sees an interview: they see its application, organise it or sit on it. */
export async function seesInterview(ctx: Context, interview: Interview): Promise<boolean> {
  if (await seesApplication(ctx, interview)) return true;
  const visibility = await visibilityOf(ctx);
  if (visibility.everything || visibility.userId === null) return visibility.everything;
  if (interview.organizerId === visibility.userId) return true;
  const seats = (await ctx.load(interviewersOfInterview, interview.id)) ?? [];
  return seats.some(({ userId }) => userId === visibility.userId);
}

/** Something of an interview's application or job; null for a person who sees the interview but not its application. */
export async function ofApplication<T>(
  ctx: Context,
  interview: ApplicationKeys,
  load: () => Promise<T>,
): Promise<T | null> {
  return (await seesApplication(ctx, interview)) ? load() : null;
}

/**
 * The same as {@link seesInterview}, for rows. What a person sees is gathered by index first, so that its cost grows with
 * what they see and not with the account.
 */
export async function seenInterviews(ctx: Context): Promise<SQL | undefined> {
  const visibility = await visibilityOf(ctx);
  if (visibility.everything) return undefined;
  if (visibility.userId === null) return sql`false`;
  const { accountId } = ctx;
  const { userId } = visibility;
  return sql`${interviews.id} in (
    select seat.interview_id from ${interviewers} as seat
    where seat.account_id = ${accountId} and seat.user_id = ${userId}
    union
    select organized.id from ${interviews} as organized
    where organized.account_id = ${accountId} and organized.organizer_id = ${userId}
    union
    select of_job.id from ${interviews} as of_job
    where of_job.account_id = ${accountId} and of_job.job_id = any(${arrayLiteral([...visibility.jobIds])}::uuid[])
    ${visibility.externalJobIds.size > 0 ? ofAddedCandidates(accountId, visibility.userId, [...visibility.externalJobIds]) : sql``}
  )`;
}

/** Interviews that an external recruiter of these jobs sees. */
const ofAddedCandidates = (accountId: string, userId: string, jobIds: readonly string[]) => sql`
    union
    select of_added.id from ${candidates} as added
    join ${interviews} as of_added on of_added.account_id = added.account_id and of_added.candidate_id = added.id
    where added.account_id = ${accountId} and added.added_by_id = ${userId}
      and of_added.job_id = any(${arrayLiteral(jobIds)}::uuid[])`;
