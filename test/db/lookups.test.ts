import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { createInterview, plan } from "../support/interview.ts";

const MORE_THAN_CONNECTIONS = 12;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());

test("statements that wait do not make lookups wait", async () => {
  const id = await createInterview(app.client, plan());
  const { connections, services } = app.app;
  let waiting: Promise<unknown> | undefined;
  let waited = false;
  await connections.raw.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(4711)`;
    const wait = () => services.db.execute(sql`select pg_advisory_xact_lock(4711)`);
    waiting = Promise.all(Array.from({ length: MORE_THAN_CONNECTIONS }, wait)).then(() => (waited = true));
    const answer = await app.client.data(
      `query ($id: ID!) { interview(id: $id) { id organizer { id } } interviews(first: 1) { nodes { id } } }`,
      { id },
    );
    expect(answer).toMatchObject({ interview: { id }, interviews: { nodes: [{ id }] } });
    expect(waited).toBe(false);
  });
  expect(await waiting).toBe(true);
});
