import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { headersOf } from "./question.ts";
import { load, median } from "./stage.ts";
import type { Stage } from "./stage.ts";

interface Effort {
  rounds: number;
  seconds: number;
  connections: number;
}

/** createInterview over HTTP beside pgbench, which sends the same statements without a gateway; the packages bring none. */
export async function compareCreate(stage: Stage, url: string, effort: Effort): Promise<string> {
  const pgbench = findPgbench();
  if (!pgbench)
    return "createInterview was NOT compared: there is no pgbench on PATH. Install PostgreSQL's client programs.";
  const sql = postgres(stage.databaseUrl, { max: 1, onnotice: () => {} });
  const order = { url, headers: headersOf("gateway"), seconds: effort.seconds, connections: effort.connections };
  const ratios: number[] = [];
  for (let round = -1; round < effort.rounds; round += 1) {
    const before = await countEvents(sql);
    const ours = await load(order);
    const made = (await countEvents(sql)) - before;
    if (made < ours.requests * 0.99) throw new Error(`Of ${ours.requests} requests only ${made} made an interview.`);
    const theirs = await runPgbench(pgbench, stage, effort);
    if (round >= 0) ratios.push(ours.perSecond / theirs);
  }
  await sql.end();
  const span = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  return `createInterview, gateway to pgbench with the same statements: ${median(ratios).toFixed(2)} (${span})`;
}

async function countEvents(sql: postgres.Sql): Promise<number> {
  const [row] = await sql`select coalesce(sum(last_sequence), 0)::int as count from event_counters`;
  return Number(row?.["count"]);
}

/** Transactions per second. */
async function runPgbench(program: string, { databaseUrl }: Stage, { seconds, connections }: Effort): Promise<number> {
  const script = join(import.meta.dirname, "create.sql");
  const clients = String(connections);
  const options = [
    "--no-vacuum",
    "--protocol=prepared",
    `--client=${clients}`,
    `--time=${seconds}`,
    `--file=${script}`,
  ];
  const { stdout } = await promisify(execFile)(program, [...options, databaseUrl]);
  const perSecond = /^tps = ([\d.]+)/m.exec(stdout)?.[1];
  if (!perSecond) throw new Error(`pgbench did not say how fast it was:\n${stdout}`);
  return Number(perSecond);
}

function findPgbench(): string | undefined {
  const directories = (process.env["PATH"] ?? "").split(delimiter);
  return directories.map((directory) => join(directory, "pgbench")).find((file) => existsSync(file));
}
