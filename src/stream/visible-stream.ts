import { StreamInterrupted, tokenExpired } from "../events/failure.ts";
import { nextOf } from "../operation/event-source.ts";
import type { InterviewEvent, ItemStream, LogPosition, StreamBatch, StreamItem } from "../operation/event-source.ts";

export interface VisibleStreamOptions {
  items: Pick<ItemStream, "start" | "take" | "return">;
  /** Which of the events' interviews the follower sees at this moment. */
  seenOf: (events: readonly InterviewEvent[], options: { shared: boolean }) => Promise<ReadonlySet<InterviewEvent>>;
  /** Whether the follower's token has ended. */
  expired: () => boolean;
  /** How long it may be silent while events are passed over, in milliseconds. */
  bookmarkMs: number;
  silentBookmarks?: boolean | undefined;
  onEnd: () => void;
}

/** A stream without the events that the follower may not see. Bookmarks say how far it has passed them over. */
export class VisibleStream implements ItemStream {
  readonly start: number;
  readonly #options: VisibleStreamOptions;
  /** What was asked for and has not come yet. */
  #pending: Promise<StreamBatch | null> | null = null;
  /** The last event that was passed over since something was delivered. */
  #passed: LogPosition | null = null;
  /** Number of the last event that was judged. */
  #position: number;
  #deliveredAt = Date.now();
  #ended = false;

  constructor(options: VisibleStreamOptions) {
    this.#options = options;
    this.start = options.items.start;
    this.#position = this.start;
  }

  /** @throws StreamInterrupted when it cannot be told whether the follower sees an event, which is then asked again */
  async take(after: number, size: number): Promise<StreamBatch | null> {
    this.#position = after;
    while (!this.#ended) {
      const batch = await this.#arrive(size);
      if (!batch) return this.#hand({ items: [this.#bookmark()], through: this.#position, shared: false });
      if (batch === "ended") break;
      const [first] = batch.items;
      if (first?.type === "FAILURE") return this.#hand(batch);
      if (this.#options.expired()) return this.#hand({ ...batch, items: [{ type: "FAILURE", error: tokenExpired() }] });
      const items = await this.#seenOf(batch);
      this.#position = batch.through;
      if (items.length > 0) return this.#hand({ ...batch, items });
      if (first) this.#passed = { accountId: first.accountId, sequence: batch.through };
    }
    this.#end();
    return null;
  }

  next(): Promise<IteratorResult<StreamItem>> {
    return nextOf(this, this.#position);
  }

  async return(): Promise<IteratorResult<StreamItem>> {
    this.#end();
    await this.#options.items.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #seenOf({ items, shared }: StreamBatch): Promise<StreamItem[]> {
    const events = items.filter((item) => item.type !== "BOOKMARK" && item.type !== "FAILURE");
    const [first] = events;
    if (!first) return [...items];
    try {
      const seen = await this.#options.seenOf(events, { shared });
      return events.filter((event) => seen.has(event));
    } catch (error) {
      throw new StreamInterrupted({ accountId: first.accountId, sequence: this.#position }, error);
    }
  }

  /** The next batch; undefined when a bookmark is due before it has come. */
  async #arrive(size: number): Promise<StreamBatch | "ended" | undefined> {
    this.#pending ??= this.#options.items.take(this.#position, size);
    try {
      const arrived = await this.#nextOrBookmarkDue(this.#pending.then((batch) => batch ?? "ended"));
      if (arrived) this.#pending = null;
      return arrived;
    } catch (error) {
      this.#pending = null;
      throw error;
    }
  }

  async #nextOrBookmarkDue<T>(pending: Promise<T>): Promise<T | undefined> {
    if (!this.#passed) return pending;
    const due = Promise.withResolvers<undefined>();
    const wait = this.#deliveredAt + this.#options.bookmarkMs - Date.now();
    const timer = setTimeout(() => due.resolve(undefined), wait);
    return Promise.race([pending, due.promise]).finally(() => clearTimeout(timer));
  }

  #bookmark(): StreamItem {
    if (!this.#passed) throw new Error("A bookmark is due for an event that was not passed over.");
    return { type: "BOOKMARK", ...this.#passed, occurredAt: new Date(), silent: this.#options.silentBookmarks };
  }

  #hand(batch: StreamBatch): StreamBatch {
    this.#passed = null;
    this.#deliveredAt = Date.now();
    // The failure is told, whatever becomes of the stream behind it.
    if (batch.items[0]?.type === "FAILURE") this.return().catch(() => {});
    return batch;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onEnd();
  }
}
