import type { Logger } from "pino";
import { currentRequest } from "../execution/request.ts";

const MESSAGES = {
  plannedExecution: "an operation was left to graphql-js",
  directPost: "a request was left to Yoga",
};

/** Counts the requests that our shortcuts left to the libraries. */
export class Fallbacks {
  /** How often, by reason. */
  readonly plannedExecution = new Map<string, number>();
  readonly directPost = new Map<string, number>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param fault an error of our own code, which the answer does not show since the library gave it */
  count(way: keyof typeof MESSAGES, reason: string, fault?: unknown): void {
    this[way].set(reason, (this[way].get(reason) ?? 0) + 1);
    const requestId = currentRequest()?.requestId;
    if (fault === undefined) this.#log.debug({ requestId, reason }, MESSAGES[way]);
    else this.#log.warn({ requestId, reason, error: fault }, `${MESSAGES[way]}, because of a bug in the gateway`);
  }
}
