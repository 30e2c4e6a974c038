import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import type { Logger } from "pino";
import type { Sql } from "postgres";
import { StartError } from "../core/error.ts";
import { describeUrl } from "./client.ts";
import { postgresError } from "./constraint.ts";
import { postgres } from "./driver.ts";
import { ensureInstallation } from "./installation.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../drizzle");
const LOCK = 7_311_964_025;
const OLDEST_SERVER = 150_000;
const LOCK_NOT_AVAILABLE = "55P03";
/** About five minutes in all. */
const LOCKS: LockWaits = { waitMs: 3_000, pauseMs: 2_000, attempts: 60 };

interface LockWaits {
  /** How long one attempt waits for a lock. */
  waitMs: number;
  /** How long others are let through before the next attempt, on the average. */
  pauseMs: number;
  attempts: number;
}

export interface MigrateOptions {
  /** Runs under the same lock, for tables that a library brings. */
  afterTables?: () => Promise<void>;
  log?: Logger | undefined;
  /** For tests. */
  locks?: LockWaits;
}

/**
 * Brings the database to the newest schema; safe when several processes start at once.
 * @throws StartError when the server cannot be reached, is older than PostgreSQL 15, or a table stays locked
 */
export async function migrateDatabase(
  url: string,
  { afterTables = async () => {}, log, locks = LOCKS }: MigrateOptions = {},
): Promise<void> {
  const options = { max: 1, onnotice: () => {}, connect_timeout: 10, fetch_types: false };
  const lock = postgres(url, options);
  const client = postgres(url, { ...options, connection: { lock_timeout: locks.waitMs } });
  try {
    await assertServer(lock, url);
    await lock`select pg_advisory_lock(${LOCK})`;
    await retryLocked({ log, locks }, async () => {
      await migrate(drizzle(client), { migrationsFolder: MIGRATIONS });
      await ensureInstallation(client);
    });
    await afterTables();
  } finally {
    await Promise.all([lock.end({ timeout: 5 }), client.end({ timeout: 5 })]);
  }
}

/**
 * A change of a table waits for everybody who uses it, and everybody who comes later waits for the change. So it gives up
 * soon, lets them through, and tries again.
 */
async function retryLocked(
  { log, locks }: Pick<MigrateOptions, "log"> & { locks: LockWaits },
  work: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (postgresError(error)?.code !== LOCK_NOT_AVAILABLE) throw error;
      if (attempt === locks.attempts) {
        throw new StartError(
          `The tables cannot be migrated: in ${attempt} attempts something else held a lock on them, such as a backup or a ` +
            "long transaction. End it, or start again later.",
          { cause: error },
        );
      }
      log?.warn({ attempt }, "a table that is to be migrated is locked; trying again");
      await delay(locks.pauseMs * (0.5 + Math.random()));
    }
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
