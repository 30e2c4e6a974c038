import { sql } from "drizzle-orm";
import { interviews } from "../db/schema/interview.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import { systemContext } from "../operation/context.ts";
import type { Services } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import { enqueue, isQueued } from "../tasks/enqueue.ts";
import { provisionInterview } from "../interview/tasks.ts";

const MAX_BATCH = 100;
/** Of the advisory lock that keeps two workers from queueing the same interview. */
const LOCK = 7_311_964_026;

/**
 * Queues provisioning again for interviews that wait for it although their task is gone, as after a restore without the
 * queue's tables. Steps that were performed are not performed again.
 * @param batch how many are queued in one transaction
 * @returns how many were queued
 */
export async function requeueLostProvisioning(services: Services, batch = MAX_BATCH): Promise<number> {
  let queued = 0;
  for (;;) {
    const count = await requeueBatch(services, batch);
    queued += count;
    if (count < batch) return queued;
  }
}

function requeueBatch(services: Services, batch: number): Promise<number> {
  return inTransaction(services, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
    const lost = await tx.execute<{ accountId: string; interviewId: string }>(sql`
      select interview.account_id as "accountId", interview.id as "interviewId"
      from ${interviews} as interview
      left join ${provisionings} as provisioning
        on provisioning.account_id = interview.account_id and provisioning.interview_id = interview.id
      where interview.provisioning_state = 'PENDING'
        and coalesce(provisioning.next_attempt_at, '-infinity') <= ${services.now().toISOString()}::timestamptz
        and not ${isQueued(provisionInterview, { interviewId: sql`interview.id` })}
      limit ${batch}`);
    for (const { accountId, interviewId } of lost) {
      const ctx = systemContext(services, accountId, "upkeep");
      await enqueue(tx, ctx, { task: provisionInterview, payload: { interviewId } });
    }
    return lost.length;
  });
}
