import type { RequestError } from "../core/error.ts";
import { matchesFilter } from "./catalogue.ts";
import type { Bookmark, EventFilter, InterviewEvent, StreamItem } from "../operation/event-source.ts";
import { StreamInterrupted } from "./failure.ts";
import type { Feed } from "./feed.ts";

export interface StreamOptions {
  feed: Feed;
  /** Number of the last event that the follower has. */
  from: number;
  filter: EventFilter;
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

/** One follower's way through a feed: it pulls by position, so being slow costs the others nothing. */
export class EventStream implements AsyncIterableIterator<StreamItem> {
  readonly #options: StreamOptions;
  /** Number of the last event that was looked at. */
  #position: number;
  /** Number of the last item that was delivered. */
  #told: number;
  #toldAt = new Date();
  #live = false;
  #missed: InterviewEvent[] = [];
  #ended = false;
  #bookmarkDue = false;
  #resume = () => {};

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#position = options.from;
    this.#told = options.from;
  }

  /** @throws StreamInterrupted when the log cannot be read */
  async next(): Promise<IteratorResult<StreamItem>> {
    while (!this.#ended) {
      const item = await this.#take();
      if (!item || this.#ended) continue;
      if (item.type === "FAILURE") this.#end();
      return { done: false, value: item };
    }
    return { done: true, value: undefined };
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

  /** The next item, or undefined when there is none yet and it is time to look again. */
  async #take(): Promise<StreamItem | undefined> {
    const event = await this.#nextEvent();
    if (event === "expired") return { type: "FAILURE", error: await this.#ask(this.#options.expired) };
    if (event) {
      this.#position = event.sequence;
      if (matchesFilter(event, this.#options.filter)) return this.#deliver(event);
    }
    if (this.#bookmarkDue) {
      const { feed, silentBookmarks } = this.#options;
      return this.#deliver({
        type: "BOOKMARK",
        accountId: feed.accountId,
        sequence: this.#position,
        occurredAt: new Date(),
        silent: silentBookmarks,
      });
    }
    if (!event) await this.#wait();
    return undefined;
  }

  async #nextEvent(): Promise<InterviewEvent | "expired" | undefined> {
    const { feed, readMissed } = this.#options;
    if (feed.isLost) return "expired";
    const older = this.#missed.shift();
    if (older) return older;
    const event = feed.after(this.#position);
    if (event !== "missed") {
      this.#live ||= event === undefined;
      return event;
    }
    this.#missed = await this.#ask(() => readMissed(this.#position));
    const first = this.#missed.shift();
    return first?.sequence === this.#position + 1 ? first : "expired";
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw new StreamInterrupted({ accountId: this.#options.feed.accountId, sequence: this.#position }, error);
    }
  }

  #deliver(item: InterviewEvent | Bookmark): StreamItem {
    const { feed, maxLag, tooSlow } = this.#options;
    if (this.#live && feed.head - item.sequence > maxLag) return { type: "FAILURE", error: tooSlow(this.#told) };
    this.#told = item.sequence;
    this.#toldAt = new Date();
    this.#bookmarkDue = false;
    return item;
  }

  /** Looks once more before it waits: what came since the last look would wake nobody. */
  async #wait(): Promise<void> {
    const { feed } = this.#options;
    if (this.#ended || this.#bookmarkDue || feed.isLost || feed.after(this.#position) !== undefined) return;
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
