import { resolve } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import type { Sql } from "postgres";
import { StartError } from "../core/error.ts";
import { describeUrl } from "./client.ts";
import { postgres } from "./driver.ts";
import { ensureInstallation } from "./installation.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../drizzle");
const LOCK = 7_311_964_025;
const OLDEST_SERVER = 150_000;

/**
 * Brings the database to the newest schema; safe when several processes start at once.
 * @param afterTables runs under the same lock, for tables that a library brings
 * @throws StartError when the server cannot be reached or is older than PostgreSQL 15
 */
export async function migrateDatabase(url: string, afterTables: () => Promise<void> = async () => {}): Promise<void> {
  const options = { max: 1, onnotice: () => {}, connect_timeout: 10, fetch_types: false };
  const lock = postgres(url, options);
  const client = postgres(url, options);
  try {
    await assertServer(lock, url);
    await lock`select pg_advisory_lock(${LOCK})`;
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS });
    await ensureInstallation(client);
    await afterTables();
  } finally {
    await Promise.all([lock.end({ timeout: 5 }), client.end({ timeout: 5 })]);
  }
}

async function assertServer(sql: Sql, url: string): Promise<void> {
  const [row] = await sql<{ version: string }[]>`select current_setting('server_version_num') as version`.catch(
    (cause: unknown) => {
      const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
      throw new StartError(`The database ${describeUrl(url)} cannot be used: ${reason}. Check DATABASE_URL.`, {
        cause,
      });
    },
  );
  if (Number(row?.version) < OLDEST_SERVER) {
    throw new StartError(
      `The database ${describeUrl(url)} is older than PostgreSQL 15. Set DATABASE_URL to a newer one.`,
    );
  }
}
