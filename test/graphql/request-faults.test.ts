import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildServer } from "../../src/server.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import { CREATE, createInterview, plan } from "../support/interview.ts";
import { openWays } from "../support/ways.ts";

let app: TestApp;
let opened: Awaited<ReturnType<typeof openWays>>;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  opened = await openWays(app);
});
afterAll(async () => {
  // None of these requests is a bug of ours.
  expect(app.log.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  await opened.close();
  await app.stop();
});

/** A value within this many lists or objects, without a recursion that would overflow itself. */
const nested = (depth: number, [open, close]: [string, string]) => `${open.repeat(depth)}1${close.repeat(depth)}`;
const LISTS: [string, string] = ["[", "]"];
const OBJECTS: [string, string] = ['{"a":', "}"];
const STRICT = "application/graphql-response+json";
const postRaw = (body: string, headers: Record<string, string> = {}) => app.client.post(body, headers);

describe("variables that are nested", () => {
  const used = "query ($v: ID!) { node(id: $v) { id } }";
  const unused = "{ viewer { scopes } }";
  const input = "mutation ($v: CreateInterviewInput!) { createInterview(input: $v) { __typename } }";
  test.each([
    [8_000, LISTS],
    [100_000, LISTS],
    [8_000, OBJECTS],
    [40_000, OBJECTS],
    [65, LISTS],
  ])("%i deep are refused: %j", async (depth, brackets) => {
    for (const query of [used, unused, input]) {
      const body = `{"query":${JSON.stringify(query)},"variables":{"v":${nested(depth, brackets)}}}`;
      const response = await postRaw(body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "INVALID_INPUT" } }] });
    }
  });
  test("are refused on sockets as well, which stay open", async () => {
    const variables = JSON.parse(`{"v":${nested(8_000, LISTS)}}`) as Record<string, unknown>;
    for (const { name, ask } of opened.ways.filter((way) => !way.name.startsWith("GET"))) {
      expect((await ask({ query: used, variables })).result.errors, name).toMatchObject([
        { extensions: { code: "INVALID_INPUT" } },
      ]);
      expect((await ask({ query: unused, variables: {} })).result.errors, name).toBeUndefined();
    }
  });
  test("as deep as any input are taken", async () => {
    const body = `{"query":${JSON.stringify(unused)},"variables":{"v":${nested(30, OBJECTS)}}}`;
    expect((await postRaw(body)).status).toBe(200);
  });
  test("are no matter elsewhere in the request", async () => {
    for (const part of ["extensions", "id", "documentId"]) {
      const body = `{"query":${JSON.stringify(unused)},"${part}":${nested(50_000, OBJECTS)}}`;
      expect((await postRaw(body)).status, part).toBeLessThan(500);
    }
    for (const body of [nested(100_000, LISTS), `{"query":${nested(100_000, LISTS)}}`])
      expect((await postRaw(body)).status).toBe(400);
  });
});

describe("cursors of a list that are forged", () => {
  const DATES = [
    "0000-01-01T00:00:00.000Z",
    "-000001-01-01T00:00:00.000Z",
    "+010000-01-01T00:00:00.000Z",
    "+275760-09-13T00:00:00.000Z",
    "294277-01-01T00:00:00Z",
    "10000-01-01T00:00:00Z",
    "infinity",
    "-infinity",
    "now",
    "epoch",
    "2027-02-30T00:00:00Z",
    "2027-13-01T00:00:00Z",
    "2027-01-01T24:00:00Z",
    "2027-01-01T00:00:60Z",
    "2027-01-01T00:00:00+99:99",
    "2027-01-01",
    "0001-01-01T00:00:00 BC",
    "",
  ];
  const FINE = ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "2027-01-01T00:00:00.123456789Z"];
  const ANYTHING = [null, 1, true, {}, [], "a\u0000b", "\ud800"];
  const lists = [
    ["interviews", "start"],
    ["applications", "createdAt"],
    ["users", "name"],
  ] as const;

  const real = new Map<string, unknown[]>();
  const forged = (list: string, value: unknown) => {
    const [tag, , id] = real.get(list) ?? [];
    return Buffer.from(JSON.stringify([tag, value, id])).toString("base64url");
  };
  const ask = (list: string, side: string, cursor: string) =>
    app.client.send(`query ($cursor: String) { ${list}(${side}: $cursor) { nodes { id } } }`, { cursor });

  beforeAll(async () => {
    await createInterview(app.client, plan());
    for (const [list] of lists) {
      const { [list]: page } = await app.client.data(`{ ${list} { edges { cursor } } }`);
      real.set(list, JSON.parse(Buffer.from(page.edges[0].cursor, "base64url").toString()));
    }
  });

  test.each(lists)("are refused by %s", async (list, sort) => {
    for (const value of sort === "name" ? ANYTHING : [...ANYTHING, ...DATES]) {
      for (const side of ["after", "before"]) {
        const { errors } = await ask(list, side, forged(list, value));
        expect(errors, `${side} ${JSON.stringify(value)}`).toMatchObject([{ extensions: { code: "CURSOR_INVALID" } }]);
      }
    }
  });
  test.each(lists)("are taken by %s when they could be real", async (list, sort) => {
    for (const value of sort === "name" ? ["", "x".repeat(100_000)] : FINE) {
      for (const side of ["after", "before"])
        expect((await ask(list, side, forged(list, value))).errors, `${side} ${value}`).toBeUndefined();
    }
  });
});

describe("by GET, with or without a token", () => {
  const QUERY = "query=%7B%20viewer%20%7B%20scopes%20%7D%20%7D";
  const WRONG = [
    `${QUERY}&variables=%7B`,
    `${QUERY}&variables=%00`,
    `${QUERY}&variables=%E0%A4%A`,
    `${QUERY}&variables=1`,
    `${QUERY}&variables=%5B%5D`,
    `${QUERY}&variables=%22x%22`,
    `${QUERY}&extensions=x`,
    `${QUERY}&extensions=%7B%7D%7D`,
    `${QUERY}&variables=%7B%7D&extensions=%5B%5D`,
    "variables=%7B",
    "query=&variables=%7B%7D",
    "variables=undefined",
  ];
  test.each(WRONG)("?%s is a bad request", async (parameters) => {
    for (const token of [app.client.token, undefined, "wrong"]) {
      const response = await fetch(`${app.url}/graphql?${parameters}`, {
        headers: { accept: "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      });
      const { errors } = (await response.json()) as { errors: unknown };
      expect([200, 400, 401], JSON.stringify(errors)).toContain(response.status);
      expect(errors).toMatchObject([
        { extensions: { code: expect.stringMatching(/^(BAD_REQUEST|UNAUTHENTICATED|GRAPHQL_PARSE_FAILED)$/) } },
      ]);
    }
  });
  test("variables that are null, or not there, are none", async () => {
    for (const parameters of [QUERY, `${QUERY}&variables=null`, `${QUERY}&variables=`, `${QUERY}&variables=%7B%7D`]) {
      const response = await fetch(`${app.url}/graphql?${parameters}`, {
        headers: { accept: "application/json", authorization: `Bearer ${app.client.token}` },
      });
      expect(await response.json(), parameters).toMatchObject({ data: { viewer: { scopes: expect.any(Array) } } });
    }
  });
});

describe("an answer without data has a status of its own in the strict media type", () => {
  const refused: [string, number, object][] = [
    [
      "a variable that does not fit",
      400,
      { query: "query ($v: Int!) { jobs(first: $v) { nodes { id } } }", variables: { v: "x" } },
    ],
    ["a variable that is missing", 400, { query: "query ($v: Int!) { jobs(first: $v) { nodes { id } } }" }],
    ["a missing input field", 400, { query: CREATE, variables: { input: { mode: { adHoc: {} } } } }],
    ["a wrong document", 400, { query: "{ nothing }" }],
    ["a syntax error", 400, { query: "{" }],
    ["no operation of this name", 400, { query: "query A { viewer { scopes } }", operationName: "B" }],
    [
      "a string that cannot be stored",
      400,
      { query: "query ($id: ID!) { node(id: $id) { id } }", variables: { id: "\u0000" } },
    ],
    [
      "an operation that is too large",
      400,
      { query: `{ interviews(first: 100) { nodes { application { interviews(first: 100) { nodes { id } } } } } }` },
    ],
  ];
  test.each(refused)("%s: %i", async (_name, status, body) => {
    const response = await postRaw(JSON.stringify(body), { accept: STRICT });
    const answer = (await response.json()) as object;
    expect(answer).toHaveProperty("errors");
    expect(answer).not.toHaveProperty("data");
    expect(response.status, JSON.stringify(answer)).toBe(status);
    expect(JSON.stringify(answer)).not.toContain('"http"');
  });
});

test.each([true, false])(
  "a bug before an operation runs has status 500 in both media types, direct: %s",
  async (directPost) => {
    const services = Object.defineProperty({ ...app.app.services }, "lookups", {
      enumerable: true,
      get() {
        throw new TypeError("a bug");
      },
    });
    const server = buildServer({ ...app.app, services }, { directPost });
    const { port } = await server.start(0, "127.0.0.1");
    const before = app.log.length;
    for (const accept of [STRICT, "application/json"]) {
      const client = new Client(`http://127.0.0.1:${port}`, app.client.token);
      const response = await client.post(JSON.stringify({ query: "{ viewer { scopes } }" }), { accept });
      expect(await response.json()).toEqual({
        errors: [
          {
            message: expect.stringMatching(/^Unexpected error/),
            extensions: expect.objectContaining({ code: "INTERNAL_SERVER_ERROR" }),
          },
        ],
      });
      expect(response.status).toBe(500);
    }
    expect(app.log.splice(before).filter(({ level }) => level === 50)).toHaveLength(2);
    await server.stop();
  },
);
