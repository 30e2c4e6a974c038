import type { App } from "./app.ts";
import { failLostSearches, pruneSearches, searchHandler } from "./availability/complete.ts";
import { pruneEvents } from "./events/prune.ts";
import { provisioningHandler } from "./provisioning/reconcile.ts";
import { requeueLostProvisioning } from "./provisioning/requeue.ts";
import { pruneKeys } from "./operation/idempotency.ts";

const PRUNE_EVERY_MS = 60 * 60 * 1000;
const REQUEUE_EVERY_MS = 60 * 1000;

export interface Worker {
  start(): Promise<void>;
  stop(): void;
}

/** Registers the task handlers and the upkeep; the tasks that run are drained when the app closes. */
export function buildWorker({ services, providers, tasks, options }: App): Worker {
  const { db, log, now } = services;
  const upkeep: NodeJS.Timeout[] = [];
  const prune = async () => {
    try {
      await pruneKeys(db, now());
      await pruneSearches(services);
      await pruneEvents(db, new Date(now().getTime() - options.eventRetentionMs));
    } catch (error) {
      log.error({ error }, "pruning expired events and keys failed");
    }
  };
  const requeue = async () => {
    try {
      const interviews = await requeueLostProvisioning(services);
      if (interviews > 0) log.warn({ interviews }, "interviews whose task was gone were queued again");
      const searches = await failLostSearches(services);
      if (searches > 0) log.warn({ searches }, "searches for times whose task was gone were given up");
    } catch (error) {
      log.error({ error }, "interviews and searches whose task is gone were not looked for");
    }
  };
  return {
    async start() {
      tasks.work(provisioningHandler(services, providers));
      tasks.work(searchHandler(services, providers.freeBusy));
      upkeep.push(setInterval(() => void prune(), PRUNE_EVERY_MS));
      upkeep.push(setInterval(() => void requeue(), REQUEUE_EVERY_MS));
      await Promise.all([prune(), requeue()]);
    },
    stop() {
      for (const timer of upkeep) clearInterval(timer);
    },
  };
}
