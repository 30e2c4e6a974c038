import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { VisibleStream } from "../../src/stream/visible-stream.ts";
import type { VisibleStreamOptions } from "../../src/stream/visible-stream.ts";
import type { InterviewEvent, StreamBatch, StreamItem } from "../../src/operation/event-source.ts";

const BOOKMARK_MS = 30_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const event = (sequence: number, seen: boolean) =>
  ({
    type: "INTERVIEW_CREATED",
    id: `event ${sequence}`,
    accountId: "account",
    sequence,
    detail: { seen },
  }) as unknown as InterviewEvent;

interface Opening {
  expired?: () => boolean;
  seenOf?: VisibleStreamOptions["seenOf"];
  take?: (after: number) => Promise<StreamItem | undefined>;
}

const seen: VisibleStreamOptions["seenOf"] = async (events) =>
  new Set(events.filter(({ detail }) => detail["seen"] === true));

/** A stream that is fed by hand. */
function open({ expired = () => false, seenOf = seen, take }: Opening = {}) {
  const fed: StreamItem[] = [];
  let resume = () => {};
  let returned = 0;
  let ended = 0;
  const following = (after: number, size: number) =>
    fed.filter((item) => item.type === "FAILURE" || item.sequence > after).slice(0, size);
  const isReady = (after: number, size: number) => returned > 0 || following(after, size).length > 0;
  const items: VisibleStreamOptions["items"] = {
    start: 0,
    async take(after, size) {
      const item = await take?.(after);
      if (item) return { items: [item], through: after + 1, shared: false };
      while (!isReady(after, size)) await new Promise<void>((wake) => (resume = wake));
      const found = following(after, size);
      const last = found.at(-1);
      const through = last && last.type !== "FAILURE" ? last.sequence : after;
      return returned === 0 ? { items: found, through, shared: false } : null;
    },
    return: async () => {
      returned += 1;
      resume();
      return { done: true, value: undefined };
    },
  };
  const onEnd = () => void (ended += 1);
  const stream = new VisibleStream({ items, seenOf, expired, bookmarkMs: BOOKMARK_MS, onEnd });
  const feed = (item: StreamItem) => {
    fed.push(item);
    resume();
  };
  return { stream, feed, ends: () => [returned, ended] };
}

test("what is not seen is passed over", async () => {
  const { stream, feed } = open();
  for (const [sequence, seen] of [
    [1, true],
    [2, false],
    [3, false],
    [4, true],
  ] as const)
    feed(event(sequence, seen));
  expect((await stream.next()).value).toMatchObject({ sequence: 1 });
  expect((await stream.next()).value).toMatchObject({ sequence: 4 });
});

test("half a minute after the last delivery a bookmark says how far was passed over; what comes then is not lost", async () => {
  const { stream, feed } = open();
  feed(event(1, true));
  await stream.next();
  feed(event(2, false));
  feed(event(3, false));
  const next = stream.next();
  await vi.advanceTimersByTimeAsync(BOOKMARK_MS);
  expect((await next).value).toMatchObject({ type: "BOOKMARK", accountId: "account", sequence: 3 });
  const later = stream.next();
  await vi.advanceTimersByTimeAsync(10 * BOOKMARK_MS);
  feed(event(4, true));
  expect((await later).value).toMatchObject({ sequence: 4, type: "INTERVIEW_CREATED" });
});

test("bookmarks of the log pass, and no other is due after them", async () => {
  const { stream, feed } = open();
  feed(event(1, false));
  feed({ type: "BOOKMARK", accountId: "account", sequence: 2, occurredAt: new Date() });
  expect((await stream.next()).value).toMatchObject({ type: "BOOKMARK", sequence: 2 });
  expect(vi.getTimerCount()).toBe(0);
});

test("a token that has ended ends the stream with its reason", async () => {
  let expired = false;
  const { stream, feed, ends } = open({ expired: () => expired });
  feed(event(1, true));
  await stream.next();
  expired = true;
  feed(event(2, true));
  expect((await stream.next()).value).toMatchObject({ type: "FAILURE", error: { code: "UNAUTHENTICATED" } });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(ends()).toEqual([1, 1]);
});

test("leaving ends what is awaited, once", async () => {
  const { stream, feed, ends } = open();
  feed(event(1, false));
  const next = stream.next();
  await vi.advanceTimersByTimeAsync(1);
  await stream.return();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(ends()).toEqual([1, 1]);
  expect(vi.getTimerCount()).toBe(0);
});

test("an event that cannot be judged is judged again, and nothing is passed over", async () => {
  let failures = 2;
  const seenOf: VisibleStreamOptions["seenOf"] = async (...events) => {
    failures -= 1;
    if (failures >= 0) throw new Error("The database is away.");
    return seen(...events);
  };
  const { stream, feed, ends } = open({ seenOf });
  for (const sequence of [1, 2]) feed(event(sequence, true));
  for (let count = 0; count < 2; count += 1) {
    await expect(stream.next()).rejects.toMatchObject({
      position: { accountId: "account", sequence: 0 },
      cause: new Error("The database is away."),
    });
  }
  expect([(await stream.next()).value, (await stream.next()).value]).toMatchObject([{ sequence: 1 }, { sequence: 2 }]);
  expect(ends()).toEqual([0, 0]);
});

test("a stream whose source fails asks it again", async () => {
  let calls = 0;
  const take = async () => {
    calls += 1;
    if (calls === 1) throw new Error("The log cannot be read.");
    return event(7, true);
  };
  const { stream } = open({ take });
  await expect(stream.next()).rejects.toThrow("The log cannot be read.");
  expect((await stream.next()).value).toMatchObject({ sequence: 7 });
});

test("a batch is judged at once, what is seen of it is handed over in order, and what is taken again is judged again", async () => {
  const judged: number[][] = [];
  const seenOf: VisibleStreamOptions["seenOf"] = async (events, options) => {
    judged.push(events.map(({ sequence }) => sequence));
    return seen(events, options);
  };
  const { stream, feed } = open({ seenOf });
  for (const sequence of [1, 2, 3, 4, 5]) feed(event(sequence, sequence !== 2 && sequence !== 5));
  const sequencesOf = (batch: StreamBatch | null) =>
    batch?.items.map((item) => (item.type === "FAILURE" ? item.error : item.sequence));
  const first = await stream.take(0, 5);
  expect([sequencesOf(first), first?.through]).toEqual([[1, 3, 4], 5]);
  expect(sequencesOf(await stream.take(1, 2))).toEqual([3]);
  expect(judged).toEqual([
    [1, 2, 3, 4, 5],
    [2, 3],
  ]);
});
