import { afterAll, expect, vi } from "vitest";
import { killLeftovers } from "./process.ts";

/** Servers that listen and processes that run, by Node's names for them. */
const RUNNING = ["TCPServerWrap", "ProcessWrap"];
const leftRunning = () => process.getActiveResourcesInfo().filter((name) => RUNNING.includes(name));

// The last hook of every file: what one leaves running would disturb the next in the same worker.
afterAll(async () => {
  expect(await killLeftovers(), "processes that the file has started and not ended").toEqual([]);
  await vi.waitFor(() => expect(leftRunning(), "servers and processes that the file has left running").toEqual([]));
});
