import { resolve } from "node:path";
import { expect, test } from "vitest";
import { assertDemoIsPrivate, parseEnv } from "../src/env.ts";

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

test("time zones are the runtime's unless a directory is named, by its whole path", () => {
  expect(parseEnv({}).tzDatabase).toBeNull();
  expect(parseEnv({ TZ_DATABASE: "" }).tzDatabase).toBeNull();
  expect(parseEnv({ TZ_DATABASE: "/usr/share/zoneinfo/" }).tzDatabase).toBe("/usr/share/zoneinfo");
  expect(parseEnv({ TZ_DATABASE: "zones" }).tzDatabase).toBe(resolve("zones"));
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

test("the ways past the libraries are taken unless they are switched off", () => {
  expect(parseEnv({}).shortcuts).toEqual({ plannedExecution: true, directPost: true });
  expect(parseEnv({ PLANNED_EXECUTION: "off" }).shortcuts).toEqual({ plannedExecution: false, directPost: true });
  expect(parseEnv({ DIRECT_POST: "off" }).shortcuts).toEqual({ plannedExecution: true, directPost: false });
  expect(() => parseEnv({ DIRECT_POST: "no" })).toThrow("The environment is wrong: DIRECT_POST must be on or off.");
});

test.each(["0.0.0.0", "::", "192.168.1.2", "gateway.internal", "127.0.0.1.evil.example"])(
  "the demo, whose token is public, is not served on %s unless a variable says so",
  (HOST) => {
    const check = (env: Record<string, string>) => () => assertDemoIsPrivate(parseEnv({ HOST, ...env }));
    expect(check({})).toThrow(/EXPOSE_DEMO=on/);
    for (const env of [
      { EXPOSE_DEMO: "on" },
      { DATABASE_URL: "postgres://u@db/x" },
      { ROLE: "worker" },
      { HOST: "127.0.0.1" },
      { HOST: "127.1.2.3" },
      { HOST: "::1" },
      { HOST: "localhost" },
    ])
      expect(check(env)).not.toThrow();
  },
);

test("rates have defaults, and wrong ones are told with their range", () => {
  expect(parseEnv({}).limits).toEqual({ ratePerToken: 4_000, ratePerAccount: 10_000, deadlineMs: 20_000 });
  expect(parseEnv({}).trustedProxyHops).toBe(0);
  expect(parseEnv({ TRUSTED_PROXY_HOPS: "2" }).trustedProxyHops).toBe(2);
  expect(() => parseEnv({ RATE_PER_TOKEN: "0", RATE_PER_ACCOUNT: "many", TRUSTED_PROXY_HOPS: "11" })).toThrow(
    "RATE_PER_TOKEN must be greater than 0; RATE_PER_ACCOUNT must be a number; TRUSTED_PROXY_HOPS must be between 0 and 10.",
  );
});
