import type { App } from "./app.ts";
import { provisioningHandler } from "./interview/provision.ts";

export interface Worker {
  start(): Promise<void>;
}

/** Registers the task handlers; what runs is drained when the app closes. */
export function buildWorker({ services, providers, tasks }: App): Worker {
  return {
    async start() {
      await tasks.work(provisioningHandler(services, providers));
    },
  };
}
