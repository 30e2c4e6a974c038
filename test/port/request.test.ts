import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { once } from "node:events";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { exchange, openRaw, statusOf } from "../support/raw.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(async () => {
  expect(app.log.filter((line) => Number(line["level"]) >= 50)).toEqual([]);
  await app.stop();
});

const KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13";
const HANDSHAKE = `Connection: Upgrade\r\nUpgrade: websocket\r\n${KEY}\r\n`;
const CLOSING = "Connection: close\r\n";

const TARGETS = [
  "//",
  "///",
  "//evil.example/graphql",
  "//[",
  "http://[",
  "http://a b/",
  "*",
  "graphql",
  "/\\\\[",
  "?",
  "https://x:99999/",
];
const HOSTS = ["[", "a b", "x:99999", "%", "a/b", "a?b", "a#b", "user@host", "[::1", "\u00e4", "a,b", "<script>"];

const kinds = { "a plain request": CLOSING, "a handshake": HANDSHAKE };

describe.each(Object.entries(kinds))("%s", (_name, headers) => {
  test.each(TARGETS)("for the target %j is answered with 400 or 404", async (target) => {
    const answer = await exchange(app.url, `GET ${target} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
    expect([400, 404]).toContain(statusOf(answer));
    expect(answer).not.toContain("    at ");
  });

  test.each(HOSTS)("with the Host %j is answered with 400", async (host) => {
    const answer = await exchange(
      app.url,
      Buffer.from(`GET /graphql HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`, "latin1"),
    );
    expect(statusOf(answer)).toBe(400);
    expect(answer).not.toContain("    at ");
  });
});

test("a target that cannot be parsed is 400 with a code", async () => {
  const answer = await exchange(app.url, `GET // HTTP/1.1\r\nHost: x\r\n${CLOSING}\r\n`);
  expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "")).toMatchObject({
    errors: [{ extensions: { code: "BAD_REQUEST" } }],
  });
});

test("a target in absolute form is served, as a proxy may send it", async () => {
  const answer = await exchange(
    app.url,
    `GET http://gateway.example/health/live HTTP/1.1\r\nHost: gateway.example\r\n${CLOSING}\r\n`,
  );
  expect(statusOf(answer)).toBe(200);
});

test.each(["h2c", "HTTP/2.0", "TLS/1.0", "websocket2"])(
  "an upgrade to %s is answered as an ordinary request",
  async (upgrade) => {
    const body = JSON.stringify({ query: "{ __typename }" });
    const answer = await exchange(
      app.url,
      `POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close, Upgrade, HTTP2-Settings\r\nUpgrade: ${upgrade}\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n` +
        `Authorization: Bearer ${app.client.token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(statusOf(answer)).toBe(200);
    expect(answer).toContain('"__typename":"Query"');
  },
);

test.each([
  ["CONNECT", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n"],
  ["an unknown expectation", `GET /health/live HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\n${CLOSING}\r\n`],
  ["no HTTP at all", "\u0016\u0003\u0001\u0000garbage\r\n\r\n"],
  ["a handshake by POST", `POST /graphql HTTP/1.1\r\nHost: x\r\n${HANDSHAKE}\r\n`],
  [
    "a handshake without a key",
    "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  ],
  [
    "a handshake of a strange protocol list",
    `GET /graphql HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Protocol: ,,\r\n${HANDSHAKE}\r\n`,
  ],
])("%s is refused and closed", async (_name, bytes) => {
  expect([0, 400, 405, 417]).toContain(statusOf(await exchange(app.url, bytes)));
});

test("refused handshakes that clients reset do no harm", async () => {
  for (let count = 0; count < 300; count += 1) {
    const socket = await openRaw(app.url);
    const closed = once(socket, "close");
    const path = count % 2 === 0 ? "/nope" : "/graphql";
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${HANDSHAKE}\r\n`, () => socket.resetAndDestroy());
    await closed;
  }
  expect(await app.client.data("{ __typename }")).toEqual({ __typename: "Query" });
});

test("a refused handshake is closed although the client keeps its side open", async () => {
  const socket = await openRaw(app.url, { allowHalfOpen: true });
  socket.resume().write(`GET /nope HTTP/1.1\r\nHost: x\r\n${HANDSHAKE}\r\n`);
  await once(socket, "end");
  // It rejects with EPIPE or ECONNRESET, as the server's end is gone.
  const closed = once(socket, "close").catch(() => {});
  const again = setInterval(() => socket.write("x"), 5);
  await closed;
  clearInterval(again);
  expect(socket.destroyed).toBe(true);
});

describe("parameters of a GET request", () => {
  const get = (search: string, token: string | undefined = app.client.token) =>
    fetch(`${app.url}/graphql?${search}`, {
      headers: { accept: "application/json", authorization: `Bearer ${token}` },
    });
  const query = `query=${encodeURIComponent("{ __typename }")}`;

  test.each([
    `${query}&variables=%7B`,
    `${query}&variables=[1]`,
    `${query}&variables=1`,
    `${query}&extensions=%7B`,
    `${query}&extensions=%22x%22`,
    `${query}&variables=%7B%7D&variables=%7B%7D`,
    `${query}&${query}`,
  ])("%s is a fault of the request", async (search) => {
    for (const token of [app.client.token, "wrong"]) {
      const response = await get(search, token);
      expect(response.status).toBe(400);
      const { errors } = await response.json();
      expect(errors).toMatchObject([{ extensions: { code: "BAD_REQUEST" } }]);
      expect(errors[0].extensions).not.toHaveProperty("originalError");
    }
  });

  test("that fit are taken", async () => {
    const response = await get(`${query}&variables=%7B%22a%22%3A1%7D&operationName=&extensions=null`);
    expect(await response.json()).toMatchObject({ data: { __typename: "Query" } });
  });
});

describe("the body of a POST request", () => {
  const wrong = [
    "",
    "{",
    "[]",
    "[{}]",
    "null",
    "1",
    '"x"',
    "\ufeff{}",
    '{"query":1}',
    '{"query":["{a}"]}',
    '{"query":"{a}","variables":[]}',
    '{"query":"{a}","variables":"x"}',
    '{"query":"{a}","operationName":1}',
    '{"query":"{a}","extensions":[]}',
    '{"query":"{a}","extensions":true}',
    '{"query":null}',
    '{"variables":{}}',
    '{"query":"{a}","other":1}',
    "[".repeat(10_000),
    `{"query":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}}`,
  ];
  test.each(wrong.map((body) => [body.slice(0, 50), body]))("%j is a fault of the request", async (_start, body) => {
    const response = await app.client.post(body);
    const { errors } = await response.json();
    expect(errors.map((error: any) => error.extensions.code)).toEqual(["BAD_REQUEST"]);
    expect(errors[0].extensions).not.toHaveProperty("originalError");
    expect([200, 400]).toContain(response.status);
  });

  test("that is too large is refused by name", async () => {
    const response = await app.client.post(JSON.stringify({ query: `{ __typename } # ${"x".repeat(300_000)}` }));
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "REQUEST_ENTITY_TOO_LARGE" } }] });
  });
});
