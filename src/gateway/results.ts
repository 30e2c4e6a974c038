import type { ExecutionArgs, ExecutionResult, GraphQLError } from "graphql";
import { RequestError } from "../core/error.ts";
import { goingAway } from "../events/failure.ts";
import type { Context } from "../operation/context.ts";
import { toGraphQLError } from "../execution/errors.ts";
import type { Mask } from "../execution/errors.ts";
import type { TransportContext } from "./pipeline.ts";
import type { Member, Roster } from "./roster.ts";
import type { Delivery } from "../execution/share.ts";
import { lastDelivery } from "../execution/subscribe.ts";
import type { Deliveries, Subscribe } from "../execution/subscribe.ts";
import type { TokenWatch } from "./token-watch.ts";

export const DELIVERY = Symbol("delivery");
/** A result on its way through Yoga, with what it was taken from. */
export type DeliveredResult = ExecutionResult & { [DELIVERY]?: Delivery };

export interface EventStreamOptions {
  subscribe: Subscribe;
  watch: TokenWatch;
  mask: Mask;
  roster: Roster;
  streams: OpenStreams;
}

/** The event streams of the process. */
export class OpenStreams {
  readonly #open = new Set<EventStreamResults>();
  /** Whether the process ends, and takes no more of them. */
  ended = false;

  add(results: EventStreamResults): () => void {
    this.#open.add(results);
    return () => this.#open.delete(results);
  }

  /** Ends them all, each with GOING_AWAY and its cursor. */
  end(): void {
    this.ended = true;
    for (const results of this.#open) results.goAway();
  }
}

/** Subscribes as Yoga wants it: a stream of results, which ends when its token or the process does. */
export async function subscribeForYoga(
  args: ExecutionArgs,
  { subscribe, watch, mask, roster, streams }: EventStreamOptions,
): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  const { authorization = "", caller } = args.contextValue as Context & TransportContext;
  const member: Member = {};
  if (streams.ended) return { errors: [toGraphQLError(goingAway(null))] };
  if (!roster.admit(member, caller)) return { errors: [toGraphQLError(tooMany())] };
  const subscribed = await subscribe(args).catch((error: unknown) => ({ errors: [mask(error)] }));
  if (!(Symbol.asyncIterator in subscribed)) {
    roster.delete(member);
    return subscribed;
  }
  const results = new EventStreamResults(subscribed, mask);
  const end = (reason: RequestError) => results.refuse(reason);
  const forget = watch.add({ authorization, expiresAt: caller.expiresAt, end });
  const leave = streams.add(results);
  results.onEnd(() => {
    leave();
    roster.delete(member);
    forget();
  });
  return results;
}

const COMPLETE: Delivery = { result: {}, text: "", cursor: null, complete: true };

/**
 * One event stream. Unless nothing can follow, its last result always says why it ends and where to resume:
 *
 * | why it ends | last result | what follows |
 * | --- | --- | --- |
 * | the token has expired or was revoked | UNAUTHENTICATED | cut; reconnecting needs a fresh token, else it is refused with 401 |
 * | the client reads nothing, or is too slow | SUBSCRIBER_TOO_SLOW | cut; reconnecting resumes after the last event read |
 * | the events that it needs have been pruned | CURSOR_EXPIRED | cut; reconnecting is refused with 400, read the list again |
 * | an event cannot be judged or resolved | the masked error | cut; reconnecting begins with that event |
 * | the process ends | GOING_AWAY | cut; reconnecting resumes at another process |
 *
 * "Cut" is a connection that ends inside the answer: graphql-sse's client and EventSource reconnect, urql reports a network
 * error to its retry exchange. All of them take a `complete` for the end of the subscription and never come back.
 */
export class EventStreamResults implements AsyncIterableIterator<DeliveredResult> {
  readonly #deliveries: Deliveries;
  readonly #mask: Mask;
  /** The cursor after the last event that was delivered. */
  #cursor: string | null = null;
  #onEnd = () => {};
  /** Why the stream ends, until that is sent. */
  #refusal: GraphQLError | null = null;
  #ended = false;
  #interrupt = () => {};

  constructor(deliveries: Deliveries, mask: Mask) {
    this.#deliveries = deliveries;
    this.#mask = mask;
  }

  onEnd(handle: () => void): void {
    this.#onEnd = handle;
  }

  /** Ends the stream with the reason as its last result. */
  refuse(reason: RequestError): void {
    this.#refusal ??= this.#mask(reason);
    this.#interrupt();
  }

  goAway(): void {
    this.refuse(goingAway(this.#cursor));
  }

  async next(): Promise<IteratorResult<DeliveredResult>> {
    if (this.#ended) return { done: true, value: undefined };
    const taken = this.#refusal ? null : await this.#take();
    if (taken?.done && this.#deliveries.complete) return this.#last(COMPLETE);
    // The log's own streams end when the process does.
    if (taken?.done) this.goAway();
    if (this.#refusal) return this.#last(lastDelivery(this.#refusal));
    const delivery = taken?.value as Delivery;
    if (delivery.cursor === null) return this.#last(delivery);
    this.#cursor = delivery.cursor;
    return { done: false, value: { ...delivery.result, [DELIVERY]: delivery } };
  }

  async return(): Promise<IteratorResult<DeliveredResult>> {
    this.#ended = true;
    this.#onEnd();
    await this.#deliveries.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #last(delivery: Delivery): Promise<IteratorResult<DeliveredResult>> {
    await this.return();
    return { done: false, value: { ...delivery.result, [DELIVERY]: delivery } };
  }

  /** The next delivery; null when the stream is interrupted before it has come. */
  #take(): Promise<IteratorResult<Delivery> | null> {
    const interrupted = Promise.withResolvers<null>();
    this.#interrupt = () => interrupted.resolve(null);
    return Promise.race([this.#deliveries.next(), interrupted.promise]);
  }
}

function tooMany(): RequestError {
  return new RequestError(
    "TOO_MANY_STREAMS",
    "There are as many sockets and event streams open as there may be. Close one, or subscribe over a socket that is open.",
    { retryAfterSeconds: 1 },
  );
}
