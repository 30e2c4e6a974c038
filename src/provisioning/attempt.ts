import { and, eq } from "drizzle-orm";
import { ProviderError } from "../calendar/error.ts";
import { postgresError } from "../db/constraint.ts";
import { isOutage } from "../db/outage.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import { commitChange, lockInterview } from "../interview/commit.ts";
import type { Interview } from "../interview/load.ts";
import { provisionInterview } from "../interview/tasks.ts";
import type { Context } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import { enqueue } from "../tasks/enqueue.ts";
import { isHeld } from "./lease.ts";
import type { Run } from "./lease.ts";

const MAX_ATTEMPTS = 8;
const FIRST_DELAY_MS = 2_000;
const MAX_DELAY_MS = 5 * 60_000;
const MAX_RETRY_AFTER_MS = 60 * 60_000;

export type Provisioning = typeof provisionings.$inferSelect;

/**
 * Books an attempt that failed and ends its lease: plans the next attempt, or gives up and tells. Changes nothing when the
 * lease was lost; a change that was committed meanwhile has its own task and starts counting again.
 * @throws what is no provider's refusal but trouble with the database; the queue then repeats the task
 */
export async function recordFailedAttempt(
  ctx: Context,
  { run, revision }: { run: Run; revision: number },
  error: unknown,
): Promise<void> {
  if (postgresError(error) || isOutage(error)) throw error;
  const refusal = asRefusal(ctx, error);
  const { interviewId } = run;
  await inTransaction(ctx, async (tx) => {
    const before = await lockInterview(tx, ctx, interviewId);
    const [held] = await tx
      .update(provisionings)
      .set({ runner: null, leasedUntil: null })
      .where(isHeld(ctx, run))
      .returning({ attempts: provisionings.attempts });
    if (!held || !before || !isWaiting(before.interview, revision)) return;
    const attempts = held.attempts + 1;
    const delayMs = refusal.retryable && attempts < MAX_ATTEMPTS ? delayBefore(attempts, refusal) : null;
    const nextAttemptAt = delayMs === null ? null : new Date(ctx.now().getTime() + delayMs);
    await tx
      .update(provisionings)
      .set({
        attempts,
        errorCode: refusal.code,
        errorMessage: refusal.message,
        errorRetryable: refusal.retryable,
        nextAttemptAt,
      })
      .where(and(eq(provisionings.accountId, ctx.accountId), eq(provisionings.interviewId, interviewId)));
    if (nextAttemptAt) {
      await enqueue(tx, ctx, { task: provisionInterview, payload: { interviewId }, notBefore: nextAttemptAt });
      return;
    }
    const { code, message } = refusal;
    const event = { type: "INTERVIEW_PROVISIONING_FAILED", detail: { code, message } } as const;
    const change = { set: { provisioningState: "FAILED" }, edited: false, reconcile: false, event } as const;
    await commitChange(tx, ctx, { before, change });
  });
}

/** Whether an interview still waits for what a run was at. */
const isWaiting = (interview: Interview, revision: number): boolean =>
  interview.revision === revision && interview.provisioningState === "PENDING";

/** Anything that is not a provider's own refusal is a bug of ours: logged, and tried again like the rest. */
function asRefusal(ctx: Context, error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  ctx.log.error({ requestId: ctx.requestId, error }, "provisioning met a bug");
  return new ProviderError("UNEXPECTED", "Provisioning met an unexpected error.", { retryable: true });
}

/** Doubles with each attempt, with a random half, and is never shorter than the provider asks. */
function delayBefore(attempts: number, { retryAfterMs }: ProviderError): number {
  const longest = Math.min(FIRST_DELAY_MS * 2 ** attempts, MAX_DELAY_MS);
  const asked = Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
  return Math.max(longest / 2 + (Math.random() * longest) / 2, asked);
}
