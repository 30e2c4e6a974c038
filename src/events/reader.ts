import type { Logger } from "pino";
import { createOutageLog, createPacer, isOutage } from "../db/outage.ts";

const POLL_MS = 1_000;

/** Repeats one read after each kick and each poll interval, never two at a time, until it is stopped. */
export class Reader {
  readonly #read: () => Promise<boolean>;
  readonly #report: (error: unknown) => void;
  readonly #running: Promise<void>;
  #stopped = false;
  #kicked = false;
  #rest = () => {};

  /**
   * @param read answers whether more may be waiting
   * @param what is read, for the log
   */
  constructor(read: () => Promise<boolean>, log: Logger, what = "the event log") {
    this.#read = read;
    this.#report = createReport(log, what);
    this.#running = this.#run();
  }

  kick(): void {
    this.#kicked = true;
    this.#rest();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.kick();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#kicked = false;
      const more = await this.#read().catch((error: unknown) => {
        this.#report(error);
        return false;
      });
      if (!more && !this.#kicked && !this.#stopped) await this.#sleep();
    }
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.#rest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A read that fails is repeated each second, and logged less often. */
function createReport(log: Logger, what: string): (error: unknown) => void {
  const logOutage = createOutageLog(log);
  const isDue = createPacer();
  return (error) => {
    if (isOutage(error)) logOutage(error);
    else if (isDue("failed")) log.error({ error }, `${what} could not be read; trying again`);
  };
}
