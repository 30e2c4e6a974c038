import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { issueToken } from "../../../src/account/issue.ts";
import type { App } from "../../../src/app.ts";
import { askAndRemember } from "../../../src/availability/facts.ts";
import { startEmbeddedPostgres } from "../../../src/db/embedded.ts";
import { importDirectory } from "../../../src/import/upsert.ts";
import { systemContext } from "../../../src/operation/context.ts";
import { buildServer } from "../../../src/server.ts";
import { openBenchApp } from "../../support/bench.ts";
import { Client } from "../../support/client.ts";
import { inAccount, sampleDirectory } from "../../support/directory.ts";
import { createInterview, external, user } from "../../support/interview.ts";
import { freePort } from "../../support/process.ts";
import { ACCOUNT } from "./question.ts";
import { MAX_PER_DAY, MONTH } from "./ways.ts";

/** A database with the people of the month, and gateways on it that are started one after the other. */
export interface Stage {
  /** Makes the calendars' answers fresh for a minute. */
  remember(): Promise<void>;
  start(): Promise<MeasuredGateway>;
  /** The tables that the statements of a request begin with. */
  tablesOf(ask: (client: Client) => Promise<unknown>): Promise<string[]>;
  close(): Promise<void>;
}

export interface MeasuredGateway {
  client: Client;
  /** Milliseconds of CPU that the gateway's process has used since it began. */
  cpu: () => Promise<number>;
  stop(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), "interview-gateway-bench-"));
  const postgres = await startEmbeddedPostgres({ directory });
  let statements: string[] = [];
  const app = await openBenchApp(postgres.url, directory, (text) => statements.push(text));
  await importDirectory(app.services.db, sampleDirectory(ACCOUNT));
  const token = await issueToken(app.services.db, ACCOUNT, { scopes: [] });
  const started: MeasuredGateway[] = [];
  const start = async () => {
    const gateway = await startGateway({ DATABASE_URL: postgres.url, DATA_DIR: directory }, token);
    started.push(gateway);
    return gateway;
  };
  await applyRules(app);
  const first = await start();
  await bookInterviews(first.client);
  await first.stop();
  await app.connections.raw`analyze`;
  return {
    remember: () => remember(app),
    start,
    async tablesOf(ask) {
      const server = buildServer(app);
      const { port } = await server.start(0, "127.0.0.1");
      statements = [];
      await ask(new Client(`http://127.0.0.1:${port}`, token));
      const tables = statements.map((text) => /(?:from|into) "?(\w+)/.exec(text)?.[1] ?? text);
      await server.stop();
      return tables;
    },
    async close() {
      for (const gateway of started) await gateway.stop();
      await app.close();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startGateway(env: Record<string, string>, token: string): Promise<MeasuredGateway> {
  const port = await freePort();
  const child = fork("src/main.ts", {
    execArgv: ["--import", join(import.meta.dirname, "probe.ts")],
    env: {
      PATH: process.env["PATH"],
      NODE_ENV: "production",
      ROLE: "gateway",
      LOG_LEVEL: "error",
      PORT: `${port}`,
      RATE_PER_TOKEN: "1000000",
      RATE_PER_ACCOUNT: "1000000",
      ...env,
    },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${url}/health/ready`).catch(() => null))?.ok) {
    if (child.exitCode !== null) throw new Error("The gateway ended before it was ready.");
  }
  const cpu = async () => {
    const answer = once(child, "message") as Promise<[number]>;
    child.send("cpu");
    return (await answer)[0];
  };
  // The first time costs more than the others.
  await cpu();
  return {
    client: new Client(url, token),
    cpu,
    async stop() {
      if ((child.exitCode ?? child.signalCode) !== null) return;
      child.kill("SIGTERM");
      await once(child, "close");
    },
  };
}

async function applyRules({ connections }: App): Promise<void> {
  for (const { id, zone, hours, timeOff, bufferMinutes } of MONTH.people) {
    await connections.raw`
      update users set timezone = ${zone}, calendar_address = ${id}, buffer_minutes = ${bufferMinutes},
        max_interviews_per_day = ${MAX_PER_DAY}, working_hours = ${JSON.stringify(hours)}::text::jsonb,
        time_off = ${JSON.stringify(timeOff)}::text::jsonb
      where id = ${id}`;
  }
}

async function bookInterviews(client: Client): Promise<void> {
  for (const [index, { interviews }] of MONTH.people.entries()) {
    for (const { start, end } of interviews) {
      const mode = { durationMinutes: (end - start) / 60_000, interviewerIds: [user(`extra-${index}`)] };
      const input = external(mode, { startTime: new Date(start).toISOString() });
      await createInterview(client, inAccount(ACCOUNT, input));
    }
  }
}

async function remember({ connections, services }: App): Promise<void> {
  const [row] = await connections.raw`select id from accounts where external_id = ${ACCOUNT}`;
  const { people, window } = MONTH;
  const search = { startsAt: new Date(window.start), endsAt: new Date(window.end), ignoredInterviewIds: [] };
  const answers = new Map(people.map(({ id, busy }) => [id, { answer: "ANSWERED" as const, busy }]));
  const calendars = people.map(({ id }) => id);
  const ctx = systemContext(services, row?.["id"], "bench");
  await askAndRemember(ctx, { query: async () => answers }, { search, calendars, deadlineMs: 10_000 });
}
