import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Reader } from "../../src/events/reader.ts";
import { createLog } from "../../src/operation/log.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A reader whose reads are answered by hand. */
function open() {
  const lines: { level: number; msg: string }[] = [];
  const reads: PromiseWithResolvers<boolean>[] = [];
  const reader = new Reader(
    () => {
      const read = Promise.withResolvers<boolean>();
      reads.push(read);
      return read.promise;
    },
    createLog("info", { write: (line) => void lines.push(JSON.parse(line)) }),
  );
  /** Answers the newest read, and lets what follows from it happen. */
  const answer = async (more: boolean) => {
    reads.at(-1)?.resolve(more);
    await vi.advanceTimersByTimeAsync(0);
  };
  const fail = async (error: Error) => {
    reads.at(-1)?.reject(error);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { reader, reads, answer, fail, lines };
}
const POLL_MS = 1_000;

test("a reader reads at once, and again after each interval", async () => {
  const { reads, answer } = open();
  expect(reads).toHaveLength(1);
  await answer(false);
  await vi.advanceTimersByTimeAsync(POLL_MS - 1);
  expect(reads).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(reads).toHaveLength(2);
});

test("while more waits it reads on without a pause", async () => {
  const { reads, answer } = open();
  for (let count = 2; count < 5; count += 1) {
    await answer(true);
    expect(reads).toHaveLength(count);
  }
  await answer(false);
  expect(reads).toHaveLength(4);
});

test("a kick ends the pause; one that comes during a read is not forgotten; two reads never overlap", async () => {
  const { reader, reads, answer } = open();
  await answer(false);
  reader.kick();
  await vi.advanceTimersByTimeAsync(0);
  expect(reads).toHaveLength(2);
  reader.kick();
  reader.kick();
  await vi.advanceTimersByTimeAsync(10 * POLL_MS);
  expect(reads).toHaveLength(2);
  await answer(false);
  expect(reads).toHaveLength(3);
  await answer(false);
  expect(reads).toHaveLength(3);
});

test("it survives errors, and says so at a bounded rate", async () => {
  const { reads, fail, answer, lines } = open();
  for (let count = 0; count < 4; count += 1) {
    await fail(new Error("This read went wrong."));
    await vi.advanceTimersByTimeAsync(POLL_MS);
  }
  await answer(false);
  await vi.advanceTimersByTimeAsync(POLL_MS);
  expect(reads).toHaveLength(6);
  expect(lines).toMatchObject([{ level: 50, msg: "the event log could not be read; trying again" }]);
});

test("an outage is told as one", async () => {
  const { fail, lines } = open();
  for (let count = 0; count < 3; count += 1) {
    await fail(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", query: "select 1" }));
    await vi.advanceTimersByTimeAsync(POLL_MS);
  }
  expect(lines).toMatchObject([
    { level: 40, msg: "the database is unavailable", reason: "ECONNRESET read ECONNRESET" },
  ]);
});

test("stopping waits for the read that is under way, and there is none after it", async () => {
  const { reader, reads, answer } = open();
  let stopped = false;
  const stopping = reader.stop().then(() => (stopped = true));
  await vi.advanceTimersByTimeAsync(POLL_MS);
  expect(stopped).toBe(false);
  await answer(true);
  await stopping;
  await vi.advanceTimersByTimeAsync(10 * POLL_MS);
  expect(reads).toHaveLength(1);
});

test("stopping ends a pause", async () => {
  const { reader, reads, answer } = open();
  await answer(false);
  await reader.stop();
  expect([reads.length, vi.getTimerCount()]).toEqual([1, 0]);
});
