import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { issueToken } from "../../src/account/issue.ts";
import { migrateApp } from "../../src/app.ts";
import { connect } from "../../src/db/client.ts";
import { importDirectory } from "../../src/import/upsert.ts";
import { Client } from "../support/client.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { sampleDirectory } from "../support/directory.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { PGBOUNCER, pgbouncerVersion, startPooler } from "../support/pooler.ts";
import type { Pooler } from "../support/pooler.ts";
import { freePort, runGateway } from "../support/process.ts";

const PROVISIONED = "subscription { interviewProvisioned { failure { code } interview { provisioning { state } } } }";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function pool(settings: Record<string, string | number>): Promise<Pooler> {
  const pooler = await startPooler(database.url, settings);
  onTestFinished(() => pooler.stop());
  return pooler;
}

const refusal = (url: string, directUrl?: string): Promise<unknown> =>
  migrateApp(url, { directUrl }).then(
    () => "not refused",
    (error: unknown) => (error instanceof Error ? error.message : error),
  );

describe.skipIf(!PGBOUNCER)("a pooler", () => {
  const IGNORING = { ignore_startup_parameters: "statement_timeout,idle_in_transaction_session_timeout" };

  test.each([
    ["transaction", {}],
    ["transaction", IGNORING],
    ["session", {}],
    ["session", IGNORING],
  ])("in %s mode alone is refused, %j", async (pool_mode, settings) => {
    const { url } = await pool({ pool_mode, ...settings });
    expect(await refusal(url)).toMatch(
      /^DATABASE_URL \(127\.0\.0\.1:\d+\/\w+\) goes through a pooler that does not keep sessions\. Set DATABASE_DIRECT_URL to the address of the server itself, which migrations and LISTEN need beside it\.$/,
    );
    expect(await refusal(database.url, url)).toMatch(
      /^DATABASE_DIRECT_URL \(127\.0\.0\.1:\d+\/\w+\) goes through a pooler that does not keep sessions\. Set it to the server itself\.$/,
    );
  });

  test("that does not know prepared statements is refused", async () => {
    const { url } = await pool({
      pool_mode: "transaction",
      ...(pgbouncerVersion >= 1.21 && { max_prepared_statements: 0 }),
    });
    expect(await refusal(url, database.url)).toMatch(
      /^The pooler at 127\.0\.0\.1:\d+\/\w+ does not know prepared statements, and answers would go to the wrong requests\. Use PgBouncer 1\.21 or newer with max_prepared_statements set, or set DATABASE_URL to the server itself\.$/,
    );
  });
});

test("two addresses that lead to different databases are refused", async () => {
  const other = await createTestDatabase();
  await other.connections.raw`update installations set epoch = gen_random_uuid()`;
  expect(await refusal(database.url, other.url)).toMatch(
    /^DATABASE_URL \(\S+\) and DATABASE_DIRECT_URL \(\S+\) lead to different databases\.$/,
  );
  await other.drop();
});

describe.skipIf(pgbouncerVersion < 1.21)("through PgBouncer in transaction mode", () => {
  const settings = { pool_mode: "transaction", max_prepared_statements: 200, default_pool_size: 5 };

  test("each transaction carries its limits, and leaves none on the server's connection", async () => {
    const { url } = await pool({ ...settings, default_pool_size: 1 });
    const { db, raw, close } = connect({ url, directUrl: database.url, statementTimeoutMs: 5_000 });
    const limits =
      "select current_setting('statement_timeout') as one, current_setting('idle_in_transaction_session_timeout') as two";
    const inside = await db.transaction((tx) => tx.execute<{ one: string; two: string }>(limits));
    expect([...inside]).toEqual([{ one: "5s", two: "30s" }]);
    const snapshot = { isolationLevel: "repeatable read", accessMode: "read only" } as const;
    const reading = await db.transaction((tx) => tx.execute(limits), snapshot);
    expect([...reading]).toEqual([{ one: "5s", two: "30s" }]);
    expect([...(await raw.unsafe(limits))]).toEqual([{ one: "0", two: "0" }]);
    await close();
  });

  test("two gateways and a worker start at once and provision what is created", { timeout: 120_000 }, async () => {
    const pooler = await pool(settings);
    const dataDir = await mkdtemp(join(tmpdir(), "interview-gateway-pooled-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    await importDirectory(database.connections.db, sampleDirectory("sample"));
    const token = await issueToken(database.connections.db, "sample", { scopes: [] });
    const start = async (role: string) => {
      const port = await freePort();
      const urls = { DATABASE_URL: pooler.url, DATABASE_DIRECT_URL: database.url };
      const running = runGateway([], { ROLE: role, DATA_DIR: dataDir, PORT: String(port), ...urls });
      onTestFinished(() => void running.child.kill("SIGKILL"));
      await running.logged("started");
      return { ...running, client: new Client(`http://127.0.0.1:${port}`, token) };
    };
    const processes = await Promise.all(["gateway", "gateway", "worker"].map(start));
    const [one, two] = processes;
    const stream = await two?.client.subscribe(PROVISIONED);
    if (one) await createInterview(one.client, adHoc());
    expect(await stream?.next()).toEqual({
      data: {
        interviewProvisioned: { failure: null, interview: { provisioning: { state: "PROVISIONED" } } },
      },
    });
    await stream?.close();
    for (const { child, exit } of processes) {
      child.kill("SIGTERM");
      expect(await exit()).toBe(0);
    }
  });
});
