import { appendFile } from "node:fs/promises";

/** Whether the suite runs in full: set by `npm run test:reliability -- --full`. */
export const full = process.env["RELIABILITY_SIZE"] === "full";

/** A figure that depends on the size of the run. */
export const size = (small: number, large: number): number => (full ? large : small);

/** Generous: reached only when something never comes. */
export const timeout = size(300_000, 3_600_000);

/** A scenario's line in the summary of the run; a plain `npm test` writes none. */
export async function report(scenario: string, facts: Record<string, string | number>): Promise<void> {
  const file = process.env["RELIABILITY_REPORT"];
  if (file) await appendFile(file, `${JSON.stringify({ scenario, facts })}\n`);
}

/** Repeatable figures in [0, 1), so that a run that fails can be told from its seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
