import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REQUEST_ERRORS } from "../../src/core/error.ts";
import { FINDINGS } from "../../src/interview/finding.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, CREATE, office, plan, user } from "../support/interview.ts";
import { expectNoTraces } from "../support/trace.ts";
import { openWays } from "../support/ways.ts";

let app: TestApp;
let opened: Awaited<ReturnType<typeof openWays>>;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  opened = await openWays(app);
});
afterAll(async () => {
  // None of these requests is a bug of ours, and none has changed anything.
  expect(app.log.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  await expectNoTraces(app);
  await opened.close();
  await app.stop();
});

const CODES: ReadonlySet<unknown> = new Set([...Object.keys(REQUEST_ERRORS), ...Object.keys(FINDINGS)]);

interface Place {
  path?: (string | number)[];
  /** Of the first location. */
  column?: number;
  /** Paths of `extensions.issues`. */
  issues?: string[];
}

type Case = [name: string, code: string, place: Place, query: string, variables?: Record<string, unknown>];

const interviews = (filter: string) => `{ interviews(filter: ${filter}) { totalCount } }`;
const byVariable = (type: string, filter: string) =>
  `query ($v: ${type}) { interviews(filter: ${filter}) { totalCount } }`;
const DECLARED = 8;
const mutation = (mode: string, declared = "") =>
  `mutation ${declared}{ createInterview(input: { applicationId: "a", organizerId: "b", startTime: "c", timezone: "d", mode: ${mode} }) { __typename } }`;

const LITERALS: Case[] = [
  ["an Int", "GRAPHQL_VALIDATION_FAILED", { column: 16 }, `{ users(first: "x") { nodes { id } } }`],
  ["a Boolean", "GRAPHQL_VALIDATION_FAILED", { column: 20 }, `{ viewer @skip(if: 1) { scopes } }`],
  ["an enum", "GRAPHQL_VALIDATION_FAILED", { column: 32 }, interviews("{ kinds: [X] }")],
  [
    "a DateTime",
    "GRAPHQL_VALIDATION_FAILED",
    { column: 39 },
    interviews(`{ start: { from: "2027-02-30T00:00:00Z" } }`),
  ],
  [
    "an EventCursor",
    "GRAPHQL_VALIDATION_FAILED",
    { column: 39 },
    `subscription { interviewEvents(after: 1) { cursor } }`,
  ],
  [
    "a TimeZone",
    "GRAPHQL_VALIDATION_FAILED",
    { column: 101 },
    mutation("{ external: {} }").replace('timezone: "d"', "timezone: 1"),
  ],
  [
    "a default",
    "GRAPHQL_VALIDATION_FAILED",
    { column: 18 },
    `query ($v: Int = "x") { users(first: $v) { totalCount } }`,
  ],
  ["a field that is unknown", "GRAPHQL_VALIDATION_FAILED", { column: 24 }, interviews("{ nothing: 1 }")],
  ["a null", "GRAPHQL_VALIDATION_FAILED", { column: 17 }, `{ interview(id: null) { id } }`],
  ["an argument that is missing", "GRAPHQL_VALIDATION_FAILED", { column: 3 }, `{ interview { id } }`],
  ["a string that cannot be stored", "INVALID_INPUT", { column: 17 }, `{ interview(id: "\\u0000") { id } }`],
  ["no mode", "GRAPHQL_VALIDATION_FAILED", { column: 112 }, mutation("{}")],
  [
    "a required field of a mode",
    "ERR_KIND_REQUIRED",
    { column: 121 },
    mutation(
      `{ adHoc: { location: PHONE, interviewerIds: [], candidateTemplateId: "a", interviewerTemplateId: "a" } }`,
    ),
  ],
];

const VARIABLES: Case[] = [
  [
    "an Int",
    "INVALID_INPUT",
    { column: DECLARED, issues: ["v"] },
    `query ($v: Int) { users(first: $v) { nodes { id } } }`,
    { v: "x" },
  ],
  [
    "a Boolean",
    "INVALID_INPUT",
    { column: DECLARED, issues: ["v"] },
    `query ($v: Boolean!) { viewer @skip(if: $v) { scopes } }`,
    { v: 1 },
  ],
  [
    "an enum",
    "INVALID_INPUT",
    { column: DECLARED, issues: ["v.1"] },
    byVariable("[InterviewKind!]", "{ kinds: $v }"),
    { v: ["PANEL", "X"] },
  ],
  [
    "a DateTime",
    "INVALID_INPUT",
    { column: DECLARED, issues: ["v.start.from"] },
    byVariable("InterviewFilter", "$v"),
    { v: { start: { from: "x" } } },
  ],
  [
    "a field that is unknown",
    "INVALID_INPUT",
    { column: DECLARED, issues: ["v"] },
    byVariable("InterviewFilter", "$v"),
    { v: { nothing: 1 } },
  ],
  [
    "a null",
    "INVALID_INPUT",
    { column: DECLARED, issues: ["v.0"] },
    `query ($v: [ID!]!) { nodes(ids: $v) { id } }`,
    { v: [null] },
  ],
  [
    "a variable that is missing",
    "INVALID_INPUT",
    { column: DECLARED, issues: ["v"] },
    `query ($v: ID!) { interview(id: $v) { id } }`,
  ],
  [
    "a null in place of a default",
    "INVALID_INPUT",
    { path: ["interviews"], column: 67 },
    `query ($v: InterviewOrder = {field: START}) { interviews(orderBy: $v) { totalCount } }`,
    { v: null },
  ],
  [
    "a string that cannot be stored",
    "INVALID_INPUT",
    { issues: ["v"] },
    `query ($v: ID!) { interview(id: $v) { id } }`,
    { v: "\u0000" },
  ],
  ["no mode", "INVALID_INPUT", { issues: ["input.mode"], column: 19 }, CREATE, { input: { ...adHoc(), mode: {} } }],
  [
    "a mode that is not sent",
    "INVALID_INPUT",
    { path: ["createInterview"], column: 137 },
    mutation("{ plan: $v }", "($v: PlanInterviewInput) "),
  ],
  [
    "a required field of a mode",
    "ERR_KIND_REQUIRED",
    { issues: ["input.mode.adHoc.kind"], column: 19 },
    CREATE,
    { input: adHoc({ kind: undefined }) },
  ],
  [
    "a null for a required field of a mode",
    "ERR_KIND_REQUIRED",
    { issues: ["input.mode.adHoc.kind"], column: 19 },
    CREATE,
    { input: adHoc({ kind: null }) },
  ],
  [
    "a required field",
    "INVALID_INPUT",
    { issues: ["input.organizerId"], column: 19 },
    CREATE,
    { input: adHoc({}, { organizerId: undefined }) },
  ],
  [
    "a text that is too long",
    "INVALID_INPUT",
    { path: ["createInterview"], issues: ["input.mode.adHoc.name"] },
    CREATE,
    { input: adHoc({ name: "x".repeat(256) }) },
  ],
];

const ids = (jobIds: unknown[]) => ({
  v: { jobIds, officeIds: [office("berlin"), "y"], interviewerIds: [user("ada")] },
});
const IDS: Case[] = [
  ["of an object", "INVALID_ID", { path: ["interview"] }, `{ interview(id: "x") { id } }`],
  ["of a node", "INVALID_ID", { path: ["node"] }, `{ node(id: "x") { id } }`],
  ["in a list of nodes", "INVALID_ID", { path: ["nodes", 1] }, `{ nodes(ids: ["${user("ada")}", "x"]) { id } }`],
  [
    "in filters",
    "INVALID_ID",
    { path: ["interviews"], issues: ["filter.jobIds.1", "filter.jobIds.2", "filter.officeIds.1"] },
    byVariable("InterviewFilter", "$v"),
    ids(["Job_00000000-0000-4000-8000-000000000000", "x", user("ada")]),
  ],
  [
    "in a filter of a nested list",
    "INVALID_ID",
    { path: ["jobs", "nodes", 0, "interviews"], issues: ["filter.stageIds.0"] },
    `{ jobs(first: 1) { nodes { interviews(filter: { stageIds: ["x"] }) { totalCount } } } }`,
  ],
  [
    "in a filter of events",
    "INVALID_ID",
    { path: ["interviewEvents"], issues: ["filter.jobIds.0"] },
    `subscription { interviewEvents(filter: { jobIds: ["x"] }) { cursor } }`,
  ],
];

const OTHERS: Case[] = [
  ["a page size", "INVALID_INPUT", { path: ["users"] }, `{ users(first: 101) { nodes { id } } }`],
  ["a cursor", "CURSOR_INVALID", { path: ["users"] }, `{ users(after: "x") { nodes { id } } }`],
  [
    "a cursor of events",
    "CURSOR_INVALID",
    { path: ["interviewEvents"] },
    `subscription { interviewEvents(after: "x") { cursor } }`,
  ],
  ["a field that is unknown", "GRAPHQL_VALIDATION_FAILED", { column: 3 }, `{ nothing }`],
  ["a text that cannot be parsed", "GRAPHQL_PARSE_FAILED", { column: 2 }, `{`],
  [
    "too many aliases",
    "OPERATION_TOO_LARGE",
    { column: 1593 },
    `{ ${Array.from({ length: 120 }, (_, n) => `a${n}: __typename`).join(" ")} }`,
  ],
  [
    "too much",
    "OPERATION_TOO_LARGE",
    { column: 1 },
    `{ interviews(first: 100) { nodes { application { interviews(first: 100) { nodes { id } } } } } }`,
  ],
];

describe.each([
  ["a wrong literal", LITERALS],
  ["a wrong variable", VARIABLES],
  ["a wrong id", IDS],
  ["another refusal", OTHERS],
])("%s has a code and a place on every transport:", (_kind, cases) => {
  test.each(cases)("%s", async (...[, code, place, query, variables = {}]) => {
    const isQuery = !/^\s*(mutation|subscription)/.test(query);
    for (const { name, ask } of opened.ways) {
      if (name.startsWith("GET") && !isQuery) continue;
      const { result } = await ask({ query, variables });
      const told = `${name}: ${JSON.stringify(result)}`;
      expect(result.errors?.length, told).toBeGreaterThan(0);
      for (const { extensions, path, locations } of result.errors ?? []) {
        expect(CODES.has(extensions?.["code"]), told).toBe(true);
        expect(path ?? locations ?? extensions?.["issues"], told).toBeDefined();
      }
      const [first] = result.errors ?? [];
      expect(first?.extensions?.["code"], told).toBe(code);
      const [location] = (first?.locations ?? []) as { column: number }[];
      const issues = first?.extensions?.["issues"] as { path: string[] }[] | undefined;
      expect(first?.path, told).toEqual(place.path);
      expect(place.column ?? location?.column, told).toBe(location?.column);
      expect(
        issues?.map((issue) => issue.path.join(".")),
        told,
      ).toEqual(place.issues);
    }
  });
});

describe("on an event stream a subscription is refused with code and place:", () => {
  const subscriptions = [...LITERALS, ...IDS, ...OTHERS].filter(([, , , query]) => query.startsWith("subscription"));
  const variable = "subscription ($v: EventCursor) { interviewEvents(after: $v) { cursor } }";
  const cases: Case[] = [...subscriptions, ["a variable", "INVALID_INPUT", { issues: ["v"] }, variable, { v: 1 }]];
  test.each(cases)("%s", async (...[, code, place, query, variables]) => {
    const stream = await app.client.subscribeSse(query, variables);
    const { errors = [] } = await stream.next();
    expect(errors).toMatchObject([{ extensions: { code } }]);
    expect(errors[0]?.path).toEqual(place.path);
    const issues = errors[0]?.extensions?.["issues"] as { path: string[] }[] | undefined;
    expect(issues?.map((issue) => issue.path.join("."))).toEqual(place.issues);
    await stream.close();
  });
});

test("a wrong id in a mutation's input comes with the findings, on every transport that takes mutations", async () => {
  const input = plan({ officeId: "x", interviewerIds: [user("ada"), office("berlin")] }, { startTime: "soon" });
  for (const { name, ask } of opened.ways.filter((way) => !way.name.startsWith("GET"))) {
    const { result } = await ask({ query: CREATE, variables: { input } });
    expect(result, name).toMatchObject({
      data: {
        createInterview: {
          code: "ERR_VALIDATION_FAILED",
          findings: [
            { code: "ERR_INVALID_ISO_8601", path: ["input", "startTime"] },
            {
              code: "ERR_INTERVIEWERS_NOT_FOUND",
              path: ["input", "mode", "plan", "interviewerIds"],
              message: `There is no active user for some of the interviewers. "${office("berlin")}" is the id of an Office.`,
            },
            {
              code: "ERR_OFFICE_NOT_FOUND",
              path: ["input", "mode", "plan", "officeId"],
              message: 'There is no office with this id. "x" is not an id of this API.',
            },
          ],
        },
      },
    });
  }
});

describe("a refusal of the HTTP layer has a code of the table:", () => {
  const JSON_HEADERS = { "content-type": "application/json" };
  const form = "application/x-www-form-urlencoded";
  const query = "{ viewer { scopes } }";
  const cases: [name: string, code: string, status: number, path: string, init: RequestInit][] = [
    ["a mutation by GET", "BAD_REQUEST", 405, `?query=${encodeURIComponent(mutation("{ external: {} }"))}`, {}],
    ["no query by GET", "BAD_REQUEST", 400, "?", {}],
    ["variables that are no JSON", "BAD_REQUEST", 400, `?query=${encodeURIComponent(query)}&variables=x`, {}],
    [
      "another method",
      "BAD_REQUEST",
      405,
      "",
      { method: "PUT", headers: JSON_HEADERS, body: JSON.stringify({ query }) },
    ],
    [
      "a form",
      "UNSUPPORTED_MEDIA_TYPE",
      415,
      "",
      { method: "POST", headers: { "content-type": form }, body: "query=x" },
    ],
    ["no JSON", "BAD_REQUEST", 400, "", { method: "POST", headers: JSON_HEADERS, body: "{" }],
    ["a batch", "BAD_REQUEST", 400, "", { method: "POST", headers: JSON_HEADERS, body: "[]" }],
    [
      "a body that is too large",
      "REQUEST_ENTITY_TOO_LARGE",
      413,
      "",
      { method: "POST", headers: JSON_HEADERS, body: JSON.stringify({ query: "x".repeat(300_000) }) },
    ],
    [
      "several operations and no name",
      "OPERATION_RESOLUTION_FAILURE",
      400,
      "",
      { method: "POST", headers: JSON_HEADERS, body: JSON.stringify({ query: `query A ${query} query B ${query}` }) },
    ],
    [
      "a name that no operation has",
      "OPERATION_RESOLUTION_FAILURE",
      400,
      "",
      {
        method: "POST",
        headers: JSON_HEADERS,
        body: JSON.stringify({ query: `query A ${query}`, operationName: "B" }),
      },
    ],
    [
      "a document that is not registered",
      "PERSISTED_QUERY_NOT_FOUND",
      404,
      "",
      { method: "POST", headers: JSON_HEADERS, body: JSON.stringify({ documentId: `sha256:${"0".repeat(64)}` }) },
    ],
  ];
  test.each(cases)("%s: %s", async (...[, code, status, path, { headers, ...init }]) => {
    for (const accept of ["application/json", "application/graphql-response+json"]) {
      const response = await fetch(`${app.url}/graphql${path}`, {
        ...init,
        headers: { authorization: `Bearer ${app.client.token}`, accept, ...(headers as Record<string, string>) },
      });
      const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] };
      expect(errors).toMatchObject([{ message: expect.stringMatching(/\S/), extensions: { code } }]);
      expect(CODES.has(code)).toBe(true);
      const isAnswer = code === "PERSISTED_QUERY_NOT_FOUND" && accept === "application/json";
      expect(response.status).toBe(isAnswer ? 200 : status);
    }
  });
});
