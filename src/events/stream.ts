import type { InterviewEvent } from "./catalogue.ts";
import type { Feed } from "./feed.ts";

export interface StreamOptions {
  feed: Feed;
  /** Number of the last event that the follower has. */
  from: number;
  /** Reads from the table what the feed no longer holds: the events behind a number, in order. */
  readMissed: (after: number) => Promise<InterviewEvent[]>;
  onEnd: () => void;
}

/** One follower's way through a feed: it pulls by position, so being slow costs the others nothing. */
export class EventStream implements AsyncIterableIterator<InterviewEvent> {
  readonly #options: StreamOptions;
  #position: number;
  #missed: InterviewEvent[] = [];
  #ended = false;
  #resume = () => {};

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#position = options.from;
  }

  async next(): Promise<IteratorResult<InterviewEvent>> {
    while (!this.#ended) {
      const event = await this.#take();
      if (!event) continue;
      this.#position = event.sequence;
      return { done: false, value: event };
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<InterviewEvent>> {
    if (!this.#ended) {
      this.#ended = true;
      this.#resume();
      this.#options.onEnd();
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #take(): Promise<InterviewEvent | undefined> {
    const older = this.#missed.shift();
    if (older) return older;
    const { feed, readMissed } = this.#options;
    const event = feed.after(this.#position);
    if (event === "missed") {
      this.#missed = await readMissed(this.#position);
      return this.#missed.shift();
    }
    if (event) return event;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
      feed.wait(resolve);
    });
    return undefined;
  }
}
