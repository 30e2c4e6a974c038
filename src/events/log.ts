import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { InterviewEvent } from "./catalogue.ts";
import { readAfter, readHead } from "./read.ts";

const POLL_MS = 1_000;
const BATCH = 500;
const RING = 2_000;

export interface EventStream extends AsyncIterableIterator<InterviewEvent> {
  return(): Promise<IteratorResult<InterviewEvent>>;
}

/** The process's one reader of the event log, and the subscribers that follow it. */
export interface EventLog {
  /**
   * Every event of the account after `after`, first what was missed, then live, without gap or repeat.
   * Without `after` it begins with the next event.
   */
  follow(accountId: string, after?: number): Promise<EventStream>;
  /** Reads at once instead of at the next poll. */
  kick(): void;
  /** Ends all streams and the reader. */
  stop(): Promise<void>;
}

/** The newest events of one account that has subscribers; `recent` ends at `head` and has no gaps. */
interface Feed {
  accountId: string;
  head: number;
  recent: InterviewEvent[];
  followers: number;
  waiting: Set<() => void>;
}

export function createEventLog(raw: Sql, log: Logger): EventLog {
  const feeds = new Map<string, Feed>();
  const streams = new Set<EventStream>();
  const reader = createReader(async () => readIntoFeeds(raw, feeds), log);

  return {
    async follow(accountId, after) {
      const head = await readHead(raw, accountId);
      const feed = feeds.get(accountId) ?? { accountId, head, recent: [], followers: 0, waiting: new Set() };
      feeds.set(accountId, feed);
      feed.followers += 1;
      const stream = createStream(raw, feed, after ?? head, () => {
        streams.delete(stream);
        feed.followers -= 1;
        if (feed.followers === 0) feeds.delete(accountId);
      });
      streams.add(stream);
      reader.kick();
      return stream;
    },
    kick: () => reader.kick(),
    async stop() {
      await Promise.all([...streams].map((stream) => stream.return()));
      await reader.stop();
    },
  };
}

/** @returns whether more may be waiting */
async function readIntoFeeds(raw: Sql, feeds: Map<string, Feed>): Promise<boolean> {
  if (feeds.size === 0) return false;
  const positions = [...feeds.values()].map(({ accountId, head }) => ({ accountId, sequence: head }));
  const events = await readAfter(raw, positions, BATCH);
  for (const event of events) {
    const feed = feeds.get(event.accountId);
    if (feed?.head !== event.sequence - 1) continue;
    feed.head = event.sequence;
    feed.recent.push(event);
  }
  for (const feed of feeds.values()) {
    feed.recent.splice(0, feed.recent.length - RING);
    for (const resume of feed.waiting) resume();
  }
  return events.length >= BATCH;
}

/** Runs `read` after each kick and each poll interval, one at a time, until stopped. */
function createReader(read: () => Promise<boolean>, log: Logger): { kick(): void; stop(): Promise<void> } {
  let stopped = false;
  let kicked = false;
  let rest = () => {};
  const loop = async () => {
    while (!stopped) {
      kicked = false;
      const more = await read().catch((error: unknown) => {
        log.error({ error }, "the event log could not be read; trying again");
        return false;
      });
      if (more || kicked || stopped) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        rest = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();
  const kick = () => {
    kicked = true;
    rest();
  };
  return {
    kick,
    async stop() {
      stopped = true;
      kick();
      await running;
    },
  };
}

function createStream(raw: Sql, feed: Feed, from: number, release: () => void): EventStream {
  let position = from;
  let ended = false;
  let missed: InterviewEvent[] = [];
  let wakeUp = () => {};

  const nextEvent = async (): Promise<InterviewEvent | undefined> => {
    while (!ended) {
      const older = missed.shift();
      if (older) return older;
      const oldestKept = feed.head - feed.recent.length;
      if (position >= oldestKept && position < feed.head) return feed.recent[position - oldestKept];
      if (position < oldestKept) {
        missed = await readAfter(raw, [{ accountId: feed.accountId, sequence: position }], BATCH);
        if (missed.length > 0) continue;
      }
      await new Promise<void>((resolve) => {
        wakeUp = resolve;
        feed.waiting.add(resolve);
      });
      feed.waiting.delete(wakeUp);
    }
    return undefined;
  };

  return {
    async next() {
      const event = await nextEvent();
      if (!event || ended) return { done: true, value: undefined };
      position = event.sequence;
      return { done: false, value: event };
    },
    async return() {
      if (!ended) {
        ended = true;
        wakeUp();
        release();
      }
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
