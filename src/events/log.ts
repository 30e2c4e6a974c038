import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { EventSource } from "../operation/context.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { Feed } from "./feed.ts";
import { readAfter, readHead } from "./read.ts";
import { Reader } from "./reader.ts";
import { EventStream } from "./stream.ts";

const BATCH = 500;

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
}

export function createEventLog({ raw, log, epoch, cursorSecret }: EventLogOptions): EventLog {
  const feeds = new Map<string, Feed>();
  const streams = new Set<EventStream>();
  const reader = new Reader(() => readIntoFeeds(raw, feeds), log);

  return {
    async follow(accountId, after) {
      const from = after === null ? null : decodeCursor(cursorSecret, after, { epoch, accountId });
      const head = await readHead(raw, accountId);
      const feed = feeds.get(accountId) ?? new Feed(accountId, head);
      feeds.set(accountId, feed);
      feed.followers += 1;
      const stream = new EventStream({
        feed,
        from: from ?? head,
        readMissed: (sequence) => readAfter(raw, [{ accountId, sequence }], BATCH),
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
    cursorOf: ({ accountId, sequence }) => encodeCursor(cursorSecret, { epoch, accountId, sequence }),
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
  for (const event of events) feeds.get(event.accountId)?.append(event);
  for (const feed of feeds.values()) feed.wakeAll();
  return events.length >= BATCH;
}
