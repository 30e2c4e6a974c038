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
  /** The interview that takes them, whose own seats do not stand in its way; null when it is new. */
  ofInterview: string | null;
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
 * @throws InterviewerConflict
 */
export async function reserveSeats(tx: Transaction, seats: Seats): Promise<void> {
  const lock = sql`
    select pg_advisory_xact_lock(seat.key)
    from (
      select hashtextextended(${seats.accountId} || user_id, 0) as key
      from unnest(${arrayLiteral(seats.userIds)}::text[]) as user_id
      order by key offset 0
    ) as seat`;
  await executeKept(tx, lock);
  await assertSeatsFree(tx, seats);
}

/** @throws InterviewerConflict that lists every clash, by interviewer and time */
export async function assertSeatsFree(executor: Executor, seats: Seats): Promise<void> {
  const conflicts = await findConflicts(executor, seats);
  if (conflicts.length > 0) throw new InterviewerConflict(conflicts);
}

/** No interview is longer than a day, which bounds the search. */
async function findConflicts(executor: Executor, seats: Seats): Promise<Conflict[]> {
  const { accountId, userIds, startsAt, endsAt, ofInterview } = seats;
  const overlapping = sql`
    select user_id as "userId", interview_id as "interviewId", starts_at as "startsAt", ends_at as "endsAt"
    from interviewers
    where account_id = ${accountId}::uuid and user_id = any(${arrayLiteral(userIds)}::uuid[]) and claim <> 'RELEASED'
      and starts_at < ${endsAt.toISOString()}::timestamptz and ends_at > ${startsAt.toISOString()}::timestamptz
      and starts_at > ${startsAt.toISOString()}::timestamptz - interval '1 day'
      and interview_id is distinct from ${ofInterview}::uuid
    order by array_position(${arrayLiteral(userIds)}::uuid[], user_id), starts_at, interview_id`;
  const rows = await executeKept<Record<keyof Conflict, string>>(executor, overlapping);
  return rows.map((row) => ({ ...row, startsAt: new Date(row.startsAt), endsAt: new Date(row.endsAt) }));
}

/**
 * Translates a clash that only the constraint noticed, because a writer came past {@link reserveSeats}. Nothing but seats excludes
 * anything.
 */
export async function translatingConflicts<T>(executor: Executor, seats: Seats, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isExclusion(error)) throw error;
    throw new InterviewerConflict(await findConflicts(executor, seats));
  }
}
