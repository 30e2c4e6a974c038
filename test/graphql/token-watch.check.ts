import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RequestError } from "../../src/core/error.ts";
import { TokenWatch } from "../../src/gateway/token-watch.ts";

const DAY_MS = 24 * 3_600_000;
const REVOKED = new RequestError("UNAUTHENTICATED", "It was revoked.");

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A watch over tokens that are valid unless they are in `revoked`; a broken one cannot be told. */
function open() {
  const revoked = new Set<string>();
  const asked: string[] = [];
  const watch = new TokenWatch({
    whyInvalid: async (authorization) => {
      asked.push(authorization);
      if (authorization === "broken") throw new Error("The database is away.");
      return revoked.has(authorization) ? REVOKED : null;
    },
    log: pino({ level: "silent" }),
    now: () => new Date(),
    reviewMs: 30_000,
  });
  const ends: [string, string][] = [];
  const hold = (authorization: string, lifeMs: number | null = null) =>
    watch.add({
      authorization,
      expiresAt: lifeMs === null ? null : new Date(Date.now() + lifeMs),
      end: ({ message }) => void ends.push([authorization, message]),
    });
  return { watch, hold, revoked, asked, ends };
}

test.each([-4_000, 0, 1, 1_000, 60 * DAY_MS])("what is held for %i ms more ends then, once", async (life) => {
  const { hold, ends } = open();
  hold("briefly", life);
  await vi.advanceTimersByTimeAsync(Math.max(0, life - 1));
  expect(ends).toHaveLength(life > 0 ? 0 : 1);
  await vi.advanceTimersByTimeAsync(1);
  const end = ["briefly", "This token has expired. Get a new one, and subscribe after the last cursor."];
  expect(ends).toEqual([end]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ends).toEqual([end]);
});

test("a review asks once for each token, and ends all that is held under a revoked one", async () => {
  const { hold, revoked, asked, ends } = open();
  for (const token of ["broken", "a", "a", "b"]) hold(token);
  revoked.add("a");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toEqual(["broken", "a", "b"]);
  expect(ends).toEqual([
    ["a", "It was revoked."],
    ["a", "It was revoked."],
  ]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toEqual(["broken", "a", "b", "broken", "b"]);
});

test("what has ended for another reason is forgotten", async () => {
  const { watch, hold, asked, ends } = open();
  const forget = hold("gone", 1_000);
  forget();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([asked, ends]).toEqual([[], []]);
  watch.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test("a token that is written in several ways is asked for once, and ends all that it holds", async () => {
  const { hold, revoked, asked, ends } = open();
  for (const authorization of ["Bearer a", "bearer  a", "BEARER a"]) hold(authorization);
  revoked.add("Bearer a");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toEqual(["Bearer a"]);
  expect(ends).toHaveLength(3);
});
