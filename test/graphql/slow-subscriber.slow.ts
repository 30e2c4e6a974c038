import { readFile } from "node:fs/promises";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { recordEvent } from "../../src/events/record.ts";
import { systemContext } from "../../src/operation/context.ts";
import type { Context } from "../../src/operation/context.ts";
import { inTransaction } from "../../src/operation/transaction.ts";
import { decodeIdOf } from "../../src/core/id.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { freePort, runGateway } from "../support/process.ts";
import type { GatewayProcess } from "../support/process.ts";
import { asOfCursor, nextEvent } from "../support/stream.ts";

/** Forty kilobytes for each event, so that no buffer on the way can hold what is not read. */
const ALIASES = Array.from({ length: 100 }, (_, index) => `${"x".repeat(300)}${index}: cursor`).join(" ");
const EVENTS = `subscription ($after: EventCursor) { interviewEvents(after: $after) { ... on InterviewEvent { cursor sequence ${ALIASES} } } }`;
/** Impatient, and with a heap so tight that what grows is what is kept for subscribers. */
const SETTINGS = { SUBSCRIBER_STALL_SECONDS: "2", NODE_OPTIONS: "--max-old-space-size=128 --max-semi-space-size=4" };
const WARM_UP = 400;
const UNREAD = 1_500;

let app: TestApp;
let gateway: GatewayProcess;
let client: Client;
let interviewId: string;
let ctx: Context;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  const port = await freePort();
  gateway = runGateway([], { DATABASE_URL: app.databaseUrl, ROLE: "gateway", PORT: `${port}`, ...SETTINGS });
  await gateway.logged("started");
  client = new Client(`http://127.0.0.1:${port}`, app.client.token);
  interviewId = decodeIdOf("Interview", await createInterview(app.client, adHoc()));
  const [row] = await app.app.connections.raw`select account_id from interviews where id = ${interviewId}`;
  ctx = systemContext(app.app.services, row?.["account_id"], "test");
});
afterAll(async () => {
  gateway.child.kill("SIGTERM");
  await gateway.exit();
  await app.stop();
});

async function record(count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    await inTransaction(ctx, (tx) => recordEvent(tx, ctx, { type: "INTERVIEW_UPDATED", interviewId }));
  }
}

interface Reader {
  /** Reads on and stops at the refusal. */
  finish(): Promise<{ sequences: number[]; lastCursor: string; refusal: any }>;
}

/** Collects results until one has errors. */
function collect() {
  const sequences: number[] = [];
  let lastCursor = "";
  return (result: any) => {
    if (result.errors) return { sequences, lastCursor, refusal: result.errors[0] };
    const { sequence, cursor } = result.data.interviewEvents;
    sequences.push(sequence);
    lastCursor = cursor;
    return undefined;
  };
}

/** Subscribes over a socket, and reads nothing. */
async function stallSocket(after: string): Promise<Reader & { closed: Promise<number> }> {
  const socket = new WebSocket(`${client.url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  const take = collect();
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  const finished = new Promise<ReturnType<ReturnType<typeof collect>>>((resolve) => {
    socket.on("message", (data: Buffer) => {
      const { type, payload } = JSON.parse(data.toString());
      const end = type === "next" ? take(payload) : undefined;
      if (end) resolve(end);
    });
  });
  await new Promise<void>((resolve) => {
    socket.once("open", () => {
      socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${client.token}` } }));
    });
    socket.once("message", () => resolve());
  });
  socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: EVENTS, variables: { after } } }));
  socket.pause();
  return {
    closed,
    finish: async () => {
      socket.resume();
      return (await finished) as Awaited<ReturnType<Reader["finish"]>>;
    },
  };
}

/** Subscribes over server-sent events, and reads nothing. */
async function stallEventStream(after: string): Promise<Reader> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      accept: "text/event-stream",
      authorization: `Bearer ${client.token}`,
    };
    request(`${client.url}/graphql`, { method: "POST", headers }, resolve)
      .on("error", reject)
      .end(JSON.stringify({ query: EVENTS, variables: { after } }));
  });
  return {
    async finish() {
      const take = collect();
      let text = "";
      for await (const chunk of response) {
        const messages = (text + String(chunk)).split("\n\n");
        text = messages.pop() ?? "";
        for (const message of messages) {
          const data = /^data: (.+)$/m.exec(message)?.[1];
          const end = data && take(JSON.parse(data));
          if (end) return end;
        }
      }
      throw new Error("The event stream ended without a refusal.");
    },
  };
}

async function residentMegabytes(): Promise<number> {
  const status = await readFile(`/proc/${gateway.child.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

test(
  "one that reads nothing is ended and told where to go on; memory stays flat, and others do not notice",
  { timeout: 180_000 },
  async () => {
    const healthy = await client.subscribe(EVENTS, { after: await asOfCursor(client) });
    const readHealthy = async (count: number) => {
      const sequences: number[] = [];
      while (sequences.length < count) sequences.push((await nextEvent(healthy))["sequence"]);
      return sequences;
    };
    await Promise.all([record(WARM_UP), readHealthy(WARM_UP)]);
    const before = await residentMegabytes();

    const after = await asOfCursor(client);
    const stalled = [await stallSocket(after), await stallEventStream(after)] as const;
    const [sequences] = await Promise.all([readHealthy(UNREAD), record(UNREAD)]);
    expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index));
    // Each of two readers has left 60 MB unread.
    expect((await residentMegabytes()) - before).toBeLessThan(40);

    await gateway.logged("ended a socket whose subscriber reads nothing");
    await gateway.logged("ended an event stream whose subscriber reads nothing");
    for (const reader of stalled) {
      const { sequences: read, lastCursor, refusal } = await reader.finish();
      expect(read).toEqual(sequences.slice(0, read.length));
      expect(refusal.extensions).toEqual({ code: "SUBSCRIBER_TOO_SLOW", cursor: lastCursor });

      const resumed = await client.subscribe(EVENTS, { after: refusal.extensions.cursor });
      expect((await nextEvent(resumed))["sequence"]).toBe(sequences[read.length]);
      await resumed.close();
    }
    expect(await stalled[0].closed).toBe(4431);
    await healthy.close();
  },
);
