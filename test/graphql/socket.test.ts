import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { ClientOptions } from "ws";
import { revokeToken } from "../../src/account/issue.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import { beginPlain, endPlain, openPlain } from "../support/plain-socket.ts";
import type { PlainSocket } from "../support/plain-socket.ts";

const ALLOWED = "https://hiring.example.com";

let app: TestApp;
let socketUrl: string;
beforeAll(async () => {
  app = await startTestApp({ worker: false, sockets: { allowedOrigins: [ALLOWED], maxPerToken: 3, reviewMs: 100 } });
  socketUrl = `${app.url.replace("http", "ws")}/graphql`;
});
afterAll(() => app.stop());

const plain = (options: ClientOptions = {}) => openPlain(app.url, options);
const begin = (token: string | undefined = app.client.token) => beginPlain(app.url, `Bearer ${token}`);
const end = endPlain;

describe("origins", () => {
  test.each([undefined, ALLOWED, "own"])("a socket from %s is opened", async (origin) => {
    const { socket } = plain({ headers: origin ? { origin: origin === "own" ? app.url : origin } : {} });
    await once(socket, "open");
    expect(socket.protocol).toBe("graphql-transport-ws");
    socket.terminate();
  });
  test.each(["https://evil.example.com", "null", `${ALLOWED}.evil.com`, "http://127.0.0.1:1"])(
    "a socket from %s is refused before it opens",
    async (origin) => {
      const [error] = await once(plain({ headers: { origin } }).socket, "error");
      expect(error.message).toBe("Unexpected server response: 403");
    },
  );
});

describe("whose a socket is", () => {
  const bearer = () => `Bearer ${app.client.token}`;
  const introduce = async (payload: object | undefined, options: ClientOptions = {}) => {
    const opened = plain(options);
    await once(opened.socket, "open");
    opened.send({ type: "connection_init", payload });
    return opened;
  };

  test.each<[string, () => [payload: object | undefined, options?: ClientOptions]]>([
    ["authorization", () => [{ authorization: bearer() }]],
    ["Authorization", () => [{ Authorization: bearer() }]],
    ["headers.authorization", () => [{ headers: { authorization: bearer() } }]],
    ["headers.Authorization", () => [{ headers: { Authorization: bearer() } }]],
    ["the handshake's header", () => [undefined, { headers: { authorization: bearer() } }]],
    [
      "the payload, if the handshake names another",
      () => [{ authorization: bearer() }, { headers: { authorization: "Bearer wrong" } }],
    ],
  ])("is told by %s", async (_form, make) => {
    const opened = await introduce(...make());
    expect(await opened.next()).toEqual({ type: "connection_ack" });
    opened.send({ id: "1", type: "subscribe", payload: { query: "{ viewer { scopes } }" } });
    expect(await opened.next()).toMatchObject({ type: "next", payload: { data: { viewer: {} } } });
    await end(opened);
  });

  test.each<[string, () => object | undefined]>([
    ["nothing", () => undefined],
    ["a token without Bearer", () => ({ authorization: app.client.token })],
    ["authToken", () => ({ authToken: app.client.token })],
    ["headers that are none", () => ({ headers: 7 })],
    ["headers of null", () => ({ headers: null, authorization: ["a"] })],
  ])("is not told by %s, and the close reason says how it is", async (_form, payload) => {
    const { closed } = await introduce(payload());
    expect(await closed).toEqual({
      code: 4403,
      reason: 'UNAUTHENTICATED: send {"authorization":"Bearer <token>"} as payload of connection_init',
    });
  });
});

test("a socket that does not introduce itself is closed with 4408", async () => {
  expect(await plain().closed).toEqual({ code: 4408, reason: "Connection initialisation timeout" });
});

test("a message over 256 KiB closes the socket with 1009", async () => {
  const opened = await begin();
  opened.send({ id: "1", type: "subscribe", payload: { query: `{ __typename } # ${"x".repeat(256 * 1024)}` } });
  expect(await opened.closed).toMatchObject({ code: 1009 });
});

test.each([
  ["a message that is no JSON", "{", 4400],
  ["a message of an unknown type", '{"type":"hello"}', 4400],
  ["an operation before the introduction", '{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}', 4401],
])("%s closes the socket", async (_name, message, code) => {
  const opened = plain();
  await once(opened.socket, "open");
  opened.socket.send(message);
  expect(await opened.closed).toMatchObject({ code });
});

test("a token holds a limited number of sockets, and a closed one makes room", async () => {
  const { token } = await app.createToken("sample");
  const held = [await begin(token), await begin(token), await begin(token)];
  const refused = plain();
  await once(refused.socket, "open");
  refused.send({ type: "connection_init", payload: { authorization: `Bearer ${token}` } });
  expect(await refused.closed).toEqual({ code: 4430, reason: "TOO_MANY_SOCKETS" });

  await end(held[0] as PlainSocket);
  held[0] = await begin(token);
  for (const opened of held) await end(opened);
});

test("the operation after the hundredth is refused, and the others go on", async () => {
  const opened = await begin();
  const subscription = { query: "subscription { interviewEvents { ... on InterviewEvent { id } } }" };
  for (let id = 1; id <= 101; id += 1) opened.send({ id: `${id}`, type: "subscribe", payload: subscription });
  const { id, type, payload } = await opened.next();
  expect({ id, type }).toEqual({ id: "101", type: "error" });
  expect(payload).toMatchObject([{ extensions: { code: "TOO_MANY_OPERATIONS" } }]);

  opened.send({ id: "1", type: "complete" });
  opened.send({ id: "102", type: "subscribe", payload: { query: "{ __typename }" } });
  expect(await opened.next()).toMatchObject({ id: "102", type: "next", payload: { data: { __typename: "Query" } } });
  await end(opened);
});

test("a refusal on a socket says nothing of HTTP", async () => {
  const reader = await app.createToken("sample", ["directory:read"]);
  const opened = await begin(reader.token);
  opened.send({
    id: "1",
    type: "subscribe",
    payload: { query: "subscription { interviewEvents { ... on InterviewEvent { id } } }" },
  });
  const { payload } = await opened.next();
  expect(payload.errors[0].extensions).toMatchObject({ code: "FORBIDDEN" });
  expect(payload.errors[0].extensions).not.toHaveProperty("http");
  await end(opened);
});

test("wrong variables of a subscription have a code", async () => {
  const opened = await begin();
  const query =
    "subscription ($filter: InterviewFilter) { interviewEvents(filter: $filter) { ... on InterviewEvent { id } } }";
  opened.send({ id: "1", type: "subscribe", payload: { query, variables: { filter: { jobIds: [1.5] } } } });
  const { payload } = await opened.next();
  expect(payload.errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
  await end(opened);
});

test("the sockets of a token that is revoked are closed with 4403", async () => {
  const { token } = await app.createToken("sample");
  const opened = await begin(token);
  const other = await begin();
  await revokeToken(app.app.services.db, token ?? "");
  expect(await opened.closed).toEqual({ code: 4403, reason: "UNAUTHENTICATED" });
  expect(other.socket.readyState).toBe(WebSocket.OPEN);
  await end(other);
});

test("a socket elsewhere is not found", async () => {
  const socket = new WebSocket(`${socketUrl}/elsewhere`, "graphql-transport-ws");
  const [error] = await once(socket, "error");
  expect(error.message).toBe("Unexpected server response: 404");
});

test("a wrong token is refused by name", async () => {
  await expect(new Client(app.url, "wrong").openSocket()).rejects.toMatchObject({
    code: 4403,
    reason: "UNAUTHENTICATED",
  });
});
