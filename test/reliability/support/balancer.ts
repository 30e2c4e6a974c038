import { setTimeout as delay } from "node:timers/promises";
import { vi } from "vitest";

const EVERY_MS = 100;

/** What stands before gateways in production: it sends requests only to those that say they are ready. */
export interface Balancer {
  /** The next ready gateway in turn; the first of all when none is. */
  choose: () => string;
  /** Waits until it sends requests to this gateway. */
  sees(url: string): Promise<void>;
  stop(): void;
}

export async function startBalancer(urls: readonly string[]): Promise<Balancer> {
  const ready = new Set<string>();
  const state = { stopped: false };
  let turn = 0;
  const watch = async (url: string) => {
    while (!state.stopped) {
      const isReady = await fetch(`${url}/health/ready`, { headers: { connection: "close" } }).then(
        ({ status }) => status === 200,
        () => false,
      );
      if (isReady) ready.add(url);
      else ready.delete(url);
      await delay(EVERY_MS);
    }
  };
  for (const url of urls) void watch(url);
  const balancer: Balancer = {
    choose() {
      const open = [...ready];
      turn += 1;
      return open[turn % open.length] ?? urls[0] ?? "";
    },
    async sees(url) {
      await vi.waitUntil(() => ready.has(url), { timeout: 60_000, interval: 20 });
    },
    stop() {
      state.stopped = true;
    },
  };
  for (const url of urls) await balancer.sees(url);
  return balancer;
}
