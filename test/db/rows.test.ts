import { asc, eq, getTableName, is, sql } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerDocuments } from "../../src/document/registry.ts";
import { prepareRows } from "../../src/read/rows.ts";
import * as accountTables from "../../src/db/schema/account.ts";
import * as activityTables from "../../src/db/schema/activity.ts";
import * as eventTables from "../../src/db/schema/event.ts";
import * as hiringTables from "../../src/db/schema/hiring.ts";
import { interviewers, interviews } from "../../src/db/schema/interview.ts";
import { users } from "../../src/db/schema/people.ts";
import * as templateTables from "../../src/db/schema/template.ts";
import { ACCOUNT, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { createInterview, external, plan } from "../support/interview.ts";

const TABLES = [
  ...[accountTables, activityTables, eventTables, hiringTables, templateTables].flatMap((module) =>
    Object.values(module),
  ),
  interviewers,
  interviews,
  users,
].filter((value): value is PgTable => is(value, PgTable));

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  await createInterview(app.client, plan());
  await app.app.connections.raw`update installations set life = 'another server'`;
  await createInterview(app.client, external());
  const documents = [{ id: "anything", text: "{ __typename }" }];
  await registerDocuments(app.app.services.db, { account: ACCOUNT, clientId: "web", documents, only: false });
});
afterAll(async () => {
  // They read whole tables, which no operation does.
  app.statements.length = 0;
  await app.stop();
});

test.each(TABLES.map((table) => [getTableName(table), table] as const))(
  "%s reads as drizzle reads it",
  async (_name, table) => {
    const { db } = app.app.services;
    const expected = await db.select().from(table);
    expect(await prepareRows(table, { where: undefined }).run(db)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  },
);

test("placeholders, order and limit", async () => {
  const { db } = app.app.services;
  const query = prepareRows(users, {
    where: sql`${users.name} >= ${sql.placeholder("from")}`,
    orderBy: [asc(users.name), asc(users.accountId)],
    limit: 3,
  });
  const expected = await db
    .select()
    .from(users)
    .where(sql`${users.name} >= 'User b'`)
    .orderBy(asc(users.name), asc(users.accountId))
    .limit(3);
  expect(await query.run(db, { from: "User b" })).toEqual(expected);
  expect(await db.transaction((tx) => query.run(tx, { from: "User b" }))).toEqual(expected);
});

const INSTANTS = [
  "2027-03-28 00:59:59+00",
  "2027-03-28 01:00:00.001+00",
  "2027-03-28 01:00:00.12+00",
  "1969-12-31 23:59:59+00",
  "0999-01-01 00:00:00+00",
  "0099-01-01 00:00:00+00",
  "12027-01-01 00:00:00+00",
];
test.each(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"])(
  "instants are the same in a session of %s",
  async (zone) => {
    const { db } = app.app.services;
    await db.transaction(async (tx) => {
      await tx.execute(sql.raw(`set local time zone '${zone}'`));
      for (const instant of INSTANTS) {
        await tx.update(users).set({ createdAt: sql`${instant}::timestamptz` });
        const [expected] = await tx.select().from(users).where(eq(users.externalId, "ada")).limit(1);
        const [row] = await prepareRows(users, { where: eq(users.externalId, "ada"), limit: 1 }).runOnce(tx);
        expect(row?.createdAt, instant).toEqual(expected?.createdAt);
      }
    });
  },
);
