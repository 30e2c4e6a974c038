import { setTimeout as delay } from "node:timers/promises";
import { createSourceEventStream, GraphQLError } from "graphql";
import type { ExecutionArgs, ExecutionResult, ValidatedSubscriptionArgs } from "graphql";
import { REQUEST_ERRORS } from "../core/error.ts";
import type { RequestErrorCode } from "../core/error.ts";
import { StreamInterrupted } from "../events/failure.ts";
import type { Context } from "../operation/context.ts";
import type { ItemStream, StreamItem } from "../operation/event-source.ts";
import type { WithinDeadline } from "./deadline.ts";
import { withoutStatus } from "./errors.ts";
import type { Mask } from "./errors.ts";
import type { Guard } from "./guard.ts";
import { bindToRequest } from "./request.ts";
import type { RefusalCodes } from "./refusal-code.ts";
import { createGroups, toText } from "./share.ts";
import type { Delivery, ExecuteEvent, Group } from "./share.ts";

const MAX_ATTEMPTS = 4;
const FIRST_DELAY_MS = 100;
/** How many items are resolved together, and about how long their results may be: they wait in memory. */
const MAX_BATCH = 50;
const MAX_BATCH_LENGTH = 64 * 1_024;
/** How long resolved results may wait for the subscriber. */
const MAX_AGE_MS = 1_000;

/** What a subscription delivers, or the result that refuses it. */
export type Subscribe = (args: ExecutionArgs) => Promise<Deliveries | ExecutionResult>;

export interface SubscribeOptions {
  executeEvent: ExecuteEvent;
  mask: Mask;
  withCode: RefusalCodes;
  guard: Guard;
  withinDeadline: WithinDeadline;
}

/** GraphQL's subscribe, except that equal subscriptions are executed once for each event. */
export function createSubscribe(options: SubscribeOptions): Subscribe {
  const { executeEvent, mask, withCode, guard, withinDeadline } = options;
  const maskAll = (errors: readonly GraphQLError[]) => errors.map((error) => mask(error));
  const masked = ({ errors, ...rest }: ExecutionResult) => (errors ? { ...rest, errors: maskAll(errors) } : rest);
  const groups = createGroups({ execute: executeEvent, mask: masked });
  return async (args) => {
    const verdict = guard.judge(args);
    if ("refusal" in verdict) {
      const { errors = [] } = verdict.refusal;
      return { errors: maskAll(errors.map((error) => withCode(error, "INVALID_INPUT"))) };
    }
    // Transports hand over subscriptions alone.
    const validated = verdict.validated as ValidatedSubscriptionArgs;
    const source = await startInTime(withinDeadline, createSourceEventStream(validated));
    if (!(Symbol.asyncIterator in source)) return masked(source);
    const { accountId } = validated.contextValue as Context;
    const options = { accountId, group: groups.join(validated), mask: bindToRequest(mask) };
    // What the resolvers of the schema's subscriptions return.
    return new Deliveries(source as ItemStream, options);
  };
}

type Source = AsyncIterable<unknown> | ExecutionResult;

/** A subscription that starts after its deadline ends at once: its client has gone. */
async function startInTime(withinDeadline: WithinDeadline, started: Source | Promise<Source>): Promise<Source> {
  const source = Promise.resolve(started);
  try {
    return await withinDeadline(source);
  } catch (error) {
    void source.then((late) => (Symbol.asyncIterator in late ? late[Symbol.asyncIterator]().return?.() : undefined));
    return { errors: [new GraphQLError("The subscription did not start.", { originalError: error as Error })] };
  }
}

interface DeliveriesOptions {
  accountId: string;
  group: Group;
  mask: Mask;
  /** How many items are resolved together; 50 when left out. */
  maxBatch?: number;
}

/** Items that are resolved together and delivered one by one. */
interface Batch {
  items: readonly StreamItem[];
  deliveries: readonly Promise<Delivery>[];
  /** How many of them have been delivered. */
  delivered: number;
  /** Where the next batch begins. */
  through: number;
  /** When they were judged and resolved. */
  at: number;
}

/**
 * One subscriber's way through its stream: it pulls, so what it does not read is not resolved. A subscriber that reads quickly
 * has what waits for it resolved in batches. A failure is retried for a while; then the stream ends with an error that says where
 * to resume, on every transport.
 */
export class Deliveries implements AsyncIterableIterator<Delivery> {
  readonly #items: ItemStream;
  readonly #options: DeliveriesOptions;
  #batch: Batch | null = null;
  /** How many items the next batch may have. */
  #size = 1;
  /** Number of the last event that was delivered or passed over. */
  #position: number;
  /** Of the last delivery, the first of which says where the stream begins. */
  #cursor: string | null = null;
  #left = false;

  constructor(items: ItemStream, options: DeliveriesOptions) {
    this.#items = items;
    this.#options = options;
    this.#position = items.start;
  }

  async next(): Promise<IteratorResult<Delivery>> {
    for (let attempt = 1; !this.#left; attempt += 1) {
      try {
        const delivery = this.#cursor === null ? this.#begin() : await this.#deliver();
        if (delivery) return { done: false, value: delivery };
      } catch (error) {
        this.#batch = null;
        this.#size = 1;
        if (attempt === MAX_ATTEMPTS) return { done: false, value: this.#fail(error) };
        await delay(FIRST_DELAY_MS * 2 ** attempt, undefined, { ref: false });
      }
    }
    return { done: true, value: undefined };
  }

  /** Whether the subscription has ended because nothing can follow. */
  get complete(): boolean {
    return this.#items.complete === true;
  }

  async return(): Promise<IteratorResult<Delivery>> {
    this.#leave();
    // A source that has failed may fail to end as well.
    await this.#items.return().catch(() => {});
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Gives only the transport the cursor of the start: a subscriber that is cut off before its first event misses nothing. */
  #begin(): Delivery {
    const { accountId, group } = this.#options;
    this.#cursor = group.cursorOf({ accountId, sequence: this.#position });
    return { result: {}, text: "", cursor: this.#cursor };
  }

  async #deliver(): Promise<Delivery | null> {
    const batch = await this.#currentBatch();
    if (!batch) return this.#leave();
    const item = batch.items[batch.delivered];
    const delivery = await batch.deliveries[batch.delivered];
    if (!item || !delivery) throw new Error("A batch has no next item.");
    const failure = delivery.cursor !== null && failureOf(delivery.result);
    if (failure) throw failure;
    batch.delivered += 1;
    if (item.type !== "FAILURE") this.#position = item.sequence;
    if (batch.delivered === batch.items.length) this.#finish(batch, delivery);
    this.#cursor = delivery.cursor ?? this.#cursor;
    return delivery;
  }

  /** The rest of the batch. When it is stale the subscriber is slow: the rest is judged and resolved again. */
  async #currentBatch(): Promise<Batch | null> {
    const current = this.#batch;
    if (current && Date.now() - current.at < MAX_AGE_MS) return current;
    if (current) this.#size = Math.max(1, current.delivered);
    const taken = await this.#items.take(this.#position, this.#size);
    if (!taken) return null;
    const { items, through } = taken;
    this.#batch = { items, through, deliveries: this.#options.group.deliver(items), delivered: 0, at: Date.now() };
    return this.#batch;
  }

  #finish({ through }: Batch, { text }: Delivery): void {
    this.#batch = null;
    this.#position = through;
    const { maxBatch = MAX_BATCH } = this.#options;
    this.#size = Math.max(1, Math.min(2 * this.#size, maxBatch, Math.floor(MAX_BATCH_LENGTH / (text.length + 1))));
  }

  #fail(error: unknown): Delivery {
    const { group, mask } = this.#options;
    const { cause, cursor } =
      error instanceof StreamInterrupted
        ? { cause: error.cause, cursor: group.cursorOf(error.position) }
        : { cause: error, cursor: this.#cursor };
    const { message, extensions } = mask(cause);
    void this.return();
    return lastDelivery(
      new GraphQLError(`${message} Subscribe again after the cursor.`, { extensions: { ...extensions, cursor } }),
    );
  }

  #leave(): null {
    if (!this.#left) this.#options.group.leave();
    this.#left = true;
    return null;
  }
}

/** The last result of a stream that cannot continue. */
export function lastDelivery(error: GraphQLError): Delivery {
  const result = { errors: [withoutStatus(error)] };
  return { result, text: toText(result), cursor: null };
}

/** Why an item could not be resolved at all, when that is no fault of the request. */
function failureOf({ data, errors }: ExecutionResult): GraphQLError | undefined {
  if (data) return undefined;
  return errors?.find(({ extensions: { code } }) => isOurs(code));
}

const isOurs = (code: unknown): boolean =>
  typeof code === "string" && code in REQUEST_ERRORS && REQUEST_ERRORS[code as RequestErrorCode].status >= 500;
