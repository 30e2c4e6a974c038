import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { DEMO_MUTATION } from "../../src/demo/banner.ts";
import { DEMO_TOKEN } from "../../src/demo/load.ts";
import { Client } from "../support/client.ts";
import { freePort, runGateway } from "../support/process.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "interview-gateway-owner-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 }));

/** A gateway with the embedded database, on a port of its own. */
async function start(env: Record<string, string> = {}) {
  const port = await freePort();
  const running = runGateway([], { DATA_DIR: dataDir, PORT: String(port), ...env });
  onTestFinished(() => void running.child.kill("SIGKILL"));
  return { ...running, client: new Client(`http://127.0.0.1:${port}`, DEMO_TOKEN), port };
}

const command = async (...args: string[]) => {
  const run = runGateway(args, { DATA_DIR: dataDir });
  return { code: await run.exit(), ...run.output() };
};

const postmaster = (): number => Number.parseInt(readFileSync(join(dataDir, "postgres", "postmaster.pid"), "utf8"), 10);

/** The postmaster and its children. */
const processes = (): number[] => {
  const children = execFileSync("ps", ["-o", "pid=", "--ppid", String(postmaster())], { encoding: "utf8" });
  return [postmaster(), ...children.trim().split(/\s+/).map(Number)];
};

const create = (day: number) => DEMO_MUTATION.replace("2030-01-07", `2030-01-${String(day).padStart(2, "0")}`);

async function untilProvisioned(client: Client, count: number): Promise<void> {
  const states = async () => {
    const { data } = await client.send("{ interviews { nodes { provisioning { state } } } }");
    return data?.["interviews"].nodes.map((node: { provisioning: { state: string } }) => node.provisioning.state);
  };
  const all = Array.from({ length: count }, () => "PROVISIONED");
  await expect.poll(() => states().catch(String), { timeout: 60_000, interval: 100 }).toEqual(all);
}

test("a killed PostgreSQL is started again, and created interviews go on", { timeout: 120_000 }, async () => {
  const gateway = await start();
  await gateway.logged("started");
  expect((await gateway.client.data(create(7))).createInterview.interview.id).toEqual(expect.any(String));
  process.kill(postmaster(), "SIGKILL");
  await gateway.logged("the embedded PostgreSQL is gone");
  await gateway.logged("the embedded PostgreSQL runs again");
  await untilProvisioned(gateway.client, 1);
  await gateway.client.data(create(8));
  await untilProvisioned(gateway.client, 2);
  gateway.child.kill("SIGTERM");
  expect(await gateway.exit()).toBe(0);
});

test("a stopped PostgreSQL goes on where it was", { timeout: 120_000 }, async () => {
  const gateway = await start();
  await gateway.logged("started");
  const stopped = processes();
  for (const pid of stopped) process.kill(pid, "SIGSTOP");
  const ready = () => fetch(`http://127.0.0.1:${gateway.port}/health/ready`).then(({ status }) => status);
  expect(await ready()).toBe(503);
  const created = gateway.client.data(create(7));
  for (const pid of stopped) process.kill(pid, "SIGCONT");
  expect((await created).createInterview.interview.id).toEqual(expect.any(String));
  await expect.poll(ready, { timeout: 20_000 }).toBe(200);
  await untilProvisioned(gateway.client, 1);
  expect(postmaster()).toBe(stopped[0]);
  gateway.child.kill("SIGTERM");
  expect(await gateway.exit()).toBe(0);
});

test(
  "a second process is refused, commands are not, and a restart waits for its turn",
  { timeout: 180_000 },
  async () => {
    const first = await start({ SHUTDOWN_GRACE_MS: "2000" });
    await first.logged("started");

    const second = await start();
    expect(await second.exit()).toBe(1);
    expect(second.output()).toEqual({
      stdout: "",
      stderr:
        `Another process (${first.child.pid}) runs on ${dataDir}: stop it, set DATA_DIR to another directory, ` +
        "or let both share a PostgreSQL by DATABASE_URL.\n",
    });

    const issued = await command("token", "pelagia-maps");
    expect(issued).toMatchObject({ code: 0, stderr: `Uses the PostgreSQL of the process that runs on ${dataDir}.\n` });
    const other = new Client(`http://127.0.0.1:${first.port}`, issued.stdout.trim());
    expect(await other.data("{ viewer { account { name } } }")).toEqual({
      viewer: { account: { name: "Pelagia Maps" } },
    });

    await first.client.data(create(7));
    first.child.kill("SIGTERM");
    await first.logged("draining");
    const next = await start();
    expect(await first.exit()).toBe(0);
    await next.logged("started");
    await untilProvisioned(next.client, 1);
    next.child.kill("SIGTERM");
    expect(await next.exit()).toBe(0);

    expect(await command("token", "pelagia-maps")).toMatchObject({ code: 0, stderr: "" });
  },
);
