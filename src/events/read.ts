import type { Sql } from "postgres";
import { arrayLiteral } from "../db/client.ts";
import type { InterviewEvent, LogPosition } from "../operation/event-source.ts";

/** What follows each position, at most `limit` events of an account, in one statement for all accounts. */
export async function readAfter(raw: Sql, positions: readonly LogPosition[], limit: number): Promise<InterviewEvent[]> {
  const accountIds = arrayLiteral(positions.map((position) => position.accountId));
  const sequences = arrayLiteral(positions.map((position) => position.sequence));
  return raw<InterviewEvent[]>`
    select found.*
    from unnest(${accountIds}::uuid[], ${sequences}::bigint[]) as wanted (account_id, after)
    cross join lateral (
      select account_id as "accountId", sequence::float8 as sequence, id, type, interview_id as "interviewId",
        interview_version as "interviewVersion", application_id as "applicationId", job_id as "jobId",
        stage_id as "stageId", organizer_id as "organizerId", to_json(interviewer_ids) as "interviewerIds", detail,
        occurred_at as "occurredAt"
      from events
      where account_id = wanted.account_id and sequence > wanted.after
      order by sequence
      limit ${limit}
    ) as found
    order by found."accountId", found.sequence`;
}

/** The kept part of an account's log: events with `pruned < sequence <= head`. */
export interface LogExtent {
  head: number;
  pruned: number;
}

export async function readExtent(raw: Sql, accountId: string): Promise<LogExtent> {
  const [row] = await raw<LogExtent[]>`
    select last_sequence::float8 as head, pruned_sequence::float8 as pruned
    from event_counters where account_id = ${accountId}`;
  return row ?? { head: 0, pruned: 0 };
}
