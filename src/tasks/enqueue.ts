import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
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

/** Whether a task with this payload waits for its run or its repetition, or runs. */
export function isQueued<P extends object>(task: TaskDefinition<P>, payload: Record<keyof P & string, SQL>): SQL {
  const parts = Object.entries<SQL>(payload).map(([key, value]) => sql`data -> 'payload' ->> ${key} = ${value}::text`);
  return sql`exists (
    select from pgboss.job where name = ${task.name} and state < 'completed' and ${sql.join(parts, sql` and `)}
  )`;
}
