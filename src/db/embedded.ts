import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  type Bundle,
  createCluster,
  EmbeddedPostgresError,
  openBundle,
  prepareDirectory,
  readPassword,
} from "./embedded-binaries.ts";
import { postgres } from "./driver.ts";
import { inspectProcess, isDying, readIfPresent, type RunningProcess } from "./process.ts";

export { EmbeddedPostgresError };

export interface EmbeddedPostgres {
  /** For postgres.js, with the password. */
  url: string;
  /** Another process started the server: it goes away with that process, and `stop` leaves it alone. */
  adopted: boolean;
  /** Shuts the server down (mode fast) and waits until it is gone. May be called again. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Absolute, or relative to the working directory; created if missing. The cluster is its child `postgres`. */
  directory: string;
  /** Server settings by name, as in postgresql.conf. */
  settings?: Record<string, string>;
}

interface Home {
  bundle: Bundle;
  cluster: string;
  log: string;
  settings: Record<string, string>;
}

interface Server {
  pid: number;
  port: number;
  ready: boolean;
  /** The process that started it lives. Without it the watchdog is about to stop the server. */
  owned: boolean;
}

const DATABASE = "interview_gateway";
const OWNER = "interview_gateway.owner";
const START_LIMIT_MS = 60_000;
const ORPHAN_LIMIT_MS = 15_000;
const STOP_LIMIT_MS = 10_000;
const LOG_LIMIT_BYTES = 10_000_000;

// Losing a race: for the port, for the directory, or against the last processes of a server that was killed.
const LOST_RACE = /any TCP.IP sockets|lock file "[^"]*" (already exists|is empty)|remove old lock file|still in use/;

/**
 * Starts the PostgreSQL that comes with node_modules on `<directory>/postgres`, or joins the one that another live
 * process runs there. It listens on 127.0.0.1 only and stops when this process ends, however it ends.
 * @throws EmbeddedPostgresError when it cannot; the longest wait is a minute
 */
export async function startEmbeddedPostgres({ directory, settings = {} }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  try {
    const root = prepareDirectory(directory);
    const cluster = join(root, "postgres");
    const bundle = openBundle(root, cluster);
    await createCluster(bundle, cluster);
    return await adoptOrLaunch({ bundle, cluster, log: join(root, "postgres.log"), settings });
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The embedded PostgreSQL in ${directory} cannot start: ${reason}; set DATABASE_URL to use your own.`;
    throw new EmbeddedPostgresError(message, { cause: error });
  }
}

async function adoptOrLaunch(home: Home): Promise<EmbeddedPostgres> {
  const begun = performance.now();
  while (performance.now() - begun < START_LIMIT_MS) {
    const server = findServer(home.cluster);
    if (server === null) {
      removeStaleLock(home.cluster);
      const launched = await launch(home);
      if (launched !== null) return launched;
    } else if (server.ready && server.owned) {
      const adopted = await adopt(home, server);
      if (adopted !== null) return adopted;
    } else if (!server.owned && performance.now() - begun > ORPHAN_LIMIT_MS) {
      process.kill(server.pid, "SIGQUIT");
    }
    await delay(25);
  }
  const message = `No PostgreSQL became ready in ${home.cluster} within ${START_LIMIT_MS / 1000} s: ${lastError(home.log, 0)}`;
  throw new EmbeddedPostgresError(`${message}; see ${home.log}.`);
}

async function adopt({ cluster }: Home, { pid, port }: Server): Promise<EmbeddedPostgres | null> {
  const url = urlOf(cluster, port);
  try {
    await ensureDatabase(url);
  } catch {
    return null;
  }
  const still = findServer(cluster);
  if (still?.pid !== pid || !still.ready || !still.owned) return null;
  return { url, adopted: true, stop: async () => {} };
}

/** Null when another process won the port or the directory. */
async function launch(home: Home): Promise<EmbeddedPostgres | null> {
  const port = await freePort();
  const log = openLog(home.log);
  const { size } = fstatSync(log);
  const child = home.bundle.shell(WATCHDOG, serverCommand(home, port), ["pipe", log, log]);
  closeSync(log);
  await once(child, "spawn");
  try {
    if (!(await becomesReady(child, { cluster: home.cluster, port }))) {
      await stop(child);
      assertLostRace(home, lastError(home.log, size));
      return null;
    }
    const url = urlOf(home.cluster, port);
    await ensureDatabase(url);
    let stopped: Promise<void> | undefined;
    return { url, adopted: false, stop: () => (stopped ??= stop(child)) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

function assertLostRace({ cluster, log }: Home, error: string): void {
  if (!LOST_RACE.test(error)) throw new EmbeddedPostgresError(`PostgreSQL does not start: ${error}; see ${log}.`);
  const { pid } = readLock(cluster);
  if (!isForeign(inspectProcess(pid))) return;
  const message = `Another PostgreSQL (process ${pid}) runs on ${cluster}: stop it, or set DATA_DIR to another directory.`;
  throw new EmbeddedPostgresError(message);
}

// The shell becomes PostgreSQL; a process beside it waits for our end of the pipe to close, which even SIGKILL does.
const WATCHDOG = `
server=$$
( trap "" HUP INT TERM
  { read -r never
    kill -INT $server || exit
    for second in 1 2 3 4 5 6 7 8; do sleep 1; kill -0 $server || exit; done
    kill -QUIT $server
  } <&3 >/dev/null 2>&1 &
) 3<&0
exec "$@" </dev/null`;

function serverCommand({ bundle, cluster, settings }: Home, port: number): string[] {
  const ours = { listen_addresses: "127.0.0.1", port, unix_socket_directories: "" };
  const options = Object.entries({ ...settings, ...ours }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return [join(bundle.programs, "postgres"), "-D", cluster, "-c", `${OWNER}=${process.pid}`, ...options];
}

async function becomesReady(
  child: ChildProcess,
  { cluster, port }: { cluster: string; port: number },
): Promise<boolean> {
  const begun = performance.now();
  while (!hasExited(child)) {
    const server = findServer(cluster);
    if (server?.pid === child.pid && server?.port === port && server.ready) return true;
    if (performance.now() - begun > START_LIMIT_MS) return false;
    await delay(10);
  }
  return false;
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasExited(child)) return;
  const exited = once(child, "exit");
  child.kill("SIGINT");
  const insist = setTimeout(() => child.kill("SIGQUIT"), STOP_LIMIT_MS);
  await exited;
  clearTimeout(insist);
}

function openLog(path: string): number {
  const log = openSync(path, "a", 0o600);
  if (fstatSync(log).size > LOG_LIMIT_BYTES) ftruncateSync(log);
  return log;
}

/** The last FATAL line that was logged after byte `from`, or the last line of any kind. */
function lastError(log: string, from: number): string {
  const lines = readFileSync(log).subarray(from).toString().trim().split("\n");
  const fatal = lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1);
  return fatal?.replace(/^.*?(?=FATAL|PANIC)/, "") || "it left no message";
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

function urlOf(cluster: string, port: number): string {
  return `postgres://postgres:${readPassword(cluster)}@127.0.0.1:${port}/${DATABASE}?sslmode=disable`;
}

async function ensureDatabase(url: string): Promise<void> {
  // A connection that is reset while types are fetched ends the process: postgres.js lets that rejection go unhandled.
  const probing = { database: "postgres", max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => {} };
  const sql = postgres(url, probing);
  try {
    const found = await sql`select from pg_database where datname = ${DATABASE}`;
    if (found.length === 0) await sql.unsafe(`create database ${DATABASE}`);
  } catch (error) {
    const madeMeanwhile = error instanceof postgres.PostgresError && ["42P04", "23505"].includes(error.code);
    if (!madeMeanwhile) throw error;
  } finally {
    await sql.end({ timeout: 0 });
  }
}

/** What runs on the cluster according to its lock file, if the process named there really is that server. */
function findServer(cluster: string): Server | null {
  const lock = readLock(cluster);
  const running = inspectProcess(lock.pid);
  const mark = ` -D ${cluster} -c ${OWNER}=`;
  if (!running?.command.includes(mark)) return null;
  const owner = Number.parseInt(running.command.slice(running.command.indexOf(mark) + mark.length), 10);
  return { ...lock, owned: running.parent === owner && !isDying(owner) };
}

function readLock(cluster: string): { pid: number; port: number; ready: boolean } {
  const [pid, , , port, , , , status] = readIfPresent(join(cluster, "postmaster.pid")).split("\n");
  return { pid: Number(pid), port: Number(port), ready: status?.startsWith("ready") ?? false };
}

/** PostgreSQL takes any living process for the server that left the lock behind, even one that got its pid since. */
function removeStaleLock(cluster: string): void {
  const running = inspectProcess(readLock(cluster).pid);
  if (running !== null && !isForeign(running)) rmSync(join(cluster, "postmaster.pid"), { force: true });
}

/** A server that somebody started by hand, perhaps on this cluster: only PostgreSQL itself can tell. */
function isForeign(running: RunningProcess | null): boolean {
  return running !== null && /^(\S*\/)?postgres /.test(running.command) && !running.command.includes(OWNER);
}
