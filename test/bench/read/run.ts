import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { headersOf, QUESTIONS, SERVERS } from "./question.ts";
import type { Question, Server } from "./question.ts";
import { compareCreate } from "./create.ts";
import { load, median, openStage, startServer } from "./stage.ts";
import type { RunningServer } from "./stage.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "4" },
    connections: { type: "string", default: "10" },
    /** Keeps the seeded database here and uses it again. */
    database: { type: "string" },
    /** Only the questions whose name contains this. */
    only: { type: "string", default: "" },
    /** Only these servers, by comma. */
    servers: { type: "string", default: SERVERS.join(",") },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const servers = values.servers.split(",") as Server[];
const questions = QUESTIONS.filter(({ name }) => name.includes(values.only));

/** What one server did in one round. */
interface Sample {
  perSecond: number;
  /** CPU time of the server's process for each request, in ms; NaN where the system does not tell. */
  cpu: number;
}

const stage = await openStage(values.database);
const running = new Map<Server, RunningServer>();
try {
  for (const server of servers) running.set(server, await startServer(server, stage));
  for (const question of questions) await assertEqualAnswers(question);
  print(
    `Median requests per second of ${rounds} interleaved rounds of ${values.seconds} s, as a ratio of this gateway's to the rival's.`,
  );
  print(`In brackets the least and the greatest ratio of one round. CPU: of the server's process, per request.\n`);
  for (const question of questions) printTable(question, await measure(question));
  if ("createInterview".includes(values.only))
    print(await compareCreate(stage, urlOf("gateway"), { rounds, seconds, connections }));
} finally {
  for (const server of running.values()) await server.stop();
  await stage.stop();
}

async function assertEqualAnswers(question: Question): Promise<void> {
  const answers = await Promise.all(servers.map(async (server) => question.read(await ask(question, server), server)));
  for (const [index, answer] of answers.entries()) {
    deepStrictEqual(answer, answers[0], `${servers[index]} answers ${question.name} otherwise than ${servers[0]}.`);
  }
}

async function ask(question: Question, server: Server): Promise<any> {
  const response = await fetch(urlOf(server), {
    method: "POST",
    headers: headersOf(server),
    body: question.body(server),
  });
  const { data, errors } = (await response.json()) as any;
  if (errors || !data) throw new Error(`${server} cannot answer ${question.name}: ${JSON.stringify(errors)}`);
  return data;
}

async function measure(question: Question): Promise<Map<Server, Sample[]>> {
  const samples = new Map<Server, Sample[]>(servers.map((server) => [server, []]));
  for (const server of servers) await sample(question, server);
  for (let round = 0; round < rounds; round += 1) {
    for (const server of servers) samples.get(server)?.push(await sample(question, server));
  }
  return samples;
}

async function sample(question: Question, server: Server): Promise<Sample> {
  const { pid } = runningServer(server);
  const before = cpuOf(pid);
  const { requests, perSecond } = await load({
    url: urlOf(server),
    headers: headersOf(server),
    body: question.body(server),
    seconds,
    connections,
  });
  return { perSecond, cpu: (cpuOf(pid) - before) / requests };
}

/** Milliseconds of CPU that a process has used; NaN where there is no /proc. */
function cpuOf(pid: number): number {
  try {
    const [user = "", system = ""] =
      readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ").slice(11, 13) ?? [];
    return (Number(user) + Number(system)) * 10;
  } catch {
    return Number.NaN;
  }
}

function printTable({ name }: Question, samples: Map<Server, Sample[]>): void {
  const [own = "gateway", ...rivals] = servers;
  const ours = samples.get(own) ?? [];
  print(`| ${name} | requests/s, ${own} to it | CPU/request, ${own} to it | (requests/s) | (CPU ms) |`);
  print("| --- | --- | ---: | ---: | ---: |");
  for (const server of [own, ...rivals]) {
    const theirs = samples.get(server) ?? [];
    const ratios = ours.map(({ perSecond }, round) => perSecond / (theirs[round]?.perSecond ?? Number.NaN));
    const cpu = (of: Sample[]) => median(of.map((one) => one.cpu));
    const rate = `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`;
    const perSecond = median(theirs.map((one) => one.perSecond)).toFixed(0);
    print(
      `| ${server} | ${rate} | ${(cpu(ours) / cpu(theirs)).toFixed(2)} | ${perSecond} | ${cpu(theirs).toFixed(2)} |`,
    );
  }
  print("");
}

function runningServer(server: Server): RunningServer {
  const found = running.get(server);
  if (!found) throw new Error(`${server} is not running.`);
  return found;
}

function urlOf(server: Server): string {
  return runningServer(server).url;
}

function print(line: string): void {
  console.log(line);
}
