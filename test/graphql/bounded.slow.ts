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
const MAX_RATIO = 6;

let app: TestApp;
let legal: Spent;
beforeAll(async () => {
  app = await startTestApp({ worker: false, limits: { ratePerToken: HELD / 5, ratePerAccount: 1e9 } });
  await measure((n) => ({ query: `#${n}\n${getIntrospectionQuery()}` }));
  legal = await measure((n) => ({ query: `#${n}\n${getIntrospectionQuery()}` }));
}, 120_000);
afterAll(() => app.stop());

interface Spent {
  /** Processor time of the process, for a point that was charged, in microseconds. */
  perPoint: number;
  bytes: number;
  codes: Set<string | undefined>;
}

/** The least of several rounds, each with a token of its own, whose debt tells what was charged. */
async function measure(abuse: (n: number) => Abuse): Promise<Spent> {
  const spent: Spent = { perPoint: Number.POSITIVE_INFINITY, bytes: 0, codes: new Set() };
  for (let round = 0; round < ROUNDS; round += 1) {
    const client = await app.createToken(ACCOUNT);
    const body = JSON.stringify(abuse(round));
    const before = process.cpuUsage();
    const text = await (await client.post(body)).text();
    const { user, system } = process.cpuUsage(before);
    const { errors } = JSON.parse(text) as GraphQLResult;
    spent.perPoint = Math.min(spent.perPoint, (user + system) / (await charged(client)));
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

test.each(Object.entries(abuses))("%s take no more than was charged", async (_name, abuse) => {
  const { perPoint, bytes } = await measure(abuse);
  expect(perPoint / legal.perPoint).toBeLessThan(MAX_RATIO);
  expect(bytes).toBeLessThan(2_000_000);
});

test.each<[name: keyof typeof abuses, code: string]>([
  ["documents that cannot be parsed", "GRAPHQL_PARSE_FAILED"],
  ["documents with hundreds of faults", "GRAPHQL_VALIDATION_FAILED"],
  ["introspection that multiplies itself", "OPERATION_TOO_LARGE"],
  ["variables with 15,000 faults", "INVALID_INPUT"],
  ["operations that are too large", "OPERATION_TOO_LARGE"],
])("%s are refused as %s", async (name, code) => {
  expect((await measure(abuses[name])).codes).toEqual(new Set([code]));
});

test("wrong tokens are refused without a look-up after a while", async () => {
  const statuses = await Promise.all(
    Array.from({ length: 400 }, async (_, n) => (await new Client(app.url, `wrong-${n}`).post("{}")).status),
  );
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(100);
});
