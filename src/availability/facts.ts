import { sql } from "drizzle-orm";
import { askCalendars } from "../calendar/free-busy.ts";
import type { FreeBusyAnswer, FreeBusyProvider } from "../calendar/free-busy.ts";
import type { Span } from "../core/interval.ts";
import { arrayLiteral, textArrayLiteral } from "../db/client.ts";
import type { Executor, Transaction } from "../db/client.ts";
import type { StoredSpan } from "../db/schema/availability.ts";
import type { Context } from "../operation/context.ts";
import { executeKept } from "../read/rows.ts";
import type { Seat } from "./blocks.ts";
import type { Search } from "./load.ts";
import { MAX_BUFFER_MINUTES } from "./request.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Limits count a whole week, which may begin that much before the window or end so much after it. */
const WEEK_AROUND = 8 * DAY;
/** For how long what a calendar has answered stands. */
const FRESH_MS = 60_000;

/** A search as far as its facts depend on it. */
export type Asked = Pick<Search, "startsAt" | "endsAt" | "ignoredInterviewIds">;

/** What a person sits on. */
export interface Seats {
  seats: Seat[];
  /** What the gateway has put, or is about to take, into their calendar and does not make them busy. */
  ignored: Seat[];
}

/** What was in the tables at one moment. */
export interface Snapshot {
  seats: ReadonlyMap<string, Seats>;
  /** Of the calendars that have answered a moment ago. */
  answers: Map<string, FreeBusyAnswer>;
  /** The place in the event log after which a change is not in it. */
  asOfCursor: string;
}

export const spanAround = ({ startsAt, endsAt }: Asked): Span => ({
  start: startsAt.getTime() - WEEK_AROUND,
  end: endsAt.getTime() + WEEK_AROUND,
});

/** What calendars are asked for: whole days, so that the next search finds its answer fresh, and room for every buffer. */
export const askedOf = ({ startsAt, endsAt }: Asked): Span => ({
  start: Math.floor((startsAt.getTime() - MAX_BUFFER_MINUTES * MINUTE) / DAY) * DAY,
  end: Math.ceil((endsAt.getTime() + MAX_BUFFER_MINUTES * MINUTE) / DAY) * DAY,
});

export async function readSnapshot(
  ctx: Context,
  search: Asked,
  { userIds, calendars }: { userIds: readonly string[]; calendars: readonly string[] },
): Promise<Snapshot> {
  const read = async (tx: Transaction): Promise<Snapshot> => ({
    asOfCursor: await ctx.events.cursorOfHead(tx, ctx.accountId),
    seats: await readSeats(tx, ctx, { search, userIds }),
    answers: await readAnswers(tx, ctx, { search, calendars }),
  });
  return ctx.db.transaction(read, { isolationLevel: "repeatable read", accessMode: "read only" });
}

interface SeatRow {
  userId: string;
  interviewId: string;
  start: number;
  end: number;
  ignored: boolean;
}

/**
 * The seats of people, and what else the gateway has put into their calendars: interviews that they merely organize, and
 * cancelled ones until provisioning has taken them out.
 */
async function readSeats(
  tx: Executor,
  { accountId }: Context,
  { search, userIds }: { search: Asked; userIds: readonly string[] },
): Promise<Map<string, Seats>> {
  const { start, end } = spanAround(search);
  // No interview is longer than a day.
  const earliest = new Date(start - DAY).toISOString();
  const latest = new Date(end).toISOString();
  const users = arrayLiteral(userIds);
  const ignored = arrayLiteral(search.ignoredInterviewIds);
  const rows = await executeKept<SeatRow>(
    tx,
    sql`
    select seat.user_id as "userId", seat.interview_id as "interviewId",
      extract(epoch from seat.starts_at)::float8 * 1000 as start, extract(epoch from seat.ends_at)::float8 * 1000 as end,
      seat.claim = 'RELEASED' or seat.interview_id = any(${ignored}::uuid[]) as ignored
    from interviewers seat
    where seat.account_id = ${accountId}::uuid and seat.user_id = any(${users}::uuid[])
      and seat.starts_at > ${earliest}::timestamptz and seat.starts_at < ${latest}::timestamptz
      and (seat.claim <> 'RELEASED' or exists (
        select from interviews interview
        where interview.account_id = seat.account_id and interview.id = seat.interview_id
          and interview.provisioning_state in ('PENDING', 'FAILED')))
    union all
    select organizer_id, id, extract(epoch from starts_at)::float8 * 1000, extract(epoch from ends_at)::float8 * 1000, true
    from interviews
    where account_id = ${accountId}::uuid and organizer_id = any(${users}::uuid[]) and not external
      and starts_at > ${earliest}::timestamptz and starts_at < ${latest}::timestamptz
      and (outcome is distinct from 'CANCELLED' or provisioning_state in ('PENDING', 'FAILED'))`,
  );
  const seats = new Map<string, Seats>(userIds.map((id) => [id, { seats: [], ignored: [] }]));
  for (const { userId, ignored: isIgnored, ...seat } of rows) {
    seats.get(userId)?.[isIgnored ? "ignored" : "seats"].push(seat);
  }
  return seats;
}

async function readAnswers(
  tx: Executor,
  { accountId, now }: Context,
  { search, calendars }: { search: Asked; calendars: readonly string[] },
): Promise<Snapshot["answers"]> {
  const { start, end } = askedOf(search);
  const rows = await executeKept<{ address: string; busy: StoredSpan[] }>(
    tx,
    sql`
    select calendar_address as address, busy
    from free_busy_answers
    where account_id = ${accountId}::uuid and calendar_address = any(${textArrayLiteral(calendars)}::text[])
      and answered_at > ${new Date(now().getTime() - FRESH_MS).toISOString()}::timestamptz
      and starts_at <= ${new Date(start).toISOString()}::timestamptz and ends_at >= ${new Date(end).toISOString()}::timestamptz`,
  );
  return new Map(rows.map(({ address, busy }) => [address, { answer: "ANSWERED", busy: busy.map(toSpan) }]));
}

const toSpan = ([start, end]: StoredSpan): Span => ({ start, end });

/** Asks calendars, and remembers for a minute what they have answered. */
export async function askAndRemember(
  ctx: Context,
  freeBusy: FreeBusyProvider,
  { search, calendars, deadlineMs }: { search: Asked; calendars: readonly string[]; deadlineMs: number },
): Promise<Map<string, FreeBusyAnswer>> {
  const window = askedOf(search);
  const { accountId } = ctx;
  const answers = await askCalendars(freeBusy, { accountId, calendars, window, deadlineMs });
  const rows = [...answers].flatMap(([address, answer]) => {
    return answer.answer === "ANSWERED" ? [{ address, busy: answer.busy.map(({ start, end }) => [start, end]) }] : [];
  });
  const [startsAt, endsAt] = [new Date(window.start).toISOString(), new Date(window.end).toISOString()];
  await ctx.db.execute(sql`
    insert into free_busy_answers (account_id, calendar_address, starts_at, ends_at, busy, answered_at)
    select ${accountId}::uuid, address, ${startsAt}::timestamptz, ${endsAt}::timestamptz, busy, ${ctx.now().toISOString()}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) as answered (address text, busy jsonb)
    on conflict (account_id, calendar_address) do update
    set starts_at = excluded.starts_at, ends_at = excluded.ends_at, busy = excluded.busy, answered_at = excluded.answered_at`);
  return answers;
}
