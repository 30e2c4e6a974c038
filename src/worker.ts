import type { App } from "./app.ts";
import { pruneEvents } from "./events/prune.ts";
import { provisioningHandler } from "./interview/provision.ts";
import { pruneKeys } from "./operation/idempotency.ts";

const PRUNE_EVERY_MS = 60 * 60 * 1000;

export interface Worker {
  start(): Promise<void>;
  stop(): void;
}

/** Registers the task handlers and the upkeep; the tasks that run are drained when the app closes. */
export function buildWorker({ services, providers, tasks, options }: App): Worker {
  let upkeep: NodeJS.Timeout | undefined;
  const prune = async () => {
    const { db, log, now } = services;
    try {
      await pruneKeys(db, now());
      await pruneEvents(db, new Date(now().getTime() - options.eventRetentionMs));
    } catch (error) {
      log.error({ error }, "what is no longer kept was not pruned");
    }
  };
  return {
    async start() {
      await tasks.work(provisioningHandler(services, providers));
      upkeep = setInterval(() => void prune(), PRUNE_EVERY_MS);
      await prune();
    },
    stop() {
      clearInterval(upkeep);
    },
  };
}
