import { afterEach, beforeEach, expect, test } from "vitest";
import { migrateDatabase } from "../../src/db/migrate.ts";
import { createLog } from "../../src/operation/log.ts";
import { createDatabaseBefore } from "../support/migrations.ts";
import type { OldDatabase } from "../support/migrations.ts";

let database: OldDatabase;
beforeEach(async () => {
  database = await createDatabaseBefore("former_epochs");
});
afterEach(() => database.drop());

/** Runs `work` while a table is being read, as a backup does. */
const whileRead = (table: string, work: () => Promise<void>) =>
  database.sql.begin(async (tx) => {
    await tx.unsafe(`lock table ${table} in access share mode`);
    await tx.unsafe(`lock table ${table} in share mode`);
    await work();
  });
const locks = { waitMs: 50, pauseMs: 20, attempts: 3 };

test("a migration that meets a lock says so, lets others through, and tries again", async () => {
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
  expect(await database.sql`select from former_epochs`).toHaveLength(0);
});

test("a lock that stays ends the start with a sentence, and changes nothing", async () => {
  await whileRead("accounts", async () => {
    await expect(migrateDatabase(database.url, { locks })).rejects.toThrow(
      "The tables cannot be migrated: in 3 attempts something else held a lock on them",
    );
  });
  await expect(database.sql`select from former_epochs`).rejects.toMatchObject({ code: "42P01" });
  await migrateDatabase(database.url);
});
