import { parseArgs } from "node:util";
import { startStage } from "./stage.ts";
import type { Stage } from "./stage.ts";

const WARM_UP = 5;

/** From the commit, or from the begin of the raw broadcast, to sockets; in nanoseconds. */
export interface Timing {
  first: number;
  median: number;
  last: number;
}

const { values } = parseArgs({
  options: {
    sockets: { type: "string", default: "1,100,1000,5000" },
    rounds: { type: "string", default: "30" },
    replay: { type: "string", default: "10000" },
  },
});
const rounds = Number(values.rounds);

const stage = await startStage();
try {
  console.log(`Medians of ${rounds} rounds, as ratios to a raw ws broadcast of the same bytes to as many sockets.`);
  console.log("| sockets | first, alike | last, alike | last, all different |");
  console.log("| ---: | ---: | ---: | ---: |");
  for (const sockets of values.sockets.split(",").map(Number)) {
    const alike = await compare(stage, { sockets, distinct: false });
    const different = await compare(stage, { sockets, distinct: true });
    const cells = [sockets, ratio(alike, "first"), ratio(alike, "last"), ratio(different, "last")];
    console.log(`| ${cells.join(" | ")} |`);
  }
  await compareReplays(stage, Number(values.replay));
} finally {
  await stage.close();
}

interface Comparison {
  ours: Timing[];
  raw: Timing[];
}

/** Interleaves events and raw broadcasts, each to a crowd of its own. */
async function compare(on: Stage, crowd: { sockets: number; distinct: boolean }): Promise<Comparison> {
  const close = await on.open(crowd);
  const result: Comparison = { ours: [], raw: [] };
  for (let round = -WARM_UP; round < rounds; round += 1) {
    const [ours, raw] = [await on.event(), await on.broadcast()];
    if (round < 0) continue;
    result.ours.push(ours);
    result.raw.push(raw);
  }
  await close();
  return result;
}

function ratio({ ours, raw }: Comparison, key: keyof Timing): string {
  return (median(ours.map((timing) => timing[key])) / median(raw.map((timing) => timing[key]))).toFixed(2);
}

/** The plain way, by graphql-js and one event at a time, against batches; in turn, since the machine may be busy. */
async function compareReplays(on: Stage, count: number): Promise<void> {
  if (count === 0) return;
  console.log(`\n${count} missed events to one subscriber, in events a second.`);
  console.log("| subscriber | singly, by graphql-js | singly, planned | in batches, planned | ratio to the first |");
  console.log("| --- | ---: | ---: | ---: | ---: |");
  const replay = await on.replay(count);
  for (const person of [false, true]) {
    const [plain, singly, batched] = [[], [], []] as [number[], number[], number[]];
    for (let round = 0; round < 3; round += 1) {
      batched.push(await replay.run({ maxBatch: 50, person }));
      plain.push(await replay.run({ maxBatch: 1, person, planned: false }));
      singly.push(await replay.run({ maxBatch: 1, person }));
    }
    const rate = (times: number[]) => Math.round((count * 1_000) / median(times));
    const cells = [person ? "a person" : "a token", rate(plain), rate(singly), rate(batched)];
    console.log(`| ${cells.join(" | ")} | ${(median(plain) / median(batched)).toFixed(1)} |`);
  }
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
