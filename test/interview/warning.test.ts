import { afterAll, beforeAll, expect, test } from "vitest";
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

test("the request's own warnings come first, then interviewer by interviewer", async () => {
  const input = plan({ scorecardTemplateId: scorecard("coding") }, { startTime: "2027-03-01T06:00Z", timezone: "UTC" });
  expect(await codes(input)).toEqual([
    "SCORECARD_TEMPLATE_IGNORED",
    OUTSIDE,
    UNSOCIABLE,
    "INTERVIEWER_UNSOCIABLE_HOUR User bob",
  ]);
});
