import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildServer } from "../../src/server.ts";
import type { GatewayServer } from "../../src/server.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, CREATE, createInterview, plan, user } from "../support/interview.ts";

let app: TestApp;
let yogaAlone: GatewayServer;
let reference: string;
let interviewId: string;
let forbidden: string | undefined;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  yogaAlone = buildServer(app.app, { directPost: false });
  reference = `http://127.0.0.1:${(await yogaAlone.start(0, "127.0.0.1")).port}`;
  interviewId = await createInterview(app.client, plan());
  forbidden = (await app.createToken("sample", ["directory:read"])).token;
});
afterAll(async () => {
  await yogaAlone.stop();
  await app.stop();
});

interface Sent {
  path?: string;
  method?: string;
  /** Null leaves a default header out. */
  headers?: Record<string, string | null>;
  body?: string | null | (() => string | ReadableStream);
}

async function send(base: string, { path = "/graphql", method = "POST", headers = {}, body = null }: Sent) {
  const given = {
    "content-type": "application/json",
    authorization: `Bearer ${app.client.token}`,
    "x-request-id": "same-for-both",
    ...headers,
  };
  const response = await fetch(`${base}${path}`, {
    method,
    headers: Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null),
    body: typeof body === "function" ? body() : body,
    duplex: "half",
  } as RequestInit);
  const { date: _date, ...rest } = Object.fromEntries(response.headers);
  return { status: response.status, headers: rest, body: await response.text() };
}

const query = (text: string, more: object = {}) => JSON.stringify({ query: text, ...more });
const VIEWER = "{ viewer { scopes account { id name } } }";
const NESTED =
  "{ interviews(first: 5) { nodes { id name startTime interviewers { user { id name } } } pageInfo { endCursor } } }";
const chunked = (text: string) => () => new Blob([text]).stream();
const accepting = (accept: string, body = query(VIEWER)): Sent => ({ headers: { accept }, body });

/** What is sent, and the status that both must answer with. */
const REQUESTS: [name: string, sent: () => Sent, status: number][] = [
  ["a query", () => ({ body: query(NESTED) }), 200],
  [
    "a query with variables",
    () => ({ body: query("query ($id: ID!) { node(id: $id) { id __typename } }", { variables: { id: interviewId } }) }),
    200,
  ],
  [
    "a named operation of two",
    () => ({
      body: query("query A { viewer { scopes } } query B { jobs { nodes { title } } }", { operationName: "B" }),
    }),
    200,
  ],
  [
    "an operation that is not there",
    () => ({ body: query("query A { viewer { scopes } }", { operationName: "B" }) }),
    400,
  ],
  [
    "two operations and no name",
    () => ({ body: query("query A { viewer { scopes } } query B { viewer { scopes } }") }),
    400,
  ],
  [
    "nulls beside the query",
    () => ({ body: query(VIEWER, { variables: null, operationName: null, extensions: null }) }),
    200,
  ],
  ["an empty operation name", () => ({ body: query(VIEWER, { operationName: "" }) }), 400],
  ["an operation name that is no string", () => ({ body: query(VIEWER, { operationName: 1 }) }), 400],
  ["extensions", () => ({ body: query(VIEWER, { extensions: { a: 1 } }) }), 200],
  ["extensions that are no object", () => ({ body: query(VIEWER, { extensions: [] }) }), 400],
  ["an unknown parameter", () => ({ body: query(VIEWER, { id: "x" }) }), 400],
  ["an unknown parameter that is null", () => ({ body: query(VIEWER, { id: null }) }), 200],
  ["variables that are a list", () => ({ body: query(VIEWER, { variables: [] }) }), 400],
  ["no query", () => ({ body: "{}" }), 400],
  ["an empty query", () => ({ body: query("") }), 400],
  ["a list of requests", () => ({ body: `[${query(VIEWER)}]` }), 400],
  ["JSON null", () => ({ body: "null" }), 400],
  ["no JSON", () => ({ body: "{" }), 400],
  ["nothing", () => ({ body: "" }), 400],
  ["a byte order mark", () => ({ body: `\ufeff${query(VIEWER)}` }), 400],
  ["introspection", () => ({ body: query("{ __schema { queryType { name } directives { name } } }") }), 200],
  ["a syntax error", () => ({ body: query("{") }), 200],
  ["an unknown field", () => ({ body: query("{ nothing }") }), 200],
  ["an unknown field for application/json", () => accepting("application/json", query("{ nothing }")), 200],
  ["too many tokens", () => ({ body: query(`{ ${"viewer { scopes } ".repeat(900)} }`) }), 200],
  [
    "a wrong variable",
    () => ({
      body: query("query ($first: Int!) { interviews(first: $first) { nodes { id } } }", { variables: { first: "x" } }),
    }),
    200,
  ],
  [
    "a missing variable",
    () => ({ body: query("query ($first: Int!) { interviews(first: $first) { nodes { id } } }") }),
    200,
  ],
  ["an error of a field", () => ({ body: query('{ interview(id: "x") { id } viewer { scopes } }') }), 200],
  ["a refusal of a non-null field", () => ({ body: query("{ users(first: 1000) { nodes { id } } }") }), 200],
  [
    "a string that cannot be stored",
    () => ({ body: query("query ($id: ID!) { node(id: $id) { id } }", { variables: { id: "\u0000" } }) }),
    400,
  ],
  ["such a string in the document", () => ({ body: query('{ node(id: "\\u0000") { id } }') }), 400],
  ["no token", () => ({ headers: { authorization: null }, body: query(VIEWER) }), 401],
  ["a wrong token", () => ({ headers: { authorization: "Bearer wrong" }, body: query(VIEWER) }), 401],
  ["no token and a wrong document", () => ({ headers: { authorization: null }, body: query("{ nothing }") }), 401],
  [
    "a token without the scope",
    () => ({ headers: { authorization: `Bearer ${forbidden}` }, body: query(NESTED) }),
    403,
  ],
  [
    "a mutation that is refused as data",
    () => ({ body: query(CREATE, { variables: { input: adHoc({ interviewerIds: [] }, { timezone: "Nowhere" }) } }) }),
    200,
  ],
  [
    "a mutation without a required field",
    () => ({ body: query(CREATE, { variables: { input: { mode: { adHoc: {} } } } }) }),
    200,
  ],
  [
    "a mutation with two modes",
    () => ({
      body: query(CREATE, { variables: { input: { ...adHoc(), mode: { ...adHoc().mode, ...plan().mode } } } }),
    }),
    200,
  ],
  [
    "a mutation that only checks",
    () => ({ body: query(CREATE, { variables: { input: adHoc({}, { validateOnly: true }) } }) }),
    200,
  ],
  [
    "a subscription",
    () => accepting("application/json", query("subscription { interviewEvents { ... on InterviewEvent { id } } }")),
    406,
  ],
  ["a body of unknown length", () => ({ body: chunked(query(VIEWER)) }), 200],
  ["a body that is too long", () => ({ body: query(VIEWER, { variables: { text: "x".repeat(300_000) } }) }), 413],
  [
    "a body of unknown length that is too long",
    () => ({ body: chunked(query(VIEWER, { variables: { text: "x".repeat(300_000) } })) }),
    413,
  ],
  ["a long body", () => ({ body: query(VIEWER, { variables: { text: "ä€😀".repeat(20_000) } }) }), 200],
  [
    "GET",
    () => ({
      method: "GET",
      path: `/graphql?query=${encodeURIComponent(VIEWER)}`,
      headers: { "content-type": null, accept: "application/json" },
    }),
    200,
  ],
  ["PUT", () => ({ method: "PUT", body: query(VIEWER) }), 405],
  ["a query string", () => ({ path: "/graphql?a=1", body: query(VIEWER) }), 200],
  ["another path", () => ({ path: "/graphqls", body: query(VIEWER) }), 404],
  ["a charset", () => ({ headers: { "content-type": "application/json; charset=utf-8" }, body: query(VIEWER) }), 200],
  ["text/plain", () => ({ headers: { "content-type": "text/plain" }, body: query(VIEWER) }), 415],
  [
    "application/graphql+json",
    () => ({ headers: { "content-type": "application/graphql+json" }, body: query(VIEWER) }),
    200,
  ],
  ["multipart", () => ({ headers: { "content-type": "multipart/form-data; boundary=x" }, body: "--x--" }), 415],
  ["accept application/json", () => accepting("application/json"), 200],
  ["accept application/graphql-response+json", () => accepting("application/graphql-response+json"), 200],
  [
    "accept both",
    () => accepting("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8"),
    200,
  ],
  ["accept both, the other way", () => accepting("application/json;q=0.9, application/graphql-response+json"), 200],
  ["accept anything at last", () => accepting("application/graphql-response+json, */*;q=0.1"), 200],
  ["accept another charset", () => accepting("application/json; charset=latin1"), 406],
  ["accept HTML", () => accepting("text/html"), 406],
  ["accept an event stream", () => accepting("text/event-stream"), 200],
  [
    "a wrong document in the strict type",
    () => accepting("application/graphql-response+json", query("{ nothing }")),
    400,
  ],
  [
    "a wrong variable in the strict type",
    () =>
      accepting(
        "application/graphql-response+json",
        query("query ($first: Int!) { interviews(first: $first) { nodes { id } } }", { variables: { first: "x" } }),
      ),
    400,
  ],
  [
    "a missing input field in the strict type",
    () =>
      accepting("application/graphql-response+json", query(CREATE, { variables: { input: { mode: { adHoc: {} } } } })),
    400,
  ],
  [
    "variables that are nested deep",
    () => ({ body: `{"query":"{ __typename }","variables":{"v":${"[".repeat(8_000)}${"]".repeat(8_000)}}}` }),
    400,
  ],
  [
    "extensions that are nested deep",
    () => ({ body: `{"query":"{ __typename }","extensions":{"v":${"[".repeat(8_000)}${"]".repeat(8_000)}}}` }),
    200,
  ],
  ["two mistakes", () => ({ body: query('{ users(first: 1000) { nodes { id } } interview(id: "x") { id } }') }), 200],
  ["a wrong id among several", () => ({ body: query(`{ nodes(ids: ["${interviewId}", "x"]) { id } }`) }), 200],
  [
    "skip and include",
    () => ({ body: query("{ viewer { scopes @skip(if: true) account { id @include(if: false) name } } }") }),
    200,
  ],
  [
    "broken variables by GET",
    () => ({
      method: "GET",
      path: "/graphql?query=%7B__typename%7D&variables=%7B",
      headers: { "content-type": null, accept: "application/json" },
    }),
    400,
  ],
  [
    "a field's error in the strict type",
    () => accepting("application/graphql-response+json", query("{ users(first: 1000) { nodes { id } } }")),
    200,
  ],
];

describe("what goes past Yoga's HTTP layer is answered as Yoga answers it", () => {
  test.each(REQUESTS)("%s", async (_name, sent, status) => {
    const expected = await send(reference, sent());
    expect(await send(app.url, sent())).toEqual(expected);
    expect(expected.status, JSON.stringify(expected, null, 1)).toBe(status);
  });

  test("a bug is masked alike, and logged once by each", async () => {
    await app.app.connections.raw`alter table offices rename to hidden_offices`;
    const sent = { body: query("{ offices { nodes { id } } }") };
    const before = app.log.length;
    const answers = [await send(reference, sent), await send(app.url, sent)];
    await app.app.connections.raw`alter table hidden_offices rename to offices`;
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 200, body: expect.stringContaining("Quote request id same-for-both") });
    expect(app.log.slice(before).filter(({ level }) => Number(level) > 20)).toHaveLength(2);
  });
});

const LEFT: [reason: string, sent: Sent][] = [
  ["accept", accepting("text/html")],
  ["request", { path: "/graphql?a=1", body: query(VIEWER) }],
  ["request", { headers: { "content-type": "text/plain" }, body: query(VIEWER) }],
  ["body", { body: query(VIEWER, { id: "x" }) }],
  ["body", { body: "{" }],
  ["document", { body: query("{") }],
  ["document", { body: query("") }],
  ["operation", { body: query(VIEWER, { operationName: "B" }) }],
  [
    "operation",
    accepting("application/json", query("subscription { interviewEvents { ... on InterviewEvent { id } } }")),
  ],
];
test.each(LEFT)("what is left to Yoga is logged with its reason: %s %j", async (reason, sent) => {
  const before = app.log.length;
  await send(app.url, sent);
  const told = app.log.slice(before).filter(({ msg }) => msg === "a request was left to Yoga");
  expect(told).toMatchObject([{ level: 20, requestId: "same-for-both", reason }]);
});

test("what is answered directly, or executed by a plan, is not logged as left", async () => {
  const before = app.log.length;
  for (const body of [query(NESTED), query(`{ node(id: "${user("ada")}") { id } }`)])
    expect(await send(app.url, { body })).toMatchObject({ status: 200 });
  const wrong = { headers: { authorization: "Bearer wrong" }, body: query(VIEWER) };
  expect(await send(app.url, wrong)).toMatchObject({ status: 401 });
  expect(await send(app.url, { body: query("{ nothing }") })).toMatchObject({ status: 200 });
  expect(app.log.slice(before).filter(({ msg }) => String(msg).includes("was left to"))).toEqual([]);
});

test("a query that is left to graphql-js is logged with its reason", async () => {
  const before = app.log.length;
  for (const text of [
    "{ viewer { scopes @skip(if: false) } }",
    "{ __schema { __typename } }",
    '{ interview(id: "x") { id } }',
  ])
    await send(app.url, { body: query(text) });
  const told = app.log.slice(before).filter(({ msg }) => msg === "an operation was left to graphql-js");
  expect(told.map(({ reason }) => reason)).toEqual(["directive", "introspection", "error"]);
});

test("a mutation with an answer that has errors has happened once", async () => {
  const answer = await send(app.url, {
    body: query(
      `mutation ($input: CreateInterviewInput!) { createInterview(input: $input) { ... on CreateInterviewSuccess { interview { id } } } other: createInterview(input: $input) { __typename } }`,
      { variables: { input: plan({}, { idempotencyKey: "json-post-once" }) } },
    ),
  });
  expect(answer.status, answer.body).toBe(200);
  const [counted] = await app.app.connections
    .raw`select count(*)::int as count from idempotency_keys where key = 'json-post-once'`;
  expect(counted).toEqual({ count: 1 });
});

test("a client that leaves in the middle of its request is no bug", async () => {
  const { connect } = await import("node:net");
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  socket.write("POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{");
  socket.end();
  await new Promise((resolve) => socket.once("close", resolve).resume());
  const bugs = () => app.log.filter((line) => line["msg"] === "a request was not answered");
  expect(await send(app.url, { body: query(`{ node(id: "${user("ada")}") { id } }`) })).toMatchObject({ status: 200 });
  expect(bugs()).toEqual([]);
});
