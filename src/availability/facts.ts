import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { askCalendars } from "../calendar/free-busy.ts";
import type { FreeBusyAnswer, FreeBusyProvider } from "../calendar/free-busy.ts";
import type { Span } from "../core/interval.ts";
import { arrayLiteral, textArrayLiteral } from "../db/client.ts";
import type { StoredSpan } from "../db/schema/availability.ts";
import { headOf } from "../events/read.ts";
import type { Head } from "../events/read.ts";
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
/** For how long an answer may have an event that has been changed: it is fresh, after it has taken seconds. */
const SHOWN_MS = 2 * FRESH_MS;

/** A search as far as its facts depend on it. */
export type Asked = Pick<Search, "startsAt" | "endsAt" | "ignoredInterviewIds">;

/** What a person sits on. */
export interface Seats {
  seats: Seat[];
  /** What the gateway has put into their calendar and does not make them busy. */
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

/** In one statement, and so at one moment. */
export async function readSnapshot(
  ctx: Context,
  search: Asked,
  { userIds, calendars }: { userIds: readonly string[]; calendars: readonly string[] },
): Promise<Snapshot> {
  const { accountId } = ctx;
  const [row] = await executeKept<{ head: Head; seats: SeatRow[]; answers: AnswerRow[] }>(
    ctx.db,
    sql`select
      (select row_to_json(head) from (${headOf(accountId)}) head) as head,
      (select coalesce(json_agg(seat), '[]') from (${seatsOf(ctx, search, userIds)}) seat) as seats,
      (select coalesce(json_agg(answer), '[]') from (${answersOf(ctx, search, calendars)}) answer) as answers`,
  );
  if (!row) throw new Error("A statement without FROM gave no row.");
  const seats = new Map<string, Seats>(userIds.map((id) => [id, { seats: [], ignored: [] }]));
  for (const { userId, ignored, ...seat } of row.seats) seats.get(userId)?.[ignored ? "ignored" : "seats"].push(seat);
  const answers = row.answers.map(({ address, busy }): [string, FreeBusyAnswer] => {
    return [address, { answer: "ANSWERED", busy: busy.map(toSpan) }];
  });
  const { sequence, epoch } = row.head;
  return { asOfCursor: ctx.events.cursorOf({ accountId, sequence }, epoch), seats, answers: new Map(answers) };
}

interface SeatRow extends Seat {
  userId: string;
  ignored: boolean;
}

/**
 * The seats of people, and what else the gateway has put into their calendars: interviews that they merely organize, and events
 * that say what an interview no longer is.
 */
function seatsOf(ctx: Context, search: Asked, userIds: readonly string[]): SQL {
  const { accountId } = ctx;
  const { start, end } = spanAround(search);
  // No interview is longer than a day.
  const earliest = new Date(start - DAY).toISOString();
  const latest = new Date(end).toISOString();
  const users = arrayLiteral(userIds);
  const ignored = arrayLiteral(search.ignoredInterviewIds);
  return sql`
    select user_id as "userId", interview_id as "interviewId", ${millis("starts_at")} as start, ${millis("ends_at")} as end,
      interview_id = any(${ignored}::uuid[]) as ignored
    from interviewers
    where account_id = ${accountId}::uuid and user_id = any(${users}::uuid[]) and claim <> 'RELEASED'
      and starts_at > ${earliest}::timestamptz and starts_at < ${latest}::timestamptz
    union all
    select organizer_id, id, ${millis("starts_at")}, ${millis("ends_at")}, true
    from interviews
    where account_id = ${accountId}::uuid and organizer_id = any(${users}::uuid[]) and not external
      and starts_at > ${earliest}::timestamptz and starts_at < ${latest}::timestamptz and outcome is distinct from 'CANCELLED'
    union all
    ${formerEvents(ctx, users)}`;
}

const millis = (instant: string) => sql.raw(`extract(epoch from ${instant})::float8 * 1000`);

/**
 * Events of interviews that have been changed, as provisioning put them on calendars: it has not put them right yet, or so
 * lately that an answer which is fresh still has them.
 */
function formerEvents({ accountId, now }: Context, users: string): SQL {
  const since = new Date(now().getTime() - SHOWN_MS).toISOString();
  return sql`
    select person.id, put.interview_id, ${millis("(put.request #>> '{meeting,startsAt}')::timestamptz")},
      ${millis("(put.request #>> '{meeting,endsAt}')::timestamptz")}, true
    from interviews changed
    join provisioning_effects put on put.account_id = changed.account_id and put.interview_id = changed.id
      and put.artifact like 'calendar-event/%' and put.action = 'PUT' and put.state <> 'REFUSED'
    cross join lateral (
      select lower(put.request #>> '{meeting,organizer,address}') as address
      union
      select lower(attendee ->> 'address') from jsonb_array_elements(put.request -> 'attendees') as attendee
    ) as shown
    join users person on person.account_id = changed.account_id and person.id = any(${users}::uuid[])
      and shown.address in (lower(person.email), lower(person.calendar_address))
    where changed.account_id = ${accountId}::uuid and changed.revision > 1
      and (changed.provisioning_state in ('PENDING', 'FAILED') or changed.updated_at > ${since}::timestamptz)
      and not exists (
        select from provisioning_effects later
        where later.account_id = put.account_id and later.interview_id = put.interview_id and later.artifact = put.artifact
          and later.revision > put.revision and later.state = 'DONE' and later.ended_at < ${since}::timestamptz)`;
}

interface AnswerRow {
  address: string;
  busy: StoredSpan[];
}

/** What calendars have answered a moment ago. */
function answersOf({ accountId, now }: Context, search: Asked, calendars: readonly string[]): SQL {
  const { start, end } = askedOf(search);
  return sql`
    select calendar_address as address, busy
    from free_busy_answers
    where account_id = ${accountId}::uuid and calendar_address = any(${textArrayLiteral(calendars)}::text[])
      and answered_at > ${new Date(now().getTime() - FRESH_MS).toISOString()}::timestamptz
      and starts_at <= ${new Date(start).toISOString()}::timestamptz and ends_at >= ${new Date(end).toISOString()}::timestamptz`;
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
  // In one order, so that searches of the same people never wait for each other in a circle.
  const [startsAt, endsAt] = [new Date(window.start).toISOString(), new Date(window.end).toISOString()];
  await ctx.db.execute(sql`
    insert into free_busy_answers (account_id, calendar_address, starts_at, ends_at, busy, answered_at)
    select ${accountId}::uuid, address, ${startsAt}::timestamptz, ${endsAt}::timestamptz, busy, ${ctx.now().toISOString()}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) as answered (address text, busy jsonb)
    order by address
    on conflict (account_id, calendar_address) do update
    set starts_at = excluded.starts_at, ends_at = excluded.ends_at, busy = excluded.busy, answered_at = excluded.answered_at`);
  return answers;
}
