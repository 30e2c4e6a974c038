import { migrateApp } from "../app.ts";
import { StartError } from "../core/error.ts";
import { connect } from "../db/client.ts";
import type { Database } from "../db/client.ts";
import { startEmbeddedPostgres } from "../db/embedded.ts";
import type { EmbeddedOptions, EmbeddedPostgres } from "../db/embedded.ts";
import { isOutage } from "../db/outage.ts";
import type { Env } from "../env.ts";

/** Commands run one statement at a time. */
const COMMAND_POOLS = { db: 2, lookups: 1, raw: 1, tasks: 1 };

/** Runs a command on the migrated database; the embedded one is started unless a process serves from the data folder. */
export async function withDatabase(env: Env, work: (db: Database) => Promise<void>): Promise<void> {
  const database = await openDatabase(env, { command: true });
  if (database.joined) process.stderr.write(`Uses the PostgreSQL of the process that runs on ${env.dataDir}.\n`);
  const connections = connect({ url: database.url, directUrl: env.databaseDirectUrl, sizes: COMMAND_POOLS });
  try {
    await migrateApp(database.url, { directUrl: env.databaseDirectUrl });
    await work(connections.db);
  } catch (error) {
    if (!isOutage(error)) throw error;
    throw new StartError("The database went away while the command ran: run it again.", { cause: error });
  } finally {
    await connections.close();
    await database.stop();
  }
}

/** Opens the database of `DATABASE_URL`, else the embedded one. */
export async function openDatabase(env: Env, options: Omit<EmbeddedOptions, "directory">): Promise<EmbeddedPostgres> {
  if (env.databaseUrl) {
    await options.onOwned?.();
    return { url: env.databaseUrl, joined: false, leave: () => {}, stop: async () => {} };
  }
  return startEmbeddedPostgres({ directory: env.dataDir, ...options });
}
