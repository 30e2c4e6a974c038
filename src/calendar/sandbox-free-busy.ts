import { sql } from "drizzle-orm";
import type { Span } from "../core/interval.ts";
import { textArrayLiteral } from "../db/client.ts";
import type { Database } from "../db/client.ts";
import type { FreeBusyAnswer, FreeBusyProvider } from "./free-busy.ts";

interface BusyRow {
  address: string;
  /** Milliseconds since 1970. */
  start: number;
  end: number;
}

/** Calendars of the sandbox always answer: with their events, those that they are invited to, and the busy spans beside them. */
export function sandboxFreeBusy(db: Database): FreeBusyProvider {
  return {
    async query(calendars, window, { accountId }) {
      const rows = await db.execute<BusyRow & Record<string, unknown>>(busyOf(accountId, calendars, window));
      const busy = Map.groupBy(rows, ({ address }) => address);
      return new Map(
        calendars.map((calendar): [string, FreeBusyAnswer] => {
          return [calendar, { answer: "ANSWERED", busy: busy.get(calendar) ?? [] }];
        }),
      );
    },
  };
}

/** Whoever has declined an invitation is not busy with it. */
function busyOf(accountId: string, calendars: readonly string[], { start, end }: Span) {
  const from = new Date(start).toISOString();
  const to = new Date(end).toISOString();
  return sql`
    select wanted.address, extract(epoch from span.starts_at)::float8 * 1000 as start, extract(epoch from span.ends_at)::float8 * 1000 as "end"
    from unnest(${textArrayLiteral(calendars)}::text[]) as wanted (address)
    cross join lateral (
      select starts_at, ends_at
      from sandbox_calendar_events event
      where event.account_id = ${accountId}::uuid and event.removed_at is null and (
        lower(event.calendar_address) = lower(wanted.address) or exists (
          select from jsonb_to_recordset(event.attendees) as attendee (address text, answer text)
          where lower(attendee.address) = lower(wanted.address) and attendee.answer <> 'DECLINED'
        ))
      union all
      select starts_at, ends_at
      from sandbox_busy_spans busy
      where busy.account_id = ${accountId}::uuid and busy.calendar_address = wanted.address
    ) as span
    where span.starts_at < ${to}::timestamptz and span.ends_at > ${from}::timestamptz`;
}
