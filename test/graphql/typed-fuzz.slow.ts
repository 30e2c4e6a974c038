import { afterAll, beforeAll, expect, test } from "vitest";
import { ACCOUNT, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { collectValues, fuzz, fuzzSubscriptions } from "../support/typed-fuzz.ts";
import { openWays } from "../support/ways.ts";

let app: TestApp;
let opened: Awaited<ReturnType<typeof openWays>>;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  opened = await openWays(app);
});
afterAll(async () => {
  await opened.close();
  await app.stop();
});

test(
  "a thousand documents by type are answered alike by both executors over every transport",
  { timeout: 600_000 },
  async () => {
    const valuesOf = await collectValues(app);
    const found = await fuzz({ app, ways: opened.ways, valuesOf, count: 1_200, seed: 1_000 });
    expect(found.whole, JSON.stringify(found)).toBeGreaterThan(400);
    expect(found.refused, JSON.stringify(found)).toBeGreaterThan(200);
    expect(found.partial, JSON.stringify(found)).toBeGreaterThan(5);
  },
);

test("so they are for a token that lacks scopes", { timeout: 300_000 }, async () => {
  const valuesOf = await collectValues(app);
  const { token } = await app.createToken(ACCOUNT, ["interviews:read"]);
  const { ways, close } = await openWays(app, token);
  const found = await fuzz({ app, ways, valuesOf, count: 300, seed: 5_000 });
  await close();
  expect(found.refused, JSON.stringify(found)).toBeGreaterThan(50);
});

test("subscriptions by type begin or are refused, and leave their socket open", { timeout: 300_000 }, async () => {
  const valuesOf = await collectValues(app);
  expect(await fuzzSubscriptions({ app, valuesOf, count: 300, seed: 1 })).toBeGreaterThan(50);
});
