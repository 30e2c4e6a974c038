import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { VisibleStream } from "../../src/interview/visible-stream.ts";
import type { InterviewEvent, StreamItem } from "../../src/operation/event-source.ts";

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

/** A stream that is fed by hand. */
function open(options: { expired?: () => boolean; sees?: (event: InterviewEvent) => Promise<boolean> } = {}) {
  const waiting: ((result: IteratorResult<StreamItem>) => void)[] = [];
  const queue: StreamItem[] = [];
  let returned = 0;
  let ended = 0;
  const items: AsyncIterator<StreamItem> = {
    next: () => {
      const value = queue.shift();
      if (value) return Promise.resolve({ done: false, value });
      return new Promise((resolve) => void waiting.push(resolve));
    },
    return: async () => {
      returned += 1;
      for (const resolve of waiting.splice(0)) resolve({ done: true, value: undefined });
      return { done: true, value: undefined };
    },
  };
  const stream = new VisibleStream({
    items,
    sees: options.sees ?? (async ({ detail }) => detail["seen"] === true),
    expired: options.expired ?? (() => false),
    bookmarkMs: BOOKMARK_MS,
    onEnd: () => void (ended += 1),
  });
  const feed = (item: StreamItem) => {
    const next = waiting.shift();
    if (next) next({ done: false, value: item });
    else queue.push(item);
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
  feed({ type: "BOOKMARK", accountId: "account", sequence: 1, occurredAt: new Date() });
  expect((await stream.next()).value).toMatchObject({ type: "BOOKMARK", sequence: 1 });
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
  const sees = async ({ detail }: InterviewEvent) => {
    failures -= 1;
    if (failures >= 0) throw new Error("The database is away.");
    return detail["seen"] === true;
  };
  const { stream, feed, ends } = open({ sees });
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
  const items: AsyncIterator<StreamItem> = {
    next: async () => {
      calls += 1;
      if (calls === 1) throw new Error("The log cannot be read.");
      return { done: false, value: event(7, true) };
    },
  };
  const options = { items, sees: async () => true, expired: () => false, bookmarkMs: BOOKMARK_MS, onEnd: () => {} };
  const stream = new VisibleStream(options);
  await expect(stream.next()).rejects.toThrow("The log cannot be read.");
  expect((await stream.next()).value).toMatchObject({ sequence: 7 });
});
