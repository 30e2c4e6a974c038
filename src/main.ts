import { pino } from "pino";
import type { Logger } from "pino";
import { openApp } from "./app.ts";
import { StartError } from "./core/error.ts";
import { connect } from "./db/client.ts";
import { startEmbeddedPostgres } from "./db/embedded.ts";
import { migrateDatabase } from "./db/migrate.ts";
import { parseEnv } from "./env.ts";
import type { Env } from "./env.ts";
import { banner } from "./import/banner.ts";
import { checkDirectory } from "./import/check.ts";
import { directoryJsonSchema } from "./import/directory.ts";
import { formatProblems, formatReport, readDirectoryFile } from "./import/file.ts";
import { importDirectory } from "./import/upsert.ts";
import { printedSchema } from "./schema.ts";
import { buildServer } from "./server.ts";
import { buildWorker } from "./worker.ts";

const USAGE = `Usage:
  npm start                      the gateway, or the role that ROLE names
  npm run import -- FILE         imports a directory file
  npm run import -- --schema     prints the JSON Schema of directory files
  npm run schema:print           writes schema.graphql`;

async function main([command = "start", argument]: string[]): Promise<void> {
  if (command === "start") return start(parseEnv(process.env));
  if (command === "schema") return print(printedSchema());
  if (command === "import" && argument === "--schema")
    return print(`${JSON.stringify(directoryJsonSchema(), null, 2)}\n`);
  if (command === "import" && argument) return importFile(parseEnv(process.env), argument);
  throw new StartError(USAGE);
}

async function start(env: Env): Promise<void> {
  const log = createLog(env);
  const database = await openDatabase(env);
  const app = await openApp({
    databaseUrl: database.url,
    dataDir: env.dataDir,
    publicUrl: env.publicUrl,
    cursorSecret: env.cursorSecret,
    worker: env.role !== "gateway",
    demo: env.databaseUrl === null,
    log,
  });
  const server = env.role === "worker" ? null : buildServer(app);
  if (env.role !== "gateway") await buildWorker(app).start();
  const stop = async () => {
    await server?.stop();
    await app.close();
    await database.stop();
  };
  try {
    await server?.start(env.port, env.host);
  } catch (error) {
    await stop();
    throw error;
  }
  if (server && app.options.demo) print(banner(env.publicUrl));
  log.info({ role: env.role, url: server ? `${env.publicUrl}/graphql` : undefined }, "started");
  stopOnSignal(log, stop);
}

async function importFile(env: Env, file: string): Promise<void> {
  const checked = checkDirectory(await readDirectoryFile(file));
  if (!checked.ok) throw new StartError(formatProblems(checked.problems));
  const database = await openDatabase(env);
  try {
    await migrateDatabase(database.url);
    const { db, close } = connect({ url: database.url });
    print(formatReport(await importDirectory(db, checked.directory)));
    await close();
  } finally {
    await database.stop();
  }
}

async function openDatabase(env: Env): Promise<{ url: string; stop(): Promise<void> }> {
  if (env.databaseUrl) return { url: env.databaseUrl, stop: async () => {} };
  return startEmbeddedPostgres({ directory: env.dataDir });
}

/** Logs go to standard error as JSON lines, so that standard output is free for what was asked for. */
function createLog(env: Env): Logger {
  return pino(
    { level: env.logLevel, base: { role: env.role }, serializers: { error: pino.stdSerializers.err } },
    pino.destination(2),
  );
}

function stopOnSignal(log: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, "draining");
      stop().then(
        () => log.info("stopped"),
        (error: unknown) => {
          log.error({ error }, "stopping failed");
          process.exitCode = 1;
        },
      );
    });
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
