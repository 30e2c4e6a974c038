import { createSourceEventStream } from "graphql";
import type { ExecutionArgs, ExecutionResult, GraphQLError, ValidatedSubscriptionArgs } from "graphql";
import type { StreamItem } from "../operation/event-source.ts";
import type { Mask } from "./errors.ts";
import type { Guard } from "./guard.ts";
import type { RefusalCodes } from "./refusal-code.ts";
import { createGroups } from "./share.ts";
import type { Delivery, Group } from "./share.ts";

/** What a subscription delivers, or the result that refuses it. */
export type Subscribe = (args: ExecutionArgs) => Promise<Deliveries | ExecutionResult>;

export interface SubscribeOptions {
  mask: Mask;
  withCode: RefusalCodes;
  guard: Guard;
}

/** GraphQL's subscribe, except that equal subscriptions are executed once for each event. */
export function createSubscribe({ mask, withCode, guard }: SubscribeOptions): Subscribe {
  const maskAll = (errors: readonly GraphQLError[]) => errors.map((error) => mask(error));
  const masked = ({ errors, ...rest }: ExecutionResult) => (errors ? { ...rest, errors: maskAll(errors) } : rest);
  const groups = createGroups(masked);
  return async (args) => {
    const verdict = guard.judge(args);
    if ("refusal" in verdict) {
      const { errors = [] } = verdict.refusal;
      return { errors: maskAll(errors.map((error) => withCode(error, "INVALID_INPUT"))) };
    }
    // Transports hand over subscriptions alone.
    const validated = verdict.validated as ValidatedSubscriptionArgs;
    const source = await createSourceEventStream(validated);
    if (!(Symbol.asyncIterator in source)) return masked(source);
    return new Deliveries(source[Symbol.asyncIterator]() as AsyncIterator<StreamItem>, groups.join(validated));
  };
}

/** One subscriber's way through its stream: it pulls, so what it does not read is not resolved. */
export class Deliveries implements AsyncIterableIterator<Delivery> {
  readonly #items: AsyncIterator<StreamItem>;
  readonly #group: Group;
  #left = false;

  constructor(items: AsyncIterator<StreamItem>, group: Group) {
    this.#items = items;
    this.#group = group;
  }

  async next(): Promise<IteratorResult<Delivery>> {
    const { done, value: item } = await this.#items.next();
    if (!done) return { done: false, value: await this.#group.deliver(item) };
    this.#leave();
    return { done, value: undefined };
  }

  async return(): Promise<IteratorResult<Delivery>> {
    this.#leave();
    await this.#items.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #leave(): void {
    if (!this.#left) this.#group.leave();
    this.#left = true;
  }
}
