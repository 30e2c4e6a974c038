import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issueToken } from "../src/account/issue.ts";
import { DEMO_MUTATION } from "../src/demo/banner.ts";
import { DEMO_OTHER_TOKEN, DEMO_TOKEN, loadDemo } from "../src/demo/load.ts";
import { Client } from "./support/client.ts";
import { createTestDatabase } from "./support/database.ts";
import type { TestDatabase } from "./support/database.ts";
import { sampleDirectory } from "./support/directory.ts";
import { freePort, runGateway } from "./support/process.ts";
import { compileZone, WINNIPEG } from "./support/zone-file.ts";

const PROVISIONED = "subscription { interviewProvisioned { interview { name conferenceUrl } } }";

let dataDir: string;
let database: TestDatabase;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "interview-gateway-main-"));
  database = await createTestDatabase();
  await loadDemo(database.connections.db);
});
afterAll(async () => {
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

/** PostgreSQL's own processes; the watchdog's shell may outlive them by a second. */
const servers = () =>
  execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => /^\S+\/postgres -D/.test(line) && line.includes(join(dataDir, "postgres")));

describe("a newcomer's start", () => {
  test(
    "brings database, demo account, gateway and worker; survives SIGKILL; ends with SIGTERM",
    { timeout: 120_000 },
    async () => {
      const env = { DATA_DIR: dataDir, PORT: String(await freePort()) };
      const url = `http://127.0.0.1:${env.PORT}`;
      const first = runGateway([], env);
      await first.logged("started");
      await expect.poll(() => first.output().stdout).toContain(DEMO_MUTATION);
      expect(first.output().stdout).toContain(`${url}/graphql`);
      expect(first.output().stdout).toContain(DEMO_TOKEN);
      expect(first.output().stderr.trim().split("\n")).toHaveLength(1);

      const client = new Client(url, DEMO_TOKEN);
      const stream = await client.subscribe(PROVISIONED);
      const { createInterview } = await client.data(DEMO_MUTATION);
      expect(createInterview.interview.name).toBe("Show us your work");
      const { data } = await stream.next();
      expect(data?.["interviewProvisioned"].interview.conferenceUrl).toMatch(`${url}/sandbox/conferences/`);
      expect(await readdir(join(dataDir, "outbox"))).toHaveLength(3);
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
      expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({
        status: "ready",
        database: true,
        draining: false,
      });
      const other = new Client(url, DEMO_OTHER_TOKEN);
      expect(await other.data("{ viewer { account { name } } interviews { nodes { id } } }")).toMatchObject({
        interviews: { nodes: [] },
      });

      first.child.kill("SIGKILL");
      await first.exit();
      const second = runGateway([], env);
      await second.logged("started");
      const { interviews } = await client.data("{ interviews { nodes { provisioning { state } } } }");
      expect(interviews.nodes).toEqual([{ provisioning: { state: "PROVISIONED" } }]);

      const socket = await client.openSocket();
      const closed = new Promise((resolve) =>
        socket.on("closed", (event) => resolve((event as { code: number }).code)),
      );
      second.child.kill("SIGTERM");
      expect(await second.exit()).toBe(0);
      expect(await closed).toBe(1001);
      expect(servers()).toEqual([]);
    },
  );
});

test("gateway and worker are one system in two processes", { timeout: 60_000 }, async () => {
  const port = await freePort();
  const env = { DATABASE_URL: database.url, DATA_DIR: dataDir, PORT: String(port) };
  const gateway = runGateway([], { ...env, ROLE: "gateway" });
  await gateway.logged("started");
  const url = `http://127.0.0.1:${port}`;
  expect((await new Client(url, DEMO_TOKEN).send("{ viewer { scopes } }")).errors).toMatchObject([
    { extensions: { code: "UNAUTHENTICATED" } },
  ]);
  const client = new Client(url, await issueToken(database.connections.db, "fernhollow-robotics", { scopes: [] }));
  const stream = await client.subscribe(PROVISIONED);
  const { createInterview } = await client.data(DEMO_MUTATION);
  expect(createInterview.interview.id).toEqual(expect.any(String));

  const worker = runGateway([], { ...env, ROLE: "worker" });
  const { data } = await stream.next();
  expect(data?.["interviewProvisioned"].interview.conferenceUrl).toMatch(/sandbox/);
  await stream.close();
  for (const { child, exit } of [gateway, worker]) {
    child.kill("SIGTERM");
    expect(await exit()).toBe(0);
  }
});

describe("a start that cannot work says so in one sentence and ends with 1", () => {
  const failing = async (env: Record<string, string>, args: string[] = []) => {
    const gateway = runGateway(args, { DATA_DIR: dataDir, ...env });
    expect(await gateway.exit()).toBe(1);
    return gateway.output().stderr.trim();
  };

  test("a port in use", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const message = `Port ${port} on 127.0.0.1 is in use. Stop what uses it, or set PORT to another one.`;
    expect(await failing({ DATABASE_URL: database.url, PORT: String(port) })).toBe(message);
    // Told before PostgreSQL is started, or even unpacked.
    const fresh = join(dataDir, "fresh");
    expect(await failing({ DATA_DIR: fresh, PORT: String(port) })).toBe(message);
    expect(await readdir(fresh)).not.toContain("postgres");
    taken.close();
  });

  test("an unreachable database", async () => {
    const message = await failing({ DATABASE_URL: `postgres://me:secret@127.0.0.1:${await freePort()}/none` });
    expect(message).toMatch(
      /^The database 127\.0\.0\.1:\d+\/none cannot be used: .*ECONNREFUSED.*\. Check DATABASE_URL\.$/,
    );
  });

  test("a database that does not exist", async () => {
    const url = new URL(database.url);
    url.pathname = "/nowhere";
    expect(await failing({ DATABASE_URL: url.href })).toMatch(
      /cannot be used: database "nowhere" does not exist\. Check DATABASE_URL\.$/,
    );
  });

  test("wrong variables, all at once", async () => {
    const message = await failing({
      PORT: "http",
      ROLE: "boss",
      DATABASE_URL: "mysql://x",
      CURSOR_SECRET: "short",
      PUBLIC_URL: "ftp://x",
    });
    for (const name of ["PORT", "ROLE", "DATABASE_URL", "CURSOR_SECRET", "PUBLIC_URL"]) expect(message).toContain(name);
    expect(message.split("\n")).toHaveLength(1);
  });

  test("an unknown command", async () => {
    expect(await failing({}, ["fly"])).toMatch(/^Usage:/);
  });
});

describe("npm run import", () => {
  const importing = async (args: string[]) => {
    const run = runGateway(["import", ...args], { DATABASE_URL: database.url, DATA_DIR: dataDir });
    return { code: await run.exit(), ...run.output() };
  };
  const write = async (name: string, value: unknown) => {
    const file = join(dataDir, name);
    await writeFile(file, JSON.stringify(value));
    return file;
  };
  const count = async () => {
    const [row] = await database.connections.raw`select count(*)::int as users from users`;
    return row?.["users"];
  };

  test("imports, and the second time changes nothing", async () => {
    const file = await write("sample.json", sampleDirectory("imported"));
    const before = await count();
    const first = await importing([file]);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(await count()).toBe(before + 23);
    const columns = (text: string) =>
      text
        .split("\n")
        .slice(1, -1)
        .map((line) => line.slice(28).trim().split(/ +/).map(Number));
    const written = columns(first.stdout);
    expect(written).toHaveLength(14);
    for (const [inserted, ...rest] of written.slice(0, -1)) {
      expect(inserted).toBeGreaterThan(0);
      expect(rest).toEqual([0, 0, 0, 0, 0]);
    }
    // The file has no interview of which it could bring scorecards.
    expect(written.at(-1)).toEqual([0, 0, 0, 0, 0, 0]);
    const second = await importing([file]);
    expect(second).toMatchObject({ code: 0, stderr: "" });
    expect(columns(second.stdout)).toEqual(written.map(([inserted]) => [0, 0, 0, 0, 0, inserted]));
    expect(await count()).toBe(before + 23);
  });

  test("a dry run prints the report and writes nothing", async () => {
    const { users, ...file } = sampleDirectory("imported");
    const path = await write("fewer.json", { $schema: "x", ...file, complete: ["users"], users: users.slice(0, -1) });
    const inactive = () => database.connections.raw`select count(*)::int from users where not active`.values();
    const before = await inactive();
    const { code, stdout } = await importing(["--dry-run", path]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^users +0 +0 +1 +0 +0 +22$/m);
    expect(stdout).toMatch(/\nThis was a dry run: nothing was written\.\n$/);
    expect(await inactive()).toEqual(before);
  });

  test("makes another account with --create, and renames one with --rename, only", async () => {
    const file = await write("misspelt.json", { account: { externalId: "impotred", name: "Account imported" } });
    expect(await importing([file])).toMatchObject({
      code: 1,
      stderr:
        "Nothing was imported, because the file has 1 problem:\n" +
        '  account.externalId: names no account; there are "imported". Correct it, or import with --create to make a new account\n',
    });
    expect(await importing([file, "--create"])).toMatchObject({ code: 0, stderr: "" });
    const other = await write("renamed.json", { account: { externalId: "imported", name: "Another" } });
    expect((await importing([other])).stderr).toContain(
      'account.name: would rename the account "Account imported". Correct it, or import with --rename',
    );
    expect(await importing(["--rename", other])).toMatchObject({ code: 0, stderr: "" });
  });

  test("says how it is used when it is not used so", async () => {
    expect((await importing(["--dry-run"])).stderr).toMatch(/^Usage:/);
    expect((await importing(["--force", "x.json"])).stderr).toContain("'--force'");
  });

  test("refuses a wrong file with every problem and its path, and writes nothing", async () => {
    const wrong: any = sampleDirectory("refused");
    wrong.users[0].timezone = "Mars/Olympus";
    wrong.users[1].role = "KING";
    wrong.applications[0].job = "nowhere";
    const before = await count();
    const { code, stderr } = await importing([await write("wrong.json", wrong)]);
    expect(code).toBe(1);
    expect(stderr).toContain("users[0].timezone");
    expect(stderr).toContain("users[1].role");
    expect(await count()).toBe(before);
  });

  test("refuses a file that is missing or not JSON", async () => {
    expect(await importing([join(dataDir, "missing.json")])).toMatchObject({ code: 1 });
    await writeFile(join(dataDir, "broken.json"), "{ nope");
    const { code, stderr } = await importing([join(dataDir, "broken.json")]);
    expect(code).toBe(1);
    expect(stderr).toContain("JSON");
  });

  test("prints the JSON Schema of the file", async () => {
    const { code, stdout } = await importing(["--schema"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: "object", required: ["account"] });
  });
});

describe("a newer release of the tz database", () => {
  const env = () => ({ DATABASE_URL: database.url, DATA_DIR: dataDir });
  const directoryOf = async (name: string, winnipeg: Buffer) => {
    const directory = join(dataDir, name);
    await mkdir(join(directory, "America"), { recursive: true });
    await writeFile(join(directory, "tzdata.zi"), "# version 2099e\n");
    await writeFile(join(directory, "America", "Winnipeg"), winnipeg);
    return directory;
  };

  test("is used from TZ_DATABASE, and npm run zones shows what it moves", { timeout: 60_000 }, async () => {
    const directory = await directoryOf("zones", compileZone(WINNIPEG));
    const port = await freePort();
    const token = await issueToken(database.connections.db, "fernhollow-robotics", { scopes: [] });
    const client = new Client(`http://127.0.0.1:${port}`, token);
    const create = async (more: Record<string, string>, start: string) => {
      const gateway = runGateway([], { ...env(), PORT: String(port), ROLE: "gateway", ...more });
      await gateway.logged("started");
      const mutation = DEMO_MUTATION.replace("Europe/Madrid", "america/winnipeg").replace("2030-01-07T10:00", start);
      const { createInterview } = await client.data(mutation);
      gateway.child.kill("SIGTERM");
      expect(await gateway.exit()).toBe(0);
      const { interview } = createInterview;
      const log = gateway
        .output()
        .stderr.split("\n")
        .filter((line) => line.includes("time zones: "));
      return { id: interview.id, log };
    };
    const before = await create({}, "2098-01-20T09:00");
    const after = await create({ TZ_DATABASE: directory }, "2098-01-21T09:00");
    expect(before.log).toEqual([
      expect.stringContaining(`time zones: release ${process.versions["tz"]} of the tz database`),
    ]);
    expect(after.log).toEqual([
      expect.stringContaining(`"msg":"time zones: release 2099e of the tz database, from ${directory}"`),
      expect.stringContaining(
        `"msg":"time zones: this process uses release 2099e, the one that started before it used ${process.versions["tz"]}; ` +
          'npm run zones shows which interviews that moves, and all processes should use the same"',
      ),
    ]);

    const zones = runGateway(["zones", directory], env());
    expect(await zones.exit()).toBe(0);
    const [, line, sum] = zones.output().stdout.split("\n");
    expect(line).toBe(
      `${before.id} fernhollow-robotics America/Winnipeg 2098-01-20T09:00:00 is 2098-01-20T15:00:00.000Z by ` +
        `${process.versions["tz"]}, 2098-01-20T14:00:00.000Z by 2099e`,
    );
    expect(sum).toBe(
      "By release 2099e, 1 interview that lies ahead begins at another instant than stored. Nothing was changed.",
    );
  });

  test("that is damaged ends the start with one sentence and 1", async () => {
    const directory = await directoryOf("damaged", compileZone(WINNIPEG).subarray(0, 100));
    const gateway = runGateway([], { ...env(), TZ_DATABASE: directory });
    expect(await gateway.exit()).toBe(1);
    expect(gateway.output().stderr).toBe(
      `The time zones cannot be used: ${directory}/America/Winnipeg ends too early.\n`,
    );
  });
});

test("npm run token makes a token with its scopes, and ends it", { timeout: 60_000 }, async () => {
  const port = await freePort();
  const env = { DATABASE_URL: database.url, DATA_DIR: dataDir, PORT: String(port) };
  const run = async (...args: string[]) => {
    const command = runGateway(["token", ...args], env);
    return { code: await command.exit(), ...command.output() };
  };
  const { stdout } = await run("pelagia-maps", "directory:read");
  const gateway = runGateway([], { ...env, ROLE: "gateway" });
  await gateway.logged("started");
  const client = new Client(`http://127.0.0.1:${port}`, stdout.trim());
  expect(await client.data("{ viewer { scopes account { name } } }")).toMatchObject({
    viewer: { scopes: ["directory:read"] },
  });
  expect(await run("--revoke", stdout.trim())).toMatchObject({ code: 0 });
  expect((await client.send("{ viewer { scopes } }")).errors).toMatchObject([
    { extensions: { code: "UNAUTHENTICATED" } },
  ]);
  gateway.child.kill("SIGTERM");
  expect(await gateway.exit()).toBe(0);

  expect(await run("--revoke", stdout.trim())).toMatchObject({ code: 1, stderr: "There is no such token in use.\n" });
  expect(await run("nobody")).toMatchObject({
    code: 1,
    stderr: "There is no account nobody. Import its directory first.\n",
  });
  expect((await run("pelagia-maps", "everything")).stderr).toContain("There is no scope everything.");
});
