import { resolve } from "node:path";
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
