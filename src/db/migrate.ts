import { resolve } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import type { Sql } from "postgres";
import { StartError } from "../core/error.ts";
import { describeUrl } from "./client.ts";
import { postgresError } from "./constraint.ts";
import { postgres } from "./driver.ts";
import { ensureInstallation } from "./installation.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../drizzle");
const LOCK = 7_311_964_025;
const OLDEST_SERVER = 150_000;
/** SQLSTATE of RAISE EXCEPTION. */
const RAISED = "P0001";

/**
 * Brings the database to the newest schema; safe when several processes start at once.
 * @param afterTables runs under the same lock, for tables that a library brings
 * @throws StartError when the server cannot be reached or is not one that can be used, or when data forbid a migration
 */
export async function migrateDatabase(url: string, afterTables: () => Promise<void> = async () => {}): Promise<void> {
  const options = { max: 1, onnotice: () => {}, connect_timeout: 10, fetch_types: false };
  const lock = postgres(url, options);
  const client = postgres(url, options);
  try {
    await assertServer(lock, url);
    await lock`select pg_advisory_lock(${LOCK})`;
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS }).catch((error: unknown) => {
      throw refusal(error, url) ?? error;
    });
    await ensureInstallation(client);
    await afterTables();
  } finally {
    await Promise.all([lock.end({ timeout: 5 }), client.end({ timeout: 5 })]);
  }
}

/** What a migration refuses in its own words. */
function refusal(error: unknown, url: string): StartError | undefined {
  const { code, message } = postgresError(error) ?? {};
  if (code !== RAISED) return undefined;
  return new StartError(`The database ${describeUrl(url)} cannot be upgraded. ${message}`, { cause: error });
}

/** Names are sorted and searched by ICU, which knows text in UTF-8 only. */
async function assertServer(sql: Sql, url: string): Promise<void> {
  const [row] = await sql<{ version: string; encoding: string; icu: boolean }[]>`
    select current_setting('server_version_num') as version, getdatabaseencoding() as encoding,
      exists (select from pg_collation where collname = 'und-x-icu') as icu`.catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new StartError(`The database ${describeUrl(url)} cannot be used: ${reason}. Check DATABASE_URL.`, { cause });
  });
  const unfit = (why: string) => new StartError(`The database ${describeUrl(url)} ${why}.`);
  if (Number(row?.version) < OLDEST_SERVER) {
    throw unfit("is older than PostgreSQL 15. Set DATABASE_URL to a newer one");
  }
  if (row?.encoding !== "UTF8") {
    throw unfit(`has the encoding ${row?.encoding}. Create it with encoding UTF8`);
  }
  if (!row.icu) {
    throw unfit(
      "has no ICU collations. Use a PostgreSQL that is built with ICU, as the packages of all distributions are",
    );
  }
}
