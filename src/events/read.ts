import { sql } from "drizzle-orm";
import type { Sql } from "postgres";
import { arrayLiteral } from "../db/client.ts";
import type { Transaction } from "../db/client.ts";
import { BEGIN_EPOCH } from "../db/installation.ts";
import type { InterviewEvent, LogPosition } from "../operation/event-source.ts";

/** Of the life of the database at the moment of a statement. */
interface Life {
  epoch: string;
  /** Whether the epoch is this life's: false until somebody begins its own. */
  current: boolean;
}

export interface LogPart {
  epoch: string;
  events: InterviewEvent[];
}

/**
 * What follows each position, at most `limit` events of an account, in one statement for all accounts. Numbers have no gaps, so
 * that the last one is known; the order inside keeps PostgreSQL from reading accounts whole, to join them.
 */
export function readAfter(raw: Sql, positions: readonly LogPosition[], limit: number): Promise<LogPart> {
  const accountIds = arrayLiteral(positions.map((position) => position.accountId));
  const sequences = arrayLiteral(positions.map((position) => position.sequence));
  return inItsEpoch(raw, async () => {
    const rows = await raw<(InterviewEvent & Life)[]>`
      select installation.epoch, installation.current, found.*
      from (select epoch, life is not distinct from database_life() as current from installations offset 0) as installation
      left join (
        select found.*
        from unnest(${accountIds}::uuid[], ${sequences}::bigint[]) as wanted (account_id, after)
        cross join lateral (
          select account_id as "accountId", sequence::float8 as sequence, id, type, subject_type as "subjectType",
            subject_id as "subjectId", subject_version as "subjectVersion", facts, detail, changes, occurred_at as "occurredAt"
          from events
          where account_id = wanted.account_id and sequence > wanted.after and sequence <= wanted.after + ${limit}
          order by events.sequence
        ) as found
      ) as found on true
      order by found."accountId", found.sequence`;
    const [first] = rows;
    if (!first) throw new Error("The migration left no installation row.");
    return { epoch: first.epoch, current: first.current, events: rows.filter(({ id }) => id !== null) };
  });
}

/** The kept part of an account's log: events with `pruned < sequence <= head`. */
export interface LogExtent {
  epoch: string;
  head: number;
  pruned: number;
  /** Up to which number the log is the same as in the epoch that was asked about; null when it never was in it. */
  shared: number | null;
}

/** @param epoch of a cursor; null when there is none */
export function readExtent(raw: Sql, accountId: string, epoch: string | null = null): Promise<LogExtent> {
  return inItsEpoch(raw, async () => {
    const [row] = await raw<(LogExtent & Life)[]>`
      select installations.epoch, life is not distinct from database_life() as current,
        coalesce(counter.last_sequence, 0)::float8 as head, coalesce(counter.pruned_sequence, 0)::float8 as pruned,
        case installations.epoch when ${epoch}::uuid then coalesce(counter.last_sequence, 0) else former.last_sequence
          end::float8 as shared
      from installations
      left join event_counters counter on counter.account_id = ${accountId}
      left join former_epochs former on former.account_id = ${accountId} and former.epoch = ${epoch}::uuid`;
    if (!row) throw new Error("The migration left no installation row.");
    return row;
  });
}

/** Where an account's log ends, and in which life of the database. */
export interface Head {
  epoch: string;
  sequence: number;
}

/** Selects the {@link Head}, by itself or within a statement that reads what the log has led to. */
export const headOf = (accountId: string) => sql`select epoch, coalesce(last_sequence, 0)::float8 as sequence
  from installations left join event_counters on account_id = ${accountId}::uuid`;

/** Where the account's log ends in the snapshot of a transaction. */
export async function readHead(tx: Transaction, accountId: string): Promise<Head> {
  const [row] = await tx.execute<Pick<Head, keyof Head>>(headOf(accountId));
  if (!row) throw new Error("The migration left no installation row.");
  return row;
}

/** Reads again when the read was the first to see that the database lives elsewhere now. */
async function inItsEpoch<T>(raw: Sql, read: () => Promise<T & Life>): Promise<T> {
  const first = await read();
  if (first.current) return first;
  await raw.unsafe(BEGIN_EPOCH);
  return read();
}
