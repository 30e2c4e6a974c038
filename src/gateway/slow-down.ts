import { setTimeout as delay } from "node:timers/promises";

const DELAY_MS = 250;
/** What waits keeps its request in memory. */
const MAX_WAITING = 200;

let waiting = 0;

/** Lets a refusal wait, so that a client that asks again at once does not take the time of the others. */
export async function slowDown(): Promise<void> {
  if (waiting >= MAX_WAITING) return;
  waiting += 1;
  await delay(DELAY_MS);
  waiting -= 1;
}
