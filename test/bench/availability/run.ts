import { deepStrictEqual, strictEqual } from "node:assert";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openStage } from "./gateway.ts";
import type { MeasuredGateway, Stage } from "./gateway.ts";
import { median, spread, warmCpuOf, warmUp } from "./measure.ts";
import { questionOf, userId } from "./question.ts";
import type { Question } from "./question.ts";
import { MONTH, prepare, WAYS } from "./ways.ts";
import type { OwnTask, Task } from "./ways.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" } } });
const rounds = Number(values.rounds);
/** Requests of a round; those of the first round only warm the gateway up. */
const REQUESTS = 40;

const FIELDS = `status summary { candidateStarts freeStarts unknownStarts reasons { reason starts } }
  slots(first: 20) { nodes { startTime endTime localStartTime interviewers { name } } }
  people { user { name } calendar freeStarts soleObstacleOf`;
const searchFor = (fields: string) =>
  `mutation ($input: ComputeAvailabilityInput!) { computeAvailability(input: $input) {
    ... on ComputeAvailabilitySuccess { search { ${fields} } } ... on ValidationFailed { findings { code } } } }`;
const SEARCH = searchFor(`${FIELDS} }`);
const SEARCH_WITH_BLOCKS = searchFor(`${FIELDS} blocks { startTime endTime reason } }`);
const VIEWER = "{ viewer { scopes } }";
const INPUT = {
  kind: "ONE_ON_ONE",
  organizerId: MONTH.people.map(userId).at(-1),
  interviewerIds: MONTH.people.map(userId).slice(0, -1),
  durationMinutes: MONTH.lengthMinutes,
  timezone: "Europe/Berlin",
  from: new Date(MONTH.window.start).toISOString(),
  to: new Date(MONTH.window.end).toISOString(),
};
const expected = prepare("search", MONTH)();

print("Milliseconds of CPU of the process, on this machine now: the median, and all but a tenth at either end.");
print(`First: the first call in each of ${rounds} new processes, the first request of each of ${rounds} gateways.`);
print("A request is all that the gateway does for it: HTTP, token, parse, validate, statements, compute, serialise.\n");
print("| 11 people, 30 days | first | warm |");
print("| --- | ---: | ---: |");
await printComputation("computed alone: blocks, slots, summary, people", "search");
await printComputation("a loop of 6 legs in any order", "loop");
await printComputation("the same with pools of ten, around the clock, half of them unknown", "worst-loop");
const stage = await openStage();
try {
  await printRequests(stage, "request for slots, summary, people", SEARCH);
  await printRequests(stage, "the same with everybody's blocks", SEARCH_WITH_BLOCKS);
  await printRequests(stage, `for comparison, a request for \`${VIEWER}\``, VIEWER);
  await stage.remember();
  const tables = await stage.tablesOf((client) => client.data(SEARCH, { input: INPUT }));
  print(`\nThe statements of a request, by their first table: ${tables.join(", ")}.`);
} finally {
  await stage.close();
}
print(
  "\nWho is free when: warm CPU as ratios to the gateway's, which tells reasons as well. All give the same answer.",
);
print("Growth: the gateway's CPU as a multiple of its own for 1 person and 7 days.\n");
print(`| people | days | free starts | ${WAYS.slice(1).join(" | ")} | growth | (gateway, ms) |`);
print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
printGrowth();
await printFirstOfAll();

async function printComputation(name: string, task: OwnTask): Promise<void> {
  const first = await firstCalls(task);
  const work = prepare(task, MONTH);
  warmUp(work);
  const warm = Array.from({ length: rounds * REQUESTS }, () => warmCpuOf(work));
  print(`| ${name} | ${spread(first)} | ${spread(warm)} |`);
}

async function printRequests(on: Stage, name: string, document: string): Promise<void> {
  const first: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await on.remember();
    const gateway = await on.start();
    first.push(await request(gateway, document));
    await gateway.stop();
  }
  const gateway = await on.start();
  const warm: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    await on.remember();
    for (let count = 0; count < REQUESTS; count += 1) {
      const cpu = await request(gateway, document);
      if (round > 0) warm.push(cpu);
    }
  }
  await gateway.stop();
  print(`| ${name} | ${spread(first)} | ${spread(warm)} |`);
}

async function request({ client, cpu }: MeasuredGateway, document: string): Promise<number> {
  const before = await cpu();
  const { computeAvailability: result } = await client.data(document, document === VIEWER ? {} : { input: INPUT });
  const used = (await cpu()) - before;
  if (document === VIEWER) return used;
  strictEqual(result.search?.status, "SUCCEEDED", JSON.stringify(result));
  strictEqual(result.search.summary.freeStarts, expected, "A request finds other starts than the computation alone.");
  return used;
}

async function firstCalls(task: Task): Promise<number[]> {
  const cpus: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const child = fork(join(import.meta.dirname, "first.ts"), [task]);
    const closed = once(child, "close");
    const [cpu] = (await once(child, "message")) as [number];
    cpus.push(cpu);
    await closed;
  }
  return cpus;
}

function printGrowth(): void {
  let base = Number.NaN;
  for (const days of [7, 30]) {
    for (const people of [1, 10, 100]) {
      const { starts, cpus } = compare(questionOf({ people, days }));
      const [ours = Number.NaN, ...theirs] = cpus;
      if (Number.isNaN(base)) base = ours;
      const cells = [people, days, starts, ...theirs.map((cpu) => ratio(cpu, ours)), ratio(ours, base)];
      print(`| ${cells.join(" | ")} | ${ours.toFixed(2)} |`);
    }
  }
}

/** Medians of each way, called in turn. All must give the same answer before any is timed. */
function compare(question: Question): { starts: number; cpus: number[] } {
  const works = WAYS.map((way) => prepare(way, question));
  const [own = [], ...others] = works.map((work) => work());
  for (const [index, answer] of others.entries()) {
    deepStrictEqual(answer, own, `${WAYS[index + 1]} finds other starts than the gateway.`);
  }
  const samples = works.map((work) => ({ work, cpus: [] as number[] }));
  for (const { work } of samples) warmUp(work);
  for (let round = 0; round < rounds; round += 1) {
    for (const { work, cpus } of samples) cpus.push(warmCpuOf(work));
  }
  return { starts: own.length, cpus: samples.map(({ cpus }) => median(cpus)) };
}

async function printFirstOfAll(): Promise<void> {
  const cpus: number[] = [];
  for (const way of WAYS) cpus.push(median(await firstCalls(way)));
  const [ours = Number.NaN, ...theirs] = cpus;
  const ratios = theirs.map((cpu, index) => `${WAYS[index + 1]} ${ratio(cpu, ours)}`);
  print(`\nThe same in the first call of a process, 11 people and 30 days: ${ratios.join(", ")}.`);
}

function ratio(cpu: number, other: number): string {
  const times = cpu / other;
  return times.toFixed(times < 10 ? 1 : 0);
}

function print(line: string): void {
  console.log(line);
}
