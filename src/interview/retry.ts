import { and, eq, sql } from "drizzle-orm";
import { ProviderError } from "../calendar/error.ts";
import type { Transaction } from "../db/client.ts";
import { postgresError } from "../db/constraint.ts";
import { isOutage } from "../db/outage.ts";
import { interviews } from "../db/schema/interview.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import { recordEvent } from "../events/record.ts";
import type { Context } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import { enqueue } from "../tasks/enqueue.ts";
import type { Interview } from "./request.ts";
import { provisionInterview } from "./tasks.ts";

const MOST_ATTEMPTS = 8;
const FIRST_DELAY_MS = 2_000;
const LONGEST_DELAY_MS = 5 * 60_000;
const LONGEST_RETRY_AFTER_MS = 60 * 60_000;

type ProvisioningChange = Pick<Interview, "provisioningState"> &
  Partial<Pick<Interview, "conferenceUrl" | "provisionedAt">>;

export type Provisioning = typeof provisionings.$inferSelect;

/**
 * Books an attempt that failed: plans the next one, or gives up and tells. Changes nothing when another run of the task
 * was first.
 * @param seen how many attempts had failed when this one began
 * @throws what is no provider's refusal but trouble with the database; the queue then repeats the task
 */
export async function recordFailedAttempt(
  ctx: Context,
  { interviewId, seen }: { interviewId: string; seen: number },
  error: unknown,
): Promise<void> {
  if (postgresError(error) || isOutage(error)) throw error;
  const refusal = asRefusal(ctx, error);
  const attempts = seen + 1;
  const delayMs = refusal.retryable && attempts < MOST_ATTEMPTS ? delayBefore(attempts, refusal) : null;
  await inTransaction(ctx, async (tx) => {
    if (!(await isOurs(tx, ctx, { interviewId, seen }))) return;
    const nextAttemptAt = delayMs === null ? null : new Date(ctx.now().getTime() + delayMs);
    const row = {
      accountId: ctx.accountId,
      interviewId,
      attempts,
      errorCode: refusal.code,
      errorMessage: refusal.message,
      errorRetryable: refusal.retryable,
      nextAttemptAt,
    };
    await tx
      .insert(provisionings)
      .values(row)
      .onConflictDoUpdate({ target: [provisionings.accountId, provisionings.interviewId], set: row });
    if (!nextAttemptAt) return giveUp(tx, ctx, { interviewId, failure: refusal });
    await enqueue(tx, ctx, { task: provisionInterview, payload: { interviewId }, notBefore: nextAttemptAt });
  });
}

/** Whether no other run has ended since this one began; holds the interview until the transaction ends. */
async function isOurs(
  tx: Transaction,
  ctx: Context,
  { interviewId, seen }: { interviewId: string; seen: number },
): Promise<boolean> {
  const [pending] = await tx
    .select({ id: interviews.id })
    .from(interviews)
    .where(inState(ctx, { interviewId, state: "PENDING" }))
    .for("update");
  if (!pending) return false;
  const [booked] = await tx
    .select({ attempts: provisionings.attempts })
    .from(provisionings)
    .where(and(eq(provisionings.accountId, ctx.accountId), eq(provisionings.interviewId, interviewId)));
  return (booked?.attempts ?? 0) === seen;
}

async function giveUp(
  tx: Transaction,
  ctx: Context,
  { interviewId, failure: { code, message } }: { interviewId: string; failure: ProviderError },
): Promise<void> {
  const moved = await moveProvisioning(tx, ctx, {
    interviewId,
    from: "PENDING",
    change: { provisioningState: "FAILED" },
  });
  if (moved)
    await recordEvent(tx, ctx, { type: "INTERVIEW_PROVISIONING_FAILED", interviewId, detail: { code, message } });
}

/** Moves an interview on from a state of its provisioning; null when it is not in that state, or cancelled. */
export async function moveProvisioning(
  tx: Transaction,
  ctx: Context,
  { interviewId, from, change }: { interviewId: string; from: "PENDING" | "FAILED"; change: ProvisioningChange },
): Promise<Interview | null> {
  const [moved] = await tx
    .update(interviews)
    .set({ ...change, updatedAt: ctx.now(), version: sql`${interviews.version} + 1` })
    .where(inState(ctx, { interviewId, state: from }))
    .returning();
  return moved ?? null;
}

function inState(ctx: Context, { interviewId, state }: { interviewId: string; state: "PENDING" | "FAILED" }) {
  return and(
    eq(interviews.accountId, ctx.accountId),
    eq(interviews.id, interviewId),
    eq(interviews.provisioningState, state),
    sql`${interviews.outcome} is distinct from 'CANCELLED'`,
  );
}

/** Anything that is not a provider's own refusal is a bug of ours: logged, and tried again like the rest. */
function asRefusal(ctx: Context, error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  ctx.log.error({ requestId: ctx.requestId, error }, "provisioning met a bug");
  return new ProviderError("UNEXPECTED", "Provisioning met an unexpected error.", { retryable: true });
}

/** Doubles with each attempt, with a random half, and is never shorter than the provider asks. */
function delayBefore(attempts: number, { retryAfterMs }: ProviderError): number {
  const longest = Math.min(FIRST_DELAY_MS * 2 ** attempts, LONGEST_DELAY_MS);
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return Math.max(longest / 2 + (Math.random() * longest) / 2, asked);
}
