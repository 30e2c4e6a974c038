import { afterAll, beforeAll, expect, test } from "vitest";
import { migrateDatabase } from "../../src/db/migrate.ts";
import { createLog } from "../../src/operation/log.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";

let database: TestDatabase;
/** Forgets the newest migration, so that the next start runs it. It begins with a table. */
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const forgetNewest = async () => {
  const { raw } = database.connections;
  await raw`drop table if exists former_epochs`;
  await raw`drop function if exists database_life()`;
  await raw`delete from drizzle.__drizzle_migrations where created_at = (select max(created_at) from drizzle.__drizzle_migrations)`;
};
/** Runs `work` while a table is being read, as a backup does. */
const whileRead = (table: string, work: () => Promise<void>) =>
  database.connections.raw.begin(async (tx) => {
    await tx.unsafe(`lock table ${table} in access share mode`);
    await tx.unsafe(`lock table ${table} in share mode`);
    await work();
  });
const locks = { waitMs: 50, pauseMs: 20, attempts: 3 };

test("a migration that meets a lock says so, lets others through, and tries again", async () => {
  await forgetNewest();
  const lines: { msg: string; attempt: number }[] = [];
  const waited = Promise.withResolvers<void>();
  const log = createLog("info", {
    write: (line) => {
      lines.push(JSON.parse(line));
      if (lines.length === 2) waited.resolve();
    },
  });
  let migrated: Promise<void> | undefined;
  await whileRead("accounts", async () => {
    migrated = migrateDatabase(database.url, { log, locks: { ...locks, attempts: 1_000 } });
    await waited.promise;
  });
  await migrated;
  expect(lines.slice(0, 2)).toMatchObject([
    { msg: "a table that is to be migrated is locked; trying again", attempt: 1 },
    { attempt: 2 },
  ]);
  expect(await database.connections.raw`select from former_epochs`).toHaveLength(0);
});

test("a lock that stays ends the start with a sentence, and changes nothing", async () => {
  await forgetNewest();
  await whileRead("accounts", async () => {
    await expect(migrateDatabase(database.url, { locks })).rejects.toThrow(
      "The tables cannot be migrated: in 3 attempts something else held a lock on them",
    );
  });
  await expect(database.connections.raw`select from former_epochs`).rejects.toMatchObject({ code: "42P01" });
  await migrateDatabase(database.url);
});
