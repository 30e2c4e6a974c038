import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { EventSource } from "../operation/event-source.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { cursorExpired, subscriberTooSlow } from "./failure.ts";
import { Feed } from "./feed.ts";
import { readAfter, readExtent } from "./read.ts";
import type { LogExtent } from "./read.ts";
import { Reader } from "./reader.ts";
import { EventStream } from "./stream.ts";

const BATCH = 500;
const MAX_LAG = 10_000;
const BOOKMARK_MS = 30_000;

/** The process's one reader of the event log, and the streams that follow it without gap or repeat. */
export interface EventLog extends EventSource {
  /** Reads at once instead of at the next poll. */
  kick(): void;
  /** Ends all streams and the reader. */
  stop(): Promise<void>;
}

export interface EventLogOptions {
  raw: Sql;
  log: Logger;
  /** Names this life of the database; cursors of another are refused. */
  epoch: string;
  cursorSecret: Buffer;
  /** How long a filtered stream may be silent while the log goes on; 30 s when left out. */
  bookmarkMs?: number;
  /** How many events a follower may fall behind; 10,000 when left out. */
  maxLag?: number;
}

export function createEventLog(options: EventLogOptions): EventLog {
  const { raw, log, bookmarkMs = BOOKMARK_MS, maxLag = MAX_LAG } = options;
  const cursors = createCursors(options);
  const feeds = new Map<string, Feed>();
  const streams = new Set<EventStream>();
  const reader = new Reader(() => readIntoFeeds(raw, feeds), log);
  const reminder = setInterval(() => {
    const before = new Date(Date.now() - bookmarkMs / 2);
    for (const stream of streams) stream.remind(before);
  }, bookmarkMs / 2);

  return {
    async follow(accountId, { after, filter }) {
      const extent = await readExtent(raw, accountId);
      const from = after === null ? extent.head : cursors.read(accountId, after, extent);
      const feed = feeds.get(accountId) ?? new Feed(accountId, extent.head);
      feeds.set(accountId, feed);
      feed.followers += 1;
      const stream = new EventStream({
        feed,
        from,
        filter,
        readMissed: (sequence) => readAfter(raw, [{ accountId, sequence }], BATCH),
        expired: async () => cursors.expired(accountId, await readExtent(raw, accountId)),
        tooSlow: (sequence) => cursors.tooSlow(accountId, sequence),
        maxLag,
        onEnd: () => {
          streams.delete(stream);
          feed.followers -= 1;
          if (feed.followers === 0) feeds.delete(accountId);
        },
      });
      streams.add(stream);
      reader.kick();
      return stream;
    },
    cursorOf: ({ accountId, sequence }) => cursors.encode(accountId, sequence),
    kick: () => reader.kick(),
    async stop() {
      clearInterval(reminder);
      await Promise.all([...streams].map((stream) => stream.return()));
      await reader.stop();
    },
  };
}

/** Cursors of this life of the log, and the refusals that name the oldest one that can still be used. */
function createCursors({ epoch, cursorSecret }: Pick<EventLogOptions, "epoch" | "cursorSecret">) {
  const encode = (accountId: string, sequence: number) => encodeCursor(cursorSecret, { epoch, accountId, sequence });
  const expired = (accountId: string, { pruned }: LogExtent) => cursorExpired(encode(accountId, pruned));
  return {
    encode,
    expired,
    tooSlow: (accountId: string, sequence: number) => subscriberTooSlow(encode(accountId, sequence)),
    /** @throws RequestError CURSOR_INVALID or CURSOR_EXPIRED */
    read(accountId: string, cursor: string, extent: LogExtent): number {
      const read = decodeCursor(cursorSecret, cursor, { epoch, accountId });
      if (read === "another life" || read.sequence < extent.pruned || read.sequence > extent.head) {
        throw expired(accountId, extent);
      }
      return read.sequence;
    },
  };
}

/** @returns whether more may be waiting */
async function readIntoFeeds(raw: Sql, feeds: Map<string, Feed>): Promise<boolean> {
  if (feeds.size === 0) return false;
  const positions = [...feeds.values()].map(({ accountId, head }) => ({ accountId, sequence: head }));
  const events = await readAfter(raw, positions, BATCH);
  for (const event of events) feeds.get(event.accountId)?.append(event);
  for (const feed of feeds.values()) feed.wakeAll();
  return events.length >= BATCH;
}
