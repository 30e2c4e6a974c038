import { pino } from "pino";
import { openApp } from "../../src/app.ts";
import type { App, AppOptions } from "../../src/app.ts";
import { createLog } from "../../src/operation/log.ts";
import { WIDE } from "./limits.ts";

/** Opens the application beside the gateway's process that a benchmark measures: it loads the demo, makes tokens and commits. */
export function openBenchApp(databaseUrl: string, dataDir: string, onQuery?: AppOptions["onQuery"]): Promise<App> {
  return openApp({
    databaseUrl,
    dataDir,
    publicUrl: "http://gateway.test",
    worker: false,
    demo: true,
    eventRetentionMs: 24 * 60 * 60 * 1000,
    ...WIDE,
    log: createLog("silent", pino.destination(2)),
    ...(onQuery && { onQuery }),
  });
}
