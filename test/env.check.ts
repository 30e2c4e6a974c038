import { expect, test } from "vitest";
import { parseEnv } from "../src/env.ts";

test("provisioning goes to the sandbox unless a provider is named", () => {
  expect(parseEnv({}).provider).toBeNull();
  expect(parseEnv({ PROVIDER_URL: "https://bridge.example.com/v1/" }).provider).toEqual({
    url: "https://bridge.example.com/v1",
    token: undefined,
    timeoutMs: 10_000,
  });
  const given = { PROVIDER_URL: "http://bridge", PROVIDER_TOKEN: "t0ken", PROVIDER_TIMEOUT_MS: "500" };
  expect(parseEnv(given).provider).toEqual({ url: "http://bridge", token: "t0ken", timeoutMs: 500 });
});

test("a gateway that is told to end answers for a second more", () => {
  expect(parseEnv({}).shutdownGraceMs).toBe(1_000);
  expect(parseEnv({ SHUTDOWN_GRACE_MS: "0" }).shutdownGraceMs).toBe(0);
  expect(() => parseEnv({ SHUTDOWN_GRACE_MS: "-1" })).toThrow(/SHUTDOWN_GRACE_MS/);
});

test("a wrong provider is named, without the password that was in it", () => {
  const wrong = { PROVIDER_URL: "https://me:hunter2@bridge", PROVIDER_TOKEN: "two words", PROVIDER_TIMEOUT_MS: "soon" };
  expect(() => parseEnv(wrong)).toThrow(
    "The environment is wrong: PROVIDER_URL must not hold a password; use PROVIDER_TOKEN; " +
      "PROVIDER_TOKEN must be visible ASCII characters; PROVIDER_TIMEOUT_MS must be a number.",
  );
});

test("rates have defaults, and wrong ones are told with their range", () => {
  expect(parseEnv({}).limits).toEqual({ ratePerToken: 4_000, ratePerAccount: 10_000, deadlineMs: 20_000 });
  expect(parseEnv({}).trustedProxyHops).toBe(0);
  expect(parseEnv({ TRUSTED_PROXY_HOPS: "2" }).trustedProxyHops).toBe(2);
  expect(() => parseEnv({ RATE_PER_TOKEN: "0", RATE_PER_ACCOUNT: "many", TRUSTED_PROXY_HOPS: "11" })).toThrow(
    "RATE_PER_TOKEN must be greater than 0; RATE_PER_ACCOUNT must be a number; TRUSTED_PROXY_HOPS must be between 0 and 10.",
  );
});
