import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeId } from "../../src/core/id.ts";
import { COMPUTE, READ, compute, completeOnce, connectCalendars, search } from "../support/availability.ts";
import type { Client } from "../support/client.ts";
import { sampleId } from "../support/directory.ts";
import { adHoc, createInterview, user } from "../support/interview.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
beforeAll(async () => {
  app = await startViewerApp({ worker: false });
  await connectCalendars(app, ["ada", "bob"]);
});
afterAll(() => app.stop());

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const extras = (count: number) => Array.from({ length: count }, (_, index) => user(`extra-${index}`));
const findings = async (input: object, client: Client = app.client): Promise<string[]> => {
  const { computeAvailability: result } = await client.data(COMPUTE, { input });
  return (result.findings ?? []).map(({ code, path }: any) => `${code} ${path.join(".")}`);
};
const count = async (): Promise<unknown> => {
  const [row] = await app.app.connections.raw`select count(*)::int as searches from availability_searches`;
  return row?.["searches"];
};

describe("a request is refused for", () => {
  test.each<[string, object, string[]]>([
    ["no interviewers", { interviewerIds: [] }, ["ERR_INTERVIEWER_IDS_REQUIRED input.interviewerIds"]],
    ["eleven interviewers", { interviewerIds: extras(11) }, ["ERR_TOO_MANY_INTERVIEWERS input.interviewerIds"]],
    [
      "an inactive interviewer",
      { interviewerIds: [user("inactive")] },
      ["ERR_INTERVIEWERS_NOT_FOUND input.interviewerIds"],
    ],
    [
      "an id of something else",
      { interviewerIds: [sampleId("Office", "berlin")] },
      ["ERR_INTERVIEWERS_NOT_FOUND input.interviewerIds"],
    ],
    [
      "another account's interviewer",
      { interviewerIds: [sampleId("User", "ada", "other")] },
      ["ERR_INTERVIEWERS_NOT_FOUND input.interviewerIds"],
    ],
    ["an inactive organizer", { organizerId: user("inactive") }, ["ERR_ORGANIZER_NOT_FOUND input.organizerId"]],
    [
      "another account's organizer",
      { organizerId: sampleId("User", "recruiter", "other") },
      ["ERR_ORGANIZER_NOT_FOUND input.organizerId"],
    ],
    ["four minutes", { durationMinutes: 4 }, ["ERR_DURATION_OUT_OF_RANGE input.durationMinutes"]],
    ["more than a day", { durationMinutes: 1441 }, ["ERR_DURATION_OUT_OF_RANGE input.durationMinutes"]],
    ["an unknown zone", { timezone: "Mars/Olympus" }, ["ERR_INVALID_TIMEZONE input.timezone"]],
    [
      "a time that cannot be read",
      { from: "soon", to: "later" },
      ["ERR_INVALID_ISO_8601 input.from", "ERR_INVALID_ISO_8601 input.to"],
    ],
    ["a time that the clocks skip", { to: "2027-03-28T02:30" }, ["ERR_INVALID_ISO_8601 input.to"]],
    [
      "a window backwards",
      { from: "2027-03-02T09:00", to: "2027-03-01T09:00" },
      ["ERR_END_TIME_BEFORE_START_TIME input.to"],
    ],
    [
      "a window backwards by times with offsets, which no zone changes",
      { from: "2027-03-02T09:00Z", to: "2027-03-01T09:00Z", timezone: "Nowhere" },
      ["ERR_INVALID_TIMEZONE input.timezone", "ERR_END_TIME_BEFORE_START_TIME input.to"],
    ],
    [
      "what an unknown zone leaves open",
      { from: "2027-03-02T09:00", to: "2027-03-01T09:00Z", timezone: "Nowhere" },
      ["ERR_INVALID_TIMEZONE input.timezone"],
    ],
    [
      "an empty window",
      { from: "2027-03-02T09:00", to: "2027-03-02T09:00" },
      ["ERR_END_TIME_BEFORE_START_TIME input.to"],
    ],
    ["more than thirty days", { from: "2027-03-01T09:00", to: "2027-03-31T10:15" }, ["ERR_WINDOW_TOO_LONG input.to"]],
    ["a negative buffer", { bufferMinutes: -1 }, ["ERR_MINUTES_OUT_OF_RANGE input.bufferMinutes"]],
    ["a long buffer", { bufferMinutes: 241 }, ["ERR_MINUTES_OUT_OF_RANGE input.bufferMinutes"]],
    ["a negative notice", { minimumNoticeMinutes: -1 }, ["ERR_MINUTES_OUT_OF_RANGE input.minimumNoticeMinutes"]],
    ["a long notice", { minimumNoticeMinutes: 43_201 }, ["ERR_MINUTES_OUT_OF_RANGE input.minimumNoticeMinutes"]],
    [
      "an unknown interview",
      { ignoreInterviewIds: [encodeId("Interview", UNKNOWN)] },
      ["ERR_INTERVIEWS_NOT_FOUND input.ignoreInterviewIds"],
    ],
  ])("%s", async (_name, parts, expected) => {
    const before = await count();
    expect(await findings(search(parts))).toEqual(expected);
    expect(await count()).toBe(before);
  });

  test("everything at once", async () => {
    const wrong = {
      organizerId: user("inactive"),
      interviewerIds: [...extras(11), user("inactive")],
      durationMinutes: 0,
      timezone: "Nowhere",
      from: "soon",
      bufferMinutes: 1_000,
      minimumNoticeMinutes: -5,
      ignoreInterviewIds: ["x"],
    };
    expect(await findings(search(wrong))).toEqual([
      "ERR_ORGANIZER_NOT_FOUND input.organizerId",
      "ERR_INTERVIEWERS_NOT_FOUND input.interviewerIds",
      "ERR_TOO_MANY_INTERVIEWERS input.interviewerIds",
      "ERR_DURATION_OUT_OF_RANGE input.durationMinutes",
      "ERR_INVALID_TIMEZONE input.timezone",
      "ERR_INVALID_ISO_8601 input.from",
      "ERR_MINUTES_OUT_OF_RANGE input.bufferMinutes",
      "ERR_MINUTES_OUT_OF_RANGE input.minimumNoticeMinutes",
      "ERR_INTERVIEWS_NOT_FOUND input.ignoreInterviewIds",
    ]);
  });

  test("but not for what is just within the bounds", async () => {
    for (const parts of [
      { interviewerIds: extras(10) },
      { interviewerIds: [user("ada"), user("ada")] },
      { durationMinutes: 5 },
      { durationMinutes: 1440 },
      { bufferMinutes: 240, minimumNoticeMinutes: 43_200 },
      { from: "2027-03-01T09:00", to: "2027-03-31T09:00" },
      // Thirty days by the wall clock, one of which has 25 hours.
      { from: "2027-10-15T09:00", to: "2027-11-14T09:00" },
      { kind: "ONE_ON_ONE", interviewerIds: extras(10) },
    ]) {
      expect(await findings(search(parts)), JSON.stringify(parts)).toEqual([]);
    }
  });
});

describe("who may", () => {
  test("a token needs the scope interviews:write", async () => {
    const reader = await app.createToken("sample", ["interviews:read", "directory:read"]);
    const { id } = await compute(app.client, search());
    const refused = { extensions: { code: "FORBIDDEN", requiredScope: "interviews:write" } };
    expect((await reader.send(COMPUTE, { input: search() })).errors).toMatchObject([refused]);
    expect((await reader.send(READ, { id })).errors).toMatchObject([refused]);
    expect((await reader.send("query ($id: ID!) { node(id: $id) { id } }", { id })).errors).toMatchObject([refused]);
    const socket = await reader.subscribe("subscription ($id: ID!) { availabilityComputed(searchId: $id) { id } }", {
      id,
    });
    expect((await socket.next()).errors).toMatchObject([refused]);
    await socket.close();
  });

  test("a token that may only write finds times, and sees of people their ids alone", async () => {
    const writer = await app.createToken("sample", ["interviews:write"]);
    const start = (selection: string) =>
      `mutation ($input: ComputeAvailabilityInput!) { computeAvailability(input: $input) { ... on ComputeAvailabilitySuccess { search { ${selection} } } } }`;
    const read = (selection: string) => `query ($id: ID!) { availabilitySearch(id: $id) { ${selection} } }`;
    const { computeAvailability } = await writer.data(start("id status people { user { id } }"), { input: search() });
    const { id } = computeAvailability.search;
    await completeOnce(app, id);
    const shown = "status slots { nodes { startTime interviewers { id } } } people { user { id } blocks { reason } }";
    expect(await writer.data(read(shown), { id })).toMatchObject({
      availabilitySearch: {
        status: "SUCCEEDED",
        people: [{ user: { id: user("ada") } }, { user: { id: user("recruiter") } }],
      },
    });
    const refused = [{ extensions: { code: "FORBIDDEN", requiredScope: "interviews:read" } }];
    const before = await count();
    for (const names of [
      "people { user { name } }",
      "slots { nodes { unknown { email } } }",
      "people { blocks { interview { name } } }",
    ]) {
      expect((await writer.send(start(names), { input: search() })).errors).toMatchObject(refused);
      expect((await writer.send(read(names), { id })).errors).toMatchObject(refused);
      const socket = await writer.subscribe(
        `subscription ($id: ID!) { availabilityComputed(searchId: $id) { ${names} } }`,
        { id },
      );
      expect((await socket.next()).errors).toMatchObject(refused);
      await socket.close();
    }
    expect((await writer.send("query ($id: ID!) { node(id: $id) { id } }", { id })).errors).toMatchObject(refused);
    expect(await count()).toBe(before);
  });

  test("a search belongs to who asked, and admins see it", async () => {
    const [coordinator, stranger, admin] = await Promise.all(
      ["coordinator", "stranger", "admin"].map((sub) => app.person(sub)),
    );
    if (!coordinator || !stranger || !admin) throw new Error("There are three persons.");
    const { id } = await compute(coordinator, search());
    await completeOnce(app, id);
    const seen = async (client: Client) => (await client.data(READ, { id }))["availabilitySearch"]?.id ?? null;
    expect(await Promise.all([coordinator, admin, app.client, stranger, app.other].map(seen))).toEqual([
      id,
      id,
      id,
      null,
      null,
    ]);
    expect(await stranger.data("query ($id: ID!) { node(id: $id) { id } }", { id })).toEqual({ node: null });
    const socket = await stranger.subscribe("subscription ($id: ID!) { availabilityComputed(searchId: $id) { id } }", {
      id,
    });
    expect((await socket.next()).errors).toMatchObject([{ extensions: { code: "NOT_FOUND" } }]);
    await socket.close();
  });

  test("blocks of interviews that the caller may not see name none, and such cannot be ignored", async () => {
    const interviewId = await createInterview(app.client, adHoc({}, { startTime: "2027-03-01T10:00" }));
    const blockOf = async (client: Client) => {
      const { id, status } = await compute(client, search());
      if (status === "PENDING") await completeOnce(app, id);
      const { availabilitySearch } = await client.data(READ, { id });
      return availabilitySearch.people[0].blocks;
    };
    const times = {
      startTime: "2027-03-01T09:00:00.000Z",
      endTime: "2027-03-01T09:30:00.000Z",
      reason: "BUSY_INTERVIEW",
    };
    const [coordinator, stranger, ada] = [
      await app.person("coordinator"),
      await app.person("stranger"),
      await app.person("ada"),
    ];
    expect(await blockOf(coordinator)).toEqual([{ ...times, interview: { id: interviewId } }]);
    expect(await blockOf(ada)).toEqual([{ ...times, interview: { id: interviewId } }]);
    expect(await blockOf(stranger)).toEqual([{ ...times, interview: null }]);
    const ignoring = search({ ignoreInterviewIds: [interviewId] });
    expect(await findings(ignoring, stranger)).toEqual(["ERR_INTERVIEWS_NOT_FOUND input.ignoreInterviewIds"]);
    expect(await findings(ignoring, coordinator)).toEqual([]);
  });
});

describe("slots come in pages", () => {
  const PAGE = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { availabilitySearch(id: $id) {
    slots(first: $first, after: $after, last: $last, before: $before) { nodes { startTime }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;
  test("forward and backward", async () => {
    const { id, status } = await compute(app.client, search({ from: "2027-03-09T09:00", to: "2027-03-09T12:00" }));
    if (status === "PENDING") await completeOnce(app, id);
    const page = async (args: object) => (await app.client.data(PAGE, { id, ...args }))["availabilitySearch"].slots;
    const all = (await page({ first: 100 })).nodes;
    expect(all).toHaveLength(11);
    const first = await page({ first: 4 });
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const second = await page({ first: 4, after: first.pageInfo.endCursor });
    const third = await page({ first: 4, after: second.pageInfo.endCursor });
    expect([...first.nodes, ...second.nodes, ...third.nodes]).toEqual(all);
    expect(third.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const back = await page({ last: 4, before: third.pageInfo.startCursor });
    expect(back.nodes).toEqual(second.nodes);
    expect(back.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    const { id: other } = await compute(app.client, search());
    await completeOnce(app, other);
    for (const after of ["x", "", Buffer.from("[1]").toString("base64url"), first.pageInfo.endCursor]) {
      const { errors } = await app.client.send(PAGE, { id: other, after });
      expect(errors, after).toMatchObject([{ extensions: { code: "CURSOR_INVALID" } }]);
    }
    expect((await app.client.send(PAGE, { id, first: 101 })).errors).toMatchObject([
      { extensions: { code: "INVALID_INPUT" } },
    ]);
  });
});
