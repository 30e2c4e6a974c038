import { resolve } from "node:path";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assertDemoIsPrivate, ENVIRONMENT_VARIABLES, parseEnv } from "../src/env.ts";

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
      "PROVIDER_TOKEN must be visible ASCII characters; PROVIDER_TIMEOUT_MS must be a whole number from 100 to 120000.",
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

test("rates and the number of proxies have defaults", () => {
  expect(parseEnv({}).limits).toEqual({ ratePerToken: 4_000, ratePerAccount: 10_000, deadlineMs: 20_000 });
  expect(parseEnv({}).trustedProxyHops).toBe(0);
  expect(parseEnv({ TRUSTED_PROXY_HOPS: "2" }).trustedProxyHops).toBe(2);
});

const whole = (from: number, to: number) => ({
  wrong: [`${from - 1}`, `${to + 1}`, `${from + 0.5}`, "many", "Infinity"],
  right: [`${from}`, `${to}`, ` ${to} `, " "],
  message: `must be a whole number from ${from} to ${to}`,
});
const above = (least: number, to: number) => ({
  wrong: [`${least}`, `${to + 0.5}`, "-1", "many", "Infinity"],
  right: [`${least + 0.5}`, `${to}`],
  message: `must be a number above ${least}, at most ${to}`,
});
const words = (...right: string[]) => ({
  wrong: ["perhaps", right[0]?.toUpperCase() ?? ""],
  right,
  message: `must be ${right.slice(0, -1).join(", ")} or ${right.at(-1)}`,
});
const web = {
  wrong: ["ftp://x.example", "x.example"],
  right: ["https://x.example/y"],
  message: "must be an http or https address",
};
const database = { wrong: ["mysql://db/x"], right: [], message: "" };
const anything = { wrong: [], right: ["x"], message: "" };

/** What each variable takes, and how it refuses the rest. */
const RANGES: Record<string, { wrong: string[]; right: string[]; message: string }> = {
  PORT: whole(0, 65_535),
  HOST: anything,
  DATABASE_URL: database,
  DATABASE_DIRECT_URL: database,
  DATABASE_CA_FILE: anything,
  DATABASE_POOL_SIZE: whole(12, 1_000),
  DATA_DIR: anything,
  ROLE: words("all", "gateway", "worker"),
  LOG_LEVEL: words("fatal", "error", "warn", "info", "debug", "trace", "silent"),
  GRAPHIQL: words("on", "off"),
  EXPOSE_DEMO: words("on", "off"),
  PUBLIC_URL: web,
  EVENT_RETENTION_DAYS: above(0, 3_650),
  ALLOWED_ORIGINS: {
    wrong: ["https://x.example/", "*", "https://x.example https://y.example"],
    right: ["https://x.example, http://localhost:3000"],
    message: "must be origins such as https://hiring.example.com, separated by commas",
  },
  MAX_SOCKETS_PER_TOKEN: whole(1, 1_000_000),
  MAX_SOCKETS: whole(1, 1_000_000),
  SUBSCRIBER_STALL_SECONDS: above(0, 3_600),
  RATE_PER_TOKEN: above(0, 1_000_000_000),
  RATE_PER_ACCOUNT: above(0, 1_000_000_000),
  TRUSTED_PROXY_HOPS: whole(0, 10),
  OPERATION_DEADLINE_SECONDS: above(0, 600),
  TZ_DATABASE: anything,
  PLANNED_EXECUTION: words("on", "off"),
  DIRECT_POST: words("on", "off"),
  PROVIDER_URL: web,
  PROVIDER_TOKEN: { wrong: ["two words", "ä"], right: ["t0ken"], message: "must be visible ASCII characters" },
  PROVIDER_TIMEOUT_MS: whole(100, 120_000),
  SHUTDOWN_GRACE_MS: whole(0, 60_000),
  CURSOR_SECRET: { wrong: ["x".repeat(31)], right: ["x".repeat(32)], message: "must have at least 32 characters" },
  JWT_JWKS_URL: web,
  JWT_ISSUER: anything,
  JWT_AUDIENCE: anything,
};
/** What a variable needs beside it. */
const COMPANY = {
  DATABASE_DIRECT_URL: { DATABASE_URL: "postgres://u@db/x" },
  JWT_JWKS_URL: { JWT_ISSUER: "x", JWT_AUDIENCE: "x" },
  JWT_ISSUER: { JWT_JWKS_URL: "https://x.example", JWT_AUDIENCE: "x" },
  JWT_AUDIENCE: { JWT_JWKS_URL: "https://x.example", JWT_ISSUER: "x" },
} as Record<string, Record<string, string>>;

describe("every variable says what it takes", () => {
  test.each(ENVIRONMENT_VARIABLES)("%s", (name) => {
    const { wrong, right, message } = RANGES[name] ?? { wrong: [], right: [], message: "missing above" };
    for (const value of wrong)
      expect(() => parseEnv({ ...COMPANY[name], [name]: value }), value).toThrow(
        `The environment is wrong: ${name} ${message}`,
      );
    for (const value of right) expect(() => parseEnv({ ...COMPANY[name], [name]: value }), value).not.toThrow();
  });

  test("and none is left out here or in the documents", () => {
    expect(Object.keys(RANGES)).toEqual(ENVIRONMENT_VARIABLES);
    const readme = readFileSync("src/cli/README.md", "utf8");
    for (const name of ENVIRONMENT_VARIABLES) expect(readme).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\|`, "m"));
  });
});
