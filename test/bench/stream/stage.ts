import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { issueToken } from "../../../src/account/issue.ts";
import type { App } from "../../../src/app.ts";
import { startEmbeddedPostgres } from "../../../src/db/embedded.ts";
import { openBenchApp } from "../../support/bench.ts";
import { Client } from "../../support/client.ts";
import { freePort, runGateway } from "../../support/process.ts";
import type { ClientCommand, ClientReport, BroadcastReport } from "./message.ts";
import type { Timing } from "./run.ts";
import { createWriter } from "./writer.ts";

const ACCOUNT = "fernhollow-robotics";
const SOCKETS_PER_TOKEN = 500;
const QUERY = `subscription ($after: EventCursor) { interviewEvents(after: $after) { ... on InterviewEvent {
   id cursor sequence type interviewVersion interview { id name startTime
  endTime kind location provisioning { state } organizer { id name } candidate { id name }
  interviewers { user { id name } } } } } }`;

/** A gateway, a raw broadcast and a process with two crowds of sockets. */
export interface Stage {
  /** Connects as many sockets to the gateway as to the raw broadcast; the answer disconnects them. */
  open(crowd: { sockets: number; distinct: boolean }): Promise<() => Promise<void>>;
  /** Commits an event and waits until every socket of the gateway has it. */
  event(): Promise<Timing>;
  /** Sends the bytes of the last event to every socket of the raw broadcast. */
  broadcast(): Promise<Timing>;
  close(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), "interview-gateway-bench-"));
  const postgres = await startEmbeddedPostgres({ directory });
  const app = await openBenchApp(postgres.url, directory);
  const port = await freePort();
  const env = { DATABASE_URL: postgres.url, DATA_DIR: directory, ROLE: "gateway", PORT: String(port) };
  const gateway = runGateway([], env);
  await gateway.logged("started");
  const raw = fork(join(import.meta.dirname, "broadcast.ts"));
  const [listening] = (await once(raw, "message")) as [Extract<BroadcastReport, { did: "listen" }>];
  const clients = fork(join(import.meta.dirname, "clients.ts"));
  const [token] = await issueTokens(app, 1);
  const writer = await createWriter(app, new Client(`http://127.0.0.1:${port}`, token));
  let bytes = "";

  return {
    async open({ sockets, distinct }) {
      const tokens = await issueTokens(app, Math.ceil(sockets / SOCKETS_PER_TOKEN));
      // From a cursor, so that no socket misses an event that comes while it subscribes.
      const after = await writer.asOfCursor();
      const common = { do: "open", count: sockets, tokens, query: QUERY, variables: { after }, distinct } as const;
      await ask(clients, { ...common, crowd: "gateway", url: `ws://127.0.0.1:${port}/graphql` });
      await ask(clients, { ...common, crowd: "raw", url: `ws://127.0.0.1:${listening.port}` });
      return async () => {
        for (const crowd of ["gateway", "raw"]) await ask(clients, { do: "close", crowd });
      };
    },
    async event() {
      const round = roundOf(clients, "gateway");
      const committed = await writer.commit();
      const { text, ...instants } = await round;
      bytes = text;
      return since(committed, instants);
    },
    async broadcast() {
      const round = roundOf(clients, "raw");
      const sent = once(raw, "message") as Promise<[Extract<BroadcastReport, { did: "broadcast" }>]>;
      raw.send({ text: bytes });
      const [[{ at }], { first, median, last }] = await Promise.all([sent, round]);
      return since(BigInt(at), { first, median, last });
    },
    async close() {
      clients.disconnect();
      raw.disconnect();
      gateway.child.kill("SIGTERM");
      await gateway.exit();
      await app.close();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function issueTokens({ services }: App, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, () => issueToken(services.db, ACCOUNT, { scopes: [] })));
}

type Round = Extract<ClientReport, { did: "round" }>;

/** Waits for what the sockets say of the crowd. */
async function reportOf(clients: ChildProcess, did: ClientReport["did"], crowd: string): Promise<ClientReport> {
  for (;;) {
    const [report] = (await once(clients, "message")) as [ClientReport];
    if (report.did === did && report.crowd === crowd) return report;
  }
}

const roundOf = (clients: ChildProcess, crowd: string) => reportOf(clients, "round", crowd) as Promise<Round>;

async function ask(clients: ChildProcess, command: ClientCommand): Promise<void> {
  const answer = reportOf(clients, command.do, command.crowd);
  clients.send(command);
  await answer;
}

function since(begin: bigint, instants: Pick<Round, "first" | "median" | "last">): Timing {
  const elapsed = (instant: string) => Number(BigInt(instant) - begin);
  return { first: elapsed(instants.first), median: elapsed(instants.median), last: elapsed(instants.last) };
}
