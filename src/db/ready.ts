import { sql } from "drizzle-orm";
import type { Database } from "./client.ts";

const WAIT_MS = 800;
/** A standby that is not promoted yet answers, and cannot serve. */
const QUESTION = sql`select pg_is_in_recovery() as standby`;

/** Asks every pool that serves requests for an answer; false when one does not give it in time. Never throws. */
export function createReadiness(pools: readonly Database[]): () => Promise<boolean> {
  let asking: Promise<boolean> | null = null;
  const ask = async () => {
    try {
      const answers = await Promise.all(pools.map((pool) => pool.execute<{ standby: boolean }>(QUESTION)));
      return answers.every(([row]) => row?.standby === false);
    } catch {
      return false;
    } finally {
      asking = null;
    }
  };
  return async () => {
    // One question at a time: they would queue while the database hangs.
    asking ??= ask();
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), WAIT_MS);
    try {
      return await Promise.race([asking, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}
