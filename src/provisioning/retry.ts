import { and, eq, sql } from "drizzle-orm";
import type { SentIds } from "../core/id.ts";
import type { Transaction } from "../db/client.ts";
import { interviews } from "../db/schema/interview.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import { recordEvent } from "../events/record.ts";
import { visibleInterview } from "../interview/find.ts";
import { finding, InterviewNotFound, ValidationFailed } from "../interview/finding.ts";
import { authorizeCaller, managedOf } from "../interview/permission.ts";
import type { Interview } from "../interview/load.ts";
import { provisionInterview } from "../interview/tasks.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import { enqueue } from "../tasks/enqueue.ts";

export interface RetryRequest {
  /** The ids as they were sent. */
  ids: SentIds;
  interviewId: string;
}

/**
 * Starts provisioning again after it was given up, of a cancelled interview too. Asked again while it is under way, it changes
 * nothing. A person must see the interview and have the right to manage it.
 * @throws InterviewNotFound, ValidationFailed
 */
export async function retryProvisioning(ctx: Context, request: RetryRequest): Promise<Interview> {
  requireScope(ctx, "interviews:write");
  if (ctx.caller.userId !== null) await authorizePerson(ctx, request);
  const { interviewId } = request;
  return inTransaction(ctx, async (tx) => {
    const interview = await lockInterview(tx, ctx, interviewId);
    if (!interview) throw notFound(request);
    const { provisioningState: state } = interview;
    if (state === "PENDING") return interview;
    if (state !== "FAILED") {
      throw new ValidationFailed([finding("ERR_PROVISIONING_NOT_FAILED", ["input", "interviewId"], `It is ${state}.`)]);
    }
    const retried = await startAgain(tx, ctx, interviewId);
    await recordEvent(tx, ctx, { type: "INTERVIEW_UPDATED", interviewId, detail: { changed: ["provisioning"] } });
    return retried;
  });
}

const notFound = ({ ids, interviewId }: RetryRequest) => new InterviewNotFound(ids.explain("Interview", interviewId));

/** @throws InterviewNotFound, RequestError FORBIDDEN */
async function authorizePerson(ctx: Context, request: RetryRequest): Promise<void> {
  const interview = await visibleInterview(ctx, request.interviewId);
  if (!interview) throw notFound(request);
  await authorizeCaller(ctx, () => managedOf(ctx, interview));
}

async function lockInterview(tx: Transaction, { accountId }: Context, id: string): Promise<Interview | undefined> {
  const [interview] = await tx
    .select()
    .from(interviews)
    .where(and(eq(interviews.accountId, accountId), eq(interviews.id, id)))
    .for("update");
  return interview;
}

/** Under a new revision: what was refused for good is then asked for as it is wanted today. */
async function startAgain(tx: Transaction, ctx: Context, interviewId: string): Promise<Interview> {
  const { accountId } = ctx;
  const [retried] = await tx
    .update(interviews)
    .set({
      provisioningState: "PENDING",
      revision: sql`${interviews.revision} + 1`,
      version: sql`${interviews.version} + 1`,
      updatedAt: ctx.now(),
    })
    .where(and(eq(interviews.accountId, accountId), eq(interviews.id, interviewId)))
    .returning();
  if (!retried) throw new Error("A locked interview is gone.");
  await tx
    .update(provisionings)
    .set({ attempts: 0, errorCode: null, errorMessage: null, errorRetryable: null, nextAttemptAt: null })
    .where(and(eq(provisionings.accountId, accountId), eq(provisionings.interviewId, interviewId)));
  await enqueue(tx, ctx, { task: provisionInterview, payload: { interviewId } });
  return retried;
}
