import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import { parse } from "graphql";
import { pino } from "pino";
import type { Logger } from "pino";
import { registerDocuments } from "./document/registry.ts";
import { issueToken, revokeToken } from "./account/issue.ts";
import { migrateApp, openApp } from "./app.ts";
import { requestErrorsTable, StartError } from "./core/error.ts";
import { openZoneDirectory } from "./core/zone-directory.ts";
import { describeZones, newerRelease } from "./core/zone-release.ts";
import { useZones, zonesInUse } from "./core/zone.ts";
import { connect } from "./db/client.ts";
import type { Database } from "./db/client.ts";
import { startEmbeddedPostgres } from "./db/embedded.ts";
import type { EmbeddedOptions, EmbeddedPostgres } from "./db/embedded.ts";
import { isOutage } from "./db/outage.ts";
import { assertDemoIsPrivate, parseEnv } from "./env.ts";
import type { Env } from "./env.ts";
import { createPort } from "./http/port.ts";
import type { Port } from "./http/port.ts";
import { banner } from "./demo/banner.ts";
import { readDocuments } from "./document/files.ts";
import { directoryJsonSchema } from "./import/directory.ts";
import { formatReport, readDirectoryFile } from "./import/file.ts";
import { importValue } from "./import/upsert.ts";
import { closeCodesTable } from "./socket/close-code.ts";
import { findingsTable } from "./interview/finding.ts";
import { reportShifts } from "./interview/shifted.ts";
import { createLog, readable } from "./operation/log.ts";
import { printedSchema, schema } from "./schema.ts";
import { buildServer } from "./server.ts";
import { buildWorker } from "./worker.ts";

const USAGE = `Usage:
  npm start                      the gateway, or the role that ROLE names
  npm run import -- FILE         imports a directory file
  npm run import -- --dry-run FILE       tells what importing it would change, and changes nothing
  npm run import -- [--create] [--rename] FILE   may make a new account beside others, may change an account's name
  npm run -s import -- --schema  prints the JSON Schema of directory files
  npm run -s token -- ACCOUNT [SCOPE ...]   prints a new API token of an account
  npm run -s token -- ACCOUNT --client ID [SCOPE ...]   prints one for a frontend whose documents are registered
  npm run token -- --revoke TOKEN        ends an API token
  npm run -s zones -- [DIR]         prints the interviews that a newer release of the tz database would move: that of this
                                 machine, or of a directory of compiled zones
  npm run -s documents -- PATH --account ACCOUNT --client ID [--only]   registers the documents of a frontend, of the .graphql
                                 files under a directory or of a manifest; with --only it may send nothing else
  npm run -s schema:print        prints schema.graphql
  npm run -s findings:print      prints the README's table of findings
  npm run -s errors:print        prints the README's tables of request errors and of close codes of sockets`;

/** Commands work one after the other. */
const COMMAND_POOLS = { db: 2, lookups: 1, raw: 1, tasks: 1 };

async function main([command = "start", argument, ...rest]: string[]): Promise<void> {
  if (command === "start") return start(readEnv());
  if (command === "help" || command === "--help") return print(`${USAGE}\n`);
  if (command === "schema") return print(printedSchema());
  if (command === "findings") return print(`${findingsTable()}\n`);
  if (command === "errors") return print(`${requestErrorsTable()}\n\n${closeCodesTable()}\n`);
  if (command === "import" && argument === "--schema")
    return print(`${JSON.stringify(directoryJsonSchema(), null, 2)}\n`);
  if (command === "import" && argument) return importFile(readEnv(), [argument, ...rest]);
  if (command === "token" && argument === "--revoke" && rest[0]) return endToken(readEnv(), rest[0]);
  if (command === "token" && argument) return printToken(readEnv(), argument, rest);
  if (command === "documents") return registerFrontend(readEnv(), process.argv.slice(3));
  if (command === "zones") return printShifts(readEnv(), argument);
  throw new StartError(USAGE);
}

/** The environment; from here on this process reads times by the tz database that it names. */
function readEnv(): Env {
  const env = parseEnv(process.env);
  if (env.tzDatabase !== null) useZones(openZoneDirectory(env.tzDatabase));
  return env;
}

async function start(env: Env): Promise<void> {
  assertDemoIsPrivate(env);
  const log = openLog(env);
  // Bound before the database is there, which may take a while; after the folder's owner is known, who may hold the port.
  const port = env.role === "worker" ? null : createPort(log);
  const bind = async () => port?.listen(env.port, env.host);
  const running = await run(env, { log, port, bind }).catch((error: unknown) => {
    port?.close();
    throw error;
  });
  log.info({ url: port ? `${env.publicUrl}/graphql` : undefined }, "started");
  if (port && env.databaseUrl === null)
    print(banner({ url: env.publicUrl, worker: env.role === "all", graphiql: env.graphiql }));
  stopOnSignal(log, running.stop);
}

/** Standard output is for what was asked for: the banner, a token, the schema. */
function openLog(env: Env): Logger {
  const lines = pino.destination(2);
  // A full disk or a reader that has gone costs lines of the log, and not the process.
  lines.on("error", () => {});
  process.stdout.on("error", () => {});
  const destination = process.stderr.isTTY ? readable((line) => lines.write(line)) : lines;
  return createLog(env.logLevel, destination).child({ role: env.role });
}

interface Opening {
  log: Logger;
  port: Port | null;
  bind: () => Promise<unknown>;
}

async function run(env: Env, { log, port, bind }: Opening): Promise<{ stop: () => Promise<void> }> {
  const database = await openDatabase(env, {
    log,
    onOwned: bind,
    onLost(error) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  });
  const open = openApp({
    databaseUrl: database.url,
    databaseDirectUrl: env.databaseDirectUrl,
    poolSize: env.poolSize,
    dataDir: env.dataDir,
    publicUrl: env.publicUrl,
    graphiql: env.graphiql,
    cursorSecret: env.cursorSecret,
    eventRetentionMs: env.eventRetentionMs,
    sockets: env.sockets,
    limits: env.limits,
    trustedProxyHops: env.trustedProxyHops,
    persons: env.persons,
    provider: env.provider,
    worker: env.role !== "gateway",
    demo: env.databaseUrl === null,
    log,
  });
  const app = await open.catch(async (error: unknown) => {
    await database.stop();
    throw error;
  });
  const server = port && buildServer(app, { ...env.shortcuts, port });
  const worker = env.role === "gateway" ? null : buildWorker(app);
  await worker?.start();
  await server?.start(env.port, env.host);
  const stop = async () => {
    database.leave();
    worker?.stop();
    await server?.stop(env.shutdownGraceMs);
    await app.close();
    await database.stop();
  };
  return { stop };
}

async function importFile(env: Env, rest: string[]): Promise<void> {
  const flag = { type: "boolean", default: false } as const;
  const { values, positionals } = readArguments(rest, { "dry-run": flag, create: flag, rename: flag });
  const [file, ...more] = positionals;
  if (!file || more.length > 0) throw new StartError(USAGE);
  const dryRun = values["dry-run"] === true;
  const options = { dryRun, mayCreate: values["create"] === true, mayRename: values["rename"] === true };
  const value = await readDirectoryFile(file);
  await withDatabase(env, async (db) => {
    print(formatReport(await importValue(db, value, options)));
    if (dryRun) print("This was a dry run: nothing was written.\n");
  });
}

async function printToken(env: Env, account: string, rest: string[]): Promise<void> {
  const { values, positionals: scopes } = readArguments(rest, { client: { type: "string" } });
  const clientId = typeof values["client"] === "string" ? values["client"] : null;
  await withDatabase(env, async (db) => print(`${await issueToken(db, account, { scopes, clientId })}\n`));
}

async function registerFrontend(env: Env, rest: string[]): Promise<void> {
  const { values, positionals } = readArguments(rest, {
    account: { type: "string" },
    client: { type: "string" },
    only: { type: "boolean", default: false },
  });
  const { account, client: clientId, only } = values;
  const [path] = positionals;
  if (!path || typeof account !== "string" || typeof clientId !== "string") throw new StartError(USAGE);
  const documents = await readDocuments(path, schema);
  await withDatabase(env, (db) => registerDocuments(db, { account, clientId, documents, only: only === true }));
  for (const { id, text } of documents) print(`${id} ${nameOf(text)}\n`);
}

/** Compares with a directory, else with a newer release of this machine, else with the release in use. */
async function printShifts(env: Env, directory?: string): Promise<void> {
  print(`${describeZones(zonesInUse())}\n`);
  const compared = directory === undefined ? newerRelease(zonesInUse())?.open() : openZoneDirectory(resolve(directory));
  if (compared) useZones(compared);
  await withDatabase(env, async (db) => {
    for await (const line of reportShifts(db, new Date())) print(`${line}\n`);
  });
}

/** Names of the operations in a document. */
const nameOf = (text: string): string =>
  parse(text)
    .definitions.flatMap((definition) => ("name" in definition && definition.name ? [definition.name.value] : []))
    .join(" ");

function readArguments(args: string[], options: NonNullable<ParseArgsConfig["options"]>) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}

async function endToken(env: Env, token: string): Promise<void> {
  await withDatabase(env, (db) => revokeToken(db, token));
}

async function withDatabase(env: Env, work: (db: Database) => Promise<void>): Promise<void> {
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

async function openDatabase(env: Env, options: Omit<EmbeddedOptions, "directory">): Promise<EmbeddedPostgres> {
  if (env.databaseUrl) {
    await options.onOwned?.();
    return { url: env.databaseUrl, joined: false, leave: () => {}, stop: async () => {} };
  }
  return startEmbeddedPostgres({ directory: env.dataDir, ...options });
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
