import type { Logger } from "pino";
import type { Sql } from "postgres";
import { createPacer } from "../db/outage.ts";

const CHANNEL = "interview_gateway_committed";

export interface Wake {
  /** Something was committed: wakes this process at once and the others through the database. Never throws. */
  committed(): void;
  /** Calls `listener` after each commit of any process; more often is possible, and a call can be lost. */
  onCommit(listener: () => void): void;
  /** Starts to listen to the other processes. */
  listen(): Promise<void>;
}

/** An empty NOTIFY outside the writing transaction: inside it, NOTIFY makes commits wait for each other. */
export function createWake({ raw, listener }: { raw: Sql; listener: Sql }, log: Logger): Wake {
  const listeners = new Set<() => void>();
  const callAll = () => {
    for (const listener of listeners) listener();
  };
  const isDue = createPacer();
  let sending = false;
  let again = false;

  const send = async () => {
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    do {
      again = false;
      await raw.notify(CHANNEL, "").catch((error: unknown) => {
        if (isDue("failed")) log.warn({ reason: String(error) }, "wake-up was not sent");
      });
    } while (again);
    sending = false;
  };

  return {
    committed() {
      callAll();
      void send();
    },
    onCommit(listener) {
      listeners.add(listener);
    },
    async listen() {
      await listener.listen(CHANNEL, callAll, callAll);
    },
  };
}
