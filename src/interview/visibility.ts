import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { arrayLiteral } from "../db/client.ts";
import { candidates } from "../db/schema/hiring.ts";
import { interviewers, interviews } from "../db/schema/interview.ts";
import { seesApplication, sightOf } from "../hiring/visibility.ts";
import type { OfApplication } from "../hiring/visibility.ts";
import type { Context } from "../operation/context.ts";
import { interviewersOfInterview } from "./load.ts";
import type { Interview } from "./load.ts";

/** Whether the caller sees an interview: they see its application, organise it or sit on it. */
export async function seesInterview(ctx: Context, interview: Interview): Promise<boolean> {
  if (await seesApplication(ctx, interview)) return true;
  const sight = await sightOf(ctx);
  if (sight.everything || sight.userId === null) return sight.everything;
  if (interview.organizerId === sight.userId) return true;
  const seats = (await ctx.load(interviewersOfInterview, interview.id)) ?? [];
  return seats.some(({ userId }) => userId === sight.userId);
}

/** Something of an interview's application or job, or null for a person who only takes part in the interview. */
export async function ofApplication<T>(
  ctx: Context,
  interview: OfApplication,
  load: () => Promise<T>,
): Promise<T | null> {
  return (await seesApplication(ctx, interview)) ? load() : null;
}

/**
 * The same as {@link seesInterview}, for rows. What a person sees is gathered by index first, so that its cost grows with
 * what they see and not with the account.
 */
export async function seenInterviews(ctx: Context): Promise<SQL | undefined> {
  const sight = await sightOf(ctx);
  if (sight.everything) return undefined;
  if (sight.userId === null) return sql`false`;
  const { accountId } = ctx;
  const { userId } = sight;
  return sql`${interviews.id} in (
    select seat.interview_id from ${interviewers} as seat
    where seat.account_id = ${accountId} and seat.user_id = ${userId}
    union
    select organized.id from ${interviews} as organized
    where organized.account_id = ${accountId} and organized.organizer_id = ${userId}
    union
    select of_job.id from ${interviews} as of_job
    where of_job.account_id = ${accountId} and of_job.job_id = any(${arrayLiteral([...sight.jobIds])}::uuid[])
    ${sight.externalJobIds.size > 0 ? ofAddedCandidates(accountId, sight.userId, [...sight.externalJobIds]) : sql``}
  )`;
}

/** Interviews that an external recruiter of these jobs sees. */
const ofAddedCandidates = (accountId: string, userId: string, jobIds: readonly string[]) => sql`
    union
    select of_added.id from ${candidates} as added
    join ${interviews} as of_added on of_added.account_id = added.account_id and of_added.candidate_id = added.id
    where added.account_id = ${accountId} and added.added_by_id = ${userId}
      and of_added.job_id = any(${arrayLiteral(jobIds)}::uuid[])`;
