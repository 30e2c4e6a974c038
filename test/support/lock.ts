import { vi } from "vitest";
import type { TestApp } from "./app.ts";

/** Waits until some statement, or so many of them, wait for a lock that another transaction holds. */
export async function untilSomebodyWaits({ app }: Pick<TestApp, "app">, count = 1): Promise<void> {
  await vi.waitUntil(
    async () => {
      const waiting = await app.connections.raw`
        select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return waiting.length >= count;
    },
    { timeout: 10_000, interval: 10 },
  );
}
