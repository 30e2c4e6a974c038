import { and, eq, sql } from "drizzle-orm";
import { interviews } from "../db/schema/interview.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import { commitChange, lockInterview } from "../interview/commit.ts";
import type { Interview } from "../interview/load.ts";
import type { Context } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import { isHeld, releaseLease } from "./lease.ts";
import type { Run } from "./lease.ts";

/**
 * Records that the outside matches the record, and tells it: as INTERVIEW_PROVISIONED, or as a plain change when the interview
 * was cancelled and there is nothing outside any more.
 * @returns false when the interview has been changed meanwhile, or the lease was lost
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
    if (!(await releaseLease(ctx, run, tx))) return false;
    const type = outcome === "CANCELLED" ? "INTERVIEW_UPDATED" : "INTERVIEW_PROVISIONED";
    const set = { provisioningState: "PROVISIONED", conferenceUrl, provisionedAt: ctx.now() } as const;
    await commitChange(tx, ctx, { before, change: { set, edited: false, reconcile: false, event: { type } } });
    return true;
  });
}

/** The next invitations get a sequence of their own. */
export async function advanceSequence(ctx: Context, run: Run, interview: Interview): Promise<void> {
  const { id, revision, calendarSequence } = interview;
  await ctx.db
    .update(interviews)
    .set({ calendarSequence: calendarSequence + 1 })
    .where(
      and(
        eq(interviews.accountId, ctx.accountId),
        eq(interviews.id, id),
        eq(interviews.revision, revision),
        eq(interviews.calendarSequence, calendarSequence),
        sql`exists (select from ${provisionings} where ${isHeld(ctx, run)})`,
      ),
    );
}
