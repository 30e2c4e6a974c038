import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import postgres from "postgres";
import { migrateApp } from "../../../src/app.ts";
import { startEmbeddedPostgres } from "../../../src/db/embedded.ts";
import type { Server } from "./question.ts";
import { ACCOUNT, seed } from "./seed.ts";

/** Load is what is measured; every other limit stands. */
const WITHOUT_RATE = { RATE_PER_TOKEN: "1000000000", RATE_PER_ACCOUNT: "1000000000" };

export interface Stage {
  databaseUrl: string;
  stop(): Promise<void>;
}

/** A seeded PostgreSQL with its ordinary settings, in a directory that is kept and used again when one is named. */
export async function openStage(kept: string | undefined): Promise<Stage> {
  const directory = kept ?? (await mkdtemp(join(tmpdir(), "interview-gateway-bench-")));
  const database = await startEmbeddedPostgres({ directory });
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  await migrateApp(database.url);
  const [filled] = await sql`select from accounts where id = ${ACCOUNT}`;
  if (!filled) await seed(sql);
  await sql.end();
  return {
    databaseUrl: database.url,
    async stop() {
      await database.stop();
      if (!kept) await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface RunningServer {
  pid: number;
  url: string;
  stop(): Promise<void>;
}

/** Starts a server as a process of its own and waits until it answers. */
export async function startServer(server: Server, { databaseUrl }: Stage, node: string[] = []): Promise<RunningServer> {
  const port = await freePort();
  const script = server === "gateway" ? "src/main.ts" : `test/bench/read/rival/${server}.ts`;
  const { PATH, TMPDIR } = process.env;
  const env = { PATH, TMPDIR, NODE_ENV: "production", GRAPHILE_ENV: "production", ACCOUNT, DATABASE_URL: databaseUrl };
  const child = spawn(process.execPath, [...node, script], {
    env: { ...env, PORT: String(port), ROLE: "gateway", LOG_LEVEL: "error", ...WITHOUT_RATE },
    stdio: ["ignore", "ignore", "inherit"],
  });
  await accepting(port, child, server);
  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${port}/graphql`,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "close");
    },
  };
}

async function accepting(port: number, child: ChildProcess, name: string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode} before it listened.`);
    const socket = connect(port, "127.0.0.1");
    const answered = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (answered) return;
    await delay(100);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** One run of load, as a process of its own: the order comes in by argument, requests per second go out. */
export interface LoadOrder {
  url: string;
  headers: Record<string, string>;
  /** Sent again and again; a new createInterview each time when left out. */
  body?: string;
  seconds: number;
  connections: number;
}

/** Runs load in a process of its own. */
export async function load(order: LoadOrder): Promise<{ requests: number; perSecond: number }> {
  const script = join(import.meta.dirname, "load.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(order)]);
  return JSON.parse(stdout) as { requests: number; perSecond: number };
}

export function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
