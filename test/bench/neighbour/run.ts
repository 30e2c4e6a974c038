import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { issueToken } from "../../../src/account/issue.ts";
import { startEmbeddedPostgres } from "../../../src/db/embedded.ts";
import { openBenchApp } from "../../support/bench.ts";
import { freePort, runGateway } from "../../support/process.ts";
import { KINDS } from "./abuse.ts";
import type { Order } from "./abuse.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "3" },
    only: { type: "string", default: "" },
  },
});
const rounds = Number(values.rounds);
const windowMs = Number(values.seconds) * 1_000;

/** The neighbour asks so often, whether or not the last answer is there. */
const EVERY_MS = 25;
/** The abuse is under way for so long before the neighbour is measured. */
const LEAD_MS = 2_000;
/** On one machine the abuser would take the processor from the gateway, which a distant one does not. */
const LOW_PRIORITY = 15;
const QUERY = JSON.stringify({ query: "{ users(first: 20) { nodes { id name email } } }" });
const ABUSER = "fernhollow-robotics";
const NEIGHBOUR = "pelagia-maps";

interface Stage {
  port: number;
  abuser: string;
  neighbour: string;
  close(): Promise<void>;
}

async function openStage(): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), "interview-gateway-bench-"));
  const postgres = await startEmbeddedPostgres({ directory });
  const app = await openBenchApp(postgres.url, directory);
  const [abuser, neighbour] = [
    await issueToken(app.services.db, ABUSER, { scopes: [] }),
    await issueToken(app.services.db, NEIGHBOUR, { scopes: [] }),
  ];
  const port = await freePort();
  const gateway = runGateway([], {
    DATABASE_URL: postgres.url,
    DATA_DIR: directory,
    ROLE: "gateway",
    PORT: String(port),
    // The defaults, which tests widen.
    RATE_PER_TOKEN: "",
    RATE_PER_ACCOUNT: "",
  });
  await gateway.logged("started");
  return {
    port,
    abuser,
    neighbour,
    async close() {
      gateway.child.kill("SIGTERM");
      await gateway.exit();
      await app.close();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const agent = new Agent({ keepAlive: true });

/** How long the neighbour's query takes, in milliseconds. */
function ask({ port, neighbour }: Pick<Stage, "port" | "neighbour">): Promise<number> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${neighbour}` };
    const sent = request({ port, agent, path: "/graphql", method: "POST", headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`The neighbour was answered ${answer.statusCode}.`));
      answer.resume().once("end", () => resolve(performance.now() - begin));
    });
    // The gateway has closed a connection that was idle.
    sent.once("error", (error) => (sent.reusedSocket ? resolve(ask({ port, neighbour })) : reject(error)));
    sent.end(QUERY);
  });
}

async function measure(stage: Stage): Promise<number[]> {
  const asked: Promise<number>[] = [];
  const until = performance.now() + windowMs;
  while (performance.now() < until) {
    asked.push(ask(stage).catch(() => Number.POSITIVE_INFINITY));
    await delay(EVERY_MS);
  }
  return Promise.all(asked);
}

/** The neighbour while the abuse goes on. */
async function measureUnder(stage: Stage, kind: Order["kind"]): Promise<number[]> {
  const child = fork(join(import.meta.dirname, "abuse.ts"));
  setPriority(child.pid ?? 0, LOW_PRIORITY);
  child.send({ kind, port: stage.port, token: stage.abuser } satisfies Order);
  await once(child, "message");
  await delay(LEAD_MS);
  const times = await measure(stage);
  child.kill("SIGKILL");
  await once(child, "close");
  return times;
}

const quantile = (times: number[], share: number) =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN;

const stage = await openStage();
try {
  await measure(stage);
  console.log(
    `A neighbour's small query beside each abuse, as ratios to the same alone; ${rounds} interleaved rounds.`,
  );
  console.log("| abuse | p50 | p95 |");
  console.log("| --- | ---: | ---: |");
  for (const kind of KINDS.filter((name) => name.includes(values.only))) {
    const alone: number[] = [];
    const beside: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      alone.push(...(await measure(stage)));
      beside.push(...(await measureUnder(stage, kind)));
      await delay(LEAD_MS);
    }
    const ratio = (share: number) => (quantile(beside, share) / quantile(alone, share)).toFixed(2);
    console.log(`| ${kind} | ${ratio(0.5)} | ${ratio(0.95)} |`);
  }
} finally {
  agent.destroy();
  await stage.close();
}
