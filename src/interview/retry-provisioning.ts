import { and, eq } from "drizzle-orm";
import { Refusal } from "../core/error.ts";
import type { SentIds } from "../core/id.ts";
import type { Transaction } from "../db/client.ts";
import { interviews } from "../db/schema/interview.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import { recordEvent } from "../events/record.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import { enqueue } from "../tasks/enqueue.ts";
import { visibleInterview } from "./find.ts";
import { finding, ValidationFailed } from "./finding.ts";
import { authorizeCaller, managedOf } from "./permission.ts";
import type { Interview } from "./request.ts";
import { moveProvisioning } from "./retry.ts";
import { provisionInterview } from "./tasks.ts";

/** The interview is unknown, or not visible to the caller. */
export class InterviewNotFound extends Refusal {
  readonly code = "ERR_INTERVIEW_NOT_FOUND";

  /** @param explanation quotes the id that was sent */
  constructor(explanation: string) {
    super(`There is no interview with this id. ${explanation}`);
  }
}

export interface RetryRequest {
  /** The ids as they were sent. */
  ids: SentIds;
  interviewId: string;
}

/**
 * Starts provisioning again after it was given up. Asked again while it is under way, it changes nothing. A person must
 * see the interview and have the right to manage it.
 * @throws InterviewNotFound, ValidationFailed
 */
export async function retryProvisioning(ctx: Context, request: RetryRequest): Promise<Interview> {
  requireScope(ctx, "interviews:write");
  if (ctx.caller.userId !== null) await authorizePerson(ctx, request);
  const { accountId } = ctx;
  const { interviewId } = request;
  const interview = await inTransaction(ctx, async (tx) => {
    const change = { provisioningState: "PENDING" } as const;
    const moved = await moveProvisioning(tx, ctx, { interviewId, from: "FAILED", change });
    if (!moved) return readInterview(tx, { accountId, interviewId });
    await tx
      .delete(provisionings)
      .where(and(eq(provisionings.accountId, accountId), eq(provisionings.interviewId, interviewId)));
    await enqueue(tx, ctx, { task: provisionInterview, payload: { interviewId } });
    await recordEvent(tx, ctx, { type: "INTERVIEW_UPDATED", interviewId, detail: { changed: ["provisioning"] } });
    return moved;
  });
  if (!interview) throw notFound(request);
  const state = interview.outcome === "CANCELLED" ? "CANCELLED" : interview.provisioningState;
  if (state === "PENDING") return interview;
  throw new ValidationFailed([finding("ERR_PROVISIONING_NOT_FAILED", ["input", "interviewId"], `It is ${state}.`)]);
}

/** @throws InterviewNotFound, RequestError FORBIDDEN */
async function authorizePerson(ctx: Context, request: RetryRequest): Promise<void> {
  const interview = await visibleInterview(ctx, request.interviewId);
  if (!interview) throw notFound(request);
  await authorizeCaller(ctx, () => managedOf(ctx, interview));
}

const notFound = ({ ids, interviewId }: RetryRequest): InterviewNotFound =>
  new InterviewNotFound(ids.explain("Interview", interviewId));

/** As it is now, after whoever else was changing it. */
async function readInterview(
  tx: Transaction,
  { accountId, interviewId }: { accountId: string; interviewId: string },
): Promise<Interview | null> {
  const [row] = await tx
    .select()
    .from(interviews)
    .where(and(eq(interviews.accountId, accountId), eq(interviews.id, interviewId)));
  return row ?? null;
}
