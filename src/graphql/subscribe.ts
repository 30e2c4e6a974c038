import { setTimeout as delay } from "node:timers/promises";
import { createSourceEventStream, GraphQLError, validateSubscriptionArgs } from "graphql";
import type { ExecutionArgs, ExecutionResult } from "graphql";
import { StreamInterrupted } from "../events/failure.ts";
import type { StreamItem } from "../operation/event-source.ts";
import type { WithinDeadline } from "./deadline.ts";
import type { Mask } from "./errors.ts";
import type { Guard } from "./guard.ts";
import type { RefusalCodes } from "./refusal-code.ts";
import { createGroups, toText } from "./share.ts";
import type { Delivery, Group } from "./share.ts";

const MAX_ATTEMPTS = 4;
const FIRST_DELAY_MS = 100;

/** What a subscription delivers, or the result that refuses it. */
export type Subscribe = (args: ExecutionArgs) => Promise<Deliveries | ExecutionResult>;

export interface SubscribeOptions {
  mask: Mask;
  withCode: RefusalCodes;
  guard: Guard;
  withinDeadline: WithinDeadline;
}

/** GraphQL's subscribe, except that equal subscriptions are executed once for each event. */
export function createSubscribe({ mask, withCode, guard, withinDeadline }: SubscribeOptions): Subscribe {
  const maskAll = (errors: readonly GraphQLError[]) => errors.map((error) => mask(error));
  const masked = ({ errors, ...rest }: ExecutionResult) => (errors ? { ...rest, errors: maskAll(errors) } : rest);
  const groups = createGroups(masked);
  return async (args) => {
    const verdict = guard.judge(args);
    if ("refusal" in verdict) return verdict.refusal;
    const validated = validateSubscriptionArgs(args);
    if (!("schema" in validated))
      return { errors: maskAll(validated.map((error) => withCode(error, "INVALID_INPUT"))) };
    const source = await startInTime(withinDeadline, createSourceEventStream(validated));
    if (!(Symbol.asyncIterator in source)) return masked(source);
    const items = source[Symbol.asyncIterator]() as AsyncIterator<StreamItem>;
    return new Deliveries(items, { group: groups.join(validated), mask });
  };
}

type Source = AsyncIterable<unknown> | ExecutionResult;

/** A subscription that starts after its deadline ends at once: nobody reads it. */
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
  group: Group;
  mask: Mask;
}

/**
 * One subscriber's way through its stream: it pulls, so what it does not read is not resolved. What fails is tried again for
 * a while; then the stream ends with an error that says where to resume, on every transport.
 */
export class Deliveries implements AsyncIterableIterator<Delivery> {
  readonly #items: AsyncIterator<StreamItem>;
  readonly #group: Group;
  readonly #mask: Mask;
  /** What was taken from the stream and is not delivered yet. */
  #item: StreamItem | null = null;
  #cursor: string | null = null;
  #left = false;

  constructor(items: AsyncIterator<StreamItem>, { group, mask }: DeliveriesOptions) {
    this.#items = items;
    this.#group = group;
    this.#mask = mask;
  }

  async next(): Promise<IteratorResult<Delivery>> {
    for (let attempt = 1; !this.#left; attempt += 1) {
      try {
        const delivery = await this.#deliver();
        if (delivery) return { done: false, value: delivery };
      } catch (error) {
        if (attempt === MAX_ATTEMPTS) return { done: false, value: this.#fail(error) };
        await delay(FIRST_DELAY_MS * 2 ** attempt, undefined, { ref: false });
      }
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Delivery>> {
    this.#leave();
    await this.#items.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #deliver(): Promise<Delivery | null> {
    if (!this.#item) {
      const { done, value } = await this.#items.next();
      if (done) return this.#leave();
      this.#item = value;
    }
    const delivery = await this.#group.deliver(this.#item);
    this.#item = null;
    this.#cursor = delivery.cursor;
    return delivery;
  }

  #fail(error: unknown): Delivery {
    const { cause, cursor } =
      error instanceof StreamInterrupted
        ? { cause: error.cause, cursor: this.#group.cursorOf(error.position) }
        : { cause: error, cursor: this.#cursor };
    const { message, extensions } = this.#mask(cause);
    const told = new GraphQLError(`${message} Subscribe again after the cursor.`, {
      extensions: { ...extensions, cursor },
    });
    void this.return();
    const result = { errors: [told] };
    return { result, text: toText(result), cursor: null };
  }

  #leave(): null {
    if (!this.#left) this.#group.leave();
    this.#left = true;
    return null;
  }
}
