import { sql } from "drizzle-orm";
import { Refusal } from "../core/error.ts";
import { arrayLiteral } from "../db/client.ts";
import type { Executor, Transaction } from "../db/client.ts";
import { isExclusion } from "../db/constraint.ts";
import { executeKept } from "../read/rows.ts";

/** The seats that an interview wants to take: half-open, back to back is fine. */
export interface Seats {
  accountId: string;
  userIds: readonly string[];
  startsAt: Date;
  endsAt: Date;
  /** Interviews whose own seats are not in the way: the one that takes them, and what changes together with it. */
  besides: readonly string[];
}

/** What a request says of overlaps. */
export interface OverlapWish {
  conflictPolicy: "REJECT" | "ALLOW";
  conflictReason: string | null;
}

/** EXCLUSIVE seats must be free; SHARED ones are taken in any case, and count as busy for others. */
export const claimFor = (
  external: boolean,
  { conflictPolicy }: Pick<OverlapWish, "conflictPolicy">,
): "EXCLUSIVE" | "SHARED" => (external || conflictPolicy === "ALLOW" ? "SHARED" : "EXCLUSIVE");

/** What the event of a change tells of an overlap that was allowed. */
export const overlapDetail = ({ conflictPolicy, conflictReason }: OverlapWish): Record<string, unknown> =>
  conflictPolicy === "ALLOW" ? { conflictPolicy, conflictReason } : {};

/** A seat that an interviewer already has. */
export interface Conflict {
  /** Which of the wanted seats it conflicts with, by their place. */
  wanted: number;
  userId: string;
  interviewId: string;
  startsAt: Date;
  endsAt: Date;
}

/** Some interviewers are busy at that time. */
export class InterviewerConflict extends Refusal {
  readonly code = "ERR_INTERVIEWER_CONFLICT";
  readonly conflicts: Conflict[];

  constructor(conflicts: Conflict[]) {
    super(
      "Some interviewers are busy at that time. Choose another time or other interviewers, or send conflictPolicy ALLOW " +
        "with a reason.",
    );
    this.conflicts = conflicts;
  }
}

/**
 * Makes sure that the seats are free, and that nobody else takes them before this transaction ends. Writers that want the
 * same interviewers queue up in one order, so that they never wait for each other in a circle.
 * @param wanted by each interview; null by one that needs none to be free
 * @throws InterviewerConflict
 */
export async function reserveSeats(tx: Transaction, wanted: readonly (Seats | null)[]): Promise<void> {
  const people = new Set(wanted.flatMap((seats) => seats?.userIds.map((userId) => seats.accountId + userId) ?? []));
  if (people.size === 0) return;
  const lock = sql`
    select pg_advisory_xact_lock(seat.key)
    from (
      select hashtextextended(person, 0) as key
      from unnest(${arrayLiteral([...people])}::text[]) as person
      order by key offset 0
    ) as seat`;
  await executeKept(tx, lock);
  await assertSeatsFree(tx, wanted);
}

/** @throws InterviewerConflict that lists every clash, by interviewer and time */
export async function assertSeatsFree(executor: Executor, wanted: readonly (Seats | null)[]): Promise<void> {
  const conflicts = await findConflicts(executor, wanted);
  if (conflicts.length > 0) throw new InterviewerConflict(conflicts);
}

/**
 * The seats are of one account. No interview is longer than a day,
 * which bounds the search.
 */
async function findConflicts(executor: Executor, wanted: readonly (Seats | null)[]): Promise<Conflict[]> {
  const seats = wanted.flatMap((one, index) => one?.userIds.map((userId) => ({ ...one, index, userId })) ?? []);
  const [first] = seats;
  if (!first) return [];
  const column = (read: (seat: (typeof seats)[number]) => string | number) => arrayLiteral(seats.map(read));
  const besides = wanted.flatMap((one) => one?.besides ?? []);
  const overlapping = sql`
    select wanted.index as "wanted", seat.user_id as "userId", seat.interview_id as "interviewId",
      seat.starts_at as "startsAt", seat.ends_at as "endsAt"
    from unnest(
      ${column(({ index }) => index)}::int[],
      ${column(({ userId }) => userId)}::uuid[],
      ${column(({ startsAt }) => startsAt.toISOString())}::timestamptz[],
      ${column(({ endsAt }) => endsAt.toISOString())}::timestamptz[]
    ) with ordinality as wanted (index, user_id, starts_at, ends_at, place)
    join interviewers as seat on seat.account_id = ${first.accountId} and seat.user_id = wanted.user_id
    where seat.claim <> 'RELEASED'
      and seat.starts_at < wanted.ends_at and seat.ends_at > wanted.starts_at
      and seat.starts_at > wanted.starts_at - interval '1 day'
      and seat.interview_id <> all(${arrayLiteral(besides)}::uuid[])
    order by wanted.place, seat.starts_at, seat.interview_id`;
  const rows = await executeKept<Record<Exclude<keyof Conflict, "wanted">, string> & { wanted: number }>(
    executor,
    overlapping,
  );
  return rows.map((row) => ({ ...row, startsAt: new Date(row.startsAt), endsAt: new Date(row.endsAt) }));
}

/**
 * Translates a clash that only the constraint noticed, because a writer came past {@link reserveSeats}. Nothing but seats excludes
 * anything.
 */
export async function translatingConflicts<T>(
  executor: Executor,
  wanted: readonly (Seats | null)[],
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isExclusion(error)) throw error;
    throw new InterviewerConflict(await findConflicts(executor, wanted));
  }
}
