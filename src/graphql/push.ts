import { subscriberTooSlow } from "../events/failure.ts";
import type { Mask } from "./errors.ts";
import type { Peer } from "./peer.ts";
import { toText } from "./share.ts";
import type { Deliveries } from "./subscribe.ts";

/**
 * One subscription on a socket. It sends each delivery itself, as the text that equal subscribers share, and waits until
 * that has left; graphql-ws, which would make a text for each of them, sees a stream without results that ends.
 */
export class Push implements AsyncIterableIterator<never> {
  readonly #peer: Peer;
  readonly #deliveries: Deliveries;
  readonly #onEnd: () => void;
  readonly #envelope: string;
  #cursor: string | null = null;

  /** @param id of the operation, as the client chose it */
  constructor(id: string, deliveries: Deliveries, { peer, onEnd }: { peer: Peer; onEnd: () => void }) {
    this.#peer = peer;
    this.#deliveries = deliveries;
    this.#onEnd = onEnd;
    this.#envelope = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  }

  async next(): Promise<IteratorResult<never>> {
    for (;;) {
      const { done, value } = await this.#deliveries.next();
      if (done) return this.#end();
      this.#cursor = value.cursor ?? this.#cursor;
      await this.#send(value.text);
    }
  }

  async return(): Promise<IteratorResult<never>> {
    await this.#deliveries.return();
    return this.#end();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Leaves behind what is still to be read where the subscriber may go on, and ends. */
  tooSlow(mask: Mask): void {
    void this.#send(toText({ errors: [mask(subscriberTooSlow(this.#cursor))] }));
    void this.return();
  }

  #end(): IteratorResult<never> {
    this.#onEnd();
    return { done: true, value: undefined };
  }

  #send(text: string): Promise<void> {
    return this.#peer.send(`${this.#envelope}${text}}`);
  }
}
