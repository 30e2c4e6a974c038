import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { StartError } from "../core/error.ts";
import { createCluster, EmbeddedPostgresError, openBundle, prepareDirectory } from "./embedded-binaries.ts";
import { ensureDatabase, findServer, lastError, launchServer, removeStaleLock, urlOf } from "./embedded-server.ts";
import type { Home, RunningServer } from "./embedded-server.ts";
import { lockFolder, readOwner } from "./folder-lock.ts";
import type { FolderLock } from "./folder-lock.ts";

export { EmbeddedPostgresError };

export interface EmbeddedPostgres {
  /** For postgres.js, with the password. It stays the same when the server restarts. */
  url: string;
  /** The server is a serving process's: it goes away with that process, and `stop` leaves it alone. */
  joined: boolean;
  /** Announces that this process is about to end: another that starts meanwhile waits for the directory instead of giving up. */
  leave(): void;
  /** Shuts the server down (mode fast), waits until it is gone and frees the directory. May be called again. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Absolute, or relative to the working directory; created if missing. The cluster is its child `postgres`. */
  directory: string;
  /** Server settings by name, as in postgresql.conf. */
  settings?: Record<string, string>;
  /** For a command that soon ends: it may join the server of a process that serves. */
  command?: boolean;
  log?: Logger | undefined;
  /** Called once the directory is this process's own, before the server is started. */
  onOwned?: (() => Promise<unknown>) | undefined;
  /** The server ended by itself, and cannot be started again. */
  onLost?: (error: EmbeddedPostgresError) => void;
}

const START_LIMIT_MS = 60_000;
const LEAVE_LIMIT_MS = 120_000;
const ORPHAN_LIMIT_MS = 15_000;
/** The lock of a process that was just killed is freed a moment later. */
const REFUSE_AFTER_MS = 1_000;
/** How often in a row a server may end within a minute of its start. */
const MAX_SHORT_LIVES = 5;
const LONG_LIFE_MS = 60_000;

/**
 * Starts the PostgreSQL that comes with node_modules on `<directory>/postgres`, and starts it again when it ends by itself. It
 * listens on 127.0.0.1 only and stops when this process ends, however it ends. A directory has one owner: a second process is
 * refused, waits while the owner is about to end, or, being a command, joins the owner's server.
 * @throws EmbeddedPostgresError when it cannot
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { directory, settings = {}, command = false } = options;
  try {
    const root = prepareDirectory(directory);
    const cluster = join(root, "postgres");
    const claimed = await claim(root, options);
    if ("url" in claimed) return claimed;
    try {
      await options.onOwned?.();
      const bundle = openBundle(root, cluster);
      await createCluster(bundle, cluster);
      const home = { bundle, cluster, log: join(root, "postgres.log"), settings };
      return await supervise(home, claimed, command ? {} : options);
    } catch (error) {
      claimed.release();
      throw error;
    }
  } catch (error) {
    if (error instanceof StartError) throw error;
    const message = `The embedded PostgreSQL in ${directory} cannot start: ${reasonOf(error)}; set DATABASE_URL to use your own.`;
    throw new EmbeddedPostgresError(message, { cause: error });
  }
}

/** Becomes the owner of the directory, or joins the server of the one that serves. */
async function claim(root: string, { directory, command, log }: EmbeddedOptions) {
  const begun = performance.now();
  let announced = false;
  for (;;) {
    const lock = lockFolder(root, command ? "command" : "serving");
    if (lock) return lock;
    const { pid, tenure } = readOwner(root);
    const waited = performance.now() - begun;
    if (tenure === "serving" && command) {
      const joined = await joinOwner(root, pid);
      if (joined) return joined;
    } else if (tenure === "serving" && waited > REFUSE_AFTER_MS) {
      const remedy = "stop it, set DATA_DIR to another directory, or let both share a PostgreSQL by DATABASE_URL";
      throw new EmbeddedPostgresError(`Another process (${pid}) runs on ${directory}: ${remedy}.`);
    } else if (tenure !== "serving" && !announced) {
      log?.info({ pid }, "waiting for the process that uses the data directory to end");
      announced = true;
    }
    if (waited > LEAVE_LIMIT_MS) {
      const message = `Process ${pid} has not left ${directory} within ${LEAVE_LIMIT_MS / 1000} s`;
      throw new EmbeddedPostgresError(`${message}: stop it, or set DATA_DIR to another directory.`);
    }
    await delay(50);
  }
}

async function joinOwner(root: string, owner: number): Promise<EmbeddedPostgres | null> {
  const cluster = join(root, "postgres");
  const server = findServer(cluster);
  if (!server?.ready) return null;
  const url = urlOf(cluster, server.port);
  try {
    await ensureDatabase(url);
  } catch {
    return null;
  }
  const now = readOwner(root);
  if (now.pid !== owner || now.tenure !== "serving") return null;
  return { url, joined: true, leave: () => {}, stop: async () => {} };
}

/** Runs the server until it is asked to stop, or has ended too often. */
async function supervise(
  home: Home,
  lock: FolderLock,
  { log, onLost }: Pick<EmbeddedOptions, "log" | "onLost">,
): Promise<EmbeddedPostgres> {
  const stopping = new AbortController();
  let server = await firstStart(home);
  const { url } = server;
  const port = Number(new URL(url).port);
  let begun = performance.now();
  let shortLives = 0;
  let restart: Promise<void> = Promise.resolve();

  const watch = async () => {
    await server.exited;
    if (!stopping.signal.aborted) restart = startAgain("it ended by itself");
  };
  const startAgain = async (reason: string): Promise<void> => {
    shortLives = performance.now() - begun < LONG_LIFE_MS ? shortLives + 1 : 1;
    log?.error({ reason, count: shortLives }, "the embedded PostgreSQL is gone");
    if (shortLives > MAX_SHORT_LIVES) {
      const message = `The embedded PostgreSQL ended ${shortLives} times in a row (${reason}); see ${home.log}.`;
      return onLost?.(new EmbeddedPostgresError(message));
    }
    await delay(100 * 2 ** shortLives, undefined, { signal: stopping.signal }).catch(() => {});
    if (stopping.signal.aborted) return;
    begun = performance.now();
    const started = await startOn(home, port);
    if (typeof started === "string") return startAgain(started);
    server = started;
    log?.info("the embedded PostgreSQL runs again");
    void watch();
  };

  void watch();
  const stop = async () => {
    stopping.abort();
    await restart;
    await server.stop();
    lock.release();
  };
  let stopped: Promise<void> | undefined;
  return { url, joined: false, leave: () => announceLeaving(lock), stop: () => (stopped ??= stop()) };
}

/** A waiting process polls the lock as well. */
function announceLeaving(lock: FolderLock): void {
  try {
    lock.announce("leaving");
  } catch {
    // the directory was deleted, or its disk is full
  }
}

/** The server, or why it did not start. */
async function startOn(home: Home, port: number): Promise<RunningServer | string> {
  removeStaleLock(home.cluster);
  try {
    return (await launchServer(home, port)) ?? lastError(home.log);
  } catch (error) {
    return reasonOf(error);
  }
}

/** On any free port. Waits for the end of a server whose owner was killed: it stops by itself. */
async function firstStart(home: Home): Promise<RunningServer> {
  const begun = performance.now();
  while (performance.now() - begun < START_LIMIT_MS) {
    const orphan = findServer(home.cluster);
    if (orphan === null) {
      removeStaleLock(home.cluster);
      const launched = await launchServer(home, await freePort());
      if (launched !== null) return launched;
    } else if (performance.now() - begun > ORPHAN_LIMIT_MS) {
      process.kill(orphan.pid, "SIGCONT");
      process.kill(orphan.pid, "SIGQUIT");
    }
    await delay(25);
  }
  const limit = START_LIMIT_MS / 1000;
  const message = `No PostgreSQL became ready in ${home.cluster} within ${limit} s: ${lastError(home.log)}; see ${home.log}.`;
  throw new EmbeddedPostgresError(message);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
