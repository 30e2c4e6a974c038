import { expect, test } from "vitest";
import { DEMO_MUTATION } from "../../src/demo/banner.ts";
import { issueToken } from "../../src/account/issue.ts";
import { loadDemo } from "../../src/demo/load.ts";
import { Client } from "../support/client.ts";
import { createTestDatabase } from "../support/database.ts";
import { freePort, runGateway } from "../support/process.ts";

test("a process that is killed between commit and answer has done it once", { timeout: 120_000 }, async () => {
  const database = await createTestDatabase();
  await loadDemo(database.connections.db);
  const port = await freePort();
  const env = { DATABASE_URL: database.url, PORT: String(port), ROLE: "gateway" };
  const token = await issueToken(database.connections.db, "fernhollow-robotics", { scopes: [] });
  const client = new Client(`http://127.0.0.1:${port}`, token);
  const query = DEMO_MUTATION.replace('timezone: "', 'idempotencyKey: "survives-a-kill" timezone: "').replace(
    "interview { id",
    "replayed interview { id",
  );

  const first = runGateway([], env);
  await first.logged("started");
  const committed = new Promise<void>(
    (resolve) => void database.connections.raw.listen("interview_gateway_committed", () => resolve()),
  );
  const lost = client.post(JSON.stringify({ query })).catch(() => "lost");
  await committed;
  first.child.kill("SIGKILL");
  await first.exit();
  await lost;

  const second = runGateway([], env);
  await second.logged("started");
  const { createInterview } = await client.data(query);
  const stored = await database.connections.raw`select id from interviews`;
  expect(stored).toHaveLength(1);
  expect(createInterview).toMatchObject({ replayed: true });
  second.child.kill("SIGTERM");
  expect(await second.exit()).toBe(0);
  await database.drop();
});
