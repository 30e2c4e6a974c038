import type { App } from "./app.ts";
import { provisioningHandler } from "./interview/provision.ts";
import { pruneKeys } from "./operation/idempotency.ts";

const PRUNE_EVERY_MS = 60 * 60 * 1000;

export interface Worker {
  start(): Promise<void>;
  stop(): void;
}

/** Registers the task handlers and the upkeep; the tasks that run are drained when the app closes. */
export function buildWorker({ services, providers, tasks }: App): Worker {
  let upkeep: NodeJS.Timeout | undefined;
  const prune = () =>
    pruneKeys(services.db, services.now()).catch((error: unknown) =>
      services.log.error({ error }, "idempotency keys were not pruned"),
    );
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
