import { sql } from "drizzle-orm";
import { newId } from "../core/id.ts";
import type { Transaction } from "../db/client.ts";
import type { Context } from "../operation/context.ts";
import type { InterviewEventType } from "./catalogue.ts";

export interface NewEvent {
  type: InterviewEventType;
  interviewId: string;
  interviewVersion: number;
  detail?: Record<string, unknown>;
}

/**
 * Appends to the account's event log. Must be the last statement of the transaction: it takes the account's next number
 * and holds it until the commit, which is what makes numbers gapless and in commit order.
 */
export async function recordEvent(tx: Transaction, ctx: Context, event: NewEvent): Promise<void> {
  await tx.execute(sql`
    with counter as (
      insert into event_counters (account_id, last_sequence) values (${ctx.accountId}::uuid, 1)
      on conflict (account_id) do update set last_sequence = event_counters.last_sequence + 1
      returning account_id, last_sequence
    )
    insert into events (account_id, sequence, id, type, interview_id, interview_version, detail, occurred_at)
    select account_id, last_sequence, ${newId()}::uuid, ${event.type}::interview_event_type, ${event.interviewId}::uuid,
      ${event.interviewVersion}::int, ${JSON.stringify(event.detail ?? {})}::jsonb, ${ctx.now().toISOString()}::timestamptz
    from counter`);
}
