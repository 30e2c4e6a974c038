import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openApp } from "../../src/app.ts";
import { REASONS } from "../../src/availability/blocks.ts";
import { DEMO_TOKEN } from "../../src/demo/load.ts";
import { createLog } from "../../src/operation/log.ts";
import { buildServer } from "../../src/server.ts";
import { buildWorker } from "../../src/worker.ts";
import { operationsIn } from "../readme/commands.ts";
import { Client } from "../support/client.ts";
import { createTestDatabase } from "../support/database.ts";
import { WIDE } from "../support/limits.ts";

const operation = (name: string): string =>
  operationsIn("src/availability/README.md").find((text) => text.includes(` ${name} `) || text.includes(` ${name}(`)) ??
  "";

test("in the demo a time is found, booked and followed, and a search shows every reason", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "interview-gateway-availability-"));
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
  const find = async (name: string) => {
    const { computeAvailability } = await client.data(operation(name));
    const searchId = computeAvailability.search.id;
    const computed = await client.subscribe(operation("Found"), { searchId });
    const { data } = await computed.next();
    await computed.close();
    return { searchId, found: data?.["availabilityComputed"] };
  };

  const { found } = await find("Find");
  expect(found.status).toBe("SUCCEEDED");
  const [slot] = found.slots.nodes;
  const { createInterview } = await client.data(operation("Book"), { startTime: slot.startTime });
  expect(createInterview).toMatchObject({ interview: { startTime: slot.startTime }, warnings: [] });
  const followed = await client.subscribe(operation("Follow"), { asOfCursor: found.asOfCursor });
  expect((await followed.next()).data?.["interviewProvisioned"]).toMatchObject({
    interview: { id: createInterview.interview.id, startTime: slot.startTime },
    failure: null,
  });
  await followed.close();
  const { conflicts } = (await client.data(operation("Book"), { startTime: slot.startTime }))["createInterview"];
  expect(conflicts).toHaveLength(2);

  const { searchId, found: nothing } = await find("Why");
  expect(nothing.slots.nodes).toEqual([]);
  const { availabilitySearch } = await client.data(operation("Reasons"), { searchId });
  const reasons = availabilitySearch.summary.reasons.map(({ reason }: any) => reason);
  expect(reasons.toSorted()).toEqual(REASONS.toSorted());
  const shown = availabilitySearch.people.flatMap(({ blocks }: any) => blocks.map(({ reason }: any) => reason));
  expect(new Set(shown)).toEqual(new Set(REASONS));

  const { computeLoopAvailability } = await client.data(operation("FindLoop"));
  const loop = await client.subscribe(operation("FoundLoop"), { searchId: computeLoopAvailability.search.id });
  const { loopAvailabilityComputed } = (await loop.next()).data ?? {};
  await loop.close();
  expect(loopAvailabilityComputed).toMatchObject({ status: "SUCCEEDED", result: { complete: true, obstacle: null } });
  const [best] = loopAvailabilityComputed.result.sequences;
  expect(best.legs.map(({ leg }: any) => leg).toSorted()).toEqual([0, 1, 2]);
  expect(best.legs.map(({ interviewers }: any) => interviewers.length).toSorted()).toEqual([1, 1, 2]);

  worker.stop();
  await server.stop();
  await app.close();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});
