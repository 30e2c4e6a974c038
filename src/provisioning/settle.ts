import { and, eq } from "drizzle-orm";
import { interviews } from "../db/schema/interview.ts";
import { commitChange, lockInterview } from "../interview/commit.ts";
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
  return inTransaction(ctx, async (tx) => {
    const before = await lockInterview(tx, ctx, interview.id);
    const { revision, provisioningState, outcome } = before?.interview ?? {};
    if (!before || revision !== interview.revision || provisioningState !== "PENDING") return false;
    await releaseLease(ctx, run, tx);
    const type = outcome === "CANCELLED" ? "INTERVIEW_UPDATED" : "INTERVIEW_PROVISIONED";
    const set = { provisioningState: "PROVISIONED", conferenceUrl, provisionedAt: ctx.now() } as const;
    await commitChange(tx, ctx, { before, change: { set, edited: false, reconcile: false, event: { type } } });
    return true;
  });
}

/** The next invitations get a sequence of their own, and everybody is due one. */
export async function advanceSequence(ctx: Context, interview: Interview): Promise<void> {
  const next = interview.calendarSequence + 1;
  await ctx.db
    .update(interviews)
    .set({ calendarSequence: next, announcedSequence: next })
    .where(
      and(
        eq(interviews.accountId, ctx.accountId),
        eq(interviews.id, interview.id),
        eq(interviews.revision, interview.revision),
        eq(interviews.calendarSequence, interview.calendarSequence),
      ),
    );
}
