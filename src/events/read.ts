import type { Sql } from "postgres";
import { arrayLiteral } from "../db/client.ts";
import type { InterviewEvent } from "./catalogue.ts";

/** How far one account's log has been read. */
export interface LogPosition {
  accountId: string;
  sequence: number;
}

/** What follows each position, at most `limit` events of an account, in one statement for all accounts. */
export async function readAfter(raw: Sql, positions: readonly LogPosition[], limit: number): Promise<InterviewEvent[]> {
  const accountIds = arrayLiteral(positions.map((position) => position.accountId));
  const sequences = arrayLiteral(positions.map((position) => position.sequence));
  return raw<InterviewEvent[]>`
    select found.*
    from unnest(${accountIds}::uuid[], ${sequences}::bigint[]) as wanted (account_id, after)
    cross join lateral (
      select account_id as "accountId", sequence::float8 as sequence, id, type, interview_id as "interviewId",
        interview_version as "interviewVersion", detail, occurred_at as "occurredAt"
      from events
      where account_id = wanted.account_id and sequence > wanted.after
      order by sequence
      limit ${limit}
    ) as found
    order by found."accountId", found.sequence`;
}

/** The number of the account's newest committed event; 0 before the first. */
export async function readHead(raw: Sql, accountId: string): Promise<number> {
  const [row] = await raw<{ head: number }[]>`
    select last_sequence::float8 as head from event_counters where account_id = ${accountId}`;
  return row?.head ?? 0;
}
