import { pino } from "pino";
import type { Logger } from "pino";
import { openApp } from "../app.ts";
import { banner } from "../demo/banner.ts";
import { assertDemoIsPrivate } from "../env.ts";
import type { Env } from "../env.ts";
import { createPort } from "../http/port.ts";
import type { Port } from "../http/port.ts";
import { createLog, readable } from "../operation/log.ts";
import { buildServer } from "../server.ts";
import { buildWorker } from "../worker.ts";
import { openDatabase } from "./database.ts";
import { readEnv } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { print } from "./output.ts";

/** Starts the gateway, or the role that ROLE names, and drains it on SIGTERM and SIGINT. */
export async function start(_args: string[], environment: Environment): Promise<void> {
  const env = readEnv(environment);
  assertDemoIsPrivate(env);
  const log = openLog(env);
  // Bound once this process owns the data folder, whose former owner may hold the port, and before the database starts, which is slow.
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

/** Lines go to standard error: standard output is for what was asked for. */
function openLog(env: Env): Logger {
  const lines = pino.destination(2);
  // A full disk or a closed pipe loses log lines and does not end the process.
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
  await server?.warmUp();
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
