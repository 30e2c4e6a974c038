import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { EventSource, LogPosition } from "../operation/event-source.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { cursorExpired, subscriberTooSlow } from "./failure.ts";
import { Feed } from "./feed.ts";
import { readAfter, readExtent, readHead } from "./read.ts";
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
  /** Of the database when the process started. */
  epoch: string;
  cursorSecret: Buffer;
  /** How long a filtered stream may be silent while the log goes on; 30 s when left out. */
  bookmarkMs?: number;
  /** How many events a follower may fall behind; 10,000 when left out. */
  maxLag?: number;
}

export function createEventLog(options: EventLogOptions): EventLog {
  const { raw, log, cursorSecret, bookmarkMs = BOOKMARK_MS, maxLag = MAX_LAG } = options;
  const feeds = new Map<string, Feed>();
  const streams = new Set<EventStream>();
  const epochs = createEpochs(options, feeds);
  const reader = new Reader(() => readIntoFeeds(raw, feeds, epochs), log);
  const reminder = setInterval(() => {
    const before = new Date(Date.now() - bookmarkMs / 2);
    for (const stream of streams) stream.remind(before);
  }, bookmarkMs / 2);
  const cursorOf = ({ accountId, sequence }: LogPosition, epoch = epochs.current()) =>
    encodeCursor(cursorSecret, { epoch, accountId, sequence });
  const expired = (accountId: string, { pruned }: LogExtent) =>
    cursorExpired(cursorOf({ accountId, sequence: pruned }));

  return {
    async follow(accountId, { after, from = "NEXT", filter, silentBookmarks }) {
      const cursor = after === null ? null : decodeCursor(cursorSecret, after, accountId);
      const extent = await readExtent(raw, accountId, cursor?.epoch);
      await epochs.enter(extent.epoch);
      if (cursor && !isKept(cursor.sequence, extent)) throw expired(accountId, extent);
      const feed = feeds.get(accountId) ?? new Feed(accountId, extent.head);
      feeds.set(accountId, feed);
      feed.followers += 1;
      const stream = new EventStream({
        feed,
        from: cursor?.sequence ?? (from === "OLDEST" ? extent.pruned : extent.head),
        filter,
        silentBookmarks,
        readMissed: async (sequence) => (await readAfter(raw, [{ accountId, sequence }], BATCH)).events,
        expired: async () => expired(accountId, await readExtent(raw, accountId)),
        tooSlow: (sequence) => subscriberTooSlow(cursorOf({ accountId, sequence })),
        maxLag,
        onEnd: () => {
          streams.delete(stream);
          feed.followers -= 1;
          if (feed.followers === 0 && feeds.get(accountId) === feed) feeds.delete(accountId);
        },
      });
      streams.add(stream);
      reader.kick();
      return stream;
    },
    cursorOf,
    async cursorOfHead(tx, accountId) {
      const { epoch, sequence } = await readHead(tx, accountId);
      return cursorOf({ accountId, sequence }, epoch);
    },
    kick: () => reader.kick(),
    async stop() {
      clearInterval(reminder);
      await Promise.all([...streams].map((stream) => stream.return()));
      await reader.stop();
    },
  };
}

/** Whether everything that follows this number is in the log, as it was when the number was told. */
function isKept(sequence: number, { pruned, head, shared }: LogExtent): boolean {
  return sequence >= pruned && sequence <= Math.min(head, shared ?? -1);
}

interface Epochs {
  current(): string;
  /** Takes notice of the epoch that a statement read, before anything else of that statement is used. */
  enter(epoch: string): Promise<void>;
}

/** Which epoch the process is in. On entering the next one it gives up the feeds that hold events which the log has lost. */
function createEpochs({ raw, log, epoch }: EventLogOptions, feeds: Map<string, Feed>): Epochs {
  let current = epoch;
  return {
    current: () => current,
    async enter(next) {
      if (next === current) return;
      const former = current;
      for (const feed of feeds.values()) {
        const { shared } = await readExtent(raw, feed.accountId, former);
        if (feed.head <= (shared ?? -1)) continue;
        if (feeds.get(feed.accountId) === feed) feeds.delete(feed.accountId);
        feed.lose();
      }
      if (current === next) return;
      current = next;
      log.info("the database goes on elsewhere: the event log has a new epoch");
    },
  };
}

/** @returns whether more may be waiting */
async function readIntoFeeds(raw: Sql, feeds: Map<string, Feed>, epochs: Epochs): Promise<boolean> {
  if (feeds.size === 0) return false;
  const positions = [...feeds.values()].map(({ accountId, head }) => ({ accountId, sequence: head }));
  const { epoch, events } = await readAfter(raw, positions, BATCH);
  await epochs.enter(epoch);
  for (const event of events) feeds.get(event.accountId)?.append(event);
  for (const feed of feeds.values()) feed.wakeAll();
  return events.length >= BATCH;
}
