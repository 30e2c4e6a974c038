import type { ExecutionArgs, ExecutionResult, GraphQLError } from "graphql";
import type { Context } from "../operation/context.ts";
import type { Mask } from "./errors.ts";
import type { TransportContext } from "./execute.ts";
import type { Delivery } from "./share.ts";
import type { Deliveries, Subscribe } from "./subscribe.ts";
import type { TokenWatch } from "./token-watch.ts";

export const DELIVERY = Symbol("delivery");
/** A result on its way through Yoga, with what it was taken from. */
export type Carried = ExecutionResult & { [DELIVERY]?: Delivery };

export interface ResultsOptions {
  subscribe: Subscribe;
  watch: TokenWatch;
  mask: Mask;
}

/** Subscribes as Yoga wants it: a stream of results, which ends when its token does. */
export async function subscribeForYoga(
  args: ExecutionArgs,
  { subscribe, watch, mask }: ResultsOptions,
): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  const subscribed = await subscribe(args);
  if (!(Symbol.asyncIterator in subscribed)) return subscribed;
  const { authorization = "", caller } = args.contextValue as Context & TransportContext;
  const results = new Results(subscribed);
  const { expiresAt } = caller;
  results.onEnd(watch.add({ authorization, expiresAt, end: (reason) => results.refuse(mask(reason)) }));
  return results;
}

class Results implements AsyncIterableIterator<Carried> {
  readonly #deliveries: Deliveries;
  #onEnd = () => {};
  /** Why the stream ends, until that is told. */
  #refusal: GraphQLError | null = null;
  #ended = false;
  #interrupt = () => {};

  constructor(deliveries: Deliveries) {
    this.#deliveries = deliveries;
  }

  onEnd(handle: () => void): void {
    this.#onEnd = handle;
  }

  /** Ends the stream; what it says last is why. */
  refuse(reason: GraphQLError): void {
    this.#refusal = reason;
    this.#interrupt();
  }

  async next(): Promise<IteratorResult<Carried>> {
    if (this.#ended) return { done: true, value: undefined };
    const taken = this.#refusal ? null : await this.#take();
    if (this.#refusal) {
      const value = { errors: [this.#refusal] };
      await this.return();
      return { done: false, value };
    }
    if (!taken || taken.done) return this.return();
    // A stream that has failed says so itself, and nothing after it.
    if (taken.value.cursor === null) this.#onEnd();
    return { done: false, value: { ...taken.value.result, [DELIVERY]: taken.value } };
  }

  async return(): Promise<IteratorResult<Carried>> {
    this.#ended = true;
    this.#onEnd();
    await this.#deliveries.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next delivery; null when the stream is interrupted before it has come. */
  #take(): Promise<IteratorResult<Delivery> | null> {
    const interrupted = Promise.withResolvers<null>();
    this.#interrupt = () => interrupted.resolve(null);
    return Promise.race([this.#deliveries.next(), interrupted.promise]);
  }
}
