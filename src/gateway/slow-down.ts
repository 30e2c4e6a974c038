import { setTimeout as delay } from "node:timers/promises";

const DELAY_MS = 250;
/** A waiting refusal holds its request in memory. */
const MAX_WAITING = 200;

let waiting = 0;

/** Delays a refusal, so that a client that retries at once does not take the time of others. */
export async function slowDown(): Promise<void> {
  if (waiting >= MAX_WAITING) return;
  waiting += 1;
  await delay(DELAY_MS);
  waiting -= 1;
}
