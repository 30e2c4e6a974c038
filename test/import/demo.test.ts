import { afterAll, beforeAll, expect, test } from "vitest";
import { createAuthenticator } from "../../src/account/token.ts";
import { DEMO_OTHER_TOKEN, DEMO_TOKEN, loadDemo } from "../../src/demo/load.ts";
import { idsOf } from "../../src/import/ids.ts";
import { SCOPES } from "../../src/operation/context.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadDemo(database.connections.db);
});
afterAll(() => database.drop());

/** The version of every row that the demo has written. */
async function versions(): Promise<unknown> {
  const { raw } = database.connections;
  const tables = ["accounts", "api_tokens", "users", "stage_activities", "stage_activity_interviewers", "applications"];
  return Promise.all(
    tables.map(async (table) => [
      ...(await raw.unsafe(`select ctid::text, xmin::text, xmax::text from ${table} order by ctid`)),
    ]),
  );
}

test("each token opens its own account with all scopes", async () => {
  const authenticate = createAuthenticator(database.connections.db);
  const caller = (account: string) => ({
    userId: null,
    tokenId: expect.any(String),
    clientId: null,
    name: "Demo",
    expiresAt: null,
    accountId: idsOf(account).accountId,
    scopes: new Set(SCOPES),
  });
  expect(await authenticate(DEMO_TOKEN)).toEqual(caller("fernhollow-robotics"));
  expect(await authenticate(DEMO_OTHER_TOKEN)).toEqual(caller("pelagia-maps"));
});

test("no demo token is valid in a process without the demo, though the database has it", async () => {
  const refused = [DEMO_TOKEN, DEMO_OTHER_TOKEN];
  const authenticate = createAuthenticator(database.connections.db, { refused });
  expect(await Promise.all(refused.map(authenticate))).toEqual([null, null]);
});

test("both accounts are there", async () => {
  const rows = await database.connections.raw`
    select a.name, (select count(*)::int from users where account_id = a.id) as users,
      (select count(*)::int from applications where account_id = a.id) as applications
    from accounts a order by a.name`;
  expect(rows).toEqual([
    { name: "Fernhollow Robotics", users: 25, applications: 40 },
    { name: "Pelagia Maps", users: 5, applications: 4 },
  ]);
});

test("loading it again writes nothing", async () => {
  const before = await versions();
  await loadDemo(database.connections.db);
  expect(await versions()).toEqual(before);
});

test("a revoked token stays revoked", async () => {
  const { raw, db } = database.connections;
  await raw`update api_tokens set revoked_at = now() where account_id = ${idsOf("pelagia-maps").accountId}`;
  await loadDemo(db);
  expect(await createAuthenticator(db)(DEMO_OTHER_TOKEN)).toBeNull();
  await raw`update api_tokens set revoked_at = null`;
});
