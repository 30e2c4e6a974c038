import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import {
  addBusySpan,
  blocksOf,
  completeOnce,
  compute,
  connectCalendars,
  forgetAnswers,
  READ,
  search,
  searched,
  setRules,
  startsOf,
} from "../support/availability.ts";
import { adHoc, createInterview, external, user } from "../support/interview.ts";
import { provisionOnce } from "../support/provisioning.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  await connectCalendars(app, ["ada", "bob", "extra-0", "extra-1"]);
});
afterAll(() => app.stop());
beforeEach(async () => {
  await app.app.connections.raw`delete from sandbox_busy_spans`;
  await forgetAnswers(app);
  for (const name of ["ada", "bob", "recruiter"]) await setRules(app, name, {});
});

/** Each test has a day of its own, so that none finds another's interviews. */
let days = 0;
const nextDay = (): string => {
  days += 1;
  return new Date(Date.UTC(2027, 1, 1 + days)).toISOString().slice(0, 10);
};
const on = (day: string, more: object = {}) =>
  search({ from: `${day}T09:00Z`, to: `${day}T12:00Z`, timezone: "UTC", ...more });
const book = (day: string, clock: string, mode: object = {}) =>
  createInterview(
    app.client,
    adHoc({ durationMinutes: 60, ...mode }, { startTime: `${day}T${clock}Z`, timezone: "UTC" }),
  );

describe("a search", () => {
  test("asks the calendars in a task, and the next one within a minute is answered at once", async () => {
    const day = nextDay();
    const pending = await compute(app.client, on(day));
    expect(pending).toMatchObject({ status: "PENDING", slots: null, summary: null, people: [], asOfCursor: null });
    expect(pending).toMatchObject({ completedAt: null, expiresAt: null, error: null });
    await completeOnce(app, pending.id);
    const { availabilitySearch: found } = await app.client.data(READ, { id: pending.id });
    expect(found).toMatchObject({ status: "SUCCEEDED", expiresAt: "2027-01-04T09:00:00.000Z" });
    expect(startsOf(found)).toEqual([
      "09:00",
      "09:15",
      "09:30",
      "09:45",
      "10:00",
      "10:15",
      "10:30",
      "10:45",
      "11:00",
      "11:15",
      "11:30",
    ]);
    expect(found.summary).toEqual({ candidateStarts: 11, freeStarts: 11, unknownStarts: 0, reasons: [] });
    const again = await compute(app.client, on(day));
    expect(again).toEqual({ ...found, id: again.id });
    expect(again.id).not.toBe(found.id);
    expect(await app.client.data("query ($id: ID!) { node(id: $id) { id } }", { id: found.id })).toEqual({
      node: { id: found.id },
    });
  });

  test("of people without calendars has nothing to ask, and offers them only as unknown", async () => {
    const day = nextDay();
    const found = await compute(app.client, on(day, { organizerMustBeFree: false, interviewerIds: [user("extra-2")] }));
    expect(found.status).toBe("SUCCEEDED");
    expect(found.slots.nodes).toEqual([]);
    expect(found.perhaps.nodes).toHaveLength(11);
    expect(found.perhaps.nodes[0].unknown).toEqual([{ name: "User extra-2" }]);
    expect(found.summary).toMatchObject({
      freeStarts: 0,
      unknownStarts: 11,
      reasons: [{ reason: "UNKNOWN", starts: 11 }],
    });
    expect(found.people).toMatchObject([{ calendar: "NOT_CONNECTED", isOrganizer: false, soleObstacleOf: 0 }]);
  });

  test("without times begins now and looks at a week", async () => {
    const { id } = await compute(app.client, search({ from: null, to: null }));
    const { availabilitySearch } = await app.client.data(
      "query ($id: ID!) { availabilitySearch(id: $id) { from to kind durationMinutes timezone createdAt } }",
      { id },
    );
    expect(availabilitySearch).toEqual({
      from: "2027-01-04T08:00:00.000Z",
      to: "2027-01-11T08:00:00.000Z",
      kind: "PANEL",
      durationMinutes: 30,
      timezone: "Europe/Berlin",
      createdAt: "2027-01-04T08:00:00.000Z",
    });
  });

  test("a task that runs twice, or for a search that has ended, changes nothing", async () => {
    const { id } = await compute(app.client, on(nextDay()));
    await Promise.all([completeOnce(app, id), completeOnce(app, id)]);
    const [first] = await app.app.connections
      .raw`select xmin::text from availability_searches where state = 'SUCCEEDED' order by id desc limit 1`;
    await completeOnce(app, id);
    const [second] = await app.app.connections
      .raw`select xmin::text from availability_searches where state = 'SUCCEEDED' order by id desc limit 1`;
    expect(second).toEqual(first);
  });
});

describe("what stands in somebody's way", () => {
  test("interviews, whoever made them, as long as they are not cancelled", async () => {
    const day = nextDay();
    const id = await book(day, "10:00");
    await createInterview(
      app.client,
      external({ durationMinutes: 30 }, { startTime: `${day}T09:00Z`, timezone: "UTC" }),
    );
    const found = await searched(app, on(day));
    expect(blocksOf(found, "ada")).toEqual(["09:00 09:30 BUSY_INTERVIEW", "10:00 11:00 BUSY_INTERVIEW"]);
    expect(blocksOf(found, "recruiter")).toEqual([]);
    expect(found.people[0].blocks[1].interview).toEqual({ id });
    expect(startsOf(found)).toEqual(["09:30", "11:00", "11:15", "11:30"]);
    expect(found.people.map(({ soleObstacleOf }: any) => soleObstacleOf)).toEqual([7, 0]);
    await app.client.data(`mutation ($id: ID!) { cancelInterview(input: { interviewId: $id }) { __typename } }`, {
      id,
    });
    expect(startsOf(await searched(app, on(day)))).toHaveLength(10 - 1);
  });

  test("what the calendar says, but not our own events in it a second time", async () => {
    const day = nextDay();
    const id = await book(day, "10:00", { interviewerIds: [user("ada"), user("bob")], kind: "PANEL" });
    // As provisioning puts it: on the organizer's calendar, with the interviewers as attendees.
    await app.app.providers.calendar.putCalendarEvent(calendarEvent(day), {
      accountId: (await accountId()) ?? "",
      effectKey: `${id}/test`,
      revision: 1,
    });
    await addBusySpan(app, { address: "ada@example.com", from: `${day}T10:30Z`, to: `${day}T11:15Z` });
    const found = await searched(app, on(day, { interviewerIds: [user("ada"), user("bob")] }));
    expect(blocksOf(found, "ada")).toEqual(["10:00 11:00 BUSY_INTERVIEW", "11:00 11:15 BUSY_CALENDAR"]);
    expect(blocksOf(found, "bob")).toEqual(["10:00 11:00 BUSY_INTERVIEW"]);
    // Organizing alone makes nobody busy.
    expect(blocksOf(found, "recruiter")).toEqual([]);
    const moved = await searched(
      app,
      on(day, { interviewerIds: [user("ada"), user("bob")], ignoreInterviewIds: [id] }),
    );
    expect(blocksOf(moved, "ada")).toEqual(["11:00 11:15 BUSY_CALENDAR"]);
    expect(blocksOf(moved, "bob")).toEqual([]);
  });

  test("our own events in it do not block either once they were moved, lost somebody or are cancelled", async () => {
    const day = nextDay();
    const both = { interviewerIds: [user("ada"), user("bob")], kind: "PANEL" };
    const id = await book(day, "10:00", both);
    await provisionOnce(app, id);
    const busyOf = async () => {
      const found = await searched(app, on(day, both));
      return ["ada", "bob", "recruiter"].map((name) => blocksOf(found, name));
    };
    const [busy, moved] = [["10:00 11:00 BUSY_INTERVIEW"], ["11:00 12:00 BUSY_INTERVIEW"]];
    const change = (changes: object) =>
      app.client.data(
        `mutation ($input: UpdateInterviewInput!) { updateInterview(input: $input) { ... on UpdateInterviewSuccess { interview { id } } } }`,
        { input: { interviewId: id, changes } },
      );
    const cancel = () =>
      app.client.data(`mutation ($id: ID!) { cancelInterview(input: { interviewId: $id }) { __typename } }`, { id });
    expect(await busyOf()).toEqual([busy, busy, []]);
    const steps: [make: () => Promise<unknown>, expected: string[][]][] = [
      [() => change({ startTime: `${day}T11:00Z` }), [moved, moved, []]],
      [() => change({ interviewerIds: [user("ada")] }), [moved, [], []]],
      [cancel, [[], [], []]],
    ];
    for (const [make, expected] of steps) {
      await make();
      // The event is still there; then an answer is fresh that it was in; then it is gone.
      expect(await busyOf()).toEqual(expected);
      await provisionOnce(app, id);
      expect(await busyOf()).toEqual(expected);
      await forgetAnswers(app);
      expect(await busyOf()).toEqual(expected);
    }
  });

  const accountId = async (): Promise<string | undefined> =>
    (await app.app.connections.raw`select id from accounts where external_id = 'sample'`)[0]?.["id"];
  const calendarEvent = (day: string) => ({
    meeting: {
      uid: day,
      sequence: 0,
      title: "Talk",
      description: "",
      startsAt: `${day}T10:00:00.000Z`,
      endsAt: `${day}T11:00:00.000Z`,
      place: null,
      url: null,
      isPrivate: false,
      organizer: { name: "R", address: "recruiter@example.com" },
      status: "CONFIRMED" as const,
    },
    attendees: ["ada", "bob"].map((name) => ({ address: `${name}@example.com`, answer: "NEEDS_ACTION" as const })),
  });

  test("rules of people: hours, time off, buffers and limits", async () => {
    const day = nextDay();
    const weekday = new Date(day).getUTCDay() || 7;
    await book(day, "10:00");
    await setRules(app, "ada", {
      hours: [{ weekday, start: "09:15", end: "11:45" }],
      off: [{ start: `${day}T09:30`, end: `${day}T09:45` }],
      day: 2,
      buffer: 10,
    });
    const found = await searched(app, on(day, { bufferMinutes: 5, minimumNoticeMinutes: 60 }));
    expect(blocksOf(found, "ada")).toEqual([
      "09:00 09:15 OUTSIDE_WORKING_HOURS",
      "09:30 09:45 TIME_OFF",
      "09:50 10:00 BUFFER",
      "10:00 11:00 BUSY_INTERVIEW",
      "11:00 11:10 BUFFER",
      "11:45 12:00 OUTSIDE_WORKING_HOURS",
    ]);
    expect(startsOf(found)).toEqual(["11:15"]);
    expect(found.people).toMatchObject([{ workingHoursKnown: true }, { workingHoursKnown: false }]);
    await setRules(app, "ada", { day: 1 });
    const full = await searched(app, on(day));
    expect(blocksOf(full, "ada", "LIMIT_PER_DAY")).toEqual(["09:00 12:00"]);
    await setRules(app, "ada", { week: 0 });
    const never = await searched(app, on(day));
    expect(never.summary.reasons).toEqual([
      { reason: "LIMIT_PER_WEEK", starts: 11 },
      { reason: "BUSY_INTERVIEW", starts: 7 - 2 },
    ]);
    expect(startsOf(await searched(app, on(day, { withinWorkingHours: false })))).toEqual([]);
  });

  test("a limit does not hinder whoever organizes and does not interview", async () => {
    const day = nextDay();
    await setRules(app, "recruiter", { day: 0, week: 0 });
    const found = await searched(app, on(day));
    expect(blocksOf(found, "recruiter")).toEqual([]);
    expect(found.summary.freeStarts).toBe(11);
    const interviewing = await searched(app, on(day, { interviewerIds: [user("recruiter")] }));
    expect(blocksOf(interviewing, "recruiter")).toEqual(["09:00 12:00 LIMIT_PER_DAY", "09:00 12:00 LIMIT_PER_WEEK"]);
  });

  test("notice, and what has passed", async () => {
    const found = await searched(
      app,
      search({ from: "2027-01-04T07:00Z", to: "2027-01-04T10:00Z", timezone: "UTC", minimumNoticeMinutes: 40 }),
    );
    expect(startsOf(found)).toEqual(["08:45", "09:00", "09:15", "09:30"]);
    const atOnce = await searched(app, search({ from: "2027-01-04T07:00Z", to: "2027-01-04T10:00Z", timezone: "UTC" }));
    // Create accepts no interview that begins at this moment.
    expect(startsOf(atOnce)[0]).toBe("08:15");
  });

  test("one on one, whoever is free is offered, and the organizer can be left out", async () => {
    const day = nextDay();
    await book(day, "09:00", { durationMinutes: 90 });
    await addBusySpan(app, { address: "bob@example.com", from: `${day}T10:00Z`, to: `${day}T11:00Z` });
    await addBusySpan(app, { address: "recruiter@example.com", from: `${day}T11:30Z`, to: `${day}T12:00Z` });
    const both = { interviewerIds: [user("ada"), user("bob")], kind: "ONE_ON_ONE" };
    const found = await searched(app, on(day, both));
    const offered = found.slots.nodes.map(
      ({ localStartTime, interviewers }: any) =>
        `${localStartTime.slice(11, 16)} ${interviewers.map(({ name }: any) => name.slice(5)).join(" ")}`,
    );
    expect(offered).toEqual(["09:00 bob", "09:15 bob", "09:30 bob", "10:30 ada", "10:45 ada", "11:00 ada bob"]);
    const without = await searched(app, on(day, { ...both, organizerMustBeFree: false }));
    expect(startsOf(without).slice(-3)).toEqual(["11:00", "11:15", "11:30"]);
    expect(without.people.map(({ user }: any) => user.name)).toEqual(["User ada", "User bob"]);
  });
});
