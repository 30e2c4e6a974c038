import { resolve } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { openClient } from "./client.ts";
import { ensureInstallation } from "./installation.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../drizzle");
const LOCK = 7_311_964_025;

/**
 * Brings the database to the newest schema; safe when several processes start at once.
 * @param url leads to a server whose sessions last: the lock is a session's
 * @param afterTables runs under the same lock, for tables that a library brings
 */
export async function migrateDatabase(url: string, afterTables: () => Promise<void> = async () => {}): Promise<void> {
  const lock = openClient(url, { max: 1 });
  const client = openClient(url, { max: 1 });
  try {
    await lock`select pg_advisory_lock(${LOCK})`;
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS });
    await ensureInstallation(client);
    await afterTables();
  } finally {
    await Promise.all([lock.end({ timeout: 5 }), client.end({ timeout: 5 })]);
  }
}
