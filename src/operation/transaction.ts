import type { Transaction } from "../db/client.ts";
import { postgresError } from "../db/constraint.ts";
import { databaseUnavailable, isOutage } from "../db/outage.ts";
import type { Context } from "./context.ts";

const MAX_ATTEMPTS = 4;
const SERIALIZATION_FAILURE = "40001";
const DEADLOCK_DETECTED = "40P01";

/**
 * Runs `work` in one transaction, again when PostgreSQL chose it as the victim of a deadlock or a serialization failure.
 * Whatever `work` throws rolls everything back. After the commit the other processes are woken.
 * @throws RequestError DATABASE_UNAVAILABLE that says whether the changes may have been committed
 */
export async function inTransaction<T>(
  ctx: Pick<Context, "db" | "wake">,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    let committing = false;
    try {
      const result = await ctx.db.transaction(async (tx) => {
        const worked = await work(tx);
        committing = true;
        return worked;
      });
      ctx.wake();
      return result;
    } catch (error) {
      if (isOutage(error)) throw databaseUnavailable(error, committing ? FATE_UNKNOWN : NOTHING_CHANGED);
      const code = postgresError(error)?.code;
      if (attempt === MAX_ATTEMPTS || (code !== SERIALIZATION_FAILURE && code !== DEADLOCK_DETECTED)) throw error;
    }
  }
}

const NOTHING_CHANGED = "Nothing was changed. Try again in a moment.";
const FATE_UNKNOWN =
  "It was lost while the change was being committed, so the change may have taken effect. Repeat the request with its " +
  "idempotency key, or read what became of it.";
