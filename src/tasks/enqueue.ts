import type { Transaction } from "../db/client.ts";
import type { Context } from "../operation/context.ts";
import type { TaskDefinition } from "./define.ts";

/** Queues a task that exists if and only if the caller's transaction commits. */
export async function enqueue<P extends object>(
  tx: Transaction,
  ctx: Context,
  { task, payload, notBefore = null }: { task: TaskDefinition<P>; payload: P; notBefore?: Date | null },
): Promise<void> {
  await ctx.tasks.send(tx, {
    name: task.name,
    accountId: ctx.accountId,
    payload: task.payload.parse(payload),
    notBefore,
  });
}
