import { sql } from "drizzle-orm";
import { arrayLiteral } from "../db/client.ts";
import type { Database } from "../db/client.ts";
import { applications, candidates, hiringTeamMembers } from "../db/schema/hiring.ts";
import { interviewers, interviews } from "../db/schema/interview.ts";
import { users } from "../db/schema/people.ts";
import { ADMINS } from "../hiring/visibility.ts";
import type { Context } from "../operation/context.ts";
import type { InterviewEvent } from "../operation/event-source.ts";

/** How long an answer is fresh for streams that replay; after that it is asked again. */
const FRESH_MS = 1_000;
/** How many answers, of an event and a person each, one statement gives. */
const MAX_PAIRS = 10_000;

/** One stream of a person. */
export interface Follower {
  userId: string;
  /** Whether it is told only of interviews whose application the person sees, because its filter asks about the job. */
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
 * later and replays the event asks again: what it may see may have changed.
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

interface Judged {
  events: readonly InterviewEvent[];
  /** Whether the other followers are handed the same events, so that one statement can answer for all of them. */
  shared: boolean;
}

/** Those of the events whose interview a follower sees at this moment, as one statement says for all that it must ask. */
export async function findSeen(
  ctx: Context,
  follower: Follower,
  { events, shared }: Judged,
): Promise<ReadonlySet<InterviewEvent>> {
  const now = ctx.now().getTime();
  const isKnown = (known: Audience | undefined) => known?.asked.has(follower) && known.at > now - FRESH_MS;
  const unknown = events.filter((event) => !isKnown(audiences.get(event)));
  const others = shared ? (followersOf.get(ctx.db)?.get(ctx.accountId) ?? []) : [];
  const asked = new Set([follower, ...others]);
  const count = Math.max(1, Math.floor(MAX_PAIRS / asked.size));
  for (let first = 0; first < unknown.length; first += count) {
    const part = unknown.slice(first, first + count);
    const found = findSeeing(ctx, part, asked);
    for (const event of part) {
      const seeing = found.then((views) => views.get(event.subjectId) ?? NOBODY);
      audiences.set(event, { asked, seeing, at: now });
      seeing.catch(() => audiences.delete(event));
    }
  }
  const seen = await Promise.all(events.map(async (event) => sees(follower, await audiences.get(event)?.seeing)));
  return new Set(events.filter((_event, index) => seen[index]));
}

type Views = ReadonlyMap<string, View>;
const NOBODY: Views = new Map();

function sees({ userId, ofSeenApplications }: Follower, seeing: Views = NOBODY): boolean {
  return ofSeenApplications ? seeing.get(userId) === "whole" : seeing.has(userId);
}

/** What each person sees of each event's interview, by its id. */
async function findSeeing(
  { db, accountId }: Context,
  events: readonly InterviewEvent[],
  asked: ReadonlySet<Follower>,
): Promise<ReadonlyMap<string, Views>> {
  const userIds = new Set([...asked].map(({ userId }) => userId));
  const interviewIds = new Set(events.map(({ subjectId }) => subjectId));
  const rows = await db.execute<{ interviewId: string; id: string; whole: boolean }>(sql`
    select person.interview_id as "interviewId", id, whole
    from (
      select interview.id as interview_id, interview.organizer_id, person.id, person.role = any(${arrayLiteral(ADMINS)}::role[]) or exists (
        select from ${hiringTeamMembers} as team
        where team.account_id = ${accountId} and team.job_id = interview.job_id and team.user_id = person.id
          and (team.role <> 'EXTERNAL_RECRUITER' or exists (
            select from ${applications} as application
            join ${candidates} as candidate
              on candidate.account_id = application.account_id and candidate.id = application.candidate_id
            where application.account_id = ${accountId} and application.id = interview.application_id
              and candidate.added_by_id = person.id
          ))
      ) as whole
      from ${users} as person
      join ${interviews} as interview
        on interview.account_id = person.account_id and interview.id = any(${arrayLiteral([...interviewIds])}::uuid[])
      where person.account_id = ${accountId} and person.id = any(${arrayLiteral([...userIds])}::uuid[]) and person.active
    ) as person
    where whole or id = organizer_id or exists (
      select from ${interviewers} as seat
      where seat.account_id = ${accountId} and seat.interview_id = person.interview_id and seat.user_id = person.id
    )`);
  const views = new Map<string, Map<string, View>>();
  for (const { interviewId, id, whole } of rows) {
    const ofInterview = views.get(interviewId) ?? new Map<string, View>();
    views.set(interviewId, ofInterview.set(id, whole ? "whole" : "participant"));
  }
  return views;
}
