import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { inject } from "vitest";

export interface OldDatabase {
  url: string;
  sql: postgres.Sql;
  drop(): Promise<void>;
}

/** A database of its own without any table; `options` of CREATE DATABASE. */
export async function createEmptyDatabase(options = ""): Promise<OldDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await onServer((admin) => admin.unsafe(`create database ${name} ${options}`));
  const url = new URL(inject("serverUrl"));
  url.pathname = `/${name}`;
  const sql = postgres(url.href, { max: 2, onnotice: () => {} });
  return {
    url: url.href,
    sql,
    async drop() {
      await sql.end();
      await onServer((admin) => admin.unsafe(`drop database ${name} with (force)`));
    },
  };
}

/** A database at the version before the migration with this name, without its number. */
export async function createDatabaseBefore(migration: string): Promise<OldDatabase> {
  const database = await createEmptyDatabase();
  const folder = await mkdtemp(join(tmpdir(), "interview-gateway-migrations-"));
  await cp("drizzle", folder, { recursive: true });
  const path = join(folder, "meta/_journal.json");
  const journal: { entries: { tag: string }[] } = JSON.parse(await readFile(path, "utf8"));
  const end = journal.entries.findIndex(({ tag }) => tag.replace(/^\d+_/, "") === migration);
  if (end < 0) throw new Error(`There is no migration ${migration}.`);
  await writeFile(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, end) }));
  const client = postgres(database.url, { max: 1, onnotice: () => {} });
  await migrate(drizzle(client), { migrationsFolder: folder });
  await client.end();
  await rm(folder, { recursive: true });
  return database;
}

async function onServer(work: (admin: postgres.Sql) => Promise<unknown>): Promise<void> {
  const admin = postgres(inject("serverUrl"), { max: 1, onnotice: () => {} });
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
