import { sql } from "drizzle-orm";
import { newId } from "../core/id.ts";
import type { Transaction } from "../db/client.ts";
import { BEGIN_EPOCH } from "../db/installation.ts";
import { executeKept } from "../db/rows.ts";
import type { Context } from "../operation/context.ts";
import type { InterviewEventType } from "../operation/event-source.ts";

export interface NewEvent {
  type: InterviewEventType;
  interviewId: string;
  detail?: Record<string, unknown>;
}

/**
 * Appends to the account's event log what has just been written of an interview. Must be the last statement of the
 * transaction: it takes the account's next number and holds it until the commit, which is what makes numbers gapless and
 * in commit order.
 */
export async function recordEvent(
  tx: Transaction,
  ctx: Context,
  { type, interviewId, detail }: NewEvent,
): Promise<void> {
  const append = sql`
    with counter as (
      insert into event_counters (account_id, last_sequence)
      select ${ctx.accountId}::uuid, 1 from installations where life = database_life()
      on conflict (account_id) do update set last_sequence = event_counters.last_sequence + 1
      returning account_id, last_sequence
    )
    insert into events (account_id, sequence, id, type, interview_id, interview_version, application_id, job_id, stage_id,
      organizer_id, interviewer_ids, detail, occurred_at)
    select counter.account_id, counter.last_sequence, ${newId()}::uuid, ${type}::interview_event_type, interview.id,
      interview.version, interview.application_id, interview.job_id, interview.stage_id, interview.organizer_id,
      array(
        select seat.user_id from interviewers seat
        where seat.account_id = interview.account_id and seat.interview_id = interview.id order by seat.position
      ),
      ${JSON.stringify(detail ?? {})}::jsonb, ${ctx.now().toISOString()}::timestamptz
    from counter join interviews interview
      on interview.account_id = counter.account_id and interview.id = ${interviewId}::uuid
    returning sequence`;
  const appended = await executeKept(tx, append);
  if (appended.length > 0) return;
  await tx.execute(sql.raw(BEGIN_EPOCH));
  await executeKept(tx, append);
}
