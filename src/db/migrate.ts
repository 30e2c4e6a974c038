import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import type { Logger } from "pino";
import { StartError } from "../core/error.ts";
import { describeAddress } from "./address.ts";
import { openClient } from "./client.ts";
import { isLockTimeout, postgresError } from "./constraint.ts";
import { ensureInstallation } from "./installation.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../drizzle");
const LOCK = 7_311_964_025;
/** SQLSTATE of RAISE EXCEPTION: what a migration refuses in its own words. */
const RAISED = "P0001";
/** About five minutes in all. */
const LOCKS: LockWaits = { waitMs: 3_000, pauseMs: 2_000, attempts: 60 };

interface LockWaits {
  /** How long one attempt waits for a lock. */
  waitMs: number;
  /** Average pause before the next attempt, in which other statements run. */
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
 * @param url leads to a server whose sessions last: the lock is a session's
 * @throws StartError when a table stays locked, or when stored data forbid a migration
 */
export async function migrateDatabase(
  url: string,
  { afterTables = async () => {}, log, locks = LOCKS }: MigrateOptions = {},
): Promise<void> {
  const lock = openClient(url, { max: 1 });
  const client = openClient(url, { max: 1, session: { lock_timeout: locks.waitMs } });
  try {
    await lock`select pg_advisory_lock(${LOCK})`;
    await retryLocked({ log, locks }, async () => {
      await migrate(drizzle(client), { migrationsFolder: MIGRATIONS });
      await ensureInstallation(client);
    });
    await afterTables();
  } catch (error) {
    const { code, message } = postgresError(error) ?? {};
    if (code !== RAISED) throw error;
    throw new StartError(`The database ${describeAddress(url)} cannot be migrated. ${message}`, { cause: error });
  } finally {
    await Promise.all([lock.end({ timeout: 5 }), client.end({ timeout: 5 })]);
  }
}

/**
 * A change of a table waits for all statements that use it, and later statements wait for the change. So it gives up soon,
 * lets them run, and retries.
 */
async function retryLocked(
  { log, locks }: Pick<MigrateOptions, "log"> & { locks: LockWaits },
  work: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
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
