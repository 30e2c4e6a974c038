import { afterEach, expect, test } from "vitest";
import { StartError } from "../../src/core/error.ts";
import { migrateDatabase } from "../../src/db/migrate.ts";
import { assertServers } from "../../src/db/server.ts";
import { createDatabaseBefore, createEmptyDatabase } from "../support/migrations.ts";
import type { OldDatabase } from "../support/migrations.ts";

let database: OldDatabase;
afterEach(() => database.drop());

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StartError);
  return error instanceof StartError ? error.message.replace(/ \S+test_\w+ /, " DATABASE ") : "";
}

test("a database that is not in UTF-8 is refused in words", async () => {
  database = await createEmptyDatabase("encoding 'SQL_ASCII' locale 'C' template template0");
  expect(await refusal(assertServers({ url: database.url }))).toBe(
    "The database DATABASE has the encoding SQL_ASCII. Create it with encoding UTF8.",
  );
});

test("a server that was built without ICU is refused in words", async () => {
  database = await createEmptyDatabase();
  await database.sql`delete from pg_collation where collname = 'und-x-icu'`;
  expect(await refusal(assertServers({ url: database.url }))).toBe(
    "The database DATABASE has no ICU collations. Use a PostgreSQL that is built with ICU, as the usual packages are.",
  );
});

test("a database of the version before keeps its rows, with their texts in NFC", async () => {
  database = await createDatabaseBefore("directory");
  const { sql, url } = database;
  const [account] =
    await sql`insert into accounts (id, external_id, name) values (gen_random_uuid(), 'a', 'A') returning id`;
  const accountId = account?.["id"];
  await sql`insert into users (account_id, id, external_id, name, email, role, timezone) values
    (${accountId}, gen_random_uuid(), 'd', ${"Rene\u0301e"}, 'd@x.example', 'ADMIN', 'UTC'),
    (${accountId}, gen_random_uuid(), 'e', 'zoe', 'e@x.example', 'ADMIN', 'UTC'),
    (${accountId}, gen_random_uuid(), 'f', 'Zoe', 'f@x.example', 'ADMIN', 'UTC')`;
  await sql`insert into jobs (account_id, id, external_id, title, department) values
    (${accountId}, gen_random_uuid(), 'j', 'J', ${"Cafe\u0301"})`;
  await migrateDatabase(url);
  expect(await sql`select name from users order by name`.values()).toEqual([["Ren\u00E9e"], ["zoe"], ["Zoe"]]);
  expect(await sql`select department, retired_at from jobs`.values()).toEqual([["Caf\u00E9", null]]);
});

test("users who differ in the letter case of their address only are named, and nothing is migrated", async () => {
  database = await createDatabaseBefore("directory");
  const { sql, url } = database;
  const [account] =
    await sql`insert into accounts (id, external_id, name) values (gen_random_uuid(), 'people', 'P') returning id`;
  await sql`insert into users (account_id, id, external_id, name, email, role, timezone)
    select ${account?.["id"]}, gen_random_uuid(), who, who, email, 'ADMIN', 'UTC'
    from (values ('b', 'b@x.example'), ('z', 'B@x.example'), ('c', 'c@x.example')) as t (who, email)`;
  expect(await refusal(migrateDatabase(url))).toBe(
    "The database DATABASE cannot be migrated. These users have one e-mail address in different letter case: " +
      `"b" and "z" of account "people". Give each an address of its own.`,
  );
  await expect(sql`select retired_at from jobs`).rejects.toThrow(/retired_at/);
});
