import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { encodeId } from "../../src/core/id.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import { adHoc, CREATE, external, user } from "../support/interview.ts";
import { expectNoTraces } from "../support/trace.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());
/** The request that was meant to meet a bug. */
let maskedRequest: string | null = null;
afterEach(async () => {
  await expectNoTraces(app);
  const bugs = app.log.filter(({ level, requestId }) => Number(level) >= 50 && requestId !== maskedRequest);
  expect(bugs).toEqual([]);
});

const INTERVIEW = "query ($id: ID!) { interview(id: $id) { id } }";

describe("ids", () => {
  const malformed = [
    "",
    "x",
    "1",
    "🎉",
    "a".repeat(10_000),
    Buffer.from("User:741381df-cb02-5243-b209-8cb00a4b81ab").toString("base64url"),
    "741381df-cb02-5243-b209-8cb00a4b81ab",
    encodeId("Interview", "not-a-uuid"),
    encodeId("Interview", "741381DF-CB02-5243-B209-8CB00A4B81AB"),
    encodeId("Interview", "741381dfcb025243b2098cb00a4b81ab"),
    encodeId("Interview", "{741381df-cb02-5243-b209-8cb00a4b81ab}"),
    encodeId("interview", "741381df-cb02-5243-b209-8cb00a4b81ab"),
    encodeId("__proto__", "741381df-cb02-5243-b209-8cb00a4b81ab"),
    ` ${user("ada")}`,
    `${user("ada")}\n`,
  ];
  test.each(malformed)("%j is refused by name", async (id) => {
    const { errors } = await app.client.send(INTERVIEW, { id });
    expect(errors).toMatchObject([{ path: ["interview"], extensions: { code: "INVALID_ID" } }]);
    expect(errors?.[0]?.message).toMatch(/is not an id of this API\. Send an id that a query returned\.$/);
  });
  test.each(malformed)("node refuses %j as well", async (id) => {
    const { errors } = await app.client.send("query ($id: ID!) { node(id: $id) { id } }", { id });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_ID" } }]);
  });
  test.each([
    "Interviewer",
    "HiringTeamMember",
    "PageInfo",
    "Node",
    "Query",
    "InterviewFilter",
    "ID",
    "Nothing",
    "__Type",
  ])("node refuses the id of a noun that has none: %s", async (noun) => {
    const id = encodeId(noun, "00000000-0000-4000-8000-000000000000");
    const { data, errors } = await app.client.send("query ($id: ID!) { node(id: $id) { id } viewer { scopes } }", {
      id,
    });
    expect(errors).toMatchObject([{ path: ["node"], extensions: { code: "INVALID_ID" } }]);
    expect(data).toMatchObject({ node: null, viewer: { scopes: expect.any(Array) } });
  });
  test("a wrong id among several is told at its own place, and the others are loaded", async () => {
    const ids = [user("ada"), encodeId("PageInfo", "00000000-0000-4000-8000-000000000000"), "x", user("ada")];
    const { data, errors } = await app.client.send("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", {
      ids,
    });
    expect(data?.["nodes"]).toEqual([
      { __typename: "User", id: user("ada") },
      null,
      null,
      { __typename: "User", id: user("ada") },
    ]);
    expect(errors).toMatchObject([
      { path: ["nodes", 1], extensions: { code: "INVALID_ID" } },
      { path: ["nodes", 2], extensions: { code: "INVALID_ID" } },
    ]);
  });
  test("the id of another noun is named", async () => {
    const { errors } = await app.client.send(INTERVIEW, { id: user("ada") });
    expect(errors?.[0]?.message).toMatch(/is the id of a User\. Send the id of an Interview\.$/);
  });
  test("an unknown id is null", async () => {
    expect(
      await app.client.data(INTERVIEW, { id: encodeId("Interview", "00000000-0000-4000-8000-000000000000") }),
    ).toEqual({ interview: null });
  });
});

describe("times", () => {
  const days = ["2027-02-30T00:00:00Z", "2027-04-31T00:00:00Z", "2027-02-29T00:00:00Z", "2027-01-01T00:00:60Z"];
  test.each(days)("%s is no instant, in a variable and in a literal", async (from) => {
    const variable = "query ($from: DateTime!) { interviews(filter: { startTime: { from: $from } }) { nodes { id } } }";
    const literal = variable.replace("($from: DateTime!) ", "").replace("$from", JSON.stringify(from));
    for (const answer of [await app.client.send(variable, { from }), await app.client.send(literal)]) {
      expect(answer.data ?? null).toBeNull();
      expect(answer.errors?.[0]?.message).toContain("An instant such as 2027-03-01T09:00:00Z is expected here");
    }
  });
  test.each(days)("%s is no start of an interview, in a variable and in a literal", async (startTime) => {
    const input = adHoc({}, { startTime });
    const literal = CREATE.replace("$input: CreateInterviewInput!", "$input: InterviewModeInput!").replace(
      "input: $input",
      `input: { mode: $input, applicationId: "${input.applicationId}", organizerId: "${input.organizerId}",
        timezone: "Europe/Berlin", startTime: "${startTime}" }`,
    );
    for (const answer of [
      await app.client.send(CREATE, { input }),
      await app.client.send(literal, { input: input.mode }),
    ]) {
      expect(answer.data?.["createInterview"].findings).toMatchObject([
        { code: "ERR_INVALID_ISO_8601", path: ["input", "startTime"] },
      ]);
    }
  });
});

describe("strings", () => {
  const places: [place: string, input: object][] = [
    ["name", adHoc({ name: "a\u0000b" })],
    ["id", adHoc({ officeId: "\u0000" })],
    ["time", adHoc({}, { startTime: "\u0000" })],
    ["zone", adHoc({}, { timezone: "\ud800" })],
    ["source", external({ source: "\udc00" })],
  ];
  test.each(places)("what cannot be stored is refused in the %s", async (_place, input) => {
    const { errors } = await app.client.send(CREATE, { input });
    expect(errors?.[0]).toMatchObject({ extensions: { code: "INVALID_INPUT" } });
    expect(errors?.[0]?.message).toMatch(/contains (the character U\+0000|half of a surrogate pair)\. Remove it/);
  });
  test("also inside the document", async () => {
    const { errors } = await app.client.send('{ node(id: "\\u0000") { id } }');
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
  });
  test.each([
    ["name", adHoc({ name: "x".repeat(256) }), "input.mode.adHoc.name"],
    ["empty name", adHoc({ name: " " }), "input.mode.adHoc.name"],
    ["source", external({ source: "x".repeat(256) }), "input.mode.external.source"],
    [
      "interviewers",
      adHoc({ interviewerIds: Array.from({ length: 101 }, () => user("ada")) }),
      "input.mode.adHoc.interviewerIds",
    ],
  ])("a length out of bounds is refused with its path: %s", async (_name, input, path) => {
    const { errors } = await app.client.send(CREATE, { input });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
    expect(errors?.[0]?.extensions?.["issues"]).toMatchObject([{ path: path.split(".") }]);
  });
  test.each(["startTime", "timezone"])("an over-long %s is refused with its bound", async (field) => {
    const { errors } = await app.client.send(CREATE, { input: adHoc({}, { [field]: "x".repeat(65) }) });
    expect(errors?.[0]?.message).toContain("At most 64 characters are expected here.");
  });
});

describe("pages", () => {
  test.each([
    ["first: 101", "first must be between 0 and 100"],
    ["first: -1", "first must be between 0 and 100"],
    ["last: 1000", "last must be between 0 and 100"],
    ["first: 1, last: 1", "Send either first or last"],
  ])("%s is refused", async (args, message) => {
    const { errors } = await app.client.send(`{ users(${args}) { nodes { id } } }`);
    expect(errors).toMatchObject([
      { message: expect.stringContaining(message), extensions: { code: "INVALID_INPUT" } },
    ]);
  });
  const position = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  test.each(["", "x", position([]), position(["a"]), position(["\u0000", user("ada")]), position([1, 2])])(
    "the cursor %j is refused",
    async (after) => {
      const { errors } = await app.client.send("query ($after: String) { users(after: $after) { nodes { id } } }", {
        after,
      });
      expect(errors).toMatchObject([{ extensions: { code: "CURSOR_INVALID" } }]);
    },
  );
  test.each(["not a date", "+275760-09-13T00:00:00.000Z", "9999-99-99T00:00:00.000Z"])(
    "so is the start %s",
    async (start) => {
      const after = position([start, "00000000-0000-4000-8000-000000000000"]);
      const { errors } = await app.client.send(
        "query ($after: String) { interviews(after: $after) { nodes { id } } }",
        { after },
      );
      expect(errors).toMatchObject([{ extensions: { code: "CURSOR_INVALID" } }]);
    },
  );
});

describe("requests", () => {
  const bodies: [name: string, body: string, status: number][] = [
    ["not JSON", "{", 400],
    ["an empty body", "", 400],
    ["a number", "1", 400],
    ["null", "null", 400],
    ["no query", "{}", 400],
    ["a query that is no string", '{"query":1}', 400],
    ["a syntax error", '{"query":"{"}', 400],
    ["an unknown field", '{"query":"{ nothing }"}', 400],
    ["variables that are no object", '{"query":"{ viewer { account { id } } }","variables":"x"}', 400],
    [
      "a megabyte",
      JSON.stringify({ query: "{ viewer { account { id } } }", variables: { text: "x".repeat(1_000_000) } }),
      413,
    ],
    ["ten thousand fields", JSON.stringify({ query: `{ ${"viewer { account { id } } ".repeat(2_500)} }` }), 400],
    ["fields nested deeply", JSON.stringify({ query: `${"{ a ".repeat(4_000)}${"}".repeat(4_000)}` }), 400],
  ];
  test.each(bodies)("%s", async (_name, body, status) => {
    const response = await app.client.post(body, { accept: "application/graphql-response+json" });
    expect(response.status).toBe(status);
    expect(response.headers.get("x-request-id")).toMatch(/^[\w-]{36}$/);
    const text = await response.text();
    expect(JSON.parse(text).errors[0].message).toEqual(expect.any(String));
    expect(text).not.toContain("Unexpected error");
  });

  test("a mutation by GET is refused", async () => {
    const query = encodeURIComponent("mutation { createInterview(input: {}) { __typename } }");
    const response = await fetch(`${app.url}/graphql?query=${query}`, {
      headers: { authorization: `Bearer ${app.client.token}` },
    });
    expect(response.ok).toBe(false);
  });

  test.each([
    ["no token", undefined, "Send an API token"],
    ["a wrong token", "wrong", "This API token is not valid"],
    ["an empty token", " ", "Send an API token"],
  ])("%s is UNAUTHENTICATED", async (_name, token, message) => {
    const response = await new Client(app.url, token).post(JSON.stringify({ query: "{ viewer { account { id } } }" }));
    expect(response.status).toBe(401);
    const { errors } = await response.json();
    expect(errors).toMatchObject([
      { message: expect.stringContaining(message), extensions: { code: "UNAUTHENTICATED" } },
    ]);
  });

  test("a request id that is harmless is echoed, another is replaced", async () => {
    const id = async (offered: string) =>
      (await app.client.post("{}", { "x-request-id": offered })).headers.get("x-request-id");
    expect(await id("trace-1.2:3")).toBe("trace-1.2:3");
    expect(await id('"><script>')).toMatch(/^[\w-]{36}$/);
    expect(await id("x".repeat(65))).toMatch(/^[\w-]{36}$/);
  });
});

test("a bug is masked, and the log has it under the request id", async () => {
  await app.app.connections.raw`alter table offices rename to hidden_offices`;
  const response = await app.client.post(JSON.stringify({ query: "{ offices { nodes { id } } }" }));
  await app.app.connections.raw`alter table hidden_offices rename to offices`;
  const requestId = response.headers.get("x-request-id");
  maskedRequest = requestId;
  const { errors } = await response.json();
  expect(errors).toMatchObject([
    {
      message: `Unexpected error. Quote request id ${requestId} when you report it.`,
      path: ["offices"],
      extensions: { code: "INTERNAL_SERVER_ERROR", requestId },
    },
  ]);
  expect(JSON.stringify(errors)).not.toContain("select");
  const told = app.log.filter((line) => line["requestId"] === requestId && Number(line["level"]) > 20);
  expect(told).toMatchObject([{ level: 50, path: ["offices"] }]);
});
