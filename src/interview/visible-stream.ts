import { StreamInterrupted, tokenExpired } from "../events/failure.ts";
import type { Bookmark, InterviewEvent, StreamItem } from "../operation/event-source.ts";

export interface VisibleStreamOptions {
  items: AsyncIterator<StreamItem>;
  /** Whether the follower sees the event's interview at this moment. */
  sees: (event: InterviewEvent) => Promise<boolean>;
  /** Whether the follower's token has ended. */
  expired: () => boolean;
  /** How long it may be silent while events are passed over, in milliseconds. */
  bookmarkMs: number;
  silentBookmarks?: boolean | undefined;
  onEnd: () => void;
}

/** A stream without the events that the follower may not see. Bookmarks say how far it has passed them over. */
export class VisibleStream implements AsyncIterableIterator<StreamItem> {
  readonly #options: VisibleStreamOptions;
  /** What was asked for and has not come yet. */
  #pending: Promise<IteratorResult<StreamItem>> | null = null;
  /** What has come and could not be judged yet. */
  #unjudged: IteratorResult<StreamItem> | null = null;
  /** The last event that was passed over since something was delivered. */
  #passed: InterviewEvent | null = null;
  #deliveredAt = Date.now();
  #ended = false;

  constructor(options: VisibleStreamOptions) {
    this.#options = options;
  }

  /** @throws StreamInterrupted when it cannot be told whether the follower sees an event, which is then asked again */
  async next(): Promise<IteratorResult<StreamItem>> {
    while (!this.#ended) {
      const arrived = this.#unjudged ?? (await this.#take());
      if (!arrived) return this.#deliver(this.#bookmark());
      if (arrived.done) break;
      const item = arrived.value;
      if (item.type === "FAILURE") return this.#deliver(item);
      if (this.#options.expired()) return this.#deliver({ type: "FAILURE", error: tokenExpired() });
      if (!("id" in item)) return this.#deliver(item);
      this.#unjudged = arrived;
      const seen = await this.#judge(item);
      this.#unjudged = null;
      if (seen) return this.#deliver(item);
      this.#passed = item;
    }
    this.#end();
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<StreamItem>> {
    this.#end();
    await this.#options.items.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #judge(event: InterviewEvent): Promise<boolean> {
    try {
      return await this.#options.sees(event);
    } catch (error) {
      throw new StreamInterrupted({ accountId: event.accountId, sequence: event.sequence - 1 }, error);
    }
  }

  /** The next item; undefined when a bookmark is due before it has come. */
  async #take(): Promise<IteratorResult<StreamItem> | undefined> {
    this.#pending ??= this.#options.items.next();
    try {
      const arrived = await this.#nextOrBookmarkDue(this.#pending);
      if (arrived) this.#pending = null;
      return arrived;
    } catch (error) {
      this.#pending = null;
      throw error;
    }
  }

  async #nextOrBookmarkDue(
    pending: Promise<IteratorResult<StreamItem>>,
  ): Promise<IteratorResult<StreamItem> | undefined> {
    if (!this.#passed) return pending;
    const due = Promise.withResolvers<undefined>();
    const wait = this.#deliveredAt + this.#options.bookmarkMs - Date.now();
    const timer = setTimeout(() => due.resolve(undefined), wait);
    return Promise.race([pending, due.promise]).finally(() => clearTimeout(timer));
  }

  #bookmark(): Bookmark {
    if (!this.#passed) throw new Error("A bookmark is due for an event that was not passed over.");
    const { accountId, sequence } = this.#passed;
    return { type: "BOOKMARK", accountId, sequence, occurredAt: new Date(), silent: this.#options.silentBookmarks };
  }

  #deliver(item: StreamItem): IteratorResult<StreamItem> {
    this.#passed = null;
    this.#deliveredAt = Date.now();
    // The failure is told, whatever becomes of the stream behind it.
    if (item.type === "FAILURE") this.return().catch(() => {});
    return { done: false, value: item };
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onEnd();
  }
}
