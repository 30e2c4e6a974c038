import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp } from "../../src/app.ts";
import { DEMO_TOKEN } from "../../src/demo/load.ts";
import { createLog } from "../../src/operation/log.ts";
import { buildServer } from "../../src/server.ts";
import { buildWorker } from "../../src/worker.ts";
import { Client } from "./client.ts";
import { createTestDatabase } from "./database.ts";
import { WIDE } from "./limits.ts";

export interface DemoApp {
  client: Client;
  stop: () => Promise<void>;
}

/** Gateway and worker with the demo account, as a newcomer starts them. */
export async function startDemoApp(): Promise<DemoApp> {
  const dataDir = await mkdtemp(join(tmpdir(), "interview-gateway-demo-"));
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
  const stop = async () => {
    worker.stop();
    await server.stop();
    await app.close();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { client: new Client(`http://127.0.0.1:${port}`, DEMO_TOKEN), stop };
}
