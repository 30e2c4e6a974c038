import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { hiringTeamMembers } from "../db/schema/hiring.ts";
import { interviewers, interviews } from "../db/schema/interview.ts";
import { seesJob, sightOf } from "../hiring/visibility.ts";
import type { Context } from "../operation/context.ts";
import { interviewersOfInterview } from "./load.ts";
import type { Interview } from "./request.ts";

/** Whether the caller sees an interview: they see its job, organise it or sit on it. */
export async function seesInterview(ctx: Context, { id, jobId, organizerId }: Interview): Promise<boolean> {
  const sight = await sightOf(ctx);
  if (seesJob(sight, jobId)) return true;
  if (sight.everything || sight.userId === null) return sight.everything;
  if (organizerId === sight.userId) return true;
  const seats = (await ctx.load(interviewersOfInterview, id)) ?? [];
  return seats.some(({ userId }) => userId === sight.userId);
}

/** Something of an interview's job, or null for who only takes part in the interview. */
export async function ofJob<T>(
  ctx: Context,
  { jobId }: Pick<Interview, "jobId">,
  load: () => Promise<T>,
): Promise<T | null> {
  return seesJob(await sightOf(ctx), jobId) ? load() : null;
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
    where of_job.account_id = ${accountId} and of_job.job_id in (
      select team.job_id from ${hiringTeamMembers} as team
      where team.account_id = ${accountId} and team.user_id = ${userId}
    )
  )`;
}
