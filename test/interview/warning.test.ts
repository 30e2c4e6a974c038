import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, CREATE, external, plan, scorecard, user } from "../support/interview.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  const hours = [1, 2, 3, 4, 5].flatMap((weekday) => [
    { weekday, start: "09:00", end: "12:00" },
    { weekday, start: "12:00", end: "17:00" },
    { weekday, start: "18:00", end: "20:00" },
  ]);
  await app.app.connections
    .raw`update users set working_hours = ${JSON.stringify(hours)}::text::jsonb where external_id = 'ada'`;
  await app.app.connections.raw`
    update users set working_hours = ${JSON.stringify([
      { weekday: 1, start: "20:00", end: "24:00" },
      { weekday: 2, start: "00:00", end: "04:00" },
    ])}::text::jsonb
    where external_id = 'extra-0'`;
});
afterAll(() => app.stop());

const codes = async (input: object) => {
  const { createInterview } = await app.client.data(CREATE, { input });
  expect(createInterview.__typename).toBe("CreateInterviewSuccess");
  return createInterview.warnings.map(
    ({ code, interviewer }: any) => `${code}${interviewer ? ` ${interviewer.name}` : ""}`,
  );
};
const OUTSIDE = "INTERVIEWER_OUTSIDE_WORKING_HOURS User ada";
const UNSOCIABLE = "INTERVIEWER_UNSOCIABLE_HOUR User ada";

// Ada works in London, Monday to Friday; 2027-03-01 is a Monday, and London is on UTC until 28 March.
test.each([
  ["inside", "2027-03-01T10:00Z", 60, []],
  ["across two spans that touch", "2027-03-01T11:30Z", 60, []],
  ["to the end of a span", "2027-03-01T16:00Z", 60, []],
  ["from the start of a span", "2027-03-01T09:00Z", 60, []],
  ["across a break", "2027-03-01T16:30Z", 120, [OUTSIDE]],
  ["in a break", "2027-03-01T17:00Z", 60, [OUTSIDE]],
  ["too early", "2027-03-01T08:30Z", 60, [OUTSIDE]],
  ["on a Sunday", "2027-03-07T10:00Z", 60, [OUTSIDE]],
  ["in summer time, when London is an hour ahead", "2027-04-05T08:00Z", 60, []],
  ["at seven", "2027-03-01T07:00Z", 60, [OUTSIDE]],
  ["before seven", "2027-03-01T06:45Z", 60, [OUTSIDE, UNSOCIABLE]],
  ["until nine", "2027-03-01T20:00Z", 60, [OUTSIDE]],
  ["after nine", "2027-03-01T20:15Z", 60, [OUTSIDE, UNSOCIABLE]],
  ["over midnight", "2027-03-01T23:30Z", 60, [OUTSIDE, UNSOCIABLE]],
  ["all day", "2027-03-01T00:00Z", 1440, [OUTSIDE, UNSOCIABLE]],
])("%s", async (_name, startTime, durationMinutes, expected) => {
  expect(await codes(adHoc({ durationMinutes }, { startTime, timezone: "UTC" }))).toEqual(expected);
});

test("working hours may run over midnight", async () => {
  const night = (startTime: string) =>
    codes(adHoc({ interviewerIds: [user("extra-0")], durationMinutes: 240 }, { startTime, timezone: "Europe/Berlin" }));
  expect(await night("2027-03-01T22:00")).toEqual(["INTERVIEWER_UNSOCIABLE_HOUR User extra-0"]);
  expect(await night("2027-03-02T01:00")).toEqual([
    "INTERVIEWER_OUTSIDE_WORKING_HOURS User extra-0",
    "INTERVIEWER_UNSOCIABLE_HOUR User extra-0",
  ]);
});

test("whoever has told no hours is never outside them, and external interviews are judged too", async () => {
  expect(
    await codes(adHoc({ interviewerIds: [user("extra-1")] }, { startTime: "2027-03-07T10:00Z", timezone: "UTC" })),
  ).toEqual([]);
  expect(await codes(external({}, { startTime: "2027-03-07T10:00Z", timezone: "UTC" }))).toEqual([OUTSIDE]);
});

describe("where the clocks change at night", () => {
  const rules = (workingHours: object[], more: object = {}) => app.app.connections.raw`
    update users set working_hours = ${JSON.stringify(workingHours)}::text::jsonb,
      working_hours_overrides = ${JSON.stringify(more)}::text::jsonb -> 'overrides',
      time_off = ${JSON.stringify(more)}::text::jsonb -> 'timeOff'
    where external_id = 'extra-2'`;
  const NOTHING = { overrides: [], timeOff: [] };
  const at = (startTime: string, durationMinutes: number) =>
    codes(adHoc({ interviewerIds: [user("extra-2")], durationMinutes }, { startTime, timezone: "UTC" }));
  const OUT = "INTERVIEWER_OUTSIDE_WORKING_HOURS User extra-2";
  const LATE = "INTERVIEWER_UNSOCIABLE_HOUR User extra-2";

  test("an hour that the wall clock shows twice is an hour, not a day", async () => {
    await rules([{ weekday: 7, start: "01:00", end: "03:00" }], NOTHING);
    // In Berlin 02:30 comes twice, at 00:30Z and 01:30Z.
    expect(await at("2027-10-31T00:30Z", 60)).toEqual([LATE]);
    expect(await at("2027-10-31T00:30Z", 120)).toEqual([OUT, LATE]);
  });

  test("an hour that is skipped is missing from nobody's work", async () => {
    await rules([{ weekday: 7, start: "01:00", end: "04:00" }], NOTHING);
    expect(await at("2027-03-28T00:00Z", 120)).toEqual([LATE]);
    expect(await at("2027-03-28T00:00Z", 135)).toEqual([OUT, LATE]);
  });

  test("hours past midnight, dates at other hours and time off count", async () => {
    await rules([{ weekday: 1, start: "22:00", end: "06:00" }], {
      overrides: [
        { date: "2027-03-09", spans: [] },
        { date: "2027-03-10", spans: [{ start: "09:00", end: "10:00" }] },
      ],
      timeOff: [{ start: "2027-03-16T00:00", end: "2027-03-16T02:00" }],
    });
    expect(await at("2027-03-01T22:30Z", 60)).toEqual([LATE]);
    expect(await at("2027-03-08T22:30Z", 60)).toEqual([OUT, LATE]);
    expect(await at("2027-03-10T08:00Z", 60)).toEqual([]);
    expect(await at("2027-03-15T22:30Z", 60)).toEqual([OUT, LATE]);
    expect(await at("2027-03-16T01:00Z", 60)).toEqual([LATE]);
  });

  test("time off and dates are told without weekly hours too, and other dates are free", async () => {
    await rules([], {
      overrides: [{ date: "2027-03-09", spans: [{ start: "09:00", end: "10:00" }] }],
      timeOff: [{ start: "2027-03-16T12:00", end: "2027-03-17T12:00" }],
    });
    expect(await at("2027-03-09T10:00Z", 60)).toEqual([OUT]);
    expect(await at("2027-03-10T10:00Z", 60)).toEqual([]);
    expect(await at("2027-03-16T10:00Z", 60)).toEqual([]);
    expect(await at("2027-03-16T10:30Z", 60)).toEqual([OUT]);
  });
});

test("the request's own warnings come first, then interviewer by interviewer", async () => {
  const input = plan({ scorecardTemplateId: scorecard("coding") }, { startTime: "2027-03-01T06:00Z", timezone: "UTC" });
  expect(await codes(input)).toEqual([
    "SCORECARD_TEMPLATE_IGNORED",
    OUTSIDE,
    UNSOCIABLE,
    "INTERVIEWER_UNSOCIABLE_HOUR User bob",
  ]);
});
