import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kind, parse } from "graphql";
import { expect, test } from "vitest";
import { openApp } from "../../src/app.ts";
import { DEMO_TOKEN } from "../../src/demo/load.ts";
import { createLog } from "../../src/operation/log.ts";
import { buildServer } from "../../src/server.ts";
import { buildWorker } from "../../src/worker.ts";
import { Client } from "../support/client.ts";
import { createTestDatabase } from "../support/database.ts";
import { WIDE } from "../support/limits.ts";
import { operationsIn } from "./commands.ts";

const typeOf = (text: string) =>
  parse(text).definitions.flatMap((node) => (node.kind === Kind.OPERATION_DEFINITION ? node.operation : []))[0];

test("the operations that the README lets a newcomer send succeed in the demo, and what is watched is seen", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "interview-gateway-readme-"));
  const database = await createTestDatabase();
  const app = await openApp({
    ...WIDE,
    databaseUrl: database.url,
    dataDir,
    publicUrl: "http://gateway.test",
    worker: true,
    demo: true,
    eventRetentionMs: 1_000_000,
    log: createLog("silent", { write: () => {} }),
  });
  const server = buildServer(app);
  const worker = buildWorker(app);
  await worker.start();
  const { port } = await server.start(0, "127.0.0.1");
  const client = new Client(`http://127.0.0.1:${port}`, DEMO_TOKEN);

  const operations = operationsIn("README.md");
  const watched = operations.filter((text) => typeOf(text) === "subscription");
  const sent = operations.filter((text) => typeOf(text) !== "subscription");
  expect(watched).not.toEqual([]);
  expect(sent).not.toEqual([]);
  const streams = await Promise.all(watched.map((text) => client.subscribe(text)));
  for (const text of sent) {
    const { createInterview } = await client.data(text);
    expect(createInterview.interview.name).toBe("Show us your work");
  }
  for (const stream of streams) {
    const { data } = await stream.next();
    expect(data?.["interviewProvisioned"].interview.conferenceUrl).toMatch(/\/sandbox\/conferences\//);
    await stream.close();
  }

  worker.stop();
  await server.stop();
  await app.close();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});
