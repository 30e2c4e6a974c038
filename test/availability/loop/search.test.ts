import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pruneSearches } from "../../../src/availability/complete.ts";
import { NOW, startTestApp } from "../../support/app.ts";
import type { TestApp } from "../../support/app.ts";
import { addBusySpan, completeOnce, connectCalendars, search, searched, setRules } from "../../support/availability.ts";
import { adHoc, CREATE, createInterview, user } from "../../support/interview.ts";
import {
  computeLoop,
  legOf,
  loopSearch,
  READ_LOOP,
  searchedLoop,
  sequencesOf,
} from "../../support/loop-availability.ts";

const PEOPLE = ["ada", "bob", "extra-0", "extra-1"];
let app: TestApp;
let now = NOW;
beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => now });
  await connectCalendars(app, ["ada", "bob", "extra-0"]);
});
afterAll(() => app.stop());
beforeEach(async () => {
  await app.app.connections.raw`truncate interviews, sandbox_busy_spans, free_busy_answers cascade`;
  for (const name of PEOPLE) await setRules(app, name, {});
});

const monday = (from: string, to: string) => ({ from: `2027-03-01T${from}`, to: `2027-03-01T${to}` });
const found = async (more: object) => (await searchedLoop(app, loopSearch(more))).result;
const book = (name: string, startTime: string) =>
  createInterview(app.client, adHoc({ interviewerIds: [user(name)], durationMinutes: 60 }, { startTime }));

describe("sequences", () => {
  test("come in the order of span and start, with whoever of a pool is free", async () => {
    await addBusySpan(app, { address: "bob@example.com", from: "2027-03-01T09:00Z", to: "2027-03-01T10:00Z" });
    const result = await found({
      ...monday("09:00", "11:30"),
      legs: [legOf(60, ["ada"]), legOf(30, [], { of: ["bob", "extra-0"] })],
      minGapMinutes: 10,
    });
    // Bob's hour is from ten to eleven in Berlin.
    expect(sequencesOf(result)).toEqual([
      "0 09:00 ada, 1 10:15 extra-0",
      "0 09:15 ada, 1 10:30 extra-0",
      "0 09:30 ada, 1 10:45 extra-0",
      "0 09:45 ada, 1 11:00 bob",
    ]);
    expect(result.sequences.map(({ legs }: any) => legs[1].alternatives)).toEqual([
      [],
      [],
      [],
      [{ name: "User extra-0" }],
    ]);
    expect(result).toMatchObject({ complete: true, obstacle: null });
  });

  test("in any order, within a longest gap, and on one day of the asked zone", async () => {
    await book("ada", "2027-03-01T10:00");
    const asked = { ...monday("09:00", "12:00"), legs: [legOf(60, ["ada"]), legOf(60, ["bob"])] };
    expect(sequencesOf(await found({ ...asked, order: "ANY", maxGapMinutes: 0 }))).toEqual([
      "0 09:00 ada, 1 10:00 bob",
      "1 10:00 bob, 0 11:00 ada",
    ]);
    expect(await found({ ...asked, minGapMinutes: 90 })).toMatchObject({ obstacle: "TIMES", sequences: [] });
    const night = { ...asked, from: "2027-03-01T22:30", to: "2027-03-02T00:45", maxGapMinutes: 0 };
    expect(sequencesOf(await found(night))).toEqual(["0 22:30 ada, 1 23:30 bob", "0 22:45 ada, 1 23:45 bob"]);
    const later = { ...night, from: "2027-03-01T23:00", to: "2027-03-02T01:15" };
    expect(sequencesOf(await found(later))).toEqual(["0 23:00 ada, 1 00:00 bob", "0 23:15 ada, 1 00:15 bob"]);
    expect(await found({ ...later, sameDay: true })).toMatchObject({ obstacle: "TIMES" });
    // In UTC both begin on Monday.
    expect(
      (await found({ ...later, timezone: "UTC", from: "2027-03-01T22:00", to: "2027-03-02T00:15", sameDay: true }))
        .sequences,
    ).not.toEqual([]);
  });

  test("keep to limits and buffers of who takes part in several legs", async () => {
    await setRules(app, "ada", { day: 2, buffer: 15 });
    await setRules(app, "bob", { buffer: 20 });
    const twice = { ...monday("09:00", "12:00"), legs: [legOf(45, ["ada"]), legOf(30, ["bob"]), legOf(45, ["ada"])] };
    expect(sequencesOf(await found(twice))[0]).toBe("0 09:00 ada, 1 09:45 bob, 2 10:15 ada");
    const adjacent = { ...twice, legs: [legOf(45, ["ada"]), legOf(45, ["ada"]), legOf(30, ["bob"])] };
    expect(sequencesOf(await found(adjacent))[0]).toBe("0 09:00 ada, 1 10:00 ada, 2 10:45 bob");
    await book("ada", "2027-03-01T15:00");
    expect(await found(twice)).toMatchObject({ obstacle: "PEOPLE", sequences: [], complete: true });
    const pooled = { ...twice, legs: [legOf(45, [], { of: ["ada", "bob"] }), legOf(30, ["bob"]), legOf(45, ["ada"])] };
    // Ada may interview once more, and Bob needs his buffer.
    expect(sequencesOf(await found(pooled))[0]).toBe("0 09:00 bob, 1 10:15 bob, 2 10:45 ada");
  });

  test("say which leg is impossible, and why", async () => {
    await book("bob", "2027-03-01T09:15");
    const { result, legs, people } = await searchedLoop(app, loopSearch(monday("09:00", "10:30")));
    expect(result).toEqual({ sequences: [], complete: true, obstacle: "LEG" });
    expect(legs).toMatchObject([
      { leg: 0, durationMinutes: 60, summary: { candidateStarts: 3, freeStarts: 3, reasons: [] } },
      { leg: 1, summary: { freeStarts: 0, reasons: [{ reason: "BUSY_INTERVIEW", starts: 5 }] } },
    ]);
    expect(people.map(({ user: { name }, isOrganizer }: any) => `${name} ${isOrganizer}`)).toEqual([
      "User ada false",
      "User bob false",
      "User recruiter true",
    ]);
  });

  test("name those of whom it is not known", async () => {
    const asked = loopSearch({
      ...monday("09:00", "10:30"),
      legs: [legOf(60, ["ada"]), legOf(30, [], { of: ["extra-1", "bob"] })],
      organizerMustBeFree: false,
    });
    await addBusySpan(app, { address: "bob@example.com", from: "2027-03-01T09:15Z", to: "2027-03-01T12:00Z" });
    const { result, perhaps, legs } = await searchedLoop(app, asked);
    expect(result).toMatchObject({ sequences: [], obstacle: "TIMES" });
    expect(sequencesOf(perhaps)).toEqual(["0 09:00 ada, 1 10:00 extra-1?"]);
    expect(legs[1].summary).toMatchObject({ freeStarts: 4, unknownStarts: 1 });
  });
});

test("a sequence can be booked as it is, and each of its legs is found by itself once the others are booked", async () => {
  await setRules(app, "ada", { day: 2, buffer: 15, hours: [{ weekday: 1, start: "09:00", end: "11:00" }] });
  const legs = [legOf(45, ["ada"]), legOf(30, [], { of: ["ada", "bob", "extra-0"], need: 2 }), legOf(30, ["bob"])];
  const { result } = await searchedLoop(app, loopSearch({ legs, order: "ANY", organizerMustBeFree: false }));
  const [best] = result.sequences;
  const inputOf = ({ leg, startTime, interviewers }: any, mode: object = {}) =>
    adHoc(
      {
        kind: "PANEL",
        durationMinutes: legs[leg]?.durationMinutes,
        interviewerIds: interviewers.map(({ id }: any) => id),
        ...mode,
      },
      { startTime, timezone: "UTC", conflictPolicy: "REJECT", conflictReason: null },
    );
  const ids: string[] = [];
  for (const leg of best.legs) {
    const { createInterview: created } = await app.client.data(CREATE, { input: inputOf(leg) });
    expect(created).toMatchObject({ __typename: "CreateInterviewSuccess" });
    expect(created.warnings.map(({ code }: any) => code)).not.toContain("INTERVIEWER_OUTSIDE_WORKING_HOURS");
    ids.push(created.interview.id);
  }
  for (const [index, { leg, startTime, interviewers }] of best.legs.entries()) {
    const alone = search({
      interviewerIds: interviewers.map(({ id }: any) => id),
      durationMinutes: legs[leg]?.durationMinutes,
      ignoreInterviewIds: [ids[index]],
      organizerMustBeFree: false,
    });
    const { slots } = await searched(app, alone);
    expect(slots.nodes.map((slot: any) => slot.startTime)).toContain(startTime);
  }
});

test("a search is PENDING until calendars have answered, is delivered once, and expires like any other", async () => {
  const FOLLOW = `subscription ($id: ID!) { loopAvailabilityComputed(searchId: $id) { id status result { sequences(first: 1) { startTime } } } }`;
  const { id, status, result, people, legs } = await computeLoop(app.client, loopSearch());
  expect({ status, result, people }).toEqual({ status: "PENDING", result: null, people: [] });
  expect(legs).toMatchObject([
    { durationMinutes: 60, summary: null },
    { durationMinutes: 30, summary: null },
  ]);
  const [task] = await app.app.connections.raw`select name from pgboss.job order by created_on desc limit 1`;
  expect(task).toEqual({ name: "complete-availability-search" });
  const socket = await app.client.subscribe(FOLLOW, { id });
  const told = socket.next();
  await completeOnce(app, id);
  expect((await told).data).toEqual({
    loopAvailabilityComputed: {
      id,
      status: "SUCCEEDED",
      result: { sequences: [{ startTime: "2027-03-01T08:00:00.000Z" }] },
    },
  });
  await expect(socket.next()).rejects.toThrow("The subscription has ended.");
  await socket.close();
  // The calendars' answers are fresh.
  expect(await computeLoop(app.client, loopSearch())).toMatchObject({
    status: "SUCCEEDED",
    result: { complete: true },
  });

  const read = async () => (await app.client.data(READ_LOOP, { id }))["loopAvailabilitySearch"];
  now = new Date(now.getTime() + 60 * 60_000);
  expect(await read()).toMatchObject({ status: "EXPIRED", result: null, people: [] });
  now = new Date(now.getTime() + 24 * 60 * 60_000);
  await pruneSearches(app.app.services);
  expect(await read()).toBeNull();
  now = NOW;
});

test("no more than fifty sequences are told, and as many as are asked for", async () => {
  const { id } = await computeLoop(app.client, loopSearch({ to: "2027-03-05T17:00" }));
  await completeOnce(app, id);
  const READ_SOME =
    "query ($id: ID!, $first: Int!) { loopAvailabilitySearch(id: $id) { result { sequences(first: $first) { startTime } } } }";
  const some = async (first: number) => app.client.send(READ_SOME, { id, first });
  expect((await some(3)).data?.["loopAvailabilitySearch"].result.sequences).toHaveLength(3);
  expect((await some(50)).data?.["loopAvailabilitySearch"].result.sequences).toHaveLength(50);
  for (const first of [-1, 51]) {
    expect((await some(first)).errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
  }
});
