import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type EmbeddedPostgres, EmbeddedPostgresError, startEmbeddedPostgres } from "../../src/db/embedded.ts";

const isRoot = process.getuid?.() === 0;
const nobody = Number(/^nobody:[^:]*:(\d+)/m.exec(readFileSync("/etc/passwd", "utf8"))?.[1]);
/** False in a clone below a private directory of root's, where no other user can run node_modules. */
const nobodyRuns = isRoot && spawnSync(process.execPath, ["--version"], { uid: nobody, cwd: "/" }).status === 0;
const moduleUrl = new URL("../../src/db/embedded.ts", import.meta.url);

/** Reports how it went. On SIGINT it looks whether the server still answers, stops it, and has to end by itself. */
const program = `
  import { startEmbeddedPostgres } from ${JSON.stringify(moduleUrl)};
  import postgres from "postgres";
  const report = (value) => console.log(JSON.stringify(value));
  try {
    const server = await startEmbeddedPostgres({ directory: process.argv[1], command: process.argv[2] === "command" });
    const alive = setInterval(() => {}, 1000);
    process.once("SIGINT", async () => {
      const sql = postgres(server.url, { max: 1 });
      const [row] = await sql\`select 'drained' as state\`.catch((error) => [{ state: error.message }]);
      await sql.end();
      await server.stop();
      clearInterval(alive);
      report(row);
    });
    process.once("SIGUSR2", () => server.leave());
    report({ url: server.url, joined: server.joined });
  } catch (error) {
    report({ error: error.constructor.name + ": " + error.message });
  }
`;

interface Report {
  url: string;
  joined: boolean;
  error: string;
  state: string;
}

interface Owner {
  child: ChildProcess;
  next(): Promise<Report>;
}

/** Another process that starts the server; `uid` is the user it runs as. */
function startElsewhere(directory: string, { uid, command = false }: { uid?: number; command?: boolean } = {}): Owner {
  const args = ["--input-type=module", "--eval", program, directory, ...(command ? ["command"] : [])];
  const child = spawn(process.execPath, args, {
    ...(uid === undefined ? {} : { uid, gid: uid }),
    cwd: new URL("../..", import.meta.url),
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, next: async () => JSON.parse((await lines.next()).value ?? '"it ended without a word"') };
}

async function start(directory: string, settings?: Record<string, string>): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ directory, ...(settings && { settings }) });
  onTestFinished(() => server.stop());
  return server;
}

async function query(url: string, text: string): Promise<postgres.Row[]> {
  const sql = postgres(url, { max: 1, fetch_types: false });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await sql.end({ timeout: 0 });
  }
}

/** `closed` settles when the server drops a connection that is open now. */
async function watch(url: string): Promise<{ closed: Promise<void> }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const sql = postgres(url, { max: 1, fetch_types: false, onclose: () => resolve() });
  await sql`select 1`;
  return { closed: promise };
}

function temporary(mode = 0o755): string {
  const directory = mkdtempSync(join(tmpdir(), "embedded-"));
  chmodSync(directory, mode);
  return directory;
}

function disposable(mode?: number): string {
  const directory = temporary(mode);
  onTestFinished(async () => {
    await untilGone(directory);
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

const lockOf = (directory: string): string => join(directory, "postgres", "postmaster.pid");

/** The process that its lock file names; 0 when there is none. */
const postmasterOf = (directory: string): number =>
  existsSync(lockOf(directory)) ? Number.parseInt(readFileSync(lockOf(directory), "utf8"), 10) || 0 : 0;

/** Waits until PostgreSQL has taken its lock away, which is the last thing that it does. */
async function untilGone(directory: string): Promise<void> {
  await vi.waitUntil(() => !existsSync(lockOf(directory)), { timeout: 10_000, interval: 10 });
}

describe("a fresh directory", () => {
  it("gets a server that survives a restart with its data and password", async () => {
    const directory = join(disposable(), "not", "there yet");
    const first = await start(directory, { max_connections: "33" });
    expect(first.joined).toBe(false);
    expect(new URL(first.url)).toMatchObject({
      hostname: "127.0.0.1",
      username: "postgres",
      pathname: "/interview_gateway",
    });
    const facts = `select current_setting('max_connections') as connections, current_setting('listen_addresses') as address,
      current_setting('unix_socket_directories') as sockets, lower('ÄÖ') as folded, pg_encoding_to_char(encoding) as encoding
      from pg_database where datname = current_database()`;
    expect(await query(first.url, facts)).toEqual([
      { connections: "33", address: "127.0.0.1", sockets: "", folded: "äö", encoding: "UTF8" },
    ]);
    await query(first.url, "create table kept as select 1 as id");
    await Promise.all([first.stop(), first.stop()]);
    expect(existsSync(lockOf(directory))).toBe(false);

    const second = await start(directory);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    expect(await query(second.url, "select id from kept")).toEqual([{ id: 1 }]);
  });

  it("gets one owner when five processes start at once, and the others are refused in a sentence", async () => {
    const directory = disposable();
    const owners = Array.from({ length: 5 }, () => startElsewhere(directory));
    const reports = await Promise.all(owners.map((owner) => owner.next()));
    const owner = owners[reports.findIndex(({ url }) => url)]?.child.pid;
    expect(reports.filter(({ url }) => url)).toHaveLength(1);
    expect(reports.flatMap(({ error }) => error ?? [])).toEqual(
      Array.from(
        { length: 4 },
        () =>
          `EmbeddedPostgresError: Another process (${owner}) runs on ${directory}: stop it, set DATA_DIR to another ` +
          "directory, or let both share a PostgreSQL by DATABASE_URL.",
      ),
    );
    expect(new Set(readdirSync(directory))).toEqual(
      new Set(["owner", "owner.lock", "postgres", "postgres-lib", "postgres.log"]),
    );
  });

  it.runIf(isRoot)("may lie in a private directory of root's", async () => {
    const directory = join(disposable(0o700), ".data");
    const server = await start(directory);
    expect(statSync(join(directory, "postgres")).uid).not.toBe(0);
    await query(server.url, "create extension btree_gist");
    expect((await startEmbeddedPostgres({ directory, command: true })).joined).toBe(true);
  });

  it.runIf(nobodyRuns)("may belong to an ordinary user, who runs the server", async () => {
    const directory = disposable();
    chownSync(directory, nobody, nobody);
    const owner = startElsewhere(directory, { uid: nobody });
    expect(await owner.next()).toMatchObject({ joined: false });
    expect(statSync(join(directory, "postgres")).uid).toBe(nobody);
  });
});

describe("a directory that has a cluster", () => {
  let directory: string;

  beforeAll(async () => {
    directory = temporary();
    const server = await startEmbeddedPostgres({ directory });
    await query(server.url, "create table survivors (id int)");
    await server.stop();
  });

  beforeEach(() => onTestFinished(() => untilGone(directory)));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it("is served again right after its owner was killed, with all that was committed", async () => {
    const owner = startElsewhere(directory);
    const { url } = await owner.next();
    await query(url, "insert into survivors values (1)");
    owner.child.kill("SIGKILL");
    const server = await start(directory);
    expect(server.joined).toBe(false);
    expect(await query(server.url, "select id from survivors")).toEqual([{ id: 1 }]);
  });

  it("has no server left soon after its owner was killed", async () => {
    const owner = startElsewhere(directory);
    const { url } = await owner.next();
    const { closed } = await watch(url);
    owner.child.kill("SIGKILL");
    await closed;
    await untilGone(directory);
    await expect(query(url, "select 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("has no server left when its owner was killed while starting", async () => {
    const owner = startElsewhere(directory);
    await vi.waitUntil(() => existsSync(lockOf(directory)), { timeout: 10_000, interval: 1 });
    owner.child.kill("SIGKILL");
    await untilGone(directory);
    expect(await start(directory)).toMatchObject({ joined: false });
  });

  it("is shared with commands while its owner serves, and they do not stop it", async () => {
    const { url } = await startElsewhere(directory).next();
    const command = await startEmbeddedPostgres({ directory, command: true });
    expect(command).toMatchObject({ joined: true, url });
    await command.stop();
    expect(await query(command.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it.each([true, false])(
    "is had by one after the other while commands own it (the next is a command: %s)",
    async (command) => {
      const first = await startEmbeddedPostgres({ directory, command: true });
      const next = startElsewhere(directory, { command });
      let owns = false;
      const report = next.next().finally(() => (owns = true));
      await query(first.url, "select pg_sleep(1)");
      expect(owns).toBe(false);
      await first.stop();
      expect(await report).toMatchObject({ joined: false });
      next.child.kill("SIGINT");
      expect(await next.next()).toEqual({ state: "drained" });
    },
  );

  it("is taken over from an owner that is about to end, as soon as it has", async () => {
    const owner = startElsewhere(directory);
    const { url } = await owner.next();
    owner.child.kill("SIGUSR2");
    await vi.waitUntil(() => readFileSync(join(directory, "owner"), "utf8").includes("leaving"), { timeout: 5_000 });
    const log: string[] = [];
    const logger = { info: (_: object, message: string) => void log.push(message), error: () => {} };
    const next = startEmbeddedPostgres({ directory, log: logger as never });
    await vi.waitUntil(() => log.length > 0, { timeout: 5_000 });
    expect(log).toEqual(["waiting for the process that uses the data directory to end"]);
    expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
    owner.child.kill("SIGINT");
    expect(await owner.next()).toEqual({ state: "drained" });
    const server = await next;
    onTestFinished(() => server.stop());
    expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("has its server started again at the same address when it was killed, with all that was committed", async () => {
    const server = await start(directory);
    await query(server.url, "insert into survivors values (2)");
    const { closed } = await watch(server.url);
    process.kill(postmasterOf(directory), "SIGKILL");
    await closed;
    const survivors = () => query(server.url, "select id from survivors where id = 2");
    await vi.waitFor(async () => expect(await survivors()).toEqual([{ id: 2 }]), { timeout: 20_000, interval: 50 });
  });

  it("is given up when its server ends again and again", async () => {
    const lost = Promise.withResolvers<Error>();
    const server = await startEmbeddedPostgres({ directory, onLost: lost.resolve });
    const killed = new Set([0]);
    const killing = setInterval(() => {
      const pid = postmasterOf(directory);
      if (killed.has(pid) || !readFileSync(lockOf(directory), "utf8").includes("ready")) return;
      killed.add(pid);
      process.kill(pid, "SIGKILL");
    }, 20);
    const { message } = await lost.promise;
    clearInterval(killing);
    expect(message).toMatch(/^The embedded PostgreSQL ended 6 times in a row \(.+\); see \S+postgres\.log\.$/);
    await server.stop();
    rmSync(lockOf(directory), { force: true });
    await expect(query(server.url, "select 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("lets its owner end although the server was stopped", async () => {
    const server = await startEmbeddedPostgres({ directory });
    process.kill(postmasterOf(directory), "SIGSTOP");
    await server.stop();
    expect(existsSync(lockOf(directory))).toBe(false);
  });

  it("keeps its server through Ctrl-C until the owner has drained, and then lets the owner end", async () => {
    const owner = startElsewhere(directory);
    await owner.next();
    process.kill(-Number(owner.child.pid), "SIGINT");
    expect(await owner.next()).toEqual({ state: "drained" });
    expect(await once(owner.child, "exit")).toEqual([0, null]);
    expect(existsSync(lockOf(directory))).toBe(false);
  });

  it("is served although a lock was left whose process id now belongs to another program", async () => {
    const { uid, gid } = statSync(join(directory, "postgres"));
    const bystander = spawn("sleep", ["60"], { ...(isRoot && { uid, gid }) });
    onTestFinished(() => void bystander.kill());
    writeFileSync(lockOf(directory), `${bystander.pid}\n${directory}/postgres\n1\n1\n\n127.0.0.1\n\nready\n`);
    chownSync(lockOf(directory), uid, gid);
    const server = await start(directory);
    expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(bystander.exitCode).toBe(null);
  });

  it.runIf(process.platform === "linux")("has its library links renewed after it was moved", async () => {
    const alias = join(directory, "postgres-lib", "libpq.so.5");
    const target = readlinkSync(alias);
    rmSync(alias);
    symlinkSync("/nowhere/libpq.so.5", alias);
    await start(directory);
    expect(readlinkSync(alias)).toBe(target);
  });

  it.runIf(isRoot)("is taken over from root, whose copy it may be", async () => {
    const { uid } = statSync(join(directory, "postgres"));
    chownSync(join(directory, "postgres"), 0, 0);
    const server = await start(directory);
    expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(statSync(join(directory, "postgres")).uid).toBe(uid);
  });

  it("says why PostgreSQL does not start", async () => {
    const refused = startEmbeddedPostgres({ directory, settings: { shared_buffers: "a lot" } });
    await expect(refused).rejects.toThrow(EmbeddedPostgresError);
    await expect(refused).rejects.toThrow(
      `PostgreSQL does not start: FATAL:  invalid value for parameter "shared_buffers": "a lot"; see ${directory}/postgres.log.`,
    );
  });
});

describe("a directory that cannot be written", () => {
  it.skipIf(isRoot && !nobodyRuns)("is refused with a sentence that says what to do", async () => {
    const directory = disposable(0o555);
    const { error } = await startElsewhere(directory, isRoot ? { uid: nobody } : {}).next();
    const reason = `EACCES: permission denied, access '${directory}'`;
    const remedy = "make it writable, set DATA_DIR to another directory, or set DATABASE_URL to your own PostgreSQL";
    expect(error).toBe(`EmbeddedPostgresError: This user cannot write to ${directory} (${reason}): ${remedy}.`);
  });

  it.runIf(nobodyRuns)("includes a cluster that another user made", async () => {
    const directory = disposable(0o777);
    mkdirSync(join(directory, "postgres"));
    const { error } = await startElsewhere(directory, { uid: nobody }).next();
    expect(error).toContain(`This user cannot write to ${directory} (${directory}/postgres belongs to user 0)`);
  });
});
