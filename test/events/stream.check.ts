import { expect, test } from "vitest";
import { RequestError } from "../../src/core/error.ts";
import { Feed } from "../../src/events/feed.ts";
import { EventStream } from "../../src/events/stream.ts";
import type { StreamOptions } from "../../src/events/stream.ts";
import type { EventFilter, InterviewEvent } from "../../src/operation/event-source.ts";

const event = (sequence: number, type = "INTERVIEW_CREATED") =>
  ({ accountId: "account", id: `${sequence}`, sequence, type }) as unknown as InterviewEvent;
const expired = new RequestError("CURSOR_EXPIRED", "Read the list again.");

interface Opened {
  from?: number;
  head?: number;
  filter?: EventFilter | undefined;
  maxLag?: number;
  readMissed?: StreamOptions["readMissed"];
}
function open({ from = 0, head = from, filter, maxLag = 1_000, readMissed = async () => [] }: Opened = {}) {
  const feed = new Feed("account", head);
  let ends = 0;
  const stream = new EventStream({
    feed,
    from,
    filter,
    readMissed,
    expired: async () => expired,
    tooSlow: (sequence) => new RequestError("SUBSCRIBER_TOO_SLOW", "Read faster.", { sequence }),
    maxLag,
    onEnd: () => (ends += 1),
  });
  const append = (...events: InterviewEvent[]) => {
    for (const each of events) feed.append(each);
    feed.wakeAll();
  };
  return { stream, feed, append, ends: () => ends };
}
const DONE = { done: true, value: undefined };
const LATER = new Date(Date.now() + 3_600_000);
const CREATED: EventFilter = ({ type }) => type === "INTERVIEW_CREATED";

test("what was missed comes first, batch after batch, then what is live", async () => {
  const table = Array.from({ length: 7 }, (_, index) => event(index + 1));
  const asked: number[] = [];
  const readMissed = async (after: number) => {
    asked.push(after);
    return table.slice(after, after + 3);
  };
  const { stream, append } = open({ head: 6, readMissed });
  append(event(7), event(8));
  const sequences: unknown[] = [];
  while (sequences.length < 8) sequences.push(((await stream.next()).value as InterviewEvent).sequence);
  expect(sequences).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(asked).toEqual([0, 3]);
});

test("a gap in what was missed ends the stream as expired", async () => {
  const { stream, ends } = open({ head: 5, readMissed: async () => [event(2)] });
  expect(await stream.next()).toEqual({ done: false, value: { type: "FAILURE", error: expired } });
  expect(await stream.next()).toEqual(DONE);
  expect(ends()).toBe(1);
});

test("a table that cannot be read interrupts the stream where it is, and it goes on when asked again", async () => {
  let away = true;
  const readMissed = async (after: number) => {
    if (after === 0 || !away) return [event(after + 1)];
    away = false;
    throw new Error("The database is away.");
  };
  const { stream } = open({ head: 3, readMissed });
  expect((await stream.next()).value).toMatchObject({ sequence: 1 });
  await expect(stream.next()).rejects.toMatchObject({
    position: { accountId: "account", sequence: 1 },
    cause: new Error("The database is away."),
  });
  expect((await stream.next()).value).toMatchObject({ sequence: 2 });
});

test("a stream waits for the next event, and leaving ends the wait", async () => {
  const { stream, append, ends } = open();
  const next = stream.next();
  append(event(1));
  expect(await next).toMatchObject({ value: { sequence: 1 } });
  const last = stream.next();
  await stream.return();
  expect([await last, await stream.next()]).toEqual([DONE, DONE]);
  await stream.return();
  expect(ends()).toBe(1);
});

test("a bookmark says how far was passed over, once, and only when nothing was delivered since", async () => {
  const { stream, append } = open({ filter: CREATED });
  stream.remind(LATER);
  const next = stream.next();
  append(event(1, "INTERVIEW_UPDATED"), event(2, "INTERVIEW_UPDATED"));
  await new Promise((resolve) => setImmediate(resolve));
  stream.remind(new Date(0));
  stream.remind(LATER);
  expect(await next).toMatchObject({ value: { type: "BOOKMARK", accountId: "account", sequence: 2 } });
  stream.remind(LATER);
  const created = stream.next();
  append(event(3));
  expect(await created).toMatchObject({ value: { type: "INTERVIEW_CREATED", sequence: 3 } });
});

test("an event that is delivered takes the place of a bookmark that was due", async () => {
  const { stream, append } = open({ filter: CREATED });
  const first = stream.next();
  append(event(1, "INTERVIEW_UPDATED"));
  await new Promise((resolve) => setImmediate(resolve));
  append(event(2));
  stream.remind(LATER);
  expect(await first).toMatchObject({ value: { type: "INTERVIEW_CREATED", sequence: 2 } });
  const next = stream.next();
  append(event(3));
  expect(await next).toMatchObject({ value: { sequence: 3 } });
});

test.each([
  ["as far as the limit", 5, { type: "INTERVIEW_CREATED", sequence: 3 }],
  ["farther than the limit", 6, { type: "FAILURE", error: { extensions: { sequence: 2 } } }],
])("a follower that was up to date and falls behind %s", async (_name, lag, expected) => {
  const { stream, append, ends } = open({ maxLag: 5 });
  for (const sequence of [1, 2]) {
    const next = stream.next();
    append(event(sequence));
    expect((await next).value).toMatchObject({ sequence });
  }
  const looking = stream.next();
  append(...Array.from({ length: lag + 1 }, (_, index) => event(index + 3)));
  expect((await looking).value).toMatchObject(expected);
  expect(ends()).toBe(lag > 5 ? 1 : 0);
});

test("a replay may be longer than the limit", async () => {
  const readMissed = async (after: number) => [event(after + 1)];
  const { stream } = open({ head: 100, maxLag: 5, readMissed });
  expect((await stream.next()).value).toMatchObject({ sequence: 1 });
});

test("when the feed has lost events the stream ends, whatever waited for it", async () => {
  const { stream, feed, append } = open();
  append(event(1), event(2));
  await stream.next();
  feed.lose();
  expect(await stream.next()).toEqual({ done: false, value: { type: "FAILURE", error: expired } });
  expect(await stream.next()).toEqual(DONE);
});
