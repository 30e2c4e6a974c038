import { sql } from "drizzle-orm";
import type { Database } from "./client.ts";

const WAIT_MS = 800;

/** Asks every pool that serves requests for an answer; false when one does not give it in time. Never throws. */
export function createReadiness(pools: readonly Database[]): () => Promise<boolean> {
  let asking: Promise<boolean> | null = null;
  const ask = async () => {
    try {
      await Promise.all(pools.map((pool) => pool.execute(sql`select 1`)));
      return true;
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
