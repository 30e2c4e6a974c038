import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeId } from "../../../src/core/id.ts";
import { completeOnce, connectCalendars, READ } from "../../support/availability.ts";
import type { Client } from "../../support/client.ts";
import { sampleId } from "../../support/directory.ts";
import { adHoc, createInterview, user } from "../../support/interview.ts";
import { COMPUTE_LOOP, computeLoop, legOf, loopSearch, READ_LOOP } from "../../support/loop-availability.ts";
import { startViewerApp } from "../../support/viewer.ts";
import type { ViewerApp } from "../../support/viewer.ts";

let app: ViewerApp;
beforeAll(async () => {
  app = await startViewerApp({ worker: false });
  await connectCalendars(app, ["ada", "bob"]);
  await app.app.connections.raw`
    insert into users (account_id, id, external_id, name, email, role, timezone, active)
    select account_id, gen_random_uuid(), 'more-' || n, 'More ' || n, 'more-' || n || '@example.com', role, timezone, true
    from users, generate_series(0, 30) n where external_id = 'ada' and account_id = (select id from accounts where external_id = 'sample')`;
});
afterAll(() => app.stop());

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const extras = (count: number) => Array.from({ length: count }, (_, index) => `extra-${index}`);
const pooled = (of: string[], need?: number) => ({
  durationMinutes: 30,
  pool: { of: of.map((name) => user(name)), need },
});
const leg = legOf(30, ["ada"]);
const legs = (...more: object[]) => ({ legs: [leg, ...more] });
const many = (count: number) => ({ legs: Array.from({ length: count }, () => leg) });
const findings = async (input: object, client: Client = app.client): Promise<string[]> => {
  const { computeLoopAvailability: result } = await client.data(COMPUTE_LOOP, { input });
  return (result.findings ?? []).map(({ code, path }: any) => `${code} ${path.join(".")}`);
};
/** Ids of people that the directory has beside the sample's. */
async function moreIds(count: number): Promise<string[]> {
  const rows = await app.app.connections
    .raw`select id from users where external_id like 'more-%' order by id limit ${count}`;
  return rows.map(({ id }) => encodeId("User", id as string));
}

describe("a request is refused for", () => {
  test.each<[string, object, string[]]>([
    ["no legs", { legs: [] }, ["ERR_LOOP_LEG_COUNT input.legs"]],
    ["one leg", many(1), ["ERR_LOOP_LEG_COUNT input.legs"]],
    ["thirteen legs", many(13), ["ERR_LOOP_LEG_COUNT input.legs"]],
    ["seven legs in any order", { ...many(7), order: "ANY" }, ["ERR_LOOP_LEG_COUNT input.legs"]],
    ["a length", legs(legOf(4, ["bob"])), ["ERR_DURATION_OUT_OF_RANGE input.legs.1.durationMinutes"]],
    ["a leg of nobody", legs({ durationMinutes: 30 }), ["ERR_INTERVIEWER_IDS_REQUIRED input.legs.1.interviewerIds"]],
    ["an empty pool", legs(pooled([])), ["ERR_INTERVIEWER_IDS_REQUIRED input.legs.1.pool.of"]],
    ["a pool of which none is needed", legs(pooled(["ada"], 0)), ["ERR_POOL_NEED_OUT_OF_RANGE input.legs.1.pool.need"]],
    ["a pool that is too small", legs(pooled(["ada"], 2)), ["ERR_POOL_NEED_OUT_OF_RANGE input.legs.1.pool.need"]],
    [
      "a pool of those who are required",
      legs(legOf(30, ["ada"], { of: ["ada", "bob"], need: 2 })),
      ["ERR_POOL_NEED_OUT_OF_RANGE input.legs.1.pool.need"],
    ],
    ["eleven interviewers", legs(legOf(30, extras(11))), ["ERR_TOO_MANY_INTERVIEWERS input.legs.1.interviewerIds"]],
    ["a pool of eleven", legs(pooled(extras(11))), ["ERR_TOO_MANY_INTERVIEWERS input.legs.1.pool.of"]],
    ["eleven together", legs(legOf(30, ["ada"], { of: extras(10) })), ["ERR_TOO_MANY_INTERVIEWERS input.legs.1"]],
    [
      "an inactive interviewer",
      legs(legOf(30, ["inactive"])),
      ["ERR_INTERVIEWERS_NOT_FOUND input.legs.1.interviewerIds"],
    ],
    [
      "an inactive one of a pool",
      legs(pooled(["ada", "inactive"])),
      ["ERR_INTERVIEWERS_NOT_FOUND input.legs.1.pool.of"],
    ],
    [
      "another account's interviewer",
      legs({ durationMinutes: 30, interviewerIds: [sampleId("User", "ada", "other")] }),
      ["ERR_INTERVIEWERS_NOT_FOUND input.legs.1.interviewerIds"],
    ],
    ["a negative gap", { minGapMinutes: -1 }, ["ERR_MINUTES_OUT_OF_RANGE input.minGapMinutes"]],
    ["a long gap", { maxGapMinutes: 10_081 }, ["ERR_MINUTES_OUT_OF_RANGE input.maxGapMinutes"]],
    [
      "a longest gap that is shorter than the shortest",
      { minGapMinutes: 30, maxGapMinutes: 29 },
      ["ERR_MINUTES_OUT_OF_RANGE input.maxGapMinutes"],
    ],
    ["a window backwards", { to: "2027-02-01T09:00" }, ["ERR_END_TIME_BEFORE_START_TIME input.to"]],
    ["more than thirty days", { to: "2027-04-02T09:00" }, ["ERR_WINDOW_TOO_LONG input.to"]],
  ])("%s", async (_name, parts, expected) => {
    expect(await findings(loopSearch(parts))).toEqual(expected);
  });

  test("thirty-one people", async () => {
    const ids = await moreIds(31);
    const legsOf = (people: string[]) =>
      [0, 10, 20, 30]
        .map((from) => people.slice(from, from + 10))
        .filter((some) => some.length > 0)
        .map((interviewerIds) => ({ durationMinutes: 30, interviewerIds }));
    expect(await findings(loopSearch({ legs: legsOf(ids) }))).toEqual(["ERR_TOO_MANY_INTERVIEWERS input.legs"]);
    expect(await findings(loopSearch({ legs: legsOf(ids.slice(1)) }))).toEqual([]);
  });

  test("everything at once, and nothing is written", async () => {
    const wrong = {
      organizerId: user("inactive"),
      legs: [leg, { durationMinutes: 0, interviewerIds: [user("inactive")], pool: { of: ["x"], need: 3 } }, pooled([])],
      timezone: "Nowhere",
      from: "soon",
      minGapMinutes: 20_000,
      maxGapMinutes: -1,
      bufferMinutes: 1_000,
      minimumNoticeMinutes: -5,
      ignoreInterviewIds: ["x"],
    };
    expect(await findings(loopSearch(wrong))).toEqual([
      "ERR_ORGANIZER_NOT_FOUND input.organizerId",
      "ERR_DURATION_OUT_OF_RANGE input.legs.1.durationMinutes",
      "ERR_INTERVIEWERS_NOT_FOUND input.legs.1.interviewerIds",
      "ERR_INTERVIEWERS_NOT_FOUND input.legs.1.pool.of",
      "ERR_POOL_NEED_OUT_OF_RANGE input.legs.1.pool.need",
      "ERR_INTERVIEWER_IDS_REQUIRED input.legs.2.pool.of",
      "ERR_MINUTES_OUT_OF_RANGE input.minGapMinutes",
      "ERR_MINUTES_OUT_OF_RANGE input.maxGapMinutes",
      "ERR_INVALID_TIMEZONE input.timezone",
      "ERR_INVALID_ISO_8601 input.from",
      "ERR_MINUTES_OUT_OF_RANGE input.bufferMinutes",
      "ERR_MINUTES_OUT_OF_RANGE input.minimumNoticeMinutes",
      "ERR_INTERVIEWS_NOT_FOUND input.ignoreInterviewIds",
    ]);
    const [row] = await app.app.connections.raw`select count(*)::int as searches from availability_searches
      where cardinality(interviewer_ids) < 3`;
    expect(row).toEqual({ searches: 0 });
  });

  test("but not for what is just within the bounds", async () => {
    for (const parts of [
      many(12),
      { ...many(6), order: "ANY" },
      legs(legOf(5, ["ada", "ada"]), legOf(1440, ["bob"])),
      legs(legOf(30, ["ada"], { of: extras(9), need: 9 })),
      { minGapMinutes: 10_080, maxGapMinutes: 10_080 },
    ]) {
      const { computeLoopAvailability: result } = await app.client.data(COMPUTE_LOOP, { input: loopSearch(parts) });
      expect(result.findings ?? [], JSON.stringify(parts)).toEqual([]);
      await app.app.connections.raw`delete from availability_searches`;
    }
  });
});

describe("who may", () => {
  test("a token needs the scope interviews:write", async () => {
    const reader = await app.createToken("sample", ["interviews:read", "directory:read"]);
    const refused = { extensions: { code: "FORBIDDEN", requiredScope: "interviews:write" } };
    expect((await reader.send(COMPUTE_LOOP, { input: loopSearch() })).errors).toMatchObject([refused]);
    const id = encodeId("LoopAvailabilitySearch", UNKNOWN);
    expect((await reader.send(READ_LOOP, { id })).errors).toMatchObject([refused]);
  });

  test("a token that may only write sees of people their ids alone", async () => {
    const writer = await app.createToken("sample", ["interviews:write"]);
    const start = (selection: string) => `mutation ($input: ComputeLoopAvailabilityInput!) {
      computeLoopAvailability(input: $input) { ... on ComputeLoopAvailabilitySuccess { search { ${selection} } } } }`;
    const shown = "id order result { sequences { legs { interviewers { id } } } } people { user { id } }";
    const { computeLoopAvailability } = await writer.data(start(shown), { input: loopSearch() });
    expect(computeLoopAvailability.search).toMatchObject({ order: "AS_GIVEN" });
    const refused = [{ extensions: { code: "FORBIDDEN", requiredScope: "interviews:read" } }];
    const names = "result { sequences { legs { alternatives { name } } } }";
    expect((await writer.send(start(names), { input: loopSearch() })).errors).toMatchObject(refused);
  });

  test("a search belongs to who asked and admins see it; it is no search for one interview", async () => {
    const [coordinator, stranger, admin] = await Promise.all(
      ["coordinator", "stranger", "admin"].map((sub) => app.person(sub)),
    );
    if (!coordinator || !stranger || !admin) throw new Error("There are three persons.");
    const { id } = await computeLoop(coordinator, loopSearch());
    await completeOnce(app, id);
    const seen = async (client: Client) => (await client.data(READ_LOOP, { id }))["loopAvailabilitySearch"]?.id ?? null;
    expect(await Promise.all([coordinator, admin, app.client, stranger, app.other].map(seen))).toEqual([
      id,
      id,
      id,
      null,
      null,
    ]);
    const NODE = "query ($id: ID!) { node(id: $id) { id } }";
    expect(await app.client.data(NODE, { id })).toEqual({ node: { id } });
    expect(await stranger.data(NODE, { id })).toEqual({ node: null });
    const asOne = id.replace("LoopAvailabilitySearch", "AvailabilitySearch");
    expect(await app.client.data(NODE, { id: asOne })).toEqual({ node: null });
    expect(await app.client.data(READ, { id: asOne })).toEqual({ availabilitySearch: null });
    const socket = await stranger.subscribe(
      "subscription ($id: ID!) { loopAvailabilityComputed(searchId: $id) { id } }",
      { id },
    );
    expect((await socket.next()).errors).toMatchObject([{ extensions: { code: "NOT_FOUND" } }]);
    await socket.close();
  });

  test("blocks of interviews that the caller may not see name none", async () => {
    const interviewId = await createInterview(app.client, adHoc({}, { startTime: "2027-03-01T10:00" }));
    for (const [name, interview] of [
      ["coordinator", { id: interviewId }],
      ["stranger", null],
    ] as const) {
      const client = await app.person(name);
      const { id, status } = await computeLoop(client, loopSearch());
      if (status === "PENDING") await completeOnce(app, id);
      const { loopAvailabilitySearch } = await client.data(READ_LOOP, { id });
      expect(loopAvailabilitySearch.people[0].blocks).toMatchObject([{ reason: "BUSY_INTERVIEW", interview }]);
    }
  });
});
