import type { SentIds } from "../core/id.ts";
import { commitChange, lockInterview } from "../interview/commit.ts";
import { visibleInterview } from "../interview/find.ts";
import { finding, InterviewNotFound, ValidationFailed } from "../interview/finding.ts";
import { authorizeCaller, managedOf } from "../interview/permission.ts";
import type { Interview } from "../interview/load.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";

export interface RetryRequest {
  /** The ids as they were sent. */
  ids: SentIds;
  interviewId: string;
}

/**
 * Starts provisioning again after it was given up, of a cancelled interview too: under a new revision, so that what was refused
 * for good is asked for as it is wanted today. Asked again while it is under way, it changes nothing. A person must see the interview and have the right to manage it.
 * @throws InterviewNotFound, ValidationFailed
 */
export async function retryProvisioning(ctx: Context, request: RetryRequest): Promise<Interview> {
  requireScope(ctx, "interviews:write");
  if (ctx.caller.userId !== null) await authorizePerson(ctx, request);
  const { interviewId } = request;
  return inTransaction(ctx, async (tx) => {
    const before = await lockInterview(tx, ctx, interviewId);
    if (!before) throw notFound(request);
    const { interview } = before;
    const { provisioningState: state } = interview;
    if (state === "PENDING") return interview;
    if (state !== "FAILED") {
      throw new ValidationFailed([finding("ERR_PROVISIONING_NOT_FAILED", ["input", "interviewId"], `It is ${state}.`)]);
    }
    const change = { set: {}, edited: false, reconcile: true, event: { type: "INTERVIEW_UPDATED" } } as const;
    const retried = await commitChange(tx, ctx, { before, change });
    return retried.interview;
  });
}

const notFound = ({ ids, interviewId }: RetryRequest) => new InterviewNotFound(ids.explain("Interview", interviewId));

/** @throws InterviewNotFound, RequestError FORBIDDEN */
async function authorizePerson(ctx: Context, request: RetryRequest): Promise<void> {
  const interview = await visibleInterview(ctx, request.interviewId);
  if (!interview) throw notFound(request);
  await authorizeCaller(ctx, () => managedOf(ctx, interview));
}
