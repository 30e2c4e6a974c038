import { lastDelivery } from "../execution/subscribe.ts";
import type { Deliveries } from "../execution/subscribe.ts";
import type { GraphQLError } from "graphql";
import { withoutStatus } from "../execution/errors.ts";

export interface PushOptions {
  /** Sends one result's text; resolves when it has left the process. */
  send: (text: string) => Promise<void>;
  /** Ends the operation with errors. */
  fail: (errors: readonly GraphQLError[]) => Promise<void>;
}

/**
 * One subscription on a socket. It sends each delivery itself, as the text that equal subscribers share, and waits until
 * that has left; graphql-ws, which would make a text for each of them, sees a stream without results that ends.
 */
export class Push implements AsyncIterableIterator<never> {
  readonly #deliveries: Deliveries;
  readonly #options: PushOptions;
  #cursor: string | null = null;

  constructor(deliveries: Deliveries, options: PushOptions) {
    this.#deliveries = deliveries;
    this.#options = options;
  }

  async next(): Promise<IteratorResult<never>> {
    for (;;) {
      const { done, value } = await this.#deliveries.next();
      if (done) return END;
      const { text, cursor, result } = value;
      if (cursor === null) {
        await this.#options.fail((result.errors ?? []).map(withoutStatus));
        return END;
      }
      this.#cursor = cursor;
      if (text !== "") await this.#options.send(text);
    }
  }

  async return(): Promise<IteratorResult<never>> {
    await this.#deliveries.return();
    return END;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends with the cursor at which the subscriber may resume. */
  leave(errorAt: (cursor: string | null) => GraphQLError): void {
    void this.#options.send(lastDelivery(errorAt(this.#cursor)).text);
  }
}

const END = { done: true, value: undefined } as const;
