import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createIssuerKeys } from "../../src/account/issuer-keys.ts";
import { createLog } from "../../src/operation/log.ts";
import { startIssuer } from "../support/issuer.ts";
import type { Issuer, IssuerFault } from "../support/issuer.ts";

let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.stop());
beforeEach(() => issuer.fail(null));
afterEach(() => void vi.restoreAllMocks());

/** Keys whose failures age by a clock of the test's. */
function open() {
  const log: Record<string, unknown>[] = [];
  const clock = { now: 0 };
  const keys = createIssuerKeys(issuer.options.jwksUrl, {
    log: createLog("trace", { write: (line) => void log.push(JSON.parse(line)) }),
    clock: () => clock.now,
  });
  const keyOf = async (kid = "ec") => keys({ alg: "ES256", kid }, { payload: "", signature: "" });
  return { keyOf, clock, log };
}

/** Five seconds of waiting for the issuer pass in 50 milliseconds. */
function endPatienceSoon(): void {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => timeout(ms / 100));
}

const UNAVAILABLE = { code: "KEYS_UNAVAILABLE" };

test.each<[IssuerFault, string]>([
  ["status", "Expected 200 OK from the JSON Web Key Set HTTP response"],
  ["text", "Failed to parse the JSON Web Key Set HTTP response as JSON"],
  ["no keys", "JSON Web Key Set malformed"],
  ["cut", "fetch failed: UND_ERR_SOCKET"],
  ["silence", "request timed out"],
])("an issuer that fails by %s has no keys, and the log says why", async (fault, reason) => {
  const { keyOf, log } = open();
  issuer.fail(fault);
  if (fault === "silence") endPatienceSoon();
  await expect(keyOf()).rejects.toMatchObject(UNAVAILABLE);
  const { host } = new URL(issuer.options.jwksUrl);
  expect(log).toMatchObject([{ level: 40, issuer: host, reason, msg: "the issuer's keys cannot be fetched" }]);
});

test("a failure stands for a second, and is warned of every five", async () => {
  const { keyOf, clock, log } = open();
  issuer.fail("status");
  const before = issuer.fetches();
  const at: [number, number, number][] = [];
  for (const now of [0, 999, 1_000, 4_999, 5_000, 5_999, 10_000]) {
    clock.now = now;
    await expect(keyOf()).rejects.toMatchObject(UNAVAILABLE);
    at.push([now, issuer.fetches() - before, log.length]);
  }
  expect(at).toEqual([
    [0, 1, 1],
    [999, 1, 1],
    [1_000, 2, 1],
    [4_999, 3, 1],
    [5_000, 3, 1],
    [5_999, 4, 2],
    [10_000, 5, 2],
  ]);
  issuer.fail(null);
  clock.now = 11_000;
  expect(await keyOf()).toMatchObject({ type: "public" });
});

describe("a key that is not among those that were fetched", () => {
  afterEach(() => void vi.useRealTimers());
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));
  const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

  test("may have been published since, until the issuer can be asked again, which is after five seconds", async () => {
    const { keyOf, log } = open();
    await keyOf();
    const before = issuer.fetches();
    const unknown = { ...UNAVAILABLE, extensions: { retryAfterSeconds: 5 } };
    await expect(keyOf("nobody")).rejects.toMatchObject(unknown);
    expect(issuer.fetches()).toBe(before);
    pass(5);
    await expect(keyOf("nobody")).rejects.toMatchObject({ code: "ERR_JWKS_NO_MATCHING_KEY" });
    expect(issuer.fetches()).toBe(before + 1);
    await expect(keyOf("nobody")).rejects.toMatchObject(unknown);
    expect(log).toEqual([]);
  });

  test("is the token's fault for all who waited for the same answer", async () => {
    const { keyOf } = open();
    const before = issuer.fetches();
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => keyOf("nobody")));
    expect(asked.map((each) => each.status === "rejected" && each.reason.code)).toEqual(
      asked.map(() => "ERR_JWKS_NO_MATCHING_KEY"),
    );
    expect(issuer.fetches()).toBe(before + 1);
  });

  test("is taken within five seconds of its publication", async () => {
    const rotated = await startIssuer();
    const keys = createIssuerKeys(rotated.options.jwksUrl, { log: createLog("silent", { write: () => {} }) });
    const keyOf = async (kid: string) => keys({ alg: "ES256", kid }, { payload: "", signature: "" });
    await keyOf("ec");
    await rotated.publish();
    await expect(keyOf("nobody")).rejects.toMatchObject(UNAVAILABLE);
    pass(5);
    expect(await keyOf("nobody")).toMatchObject({ type: "public" });
    await rotated.stop();
  });
});
