import { createSourceEventStream, GraphQLError, validateSubscriptionArgs } from "graphql";
import type { ExecutionArgs, ExecutionResult } from "graphql";
import { REQUEST_ERRORS } from "../core/error.ts";
import type { RequestErrorCode } from "../core/error.ts";
import type { StreamItem } from "../operation/event-source.ts";
import { withoutStatus } from "./errors.ts";
import type { Mask } from "./errors.ts";
import type { Guard } from "./guard.ts";
import type { RefusalCodes } from "./refusal-code.ts";
import { createGroups, toText } from "./share.ts";
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
    if ("refusal" in verdict) return verdict.refusal;
    const validated = validateSubscriptionArgs(args);
    if (!("schema" in validated))
      return { errors: maskAll(validated.map((error) => withCode(error, "INVALID_INPUT"))) };
    const source = await createSourceEventStream(validated);
    if (!(Symbol.asyncIterator in source)) return masked(source);
    return new Deliveries(source[Symbol.asyncIterator]() as AsyncIterator<StreamItem>, groups.join(validated), mask);
  };
}

/**
 * One subscriber's way through its stream: it pulls, so what it does not read is not resolved. What cannot be told to it ends
 * the stream with the masked error and the cursor before it, so that nothing is skipped.
 */
export class Deliveries implements AsyncIterableIterator<Delivery> {
  readonly #items: AsyncIterator<StreamItem>;
  readonly #group: Group;
  readonly #mask: Mask;
  /** The cursor after the last item that was delivered. */
  #cursor: string | null = null;
  #left = false;

  constructor(items: AsyncIterator<StreamItem>, group: Group, mask: Mask) {
    this.#items = items;
    this.#group = group;
    this.#mask = mask;
  }

  async next(): Promise<IteratorResult<Delivery>> {
    if (this.#left) return { done: true, value: undefined };
    try {
      const { done, value: item } = await this.#items.next();
      if (done) return await this.return();
      const delivery = await this.#group.deliver(item);
      const failure = delivery.cursor !== null && failureOf(delivery.result);
      if (failure) return await this.#fail(failure);
      this.#cursor = delivery.cursor ?? this.#cursor;
      return { done: false, value: delivery };
    } catch (error) {
      return this.#fail(this.#mask(error));
    }
  }

  async return(): Promise<IteratorResult<Delivery>> {
    if (!this.#left) this.#group.leave();
    this.#left = true;
    // Whoever reads has gone, and a source that fails to end has nothing to tell.
    await this.#items.return?.().catch(() => {});
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #fail(error: GraphQLError): Promise<IteratorResult<Delivery>> {
    await this.return();
    const { message, extensions } = error;
    return {
      done: false,
      value: lastDelivery(new GraphQLError(message, { extensions: { ...extensions, cursor: this.#cursor } })),
    };
  }
}

/** What a stream that cannot go on says last. */
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
