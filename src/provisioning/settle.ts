import { and, eq, sql } from "drizzle-orm";
import { interviews } from "../db/schema/interview.ts";
import { recordEvent } from "../events/record.ts";
import type { Interview } from "../interview/load.ts";
import type { Context } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import { releaseLease } from "./lease.ts";
import type { Run } from "./lease.ts";

/**
 * Records that the outside matches the record, and tells it: as INTERVIEW_PROVISIONED, or as a plain change when the interview
 * was cancelled and there is nothing outside any more.
 * @returns false when the interview has been changed meanwhile
 */
export function settle(
  ctx: Context,
  run: Run,
  { interview, conferenceUrl }: { interview: Interview; conferenceUrl: string | null },
): Promise<boolean> {
  const { id: interviewId } = interview;
  return inTransaction(ctx, async (tx) => {
    const settled = await tx
      .update(interviews)
      .set({
        provisioningState: "PROVISIONED",
        conferenceUrl,
        provisionedAt: ctx.now(),
        updatedAt: ctx.now(),
        version: sql`${interviews.version} + 1`,
      })
      .where(and(isAtRevision(ctx, interview), eq(interviews.provisioningState, "PENDING")))
      .returning({ id: interviews.id });
    if (settled.length === 0) return false;
    await releaseLease(ctx, run, tx);
    const type = interview.outcome === "CANCELLED" ? "INTERVIEW_UPDATED" : "INTERVIEW_PROVISIONED";
    await recordEvent(tx, ctx, { type, interviewId });
    return true;
  });
}

/** The next invitations get a sequence of their own, and everybody is due one. */
export async function advanceSequence(ctx: Context, interview: Interview): Promise<void> {
  const next = interview.calendarSequence + 1;
  await ctx.db
    .update(interviews)
    .set({ calendarSequence: next, announcedSequence: next })
    .where(and(isAtRevision(ctx, interview), eq(interviews.calendarSequence, interview.calendarSequence)));
}

export function isAtRevision({ accountId }: Context, { id, revision }: Pick<Interview, "id" | "revision">) {
  return and(eq(interviews.accountId, accountId), eq(interviews.id, id), eq(interviews.revision, revision));
}
