import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeIdOf } from "../../src/core/id.ts";
import { touchInterview } from "../support/touch.ts";
import { systemContext } from "../../src/operation/context.ts";
import { inTransaction } from "../../src/operation/transaction.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { beginPlain } from "../support/plain-socket.ts";
import { asOfCursor, nextEvent } from "../support/stream.ts";

const EVENTS = 800;
/** Longer than the libraries on both ends wait for a close frame. */
const STOP_MS = 45_000;
/** Forty kilobytes for each event: then the gateway holds what is not read, and no buffer of the network. */
const LARGE = Array.from({ length: 100 }, (_, index) => `${"x".repeat(300)}${index}: cursor`).join(" ");

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false, sockets: { stallMs: 2_000 } });
});
afterAll(() => app.stop());

async function record(count: number): Promise<void> {
  const interviewId = decodeIdOf("Interview", await createInterview(app.client, adHoc()));
  const [row] = await app.app.connections.raw`select account_id from interviews where id = ${interviewId}`;
  const ctx = systemContext(app.app.services, row?.["account_id"], "test");
  for (let done = 0; done < count; done += 1) {
    await inTransaction(ctx, (tx) => touchInterview(tx, ctx, { type: "INTERVIEW_UPDATED", interviewId }));
  }
}

async function follow(fields: string, after: string) {
  const opened = await beginPlain(app.url, `Bearer ${app.client.token}`);
  const query = `subscription ($after: EventCursor) { interviewEvents(after: $after) { cursor ... on InterviewEvent { sequence } ${fields} } }`;
  opened.send({ id: "1", type: "subscribe", payload: { query, variables: { after } } });
  opened.socket.pause();
  return { ...opened, query };
}

test("a client that stops reading for long finds every event, the cursor and 4431", { timeout: 180_000 }, async () => {
  const after = await asOfCursor(app.client);
  const stopped = [await follow(LARGE, after), await follow("", after)];
  await record(EVENTS);
  await delay(STOP_MS);

  for (const client of stopped) {
    const { closed, query } = client;
    client.socket.resume();
    const sequences: number[] = [];
    let cursor = after;
    const lost = closed.then((end) => Promise.reject(new Error(`closed without a cursor: ${JSON.stringify(end)}`)));
    lost.catch(() => {});
    const next = () => Promise.race([client.next(), lost]);
    let message = await next();
    for (; !message.payload.errors; message = await next()) {
      ({ cursor } = message.payload.data.interviewEvents);
      sequences.push(message.payload.data.interviewEvents.sequence);
    }
    expect(message.payload.errors[0].extensions).toEqual({ code: "SUBSCRIBER_TOO_SLOW", cursor });
    expect(await closed).toEqual({ code: 4431, reason: "SUBSCRIBER_TOO_SLOW" });

    const resumed = await app.client.subscribe(query, { after: cursor });
    while (sequences.length <= EVENTS) sequences.push((await nextEvent(resumed))["sequence"]);
    await resumed.close();
    expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index));
  }
});
