import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { afterEach, expect, inject, test } from "vitest";
import { StartError } from "../../src/core/error.ts";
import { migrateDatabase } from "../../src/db/migrate.ts";

const admin = () => postgres(inject("serverUrl"), { max: 1, onnotice: () => {} });

let name: string;
let url: string;
let sql: postgres.Sql;

async function createDatabase(options = ""): Promise<void> {
  name = `test_${randomBytes(8).toString("hex")}`;
  const server = admin();
  await server.unsafe(`create database ${name} ${options}`);
  await server.end();
  const address = new URL(inject("serverUrl"));
  address.pathname = `/${name}`;
  url = address.href;
  sql = postgres(url, { max: 1, onnotice: () => {} });
}

afterEach(async () => {
  await sql.end();
  const server = admin();
  await server.unsafe(`drop database ${name} with (force)`);
  await server.end();
});

async function refusal(): Promise<string> {
  const error: unknown = await migrateDatabase(url).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StartError);
  return error instanceof StartError ? error.message.replace(/ \S+test_\w+ /, " DATABASE ") : "";
}

test("a database that is not in UTF-8 is refused in words", async () => {
  await createDatabase("encoding 'SQL_ASCII' locale 'C' template template0");
  expect(await refusal()).toBe("The database DATABASE has the encoding SQL_ASCII. Create it with encoding UTF8.");
});

test("a server that was built without ICU is refused in words", async () => {
  await createDatabase();
  await sql`delete from pg_collation where collname = 'und-x-icu'`;
  expect(await refusal()).toBe(
    "The database DATABASE has no ICU collations. Use a PostgreSQL that is built with ICU, as the packages of all " +
      "distributions are.",
  );
});

/** Brings the database to the version before names were sorted as people read them. */
async function migrateBefore(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "interview-gateway-migrations-"));
  await cp("drizzle", folder, { recursive: true });
  const path = join(folder, "meta/_journal.json");
  const journal: { entries: { tag: string }[] } = JSON.parse(await readFile(path, "utf8"));
  const entries = journal.entries.slice(
    0,
    journal.entries.findIndex(({ tag }) => tag.endsWith("_directory")),
  );
  await writeFile(path, JSON.stringify({ ...journal, entries }));
  const client = postgres(url, { max: 1, onnotice: () => {} });
  await migrate(drizzle(client), { migrationsFolder: folder });
  await client.end();
  await rm(folder, { recursive: true });
}

test("a database of the version before keeps its rows, with their texts in NFC", async () => {
  await createDatabase();
  await migrateBefore();
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
  await createDatabase();
  await migrateBefore();
  const [account] =
    await sql`insert into accounts (id, external_id, name) values (gen_random_uuid(), 'people', 'P') returning id`;
  await sql`insert into users (account_id, id, external_id, name, email, role, timezone)
    select ${account?.["id"]}, gen_random_uuid(), who, who, email, 'ADMIN', 'UTC'
    from (values ('b', 'b@x.example'), ('z', 'B@x.example'), ('c', 'c@x.example')) as t (who, email)`;
  expect(await refusal()).toBe(
    "The database DATABASE cannot be upgraded. These users have one e-mail address in different letter case: " +
      `"b" and "z" of account "people". Give each an address of its own.`,
  );
  await expect(sql`select retired_at from jobs`).rejects.toThrow(/retired_at/);
});
