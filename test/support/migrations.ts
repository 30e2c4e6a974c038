import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { createDatabase } from "./database.ts";

export interface OldDatabase {
  url: string;
  sql: postgres.Sql;
  drop(): Promise<void>;
}

/** A database of its own without any table; `options` of CREATE DATABASE. */
export async function createEmptyDatabase(options = ""): Promise<OldDatabase> {
  const { url, drop } = await createDatabase(options);
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  return {
    url,
    sql,
    async drop() {
      await sql.end();
      await drop();
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
