import { sql } from "drizzle-orm";
import { arrayLiteral } from "../db/client.ts";
import type { Database } from "../db/client.ts";
import { applications, candidates, hiringTeamMembers } from "../db/schema/hiring.ts";
import { interviewers } from "../db/schema/interview.ts";
import { users } from "../db/schema/people.ts";
import { ADMINS } from "../hiring/visibility.ts";
import type { Context } from "../operation/context.ts";
import type { InterviewEvent } from "../operation/event-source.ts";

/** How long an answer stands for streams that are behind; after that it is asked anew. */
const STANDS_MS = 1_000;

/** One stream of a person. */
export interface Follower {
  userId: string;
  /** Whether it hears only of interviews whose application the person sees, because its filter asks about the job. */
  ofSeenApplications: boolean;
}

/** What a person sees of an interview: all of it, or all but its job. */
type View = "whole" | "participant";

/** Who of the streams that were open at a moment saw an event's interview. */
interface Audience {
  asked: ReadonlySet<Follower>;
  seeing: Promise<ReadonlyMap<string, View>>;
  at: number;
}

const followersOf = new WeakMap<Database, Map<string, Set<Follower>>>();
/**
 * The streams of a process are handed the same event, so one statement answers for all of them. A stream that is opened
 * later and replays the event asks anew: what it may see may have changed.
 */
const audiences = new WeakMap<InterviewEvent, Audience>();

/** Counts a stream among those of its account. @returns takes it out again */
export function joinFollowers({ db, accountId }: Context, follower: Follower): () => void {
  const accounts = followersOf.get(db) ?? new Map<string, Set<Follower>>();
  followersOf.set(db, accounts);
  const followers = accounts.get(accountId) ?? new Set<Follower>();
  accounts.set(accountId, followers);
  followers.add(follower);
  return () => {
    followers.delete(follower);
    if (followers.size === 0 && accounts.get(accountId) === followers) accounts.delete(accountId);
  };
}

/** Whether a follower sees an event's interview at the moment of its delivery. */
export async function seesEvent(ctx: Context, event: InterviewEvent, follower: Follower): Promise<boolean> {
  const now = ctx.now().getTime();
  const known = audiences.get(event);
  if (known?.asked.has(follower) && known.at > now - STANDS_MS) return hears(follower, await known.seeing);
  const asked = new Set([follower, ...(followersOf.get(ctx.db)?.get(ctx.accountId) ?? [])]);
  const seeing = findSeeing(ctx, event, asked);
  audiences.set(event, { asked, seeing, at: now });
  seeing.catch(() => audiences.delete(event));
  return hears(follower, await seeing);
}

function hears({ userId, ofSeenApplications }: Follower, seeing: ReadonlyMap<string, View>): boolean {
  return ofSeenApplications ? seeing.get(userId) === "whole" : seeing.has(userId);
}

async function findSeeing({ db, accountId }: Context, event: InterviewEvent, asked: ReadonlySet<Follower>) {
  const userIds = new Set([...asked].map(({ userId }) => userId));
  const rows = await db.execute<{ id: string; whole: boolean }>(sql`
    select id, whole
    from (
      select person.id, person.role = any(${arrayLiteral(ADMINS)}::role[]) or exists (
        select from ${hiringTeamMembers} as team
        where team.account_id = ${accountId} and team.job_id = ${event.jobId} and team.user_id = person.id
          and (team.role <> 'EXTERNAL_RECRUITER' or exists (
            select from ${applications} as application
            join ${candidates} as candidate
              on candidate.account_id = application.account_id and candidate.id = application.candidate_id
            where application.account_id = ${accountId} and application.id = ${event.applicationId}
              and candidate.added_by_id = person.id
          ))
      ) as whole
      from ${users} as person
      where person.account_id = ${accountId} and person.id = any(${arrayLiteral([...userIds])}::uuid[]) and person.active
    ) as person
    where whole or id = ${event.organizerId} or exists (
      select from ${interviewers} as seat
      where seat.account_id = ${accountId} and seat.interview_id = ${event.interviewId} and seat.user_id = person.id
    )`);
  return new Map(rows.map(({ id, whole }) => [id, whole ? "whole" : "participant"] as const));
}
