import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EmbeddedPostgresError, readPassword } from "./embedded-binaries.ts";
import type { Bundle } from "./embedded-binaries.ts";
import { postgres } from "./driver.ts";
import { commandOf } from "./process.ts";

/** Where one cluster lives and how its server is run. */
export interface Home {
  bundle: Bundle;
  cluster: string;
  log: string;
  settings: Record<string, string>;
}

/** A server process that this process started. */
export interface RunningServer {
  url: string;
  /** Settles when the process is gone, for whatever reason. */
  exited: Promise<void>;
  /** Shuts it down (mode fast), harder after a while, and waits until it is gone. */
  stop(): Promise<void>;
}

/** What the cluster's lock file says of a server that runs. */
export interface FoundServer {
  pid: number;
  port: number;
  ready: boolean;
}

const DATABASE = "interview_gateway";
const OWNER = "interview_gateway.owner";
const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const LOG_LIMIT_BYTES = 10_000_000;

// Losing a race: for the port, or against the last processes of a server that was killed.
const LOST_RACE = /any TCP.IP sockets|lock file "[^"]*" (already exists|is empty)|remove old lock file|still in use/;

// The shell becomes PostgreSQL; a process beside it waits for our end of the pipe to close, which even SIGKILL does.
const WATCHDOG = `
server=$$
( trap "" HUP INT TERM
  { read -r never
    kill -CONT $server
    kill -INT $server || exit
    for second in 1 2 3 4 5 6 7 8; do sleep 1; kill -0 $server || exit; done
    kill -QUIT $server
  } <&3 >/dev/null 2>&1 &
) 3<&0
exec "$@" </dev/null`;

/**
 * Starts the server on a port of 127.0.0.1.
 * @returns null when it lost a race and may be started again
 * @throws EmbeddedPostgresError when it refuses to start
 */
export async function launchServer(home: Home, port: number): Promise<RunningServer | null> {
  const log = openLog(home.log);
  const { size } = fstatSync(log);
  const child = home.bundle.shell(WATCHDOG, serverCommand(home, port), ["pipe", log, log]);
  child.on("error", () => {});
  child.stdin?.on("error", () => {});
  closeSync(log);
  await once(child, "spawn");
  const exited = endOf(child);
  try {
    if (!(await becomesReady(child, { cluster: home.cluster, port }))) {
      await stop(child);
      assertLostRace(home, lastError(home.log, size));
      return null;
    }
    const url = urlOf(home.cluster, port);
    await ensureDatabase(url);
    return { url, exited, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

function assertLostRace({ cluster, log }: Home, error: string): void {
  if (!LOST_RACE.test(error)) throw new EmbeddedPostgresError(`PostgreSQL does not start: ${error}; see ${log}.`);
  const { pid } = readLock(cluster);
  if (!isForeign(commandOf(pid))) return;
  const message = `Another PostgreSQL (process ${pid}) runs on ${cluster}: stop it, or set DATA_DIR to another directory.`;
  throw new EmbeddedPostgresError(message);
}

function serverCommand({ bundle, cluster, settings }: Home, port: number): string[] {
  const fixed = { listen_addresses: "127.0.0.1", port, unix_socket_directories: "" };
  const options = Object.entries({ ...settings, ...fixed }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
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
    if (performance.now() - begun > READY_LIMIT_MS) return false;
    await delay(10);
  }
  return false;
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (hasExited(child)) resolve();
    else child.once("exit", () => resolve());
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasExited(child)) return;
  const exited = endOf(child);
  // A stopped process reacts to SIGKILL only.
  child.kill("SIGCONT");
  child.kill("SIGINT");
  const insist = setTimeout(() => child.kill("SIGQUIT"), STOP_LIMIT_MS);
  const kill = setTimeout(() => child.kill("SIGKILL"), 2 * STOP_LIMIT_MS);
  await exited;
  clearTimeout(insist);
  clearTimeout(kill);
}

function openLog(path: string): number {
  const log = openSync(path, "a", 0o600);
  if (fstatSync(log).size > LOG_LIMIT_BYTES) ftruncateSync(log);
  return log;
}

/** The last FATAL line that was logged after byte `from`, or the last line of any kind. */
export function lastError(log: string, from = 0): string {
  const lines = readFileSync(log).subarray(from).toString().trim().split("\n");
  const fatal = lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1);
  return fatal?.replace(/^.*?(?=FATAL|PANIC)/, "") || "it left no message";
}

export function urlOf(cluster: string, port: number): string {
  return `postgres://postgres:${readPassword(cluster)}@127.0.0.1:${port}/${DATABASE}?sslmode=disable`;
}

export async function ensureDatabase(url: string): Promise<void> {
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

/** What runs on the cluster according to its lock file, if the process named there really is a server on it. */
export function findServer(cluster: string): FoundServer | null {
  const lock = readLock(cluster);
  return commandOf(lock.pid)?.includes(` -D ${cluster} -c ${OWNER}=`) ? lock : null;
}

function readLock(cluster: string): FoundServer {
  const [pid, , , port, , , , status] = readIfPresent(join(cluster, "postmaster.pid")).split("\n");
  return { pid: Number(pid), port: Number(port), ready: status?.startsWith("ready") ?? false };
}

function readIfPresent(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** PostgreSQL takes any living process for the server that left the lock, even one that got its pid since. */
export function removeStaleLock(cluster: string): void {
  const command = commandOf(readLock(cluster).pid);
  if (command !== null && !isForeign(command)) rmSync(join(cluster, "postmaster.pid"), { force: true });
}

/** A server that was started by hand, perhaps on this cluster: only PostgreSQL itself knows. */
function isForeign(command: string | null): boolean {
  return command !== null && /^(\S*\/)?postgres /.test(command) && !command.includes(OWNER);
}
