import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
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

test("a key that is not among those that were fetched is the token's fault", async () => {
  const { keyOf, log } = open();
  await keyOf();
  await expect(keyOf("nobody")).rejects.toMatchObject({ code: "ERR_JWKS_NO_MATCHING_KEY" });
  expect(log).toEqual([]);
});
