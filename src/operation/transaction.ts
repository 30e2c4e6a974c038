import type { Transaction } from "../db/client.ts";
import { postgresError } from "../db/constraint.ts";
import type { Context } from "./context.ts";

const ATTEMPTS = 4;
const SERIALIZATION_FAILURE = "40001";
const DEADLOCK_DETECTED = "40P01";

/**
 * Runs `work` in one transaction, again when PostgreSQL chose it as the victim of a deadlock or a serialization failure.
 * Whatever `work` throws rolls everything back. After the commit the other processes are woken.
 */
export async function inTransaction<T>(ctx: Context, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = await ctx.db.transaction(work);
      ctx.wake();
      return result;
    } catch (error) {
      const code = postgresError(error)?.code;
      if (attempt === ATTEMPTS || (code !== SERIALIZATION_FAILURE && code !== DEADLOCK_DETECTED)) throw error;
    }
  }
}
