import { and, eq } from "drizzle-orm";
import { Refusal } from "../core/error.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import { recordEvent } from "../events/record.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import { enqueue } from "../tasks/enqueue.ts";
import { finding, ValidationFailed } from "./finding.ts";
import { interviewInAccount } from "./load.ts";
import type { Interview } from "./request.ts";
import { moveProvisioning } from "./retry.ts";
import { provisionInterview } from "./tasks.ts";

/** The interview is unknown, or not visible to the caller. */
export class InterviewNotFound extends Refusal {
  constructor() {
    super("There is no interview with this id.");
  }
}

/**
 * Starts provisioning again after it was given up. Asked again while it is under way, it changes nothing.
 * @throws InterviewNotFound, ValidationFailed
 */
export async function retryProvisioning(ctx: Context, interviewId: string): Promise<Interview> {
  requireScope(ctx, "interviews:write");
  const interview = await ctx.load(interviewInAccount, interviewId);
  if (!interview) throw new InterviewNotFound();
  const retried = await inTransaction(ctx, async (tx) => {
    const change = { provisioningState: "PENDING" } as const;
    const moved = await moveProvisioning(tx, ctx, { interviewId, from: "FAILED", change });
    if (!moved) return null;
    await tx
      .delete(provisionings)
      .where(and(eq(provisionings.accountId, ctx.accountId), eq(provisionings.interviewId, interviewId)));
    await enqueue(tx, ctx, { task: provisionInterview, payload: { interviewId } });
    await recordEvent(tx, ctx, { type: "INTERVIEW_UPDATED", interviewId, detail: { changed: ["provisioning"] } });
    return moved;
  });
  if (retried) return retried;
  if (interview.provisioningState === "PENDING" && interview.outcome !== "CANCELLED") return interview;
  const state = interview.outcome === "CANCELLED" ? "CANCELLED" : interview.provisioningState;
  throw new ValidationFailed([finding("ERR_PROVISIONING_NOT_FAILED", ["input", "interviewId"], `It is ${state}.`)]);
}
