import { getIntrospectionQuery } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ABUSES } from "../support/abuse.ts";
import type { Abuse } from "../support/abuse.ts";
import { ACCOUNT, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import type { GraphQLResult } from "../support/client.ts";

const ROUNDS = 4;
/** So many points a fresh token holds; nearly none come back during a test. */
const HELD = 5;
/** What a point of abuse may take, as a multiple of what a point of a legal request takes. */
const MAX_RATIO = 10;
const MAX_ANSWER = 2_000_000;

let app: TestApp;
/** Of the smallest request, which is the client's own time for the most part. */
let least: number;
/** What a point of a legal request takes. */
let legal: number;
beforeAll(async () => {
  app = await startTestApp({ worker: false, limits: { ratePerToken: HELD / 5, ratePerAccount: 1e9 } });
  const introspection = (n: number) => ({ query: `#${n}\n${getIntrospectionQuery()}` });
  await measure(introspection);
  least = (await measure(() => ({ query: "{ __typename }" }))).time;
  const { time, points } = await measure(introspection);
  legal = (time - least) / points;
}, 120_000);
afterAll(() => app.stop());

interface Spent {
  /** Processor time of the process, in microseconds. */
  time: number;
  points: number;
  bytes: number;
  codes: Set<string | undefined>;
}

/** The least of several rounds, each with a token of its own, whose debt tells what was charged. */
async function measure(abuse: (n: number) => Abuse): Promise<Spent> {
  const spent: Spent = { time: Number.POSITIVE_INFINITY, points: 0, bytes: 0, codes: new Set() };
  for (let round = 0; round < ROUNDS; round += 1) {
    const client = await app.createToken(ACCOUNT);
    const body = JSON.stringify(abuse(round));
    const before = process.cpuUsage();
    const text = await (await client.post(body)).text();
    const { user, system } = process.cpuUsage(before);
    const { errors } = JSON.parse(text) as GraphQLResult;
    spent.time = Math.min(spent.time, user + system);
    spent.points = await charged(client);
    spent.bytes = Math.max(spent.bytes, text.length);
    for (const { extensions } of errors ?? [{}]) spent.codes.add(extensions?.["code"]);
  }
  return spent;
}

async function charged(client: Client): Promise<number> {
  const { errors } = await client.send("{ __typename }");
  const { code, retryAfterSeconds } = errors?.[0]?.extensions ?? {};
  expect(code, "What is abused must be paid for.").toBe("RATE_LIMITED");
  return Number(retryAfterSeconds) + HELD;
}

const { "wrong tokens": _wrongTokens, ...abuses } = ABUSES;

test.each(Object.entries(abuses))("%s: no more than was charged", async (_name, abuse) => {
  const { time, points, bytes } = await measure(abuse);
  // The smallest request itself varies by half: what is charged with few points would be judged by that alone.
  expect(time).toBeLessThan(1.5 * least + MAX_RATIO * points * legal);
  expect(bytes).toBeLessThan(MAX_ANSWER);
});

test.each<[name: keyof typeof abuses, code: string]>([
  ["documents that cannot be parsed", "GRAPHQL_PARSE_FAILED"],
  ["documents with hundreds of faults", "GRAPHQL_VALIDATION_FAILED"],
  ["introspection that multiplies itself", "OPERATION_TOO_LARGE"],
  ["variables with 15,000 faults", "INVALID_INPUT"],
  ["long lists in a variable that is used again and again", "INVALID_ID"],
  ["lists of 40,000 in a variable", "INVALID_INPUT"],
  ["operations that are too large", "OPERATION_TOO_LARGE"],
])("%s: %s", async (name, code) => {
  expect((await measure(abuses[name])).codes).toEqual(new Set([code]));
});

test("wrong tokens are looked up a few times in a second", async () => {
  const before = app.queries.length;
  const begin = performance.now();
  await Promise.all(Array.from({ length: 400 }, (_, n) => new Client(app.url, `wrong-${n}`).post("{}")));
  const seconds = (performance.now() - begin) / 1_000;
  const lookups = app.queries.slice(before).filter(({ text }) => text.includes('"token_hash" ='));
  expect(lookups.length).toBeLessThan(202 + 20 * seconds);
});
