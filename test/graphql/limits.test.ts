import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import type { GraphQLResult } from "../support/client.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());

type Ask = (
  client: Client,
  operation: { query: string; variables?: Record<string, unknown> },
) => Promise<GraphQLResult>;

const overHttp: Ask = (client, { query, variables }) => client.send(query, variables);
const overSocket: Ask = async (client, { query, variables }) => {
  const stream = await client.subscribe(query, variables);
  const result = await stream.next();
  await stream.close();
  return result;
};
const overEventStream: Ask = async (client, operation) => {
  const response = await client.post(JSON.stringify(operation), { accept: "text/event-stream" });
  const text = await response.text();
  return JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? text);
};
const transports: [name: string, ask: Ask, keyword: "query" | "subscription"][] = [
  ["HTTP", overHttp, "query"],
  ["WebSocket", overSocket, "query"],
  ["WebSocket, subscribing", overSocket, "subscription"],
  ["server-sent events", overEventStream, "subscription"],
];

/** Asks for something of an interview, by a query or by a subscription. */
const ofInterview = (keyword: string, fields: string, variables = "") =>
  keyword === "query"
    ? `query ${variables} { interviews(first: 1) { nodes { ${fields} } } }`
    : `subscription ${variables} { interviewEvents { ... on InterviewEvent { interview { ${fields} } } } }`;
const nested = (times: number): string =>
  times === 0 ? "id" : `application { interviews(first: 1) { nodes { ${nested(times - 1)} } } }`;
const many = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(" ");

type Refused = [name: string, fields: string, code: string, variables?: Record<string, unknown>, declared?: string];
const refused: Refused[] = [
  ["tokens", many(2_100, () => "id"), "GRAPHQL_PARSE_FAILED"],
  ["aliases", many(101, (index) => `a${index}: id`), "OPERATION_TOO_LARGE"],
  ["directives", many(101, () => "id @include(if: true)"), "OPERATION_TOO_LARGE"],
  ["depth", nested(6), "OPERATION_TOO_LARGE"],
  [
    "cost by literals",
    "application { interviews(first: 100) { nodes { application { interviews(first: 100) { nodes { id } } } } } }",
    "OPERATION_TOO_LARGE",
  ],
  [
    "cost by variables",
    "application { interviews(first: $n) { nodes { application { interviews(first: $n) { nodes { id } } } } } }",
    "OPERATION_TOO_LARGE",
    { n: 100 },
    "($n: Int!)",
  ],
  [
    "a wrong variable",
    "application { interviews(first: $n) { nodes { id } } }",
    "INVALID_INPUT",
    { n: "x" },
    "($n: Int!)",
  ],
  ["an unknown field", "nonsense", "GRAPHQL_VALIDATION_FAILED"],
  ["a string that cannot be stored", 'id @include(if: true) nonsense(a: "\\u0000")', "INVALID_INPUT"],
  ["a variable that cannot be stored", "id @include(if: $n)", "INVALID_INPUT", { n: "\u0000" }, "($n: Boolean!)"],
];

describe.each(transports)("over %s", (_name, ask, keyword) => {
  test.each(refused)("too much or wrong in %s", async (_what, fields, code, variables, declared) => {
    const { errors, data } = await ask(app.client, {
      query: ofInterview(keyword, fields, declared),
      ...(variables && { variables }),
    });
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code } }]);
    expect(errors?.[0]?.extensions).not.toHaveProperty("http");
  });

  test("fragments that multiply are counted as often as they are used, without being walked as often", async () => {
    const fragments = many(12, (index) => {
      const inner = index === 11 ? "id" : `...F${index + 1}`;
      return `fragment F${index} on Interview { a: application { interviews(first: 1) { nodes { ${inner} } } } b: application { interviews(first: 1) { nodes { ${inner} } } } }`;
    });
    const { errors } = await ask(app.client, { query: `${ofInterview(keyword, "...F0")} ${fragments}` });
    expect(errors).toMatchObject([{ extensions: { code: "OPERATION_TOO_LARGE" } }]);
  });
});

test("the operation that is meant is judged, not the first of the document", async () => {
  const big = `{ interviews(first: 100) { nodes { application { interviews(first: 100) { nodes { id } } } } } }`;
  const body = { query: `query Small { __typename } query Big ${big}`, operationName: "Big" };
  const answer = await app.client.post(JSON.stringify(body));
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: "OPERATION_TOO_LARGE" } }] });
});

test("an argument that is wrong hides the cost of nothing", async () => {
  const big = "interviews(first: 100) { nodes { application { interviews(first: 100) { nodes { id } } } } }";
  for (const wrong of ['node(id: "x") { id }', 'nodes(ids: ["x"]) { id }', "interviews(first: -5) { nodes { id } }"]) {
    const { errors } = await app.client.send(`{ wrong: ${wrong} ${big} }`);
    expect(errors).toMatchObject([{ extensions: { code: "OPERATION_TOO_LARGE" } }]);
  }
});

describe("a stranger", () => {
  const documents = [
    "{ __schema { types { name } } }",
    "{ interview { id } }",
    "{ interviewz { id } }",
    "not even GraphQL {",
  ];
  test.each(documents)("is told nothing of the schema by %j", async (query) => {
    const response = await new Client(app.url, "wrong").post(JSON.stringify({ query }));
    expect(response.status).toBe(401);
    const { errors } = (await response.json()) as GraphQLResult;
    expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
    expect(JSON.stringify(errors)).not.toMatch(/did you mean|interview\b/i);
  });
});

describe("what a page can send without asking", () => {
  const body = "query=mutation+%7B+__typename+%7D";
  test.each(["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"])(
    "%s is refused",
    async (type) => {
      const response = await app.client.post(body, { "content-type": type });
      expect(response.status).toBe(415);
    },
  );
  test("a mutation by GET is refused", async () => {
    const query = encodeURIComponent("mutation { __typename }");
    const response = await fetch(`${app.url}/graphql?query=${query}`, {
      headers: { authorization: `Bearer ${app.client.token}` },
    });
    expect(response.status).toBe(405);
  });
  test("an unlisted origin gets no CORS header", async () => {
    const response = await app.client.post('{"query":"{ __typename }"}', { origin: "https://evil.example.com" });
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

test("a listed origin may ask, with a token, whatever headers its clients add, and without cookies", async () => {
  const asked = "authorization,apollographql-client-name,traceparent";
  const origin = "https://hiring.example.com";
  const listing = await startTestApp({ worker: false, sockets: { allowedOrigins: [origin] } });
  const preflight = await fetch(`${listing.url}/graphql`, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": asked },
  });
  expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
  expect(preflight.headers.get("access-control-allow-headers")).toBe(asked);
  const answer = await listing.client.post('{"query":"{ __typename }"}', { origin });
  expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
  await listing.stop();
});

describe("what comes too fast", () => {
  let slow: TestApp;
  beforeAll(async () => {
    slow = await startTestApp({ worker: false, limits: { ratePerToken: 1, ratePerAccount: 14 } });
  });
  afterAll(() => slow.stop());
  const query = "{ interviews(first: 8) { nodes { id } } }";
  const ask = (client: Client) => client.post(JSON.stringify({ query }));

  test("is refused until the points are back, for the token and for the account", async () => {
    // Fifteen points for the request, eleven for the new document, one for its variables, nine for what it asks.
    expect((await ask(slow.client)).status).toBe(200);
    const refusal = await ask(slow.client);
    expect(refusal.status).toBe(429);
    const seconds = Number(refusal.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(await refusal.json()).toMatchObject({
      errors: [{ extensions: { code: "RATE_LIMITED", retryAfterSeconds: seconds } }],
    });
    expect((await overSocket(slow.client, { query })).errors).toMatchObject([{ extensions: { code: "RATE_LIMITED" } }]);
    const subscription = {
      query: "subscription { interviewEvents { ... on InterviewEvent { interview { organizer { name } } } } }",
    };
    for (const over of [overSocket, overEventStream]) {
      const answers = [await over(await slow.createToken("other"), { query }), await over(slow.client, subscription)];
      expect(answers[1]?.errors).toMatchObject([{ extensions: { code: "RATE_LIMITED" } }]);
    }

    // The account holds seventy points, of which the first token has spent half.
    const statuses: number[] = [];
    while (statuses.at(-1) !== 429 && statuses.length < 20) {
      statuses.push((await ask(await slow.createToken("sample"))).status);
    }
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
  });
});

describe("what is refused", () => {
  let slow: TestApp;
  beforeAll(async () => {
    slow = await startTestApp({ worker: false, limits: { ratePerToken: 1 } });
  });
  afterAll(() => slow.stop());

  const kinds: [name: string, body: object, code: string][] = [
    ["cannot be parsed", { query: `{ interviews(first: ${"[".repeat(1_500)}` }, "GRAPHQL_PARSE_FAILED"],
    ["does not fit the schema", { query: `{ ${many(300, (index) => `x${index}`)} }` }, "GRAPHQL_VALIDATION_FAILED"],
    ["is too large", { query: `{ ${many(101, (index) => `a${index}: __typename`)} }` }, "OPERATION_TOO_LARGE"],
    [
      "has variables that do not fit",
      { query: "query ($n: Int) { interviews(first: $n) { totalCount } }", variables: { n: many(5_000, () => "x") } },
      "INVALID_INPUT",
    ],
  ];
  test.each(kinds)("because it %s is charged for each time it is sent", async (_name, body, code) => {
    const client = await slow.createToken("sample");
    const codes: unknown[] = [];
    while (codes.at(-1) !== "RATE_LIMITED" && codes.length < 3) {
      const { errors } = (await (await client.post(JSON.stringify(body))).json()) as GraphQLResult;
      codes.push(errors?.[0]?.extensions?.["code"]);
    }
    expect(codes).toEqual([code, "RATE_LIMITED"]);
  });
});

test("an operation that takes too long is given up, and so is its statement", async () => {
  const hurried = await startTestApp({ worker: false, limits: { deadlineMs: 300 } });
  const { raw } = hurried.app.connections;
  await raw.begin(async (sql) => {
    await sql`set local statement_timeout = 0`;
    await sql`lock table interviews in access exclusive mode`;
    const answer = await hurried.client.post('{"query":"{ interviews { nodes { id } } }"}');
    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: "DEADLINE_EXCEEDED" } }] });
    for (;;) {
      const [waiting] = await sql`
        select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`;
      if (waiting?.["count"] === 0) break;
    }
  });
  expect(await hurried.client.data("{ interviews { nodes { id } } }")).toEqual({ interviews: { nodes: [] } });
  await hurried.stop();
});

test("the cost of an operation is in its answer", async () => {
  const { extensions } = (await app.client.send(
    "query ($n: Int) { interviews(first: $n) { totalCount nodes { id organizer { name } interviewers { user { name } } } } }",
    { n: 50 },
  )) as GraphQLResult & { extensions: object };
  // One for the list and, fifty times: the interview, its organizer, five seats with a user each.
  expect(extensions).toMatchObject({ cost: { requested: 1 + 50 * (1 + 1 + 5 + 5), maximum: 10_000 } });
});

test("variables with thousands of faults are answered with a few of them, in few words", async () => {
  const unknown = Object.fromEntries(Array.from({ length: 15_000 }, (_, index) => [`u${index}`, 1]));
  const query = "query ($f: InterviewFilter) { interviews(filter: $f) { totalCount } }";
  for (const ask of [overHttp, overSocket]) {
    const { errors = [] } = await ask(app.client, { query, variables: { f: unknown } });
    expect(errors).toHaveLength(2);
    expect(errors.every(({ extensions }) => extensions?.["code"] === "INVALID_INPUT")).toBe(true);
    expect(JSON.stringify(errors).length).toBeLessThan(30_000);
  }
});

test("a document with hundreds of faults is answered with a few of them, in few words", async () => {
  const text = "y".repeat(400);
  const query = `{ interviews(filter: { ${many(400, (index) => `x${index}: "${text}"`)} }) { totalCount } }`;
  const { errors = [] } = await app.client.send(query);
  expect(errors).toHaveLength(21);
  expect(JSON.stringify(errors).length).toBeLessThan(30_000);
});

test("after many wrong tokens an address is refused, except for tokens that were valid before", async () => {
  const strangers = await startTestApp({ worker: false });
  await strangers.client.data("{ __typename }");
  const before = strangers.queries.length;
  const ask = (token: string) => new Client(strangers.url, token).post('{"query":"{ __typename }"}');
  const answers = await Promise.all(Array.from({ length: 400 }, (_, index) => ask(`wrong-${index}`)));
  const statuses = answers.map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  const refusal = answers.find(({ status }) => status === 429);
  expect(Number(refusal?.headers.get("retry-after"))).toBeGreaterThan(0);
  const lookups = strangers.queries.slice(before).filter(({ text }) => text.includes('"token_hash" ='));
  // One for each token that was looked up at all.
  expect(lookups).toHaveLength(statuses.filter((status) => status === 401).length);
  await expect(new Client(strangers.url, "wrong").openSocket()).rejects.toMatchObject({
    code: expect.toBeOneOf([1013, 4403]),
  });
  expect(await strangers.client.data("{ __typename }")).toEqual({ __typename: "Query" });
  await strangers.stop();
});
