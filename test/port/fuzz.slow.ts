import { once } from "node:events";
import { readFile } from "node:fs/promises";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { closeCodeOf, toBytes } from "../support/frame.ts";
import { freePort, runGateway } from "../support/process.ts";
import type { GatewayProcess } from "../support/process.ts";
import { openRaw } from "../support/raw.ts";

/** How many of each kind. */
const SIZE = { requests: 4_000, bodies: 3_000, searches: 2_000, frames: 1_500, conversations: 1_500 };
const SEED = 20_261_127;
/** Statuses above 499 that a request's own faults may have: a version, a method or an encoding that HTTP itself does not have. */
const DOCUMENTED = new Set([501, 505]);
const MAX_GROWTH_MB = 250;

let app: TestApp;
let gateway: GatewayProcess;
let url: string;
let token: string;
let ended = false;
let before: number;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  const port = await freePort();
  gateway = runGateway([], {
    DATABASE_URL: app.databaseUrl,
    ROLE: "gateway",
    PORT: `${port}`,
    RATE_PER_TOKEN: "1000000",
    RATE_PER_ACCOUNT: "1000000",
  });
  gateway.child.once("exit", () => (ended = true));
  await gateway.logged("started");
  url = `http://127.0.0.1:${port}`;
  token = app.client.token ?? "";
  // What is made once is no growth.
  await (await fetch(`${url}/graphql`, { headers: { accept: "text/html" } })).text();
  await post('{"query":"{ __typename }"}');
  before = await residentMegabytes();
});
afterAll(async () => {
  gateway.child.kill("SIGTERM");
  expect(await gateway.exit()).toBe(0);
  await app.stop();
});

const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
    body,
  });

async function residentMegabytes(): Promise<number> {
  const status = await readFile(`/proc/${gateway.child.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** What holds after whatever was sent. */
async function expectUnharmed(): Promise<void> {
  expect(ended, gateway.output().stderr.slice(-3_000)).toBe(false);
  const bugs = gateway
    .output()
    .stderr.split("\n")
    .filter((line) => /"level":[56]0|^\s+at |Unexpected error/.test(line));
  expect(bugs.slice(0, 5)).toEqual([]);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect(await (await post('{"query":"{ __typename }"}')).json()).toMatchObject({ data: { __typename: "Query" } });
  expect((await residentMegabytes()) - before).toBeLessThan(MAX_GROWTH_MB);
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] => fc.sample(arbitrary, { numRuns, seed: SEED });

/** How a client leaves: it waits for the end, closes its side, goes without a word, or resets. */
const leaving = fc.constantFrom("wait", "end", "destroy", "reset");
type Leaving = "wait" | "end" | "destroy" | "reset";

const PATIENCE_MS = 150;

/** Sends bytes on a connection of their own and returns what comes back; "wait" ends when nothing comes for a while. */
async function converse(parts: readonly Buffer[], how: Leaving): Promise<Buffer> {
  const socket = await openRaw(url);
  const received: Buffer[] = [];
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.on("data", (chunk: Buffer) => received.push(chunk));
  for (const part of parts) {
    await new Promise<void>((resolve) => socket.write(part, () => resolve()));
  }
  if (how === "end") socket.end();
  if (how === "destroy") socket.destroy();
  if (how === "reset") socket.resetAndDestroy();
  await closed;
  return Buffer.concat(received);
}

const strange = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(
    "",
    "\u0000",
    "\r",
    "\n",
    "%",
    "%00",
    "%ff",
    "[",
    "]",
    "//",
    "\\",
    "?",
    "#",
    "*",
    "..",
    "x".repeat(20_000),
    "\u{1F600}",
    "http://",
    "@",
    ":99999",
  ),
);
const target = fc.oneof(
  fc.constantFrom(
    "/graphql",
    "/",
    "/health/live",
    "/health/ready",
    "/sandbox/conferences/x",
    "*",
    "http://x/graphql",
    "//",
    "/graphql/",
    "/graphql/health",
    "example.com:443",
  ),
  fc
    .tuple(
      fc.constantFrom(
        "/",
        "/graphql",
        "/graphql?",
        "/graphql?query=",
        "/sandbox/conferences/",
        "//",
        "http://",
        "https://x",
      ),
      strange,
    )
    .map((parts) => parts.join("")),
);
const headerName = fc.oneof(
  fc.constantFrom(
    "Host",
    "Connection",
    "Upgrade",
    "Accept",
    "Accept-Encoding",
    "Content-Type",
    "Content-Length",
    "Transfer-Encoding",
    "Content-Encoding",
    "Expect",
    "Origin",
    "Authorization",
    "Last-Event-ID",
    "If-None-Match",
    "X-Request-Id",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Version",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Extensions",
    "HTTP2-Settings",
    "Access-Control-Request-Method",
  ),
  strange,
);
const headerValue = fc.oneof(
  fc.constantFrom(
    "close",
    "keep-alive",
    "Upgrade",
    "websocket",
    "h2c",
    "text/html",
    "text/event-stream",
    "application/json",
    "multipart/mixed",
    "gzip",
    "chunked",
    "identity",
    "0",
    "5",
    "-1",
    "1e9",
    "99999999999",
    "100-continue",
    "null",
    "https://evil.example",
    "dGhlIHNhbXBsZSBub25jZQ==",
    "13",
    "8",
    "graphql-transport-ws",
    "permessage-deflate; server_max_window_bits=x",
    "Bearer x",
    "Basic x",
    "*/*;q=x",
  ),
  strange,
);
const bodyOfRequest = fc.oneof(
  fc.constant(""),
  strange,
  fc.constantFrom('{"query":"{ __typename }"}', "5\r\nhello\r\n0\r\n\r\n", "zz\r\n", "0\r\n\r\n"),
);
const request = fc.record({
  method: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom("GET", "POST", "HEAD", "OPTIONS", "PUT", "CONNECT", "TRACE", "DELETE", "PRI"),
    },
    { weight: 1, arbitrary: strange },
  ),
  target,
  version: fc.oneof(
    { weight: 9, arbitrary: fc.constant("HTTP/1.1") },
    { weight: 1, arbitrary: fc.constantFrom("HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "", "HTTPS/1.1") },
  ),
  host: fc.oneof(
    { weight: 3, arbitrary: fc.constant("Host: x\r\n") },
    { weight: 1, arbitrary: strange.map((text) => `Host: ${text}\r\n`) },
  ),
  headers: fc.array(fc.tuple(headerName, headerValue), { maxLength: 8 }),
  body: bodyOfRequest,
  keep: fc.oneof(
    { weight: 3, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  ),
  leaving,
});

const statuses = (text: string): number[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));

test("request lines, headers and upgrades of every kind", { timeout: 300_000 }, async () => {
  const wrong: unknown[] = [];
  await inParallel(sample(request, SIZE.requests), async (sent) => {
    const { method, target: path, version, host, headers, body, keep } = sent;
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const bytes = Buffer.from(`${method} ${path} ${version}\r\n${host}${lines}\r\n${body}`);
    const answer = (await converse([bytes.subarray(0, Math.ceil(bytes.length * keep))], sent.leaving)).toString(
      "latin1",
    );
    const failed = statuses(answer).filter((status) => status >= 500 && !DOCUMENTED.has(status));
    if (failed.length > 0 || /\n\s+at /.test(answer)) wrong.push({ sent, answer: answer.slice(0, 500) });
  });
  expect(wrong.slice(0, 3)).toEqual([]);
  await expectUnharmed();
});

/** How deep the parts of a body are nested: variables are walked through, everything else is not. */
const DEPTH = { variables: 1_000, others: 10_000 };
const jsonTo = (depth: number) =>
  fc.oneof(
    fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
    fc.constantFrom(
      "1e400",
      "-0",
      "123456789012345678901234567890",
      "[[],{}]",
      '"\\ud800"',
      '"\\u0000"',
      "{",
      "",
      "nul",
      "[1,]",
      '{"a":1,"a":2}',
      '{"__proto__":{"x":1}}',
      '{"constructor":null}',
      "[]",
      "null",
    ),
    fc
      .tuple(
        fc.constantFrom("[", '{"a":', '{"a":['),
        fc.constantFrom("]", "}", "]}", ""),
        fc.integer({ min: 1, max: depth }),
      )
      .map(([open, close, depth]) => `${open.repeat(depth)}1${close.repeat(depth)}`),
  );
const json = jsonTo(DEPTH.others);
const ofVariables = jsonTo(DEPTH.variables);
const text = fc
  .constantFrom(
    "{ __typename }",
    "{ viewer { scopes } }",
    "query A { __typename } query B { __typename }",
    "query ($v: [ID!]!) { nodes(ids: $v) { id } }",
    "query ($v: ID!) { node(id: $v) { id } }",
    "query ($v: InterviewFilter) { interviews(filter: $v) { nodes { id } } }",
    "{",
    "",
    "subscription { interviewEvents { ... on InterviewEvent { id } } }",
    "mutation ($v: CreateInterviewInput!) { createInterview(input: $v) { __typename } }",
    "fragment F on Query { __typename }",
    "\u0000",
    "{ a(b: 1e999) }",
  )
  .map((query) => JSON.stringify(query));
const member = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constant('"query"'),
      fc.oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: json }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant('"variables"'),
      fc.oneof(
        ofVariables,
        ofVariables.map((value) => `{"v":${value}}`),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom('"operationName"', '"extensions"', '"documentId"'),
      fc.oneof(json, fc.constantFrom('""', '"A"', '{"persistedQuery":{"sha256Hash":1}}')),
    ),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('"id"', '"__proto__"', '"constructor"', '""', '"toString"'), json) },
);
const body = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(member, { maxLength: 6 })
      .map((members) => `{${members.map((parts) => parts.join(":")).join(",")}}`),
  },
  { weight: 1, arbitrary: json },
);
const accept = fc.constantFrom(
  "application/json",
  "application/graphql-response+json",
  "text/event-stream",
  "*/*",
  "multipart/mixed",
  "x",
);

/** The errors of an answer whose entries lack a code. */
function uncoded(answer: string): unknown[] {
  const texts = answer.startsWith("{")
    ? [answer]
    : [...answer.matchAll(/^data: (.+)$/gm)].map(([, data]) => data ?? "");
  return texts
    .flatMap((one) => JSON.parse(one).errors ?? [])
    .filter((error: any) => typeof error?.extensions?.code !== "string");
}

/** Reads an answer, and of a stream that has begun its beginning alone. */
async function readAnswer(response: Response): Promise<string> {
  const isStream =
    response.headers.get("content-type")?.startsWith("text/event-stream") && !response.headers.has("content-length");
  if (!isStream || response.status >= 400) return response.text();
  const reader = response.body?.getReader();
  const first = new TextDecoder().decode((await reader?.read())?.value);
  await reader?.cancel();
  return first.includes("event: complete") ? first : "";
}

test("bodies and parameters of every shape", { timeout: 300_000 }, async () => {
  const wrong: unknown[] = [];
  const judge = async (sent: unknown, response: Response) => {
    const answer = await readAnswer(response);
    if (response.status >= 500 || uncoded(answer).length > 0)
      wrong.push({ sent: JSON.stringify(sent).slice(0, 300), status: response.status, answer: answer.slice(0, 300) });
  };
  await inParallel(sample(fc.tuple(body, accept), SIZE.bodies), async ([sent, accepted]) =>
    judge([sent, accepted], await post(sent, { accept: accepted })),
  );
  const name = fc.constantFrom(
    "query",
    "variables",
    "operationName",
    "extensions",
    "documentId",
    "x",
    "query[]",
    "__proto__",
  );
  const search = fc.array(
    fc.tuple(
      name,
      fc.oneof(
        text.map((value) => String(JSON.parse(value))),
        json,
        strange,
      ),
    ),
    { maxLength: 5 },
  );
  await inParallel(
    sample(fc.tuple(search, accept, fc.constantFrom("GET", "GET", "POST", "DELETE")), SIZE.searches),
    async ([sent, accepted, method]) => {
      const query = sent
        .map((parts) => parts.map((part) => encodeURIComponent(part.toWellFormed())).join("="))
        .join("&");
      if (query.length > 12_000) return;
      await judge(
        [query, accepted, method],
        await fetch(`${url}/graphql?${query}`, {
          method,
          headers: { accept: accepted, authorization: `Bearer ${token}` },
        }),
      );
    },
  );
  expect(wrong.slice(0, 5)).toEqual([]);
  await expectUnharmed();
});

const HANDSHAKE = Buffer.from(
  "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n",
);
const whole = (payload: Buffer) => toBytes({ fin: true, reserved: 0, opcode: 1, masked: true, payload });
const introduction = () =>
  whole(Buffer.from(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } })));

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      '{"type":"ping"}',
      '{"type":"connection_init"}',
      '{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}',
      "{",
      "\u{1F600}",
      "",
    )
    .map((part) => Buffer.from(part)),
  fc.integer({ min: 200, max: 70_000 }).map((length) => Buffer.alloc(length, 0x7b)),
  fc
    .constantFrom([0x03, 0xe8], [0x03, 0xe7], [0x11, 0x94], [0x00], [0x03, 0xe8, 0xff, 0xfe])
    .map((bytes) => Buffer.from(bytes)),
);
const frame = fc.record({
  fin: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  reserved: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 7 }) },
  ),
  opcode: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(0, 1, 1, 2, 8, 9, 10) },
    { weight: 1, arbitrary: fc.integer({ min: 3, max: 15 }) },
  ),
  masked: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  payload,
  claimed: fc.option(fc.constantFrom(0, 1, 125, 126, 65_535, 65_536, 262_145, 2 ** 31, Number.MAX_SAFE_INTEGER), {
    freq: 8,
    nil: undefined,
  }),
});

test("frames of every kind", { timeout: 300_000 }, async () => {
  const codes = new Map<number | undefined, number>();
  await inParallel(
    sample(fc.tuple(fc.array(frame, { maxLength: 8 }), fc.boolean(), leaving), SIZE.frames),
    async ([frames, introduced, how]) => {
      const received = await converse(
        [HANDSHAKE, ...(introduced ? [introduction()] : []), ...frames.map(toBytes)],
        how,
      );
      const start = received.indexOf("\r\n\r\n");
      const code = start < 0 ? undefined : closeCodeOf(received.subarray(start + 4));
      codes.set(code, (codes.get(code) ?? 0) + 1);
    },
  );
  expect([...codes.keys()]).not.toContain(4500);
  expect(codes.size).toBeGreaterThan(3);
  await expectUnharmed();
});

const id = fc.oneof(
  fc.constantFrom("1", "2", "3"),
  fc.constantFrom<unknown>("", 1, null, {}, "__proto__", "x".repeat(500), "\u{1F600}".repeat(60)),
);
const message = fc.oneof(
  fc.record({
    type: fc.constant("subscribe"),
    id,
    payload: fc.record({
      query: text.map((value) => JSON.parse(value)),
      variables: fc.option(fc.dictionary(fc.constantFrom("v", "w"), fc.jsonValue({ maxDepth: 2 })), { nil: undefined }),
      operationName: fc.option(fc.constantFrom("", "A", "B", "C"), { nil: undefined }),
    }),
  }),
  fc.record({
    type: fc.constant("subscribe"),
    id: fc.constantFrom("1", "2"),
    payload: fc.constant({ query: "subscription { interviewEvents { ... on InterviewEvent { id } } }" }),
  }),
  fc.record({ type: fc.constant("complete"), id }),
  fc.record({
    type: fc.constantFrom("ping", "pong"),
    payload: fc.oneof(fc.constant(undefined), fc.jsonValue({ maxDepth: 2 })),
  }),
);
const unusual = fc.oneof(
  fc.record(
    {
      type: fc.constantFrom("subscribe", "next", "error", "connection_ack", "connection_init", "constructor", "", 1),
      id,
      payload: fc.jsonValue({ maxDepth: 2 }),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const conversation = fc.array(fc.oneof({ weight: 8, arbitrary: message }, { weight: 1, arbitrary: unusual }), {
  minLength: 1,
  maxLength: 15,
});

test("messages of the protocol in every order", { timeout: 300_000 }, async () => {
  const wrong: unknown[] = [];
  const codes = new Map<number, number>();
  await inParallel(sample(fc.tuple(conversation, fc.boolean()), SIZE.conversations), async ([messages, terminates]) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    const received: any[] = [];
    socket.on("message", (data: Buffer) => received.push(JSON.parse(data.toString())));
    socket.on("error", () => {});
    const closed = once(socket, "close") as Promise<[number]>;
    await once(socket, "open");
    socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } }));
    await Promise.race([once(socket, "message"), closed]);
    for (const one of messages) if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(one) ?? "");
    // Answers come in order, so what was sent before this has been read.
    socket.ping();
    await Promise.race([once(socket, "pong"), closed]);
    if (terminates) socket.terminate();
    else socket.close();
    const [code] = await closed;
    codes.set(code, (codes.get(code) ?? 0) + 1);
    const errors = received.flatMap(({ type, payload: answer }) =>
      type === "error" ? answer : type === "next" ? (answer.errors ?? []) : [],
    );
    const uncodedErrors = errors.filter((error: any) => typeof error.extensions?.code !== "string");
    const bugs = errors.filter((error: any) => error.extensions?.code === "INTERNAL_SERVER_ERROR");
    if (code === 4500 || uncodedErrors.length > 0 || bugs.length > 0) wrong.push({ messages, code, errors });
  });
  expect(wrong.slice(0, 3)).toEqual([]);
  expect([...codes.keys()]).toEqual(expect.arrayContaining([4400, 4409]));
  await expectUnharmed();
});

test("clients that leave at every moment", { timeout: 300_000 }, async () => {
  const subscription = whole(
    Buffer.from(
      JSON.stringify({
        id: "1",
        type: "subscribe",
        payload: { query: "subscription { interviewEvents { ... on InterviewEvent { id } } }" },
      }),
    ),
  );
  const query = JSON.stringify({ query: "subscription { interviewEvents { ... on InterviewEvent { id } } }" });
  const plain = Buffer.from(
    `POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${query.length}\r\n\r\n${query}`,
  );
  const page = Buffer.from("GET /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n");
  const scripts = [[HANDSHAKE, introduction(), subscription, subscription], [plain], [page, page]];
  const moments = scripts.flatMap((parts) => {
    const bytes = Buffer.concat(parts);
    const ways: Leaving[] = ["end", "destroy", "reset"];
    return Array.from({ length: bytes.length + 1 }, (_, cut) => cut).flatMap((cut) =>
      ways.map((how) => ({ bytes, cut, how })),
    );
  });
  await inParallel(moments, async ({ bytes, cut, how }) => {
    const socket = await openRaw(url);
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.resume().setTimeout(PATIENCE_MS, () => socket.destroy());
    await new Promise<void>((resolve) =>
      cut === 0 ? resolve() : socket.write(bytes.subarray(0, cut), () => resolve()),
    );
    if (how === "end") socket.end();
    else if (how === "destroy") socket.destroy();
    else socket.resetAndDestroy();
    await closed;
  });
  expect(ended).toBe(false);
  await expectUnharmed();
});
