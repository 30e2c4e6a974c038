import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { collectValues, fuzz } from "../support/typed-fuzz.ts";
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

test("documents by type are answered alike by both executors over every transport", async () => {
  const valuesOf = await collectValues(app);
  const found = await fuzz({ app, ways: opened.ways, valuesOf, count: 60, seed: 1 });
  expect(found.whole, JSON.stringify(found)).toBeGreaterThan(15);
  expect(found.refused, JSON.stringify(found)).toBeGreaterThan(5);
});

/** The later of two mistakes throws at once, the earlier rejects before anybody waits for it. */
const TWO_MISTAKES = [
  '{ users(first: 1000) { nodes { id } } interview(id: "x") { id } }',
  '{ interview(id: "x") { id } users(first: 1000) { nodes { id } } }',
  '{ users(first: 1000) { nodes { id } } node(id: "x") { id } jobs(last: -1) { nodes { id } } interview(id: "") { id } }',
  '{ a: users(first: 1, last: 1) { nodes { id } } b: interviews(after: "x") { nodes { id } } c: interview(id: "x") { id } }',
];
test.each(TWO_MISTAKES)("%s is answered over every transport, and nothing is left unhandled", async (query) => {
  const answers = await Promise.all(opened.ways.map(({ ask }) => ask({ query, variables: {} })));
  expect(answers).toHaveLength(8);
  for (const { status, result } of answers) {
    expect([200, null]).toContain(status);
    expect(result.errors?.map(({ extensions }) => extensions?.["code"])).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(INVALID_INPUT|INVALID_ID|CURSOR_INVALID)$/)]),
    );
  }
});
