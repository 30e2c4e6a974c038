import { RequestError } from "../core/error.ts";
import type { Context, SearchEnds } from "../operation/context.ts";
import { nextOf } from "../operation/event-source.ts";
import type { ItemStream, StreamBatch, StreamItem } from "../operation/event-source.ts";
import type { Search } from "./load.ts";

/** The number that the end of a search has in the stream that it alone makes up. */
const END = 1;

/** Tells once when a search has ended. */
export function followSearch(ctx: Context, { accountId, id }: Search): ItemStream {
  return new SearchStream(accountId, ctx.searches.follow({ accountId, id }));
}

/** @throws RequestError NOT_FOUND when there is none that the caller may see */
export async function existing<Of extends Search>(found: Promise<Of | null>): Promise<Of> {
  const search = await found;
  if (search) return search;
  throw new RequestError("NOT_FOUND", "There is no availability search with this id that the caller may see.");
}

/** A stream of one item, which says that it is time to look at the search, and of nothing after it. */
class SearchStream implements ItemStream {
  readonly start = END - 1;
  readonly #accountId: string;
  readonly #following: ReturnType<SearchEnds["follow"]>;
  #taken = END - 1;

  constructor(accountId: string, following: ReturnType<SearchEnds["follow"]>) {
    this.#accountId = accountId;
    this.#following = following;
  }

  get complete(): boolean {
    return this.#taken >= END;
  }

  async take(after: number): Promise<StreamBatch | null> {
    this.#taken = after;
    if (this.complete || !(await this.#following.ended)) return null;
    const item: StreamItem = { type: "BOOKMARK", accountId: this.#accountId, sequence: END, occurredAt: new Date() };
    return { items: [item], through: END, shared: false };
  }

  next(): Promise<IteratorResult<StreamItem>> {
    return nextOf(this, this.start);
  }

  async return(): Promise<IteratorResult<StreamItem>> {
    this.#following.leave();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
