import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { beginPlain, endPlain, openPlain } from "../support/plain-socket.ts";
import type { PlainSocket } from "../support/plain-socket.ts";

const MAX_PER_TOKEN = 5;
const EVENTS = "subscription { interviewEvents { ... on InterviewEvent { sequence cursor } } }";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false, sockets: { maxPerToken: MAX_PER_TOKEN, stallMs: 1_000 } });
});
afterAll(async () => {
  expect(app.log.filter((line) => Number(line["level"]) >= 50)).toEqual([]);
  await app.stop();
});

const begin = (token: string | undefined = app.client.token) => beginPlain(app.url, `Bearer ${token}`);
const subscribe = (payload: object, id = "1") => ({ id, type: "subscribe", payload });

describe("what a client may not say closes the socket with the protocol's code", () => {
  test.each([
    "",
    "1",
    "null",
    "[]",
    "{}",
    '{"type":1}',
    '{"type":"__proto__"}',
    '{"type":"connection_ack"}',
    '{"type":"next","id":"1","payload":{}}',
    '{"type":"error","id":"1","payload":[{"message":"x"}]}',
    '{"type":"ping","payload":1}',
    '{"type":"pong","payload":[]}',
    '{"type":"complete"}',
    '{"type":"complete","id":1}',
    '{"type":"complete","id":""}',
    '{"type":"subscribe"}',
    '{"type":"subscribe","id":"1"}',
    '{"type":"subscribe","id":"","payload":{"query":"{a}"}}',
    '{"type":"subscribe","id":{},"payload":{"query":"{a}"}}',
    '{"type":"subscribe","id":"1","payload":{"query":1}}',
    '{"type":"subscribe","id":"1","payload":{}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":"x"}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{a}","operationName":{}}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{a}","extensions":[]}}',
  ])("%s", async (message) => {
    const opened = await begin();
    opened.socket.send(message);
    expect(await opened.closed).toEqual({ code: 4400, reason: "Invalid message received" });
  });

  test("a second introduction", async () => {
    const opened = await begin();
    opened.send({ type: "connection_init" });
    expect(await opened.closed).toMatchObject({ code: 4429 });
  });

  test("an id in use, with a reason that is cut where it is too long", async () => {
    const opened = await begin();
    const id = "\u{1F600}".repeat(100);
    opened.send(subscribe({ query: EVENTS }, id));
    opened.send(subscribe({ query: EVENTS }, id));
    const { code, reason } = await opened.closed;
    expect(code).toBe(4409);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
    expect(reason).toMatch(/^Subscriber for (?:\u{1F600})+$/u);
  });

  test("another subprotocol", async () => {
    const socket = new WebSocket(`${app.url.replace("http", "ws")}/graphql`);
    const [code] = await once(socket, "close");
    expect(code).toBe(4406);
  });

  test.each(["{", "null", "[]"])("as binary as well: %s", async (message) => {
    const opened = await begin();
    opened.socket.send(Buffer.from(message));
    expect(await opened.closed).toMatchObject({ code: 4400 });
  });
});

describe("every error of an operation has a code", () => {
  const codes = async (payload: object) => {
    const opened = await begin();
    opened.send(subscribe(payload));
    const { type, payload: answer } = await opened.next();
    await endPlain(opened);
    return [type, ...(type === "error" ? answer : answer.errors).map((error: any) => error.extensions.code)];
  };
  const two = "query A { __typename } query B { __typename }";
  test.each([
    [{ query: "" }, ["error", "GRAPHQL_PARSE_FAILED"]],
    [{ query: "{" }, ["error", "GRAPHQL_PARSE_FAILED"]],
    [{ query: "{ nothing }" }, ["error", "GRAPHQL_VALIDATION_FAILED"]],
    [{ query: "{ viewer { scopes } }", operationName: "" }, ["error", "OPERATION_RESOLUTION_FAILURE"]],
    [{ query: two }, ["error", "OPERATION_RESOLUTION_FAILURE"]],
    [{ query: two, operationName: "C" }, ["error", "OPERATION_RESOLUTION_FAILURE"]],
    [{ query: "fragment F on Query { __typename }" }, ["error", "GRAPHQL_VALIDATION_FAILED"]],
    [{ query: "query ($i: ID!) { node(id: $i) { id } }", variables: {} }, ["next", "INVALID_INPUT"]],
    [
      { query: "subscription ($a: EventCursor!) { interviewEvents(after: $a) { ... on InterviewEvent { id } } }" },
      ["next", "INVALID_INPUT"],
    ],
    [{ query: "{ viewer { scopes } }", variables: { a: "\u0000" } }, ["error", "INVALID_INPUT"]],
    [{ extensions: { persistedQuery: { sha256Hash: "0".repeat(64) } } }, ["error", "DOCUMENT_NOT_FOUND"]],
  ])("%j", async (payload, expected) => {
    expect(await codes(payload)).toEqual(expected);
  });
});

test("an id may be used again as soon as it was completed", async () => {
  const opened = await begin();
  for (let round = 0; round < 20; round += 1) {
    opened.send(subscribe({ query: EVENTS }));
    opened.send({ id: "1", type: "complete" });
  }
  opened.send(subscribe({ query: EVENTS }));
  opened.send(subscribe({ query: "{ __typename }" }, "2"));
  expect(await opened.next()).toMatchObject({ id: "2", type: "next" });
  expect(await opened.next()).toEqual({ id: "2", type: "complete" });
  // The last subscription may still be on its way: it is, once the gateway has followers.
  await createInterview(app.client, adHoc());
  const { id, type } = await opened.next();
  expect({ id, type }).toEqual({ id: "1", type: "next" });
  await endPlain(opened);
});

test("sockets are counted by whose they are, however the header is spelt", async () => {
  const { token } = await app.createToken("sample");
  const spellings = [
    `Bearer ${token}`,
    `Bearer  ${token}`,
    `bearer ${token}`,
    `BEARER   ${token}`,
    `Bearer    ${token}`,
  ];
  const held: PlainSocket[] = [];
  for (const spelling of spellings) held.push(await beginPlain(app.url, spelling));
  const refused = openPlain(app.url);
  await once(refused.socket, "open");
  refused.send({ type: "connection_init", payload: { authorization: `Bearer     ${token}` } });
  expect(await refused.closed).toEqual({ code: 4430, reason: "TOO_MANY_SOCKETS" });
  for (const opened of held) await endPlain(opened);
});

describe("a client that does not read", () => {
  /** Writes until what is written stays here, because the server has stopped reading. */
  const flood = async ({ socket }: PlainSocket, write: (socket: WebSocket) => void) => {
    socket.pause();
    const writeSome = () => {
      const end = socket.bufferedAmount + 1024 * 1024;
      while (socket.bufferedAmount < end) write(socket);
      return socket.bufferedAmount;
    };
    const isKept = () => writeSome() > 16 * 1024 * 1024;
    await expect.poll(isKept, { timeout: 20_000, interval: 1 }).toBe(true);
    return true;
  };
  const name = "x".repeat(10_000);
  const big = "x".repeat(50_000);
  test.each([
    ["pings of the protocol", (socket: WebSocket) => socket.send(JSON.stringify({ type: "ping", payload: { big } }))],
    ["pings of WebSocket", (socket: WebSocket) => socket.ping(big.slice(0, 125))],
    [
      "operations that are refused",
      (socket: WebSocket) => socket.send(JSON.stringify(subscribe({ query: "{ x }" }, `${name}${Math.random()}`))),
    ],
  ])("is not read either, whatever it sends: %s", async (_name, write) => {
    const opened = await begin();
    expect(await flood(opened, write)).toBe(true);
    opened.socket.terminate();
    await opened.closed;
  });

  test("is not read before it is known whose it is, but for a few frames", async () => {
    const opened = openPlain(app.url);
    await once(opened.socket, "open");
    let answers = 0;
    opened.socket.on("message", () => (answers += 1));
    for (let count = 0; count < 200_000; count += 1) opened.send({ type: "ping" });
    expect(await opened.closed).toMatchObject({ code: 4408 });
    // A hundred, and what had been received with them: a few hundred kilobytes of the four million bytes that were sent.
    expect(answers).toBeLessThan(50_000);
  });

  test("is closed with 4431, which it is told when it comes back", async () => {
    const ended = () => app.log.filter(({ msg }) => msg === "ended a socket whose subscriber reads nothing").length;
    const opened = await begin();
    const before = ended();
    await flood(opened, (socket) => socket.send(JSON.stringify({ type: "ping", payload: { big } })));
    await expect.poll(ended, { timeout: 15_000 }).toBeGreaterThan(before);
    opened.socket.resume();
    expect(await opened.closed).toEqual({ code: 4431, reason: "SUBSCRIBER_TOO_SLOW" });
  });
});
