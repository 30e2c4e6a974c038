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

/** What a newcomer replaces with the id that Create returned. */
const PLACEHOLDER = "PASTE THE ID";

/** The README's operations by name. */
const operations = new Map(
  operationsIn("README.md").flatMap((text) =>
    parse(text).definitions.flatMap((node) =>
      node.kind === Kind.OPERATION_DEFINITION ? [[node.name?.value ?? "", text] as const] : [],
    ),
  ),
);

test("a newcomer who sends the README's operations in order sees each of them succeed", async () => {
  expect([...operations.keys()]).toEqual(["Watch", "Create", "Move", "Cancel"]);
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
  let id = "";
  const send = (name: string) => client.data((operations.get(name) ?? "").replaceAll(PLACEHOLDER, id));
  const stream = await client.subscribe(operations.get("Watch") ?? "");
  const provisioned = async () => (await stream.next()).data?.["interviewProvisioned"];

  const { createInterview } = await send("Create");
  expect(createInterview.interview.name).toBe("Show us your work");
  id = createInterview.interview.id;
  const { interview } = await provisioned();
  expect(interview.conferenceUrl).toMatch(/\/sandbox\/conferences\//);

  const { updateInterview } = await send("Move");
  expect(updateInterview.interview.startTime).toBe("2030-01-08T14:00:00.000Z");
  expect(updateInterview.changedFields).toEqual(["START", "END"]);
  expect(updateInterview.notices.map(({ method }: { method: string }) => method)).toContain("REQUEST");
  expect(await provisioned()).toMatchObject({ failure: null, interview });

  const { cancelInterview } = await send("Cancel");
  expect(cancelInterview).toEqual({ interview: { status: "CANCELLED" } });

  await stream.close();
  worker.stop();
  await server.stop();
  await app.close();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});
