import type { Database } from "../db/client.ts";
import { isLockTimeout } from "../db/constraint.ts";

const AVOID_MS = 5_000;
const lockedUntil = new WeakMap<object, number>();

export interface QuickPools {
  /** Few connections on which quick statements queue, and which give up a lock soon. */
  quick: Database;
  /** Where a statement that waits holds up no other. */
  db: Database;
}

/**
 * Runs a statement that an index answers at once. While its table is locked it runs where it may wait, so that nothing else
 * waits for that lock.
 * @param source what is read, the same object for the same table
 */
export async function runQuickly<T>(
  source: object,
  { quick, db }: QuickPools,
  run: (db: Database) => Promise<T>,
): Promise<T> {
  if ((lockedUntil.get(source) ?? 0) > performance.now()) return run(db);
  try {
    return await run(quick);
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    lockedUntil.set(source, performance.now() + AVOID_MS);
    return run(db);
  }
}
