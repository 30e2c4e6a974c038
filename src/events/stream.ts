import type { RequestError } from "../core/error.ts";
import { nextOf } from "../operation/event-source.ts";
import type { EventFilter, InterviewEvent, ItemStream, StreamBatch, StreamItem } from "../operation/event-source.ts";
import { StreamInterrupted } from "./failure.ts";
import type { Feed } from "./feed.ts";

export interface StreamOptions {
  feed: Feed;
  /** Number of the last event that the follower has. */
  from: number;
  /** Which events are delivered; all when left out. */
  filter?: EventFilter | undefined;
  silentBookmarks?: boolean | undefined;
  /** Reads from the table what the feed no longer holds: the events behind a number, in order. */
  readMissed: (after: number) => Promise<InterviewEvent[]>;
  /** What is said when the event behind a number is no longer kept. */
  expired: () => Promise<RequestError>;
  /** What is said when the follower has fallen too far behind; `sequence` is the last event that it took. */
  tooSlow: (sequence: number) => RequestError;
  /** How many events a follower that was up to date once may fall behind. */
  maxLag: number;
  onEnd: () => void;
}

interface Run {
  /** What follows a number without a gap. */
  events: readonly InterviewEvent[];
  shared: boolean;
}

/** One follower's way through a feed: it pulls by position, so being slow costs the others nothing. */
export class EventStream implements ItemStream {
  readonly start: number;
  readonly #options: StreamOptions;
  /** Number of the last event that was looked at. */
  #position: number;
  /** Number of the last item that was delivered. */
  #told: number;
  #toldAt = new Date();
  #live = false;
  /** What was read from the table and is not passed for good. */
  #missed: readonly InterviewEvent[] = [];
  #ended = false;
  #bookmarkDue = false;
  #resume = () => {};

  constructor(options: StreamOptions) {
    this.#options = options;
    this.start = options.from;
    this.#position = options.from;
    this.#told = options.from;
  }

  /** @throws StreamInterrupted when the log cannot be read */
  async take(after: number, size: number): Promise<StreamBatch | null> {
    this.#position = after;
    this.#told = Math.min(this.#told, after);
    while (!this.#ended) {
      const batch = await this.#look(size);
      if (!batch || this.#ended) continue;
      if (batch.items[0]?.type === "FAILURE") this.#end();
      return batch;
    }
    return null;
  }

  next(): Promise<IteratorResult<StreamItem>> {
    return nextOf(this, this.#position);
  }

  async return(): Promise<IteratorResult<StreamItem>> {
    this.#end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Makes a bookmark due when nothing was delivered since `before` although the log went on. */
  remind(before: Date): void {
    if (this.#toldAt >= before || this.#position === this.#told) return;
    this.#bookmarkDue = true;
    this.#resume();
  }

  /** What is to be delivered next, or undefined when there is nothing yet and it is time to look again. */
  async #look(size: number): Promise<StreamBatch | undefined> {
    const run = await this.#runAfter(this.#position, size);
    if (run === "expired") return this.#deliver([{ type: "FAILURE", error: await this.#ask(this.#options.expired) }]);
    const { filter } = this.#options;
    const items: InterviewEvent[] = [];
    for (const event of run.events) {
      this.#position = event.sequence;
      if (!filter || filter(event)) items.push(event);
      if (items.length === size) break;
    }
    if (items.length > 0) return this.#deliver(items, run.shared);
    if (this.#bookmarkDue) return this.#deliver([this.#bookmark()]);
    if (run.events.length === 0) await this.#wait();
    return undefined;
  }

  async #runAfter(position: number, size: number): Promise<Run | "expired"> {
    const { feed, readMissed } = this.#options;
    if (feed.isLost) return "expired";
    const [oldest] = this.#missed;
    this.#missed = oldest && oldest.sequence <= position + 1 ? this.#missed.slice(position + 1 - oldest.sequence) : [];
    if (this.#missed.length > 0) return { events: this.#missed, shared: false };
    const events = feed.after(position, size);
    if (events !== "missed") {
      this.#live ||= events.length === 0;
      return { events, shared: true };
    }
    const missed = await this.#ask(() => readMissed(position));
    this.#missed = missed;
    return missed[0]?.sequence === position + 1 ? { events: missed, shared: false } : "expired";
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw new StreamInterrupted({ accountId: this.#options.feed.accountId, sequence: this.#position }, error);
    }
  }

  #bookmark(): StreamItem {
    const { feed, silentBookmarks: silent } = this.#options;
    const { accountId } = feed;
    return { type: "BOOKMARK", accountId, sequence: this.#position, occurredAt: new Date(), silent };
  }

  #deliver(items: StreamItem[], shared = false): StreamBatch {
    const { feed, maxLag, tooSlow } = this.#options;
    const [first, last] = [items[0], items.at(-1)];
    if (first?.type === "FAILURE" || last?.type === "FAILURE" || !first || !last)
      return { items, through: this.#position, shared };
    if (this.#live && feed.head - first.sequence > maxLag)
      return { items: [{ type: "FAILURE", error: tooSlow(this.#told) }], through: this.#position, shared };
    this.#told = last.sequence;
    this.#toldAt = new Date();
    this.#bookmarkDue = false;
    return { items, through: this.#position, shared };
  }

  /** Looks once more before it waits: what came since the last look would wake nobody. */
  async #wait(): Promise<void> {
    const { feed } = this.#options;
    if (this.#ended || this.#bookmarkDue || feed.isLost || feed.head > this.#position) return;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
      feed.wait(resolve);
    });
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#resume();
    this.#options.onEnd();
  }
}
