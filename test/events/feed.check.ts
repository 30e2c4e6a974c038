import { expect, test } from "vitest";
import { Feed } from "../../src/events/feed.ts";
import type { InterviewEvent } from "../../src/operation/event-source.ts";

const RING = 2_000;
const event = (sequence: number) => ({ accountId: "account", sequence }) as unknown as InterviewEvent;
function feedOf(first: number, last: number): Feed {
  const feed = new Feed("account", first - 1);
  for (let sequence = first; sequence <= last; sequence += 1) feed.append(event(sequence));
  return feed;
}

test("a feed gives each event that it holds after the one before it, and nothing after the newest", () => {
  const feed = feedOf(11, 13);
  expect(feed.head).toBe(13);
  expect([9, 10, 11, 12, 13].map((sequence) => feed.after(sequence, 2))).toEqual([
    "missed",
    [event(11), event(12)],
    [event(12), event(13)],
    [event(13)],
    [],
  ]);
});

test("a feed takes the event that follows its newest, and no other", () => {
  const feed = feedOf(1, 2);
  for (const sequence of [1, 2, 4, 5]) feed.append(event(sequence));
  expect([feed.head, feed.after(2, 1)]).toEqual([2, []]);
  feed.append(event(3));
  expect([feed.head, feed.after(2, 1)]).toEqual([3, [event(3)]]);
});

test("of many events a feed keeps the newest, and at least as many as it promises", () => {
  const last = 2 * RING + 1;
  const full = feedOf(1, last - 1);
  expect(full.after(0, 1)).toEqual([event(1)]);
  const feed = feedOf(1, last);
  expect(feed.after(last - RING - 1, 1)).toBe("missed");
  for (let sequence = last - RING; sequence < last; sequence += 1)
    expect(feed.after(sequence, 1)).toEqual([event(sequence + 1)]);
  expect(feed.after(last, 1)).toEqual([]);
});

test("everybody who waits is woken once", () => {
  const feed = new Feed("account", 0);
  const woken: string[] = [];
  feed.wait(() => woken.push("first"));
  feed.wait(() => woken.push("second"));
  feed.wakeAll();
  feed.wakeAll();
  expect(woken).toEqual(["first", "second"]);
});

test("a feed that has lost events wakes everybody to say so", () => {
  const feed = new Feed("account", 0);
  let woken = 0;
  feed.wait(() => (woken += 1));
  expect(feed.isLost).toBe(false);
  feed.lose();
  expect([feed.isLost, woken]).toEqual([true, 1]);
});
