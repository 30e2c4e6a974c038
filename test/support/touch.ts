import type { Transaction } from "../../src/db/client.ts";
import { commitChange, lockInterview } from "../../src/interview/commit.ts";
import type { ChangeEvent } from "../../src/interview/commit.ts";
import type { Context } from "../../src/operation/context.ts";

/** Writes a change of an interview that changes nothing but its version, past every verb. */
export async function touchInterview(
  tx: Transaction,
  ctx: Context,
  { interviewId, ...event }: { interviewId: string } & ChangeEvent,
): Promise<void> {
  const before = await lockInterview(tx, ctx, interviewId);
  if (!before) throw new Error("There is no interview with this id.");
  await commitChange(tx, ctx, { before, change: { set: {}, edited: false, reconcile: false, event } });
}
