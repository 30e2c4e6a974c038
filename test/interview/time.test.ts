import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeIdOf } from "../../src/core/id.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, CREATE, createInterview, external, plan, user } from "../support/interview.ts";

let app: TestApp;
let now = new Date("2027-01-04T08:00:00Z");
beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => now });
});
afterAll(() => app.stop());

let taken = 0;
/** Each of the twelve in turn: interviews at one time need interviewers of their own. */
const anybody = () => ({ interviewerIds: [user(`extra-${taken++ % 12}`)] });

/** Creates an interview that must be accepted; the times of its row. */
async function stored(input: object): Promise<Record<string, unknown> | undefined> {
  const id = decodeIdOf("Interview", await createInterview(app.client, input));
  const [row] = await app.app.connections.raw`
    select starts_at, ends_at, timezone, local_start::text, duration_minutes, tz_version from interviews where id = ${id}`;
  return row;
}

async function findings(input: object): Promise<unknown> {
  const { createInterview: result } = await app.client.data(CREATE, { input });
  return result.findings;
}

const row = (zone: string, local: string, times: { starts: string; ends: string; minutes: number }) => ({
  starts_at: new Date(times.starts),
  ends_at: new Date(times.ends),
  timezone: zone,
  local_start: local,
  duration_minutes: times.minutes,
  tz_version: process.versions["tz"],
});

describe("stored are instant, zone, wall-clock time, length and the version of the rules", () => {
  const ends = "2027-03-01T09:30:00Z";
  const starts = "2027-03-01T09:00:00Z";
  test.each([
    ["Europe/Berlin", "2027-03-01T10:00", "2027-03-01 10:00:00"],
    ["Europe/Berlin", "2027-03-01T10:00:00.000000+01:00", "2027-03-01 10:00:00"],
    ["Europe/Berlin", "20270301T090000Z", "2027-03-01 10:00:00"],
    ["Europe/Berlin", "2027-W09-1T10:00", "2027-03-01 10:00:00"],
    ["Europe/Berlin", "2027-02-28T23:00-10:00", "2027-03-01 10:00:00"],
    ["Asia/Kathmandu", "2027-03-01T14:45", "2027-03-01 14:45:00"],
    ["Australia/Eucla", "2027-03-01T17:45", "2027-03-01 17:45:00"],
    ["Pacific/Chatham", "2027-03-01T22:45", "2027-03-01 22:45:00"],
    ["Pacific/Kiritimati", "2027-03-01T23:00", "2027-03-01 23:00:00"],
    ["America/New_York", "2027-02-28T24:00-09:00", "2027-03-01 04:00:00"],
  ])("%s %s", async (zone, startTime, local) => {
    const input = external(anybody(), { startTime, timezone: zone });
    expect(await stored(input)).toEqual(row(zone, local, { starts, ends, minutes: 30 }));
  });
});

describe("a length is elapsed time", () => {
  const lengths: [
    what: string,
    zone: string,
    sent: [start: string, end: string | number],
    times: Parameters<typeof row>[2],
  ][] = [
    [
      "over the hour that is skipped",
      "Europe/Berlin",
      ["2027-03-28T01:30", "2027-03-28T03:30"],
      { starts: "2027-03-28T00:30:00Z", ends: "2027-03-28T01:30:00Z", minutes: 60 },
    ],
    [
      "over the hour that comes twice",
      "Europe/Berlin",
      ["2027-10-31T01:30", "2027-10-31T03:30"],
      { starts: "2027-10-30T23:30:00Z", ends: "2027-10-31T02:30:00Z", minutes: 180 },
    ],
    [
      "from one half past two to the other",
      "Europe/Berlin",
      ["2027-10-31T02:30+02:00", "2027-10-31T02:30+01:00"],
      { starts: "2027-10-31T00:30:00Z", ends: "2027-10-31T01:30:00Z", minutes: 60 },
    ],
    [
      "a day of 23 hours",
      "Europe/Berlin",
      ["2027-03-27T12:00", "2027-03-28T12:00"],
      { starts: "2027-03-27T11:00:00Z", ends: "2027-03-28T10:00:00Z", minutes: 1380 },
    ],
    [
      "24 hours, in spring until 13:00",
      "Europe/Berlin",
      ["2027-03-27T12:00", 1440],
      { starts: "2027-03-27T11:00:00Z", ends: "2027-03-28T11:00:00Z", minutes: 1440 },
    ],
    [
      "24 hours, in autumn until 11:00",
      "Europe/Berlin",
      ["2027-10-30T12:00", "2027-10-31T11:00"],
      { starts: "2027-10-30T10:00:00Z", ends: "2027-10-31T10:00:00Z", minutes: 1440 },
    ],
    [
      "over half an hour that is skipped",
      "Australia/Lord_Howe",
      ["2027-10-03T01:45", "2027-10-03T02:45"],
      { starts: "2027-10-02T15:15:00Z", ends: "2027-10-02T15:45:00Z", minutes: 30 },
    ],
    [
      "over two hours that are skipped",
      "Antarctica/Troll",
      ["2027-03-28T00:45", "2027-03-28T03:15"],
      { starts: "2027-03-28T00:45:00Z", ends: "2027-03-28T01:15:00Z", minutes: 30 },
    ],
    [
      "into the year that no start may have",
      "UTC",
      ["9998-12-31T23:45", 1440],
      { starts: "9998-12-31T23:45:00Z", ends: "9999-01-01T23:45:00Z", minutes: 1440 },
    ],
  ];
  test.each(lengths)("%s, in %s", async (...[, zone, [startTime, end], times]) => {
    const length = typeof end === "number" ? { durationMinutes: end } : { durationMinutes: null, endTime: end };
    expect(await stored(external({ ...anybody(), ...length }, { startTime, timezone: zone }))).toMatchObject({
      starts_at: new Date(times.starts),
      ends_at: new Date(times.ends),
      duration_minutes: times.minutes,
    });
  });

  test("endTime wins over durationMinutes, sent or inherited, in each mode", async () => {
    const end = { endTime: "2027-03-02T10:25", durationMinutes: 60 };
    const at = { startTime: "2027-03-02T10:00" };
    const times = { starts: "2027-03-02T09:00:00Z", ends: "2027-03-02T09:25:00Z", minutes: 25 };
    for (const input of [
      adHoc({ ...anybody(), ...end }, at),
      external({ ...anybody(), ...end }, at),
      plan({ ...anybody(), kind: "ONE_ON_ONE", ...end }, at),
      plan({ ...anybody(), kind: "ONE_ON_ONE", endTime: end.endTime }, at),
    ]) {
      expect(await stored(input)).toEqual(row("Europe/Berlin", "2027-03-02 10:00:00", times));
    }
  });

  test("endTime may carry another offset than the start", async () => {
    const input = adHoc({ ...anybody(), endTime: "2027-03-03T05:00-05:00" }, { startTime: "2027-03-03T10:00" });
    expect(await stored(input)).toMatchObject({ ends_at: new Date("2027-03-03T10:00:00Z"), duration_minutes: 60 });
  });

  test.each([
    ["a day of 25 hours is too long", "2027-10-30T12:00", "2027-10-31T12:00", "ERR_DURATION_OUT_OF_RANGE"],
    ["30 seconds are no length", "2027-03-01T10:00", "2027-03-01T10:30:30", "ERR_DURATION_OUT_OF_RANGE"],
    [
      "an hour on the wall, and nothing elapsed",
      "2027-03-28T01:00Z",
      "2027-03-28T02:00+01:00",
      "ERR_END_TIME_BEFORE_START_TIME",
    ],
    [
      "earlier, though the wall shows later",
      "2027-10-31T02:00+01:00",
      "2027-10-31T02:45+02:00",
      "ERR_END_TIME_BEFORE_START_TIME",
    ],
  ])("%s", async (...[, startTime, endTime, code]) => {
    expect(await findings(adHoc({ endTime }, { startTime }))).toEqual([
      { code, path: ["input", "mode", "adHoc", "endTime"], message: expect.any(String) },
    ]);
  });
});

describe("a time in a gap or a fold is refused with the two instants", () => {
  const refusals: [zone: string, local: string, message: string][] = [
    [
      "Europe/Berlin",
      "2027-03-28T02:30",
      "The time cannot be read. 2027-03-28T02:30:00 does not exist in Europe/Berlin: the clocks change. " +
        "Send 2027-03-28T01:30:00+01:00 or 2027-03-28T03:30:00+02:00.",
    ],
    [
      "Australia/Lord_Howe",
      "2027-04-04T01:45",
      "The time cannot be read. 2027-04-04T01:45:00 exists twice in Australia/Lord_Howe: the clocks change. " +
        "Send 2027-04-04T01:45:00+11:00 or 2027-04-04T01:45:00+10:30.",
    ],
    [
      "Pacific/Chatham",
      "2027-09-26T03:00",
      "The time cannot be read. 2027-09-26T03:00:00 does not exist in Pacific/Chatham: the clocks change. " +
        "Send 2027-09-26T02:00:00+12:45 or 2027-09-26T04:00:00+13:45.",
    ],
  ];
  test.each(refusals)("%s %s", async (timezone, local, message) => {
    expect(await findings(adHoc({}, { startTime: local, timezone }))).toEqual([
      { code: "ERR_INVALID_ISO_8601", path: ["input", "startTime"], message },
    ]);
    const start = `${local.slice(0, 10)}T00:00`;
    expect(await findings(adHoc({ endTime: local }, { startTime: start, timezone }))).toEqual([
      { code: "ERR_INVALID_ISO_8601", path: ["input", "mode", "adHoc", "endTime"], message },
    ]);
  });

  test("and each of the two is accepted when it is sent", async () => {
    const [, , message] = refusals[1] ?? [];
    const choices = /Send (\S+) or (\S+)\.$/.exec(message ?? "")?.slice(1) ?? [];
    const starts: unknown[] = [];
    for (const startTime of choices) {
      const kept = await stored(adHoc(anybody(), { startTime, timezone: "Australia/Lord_Howe" }));
      starts.push([kept?.["starts_at"], kept?.["local_start"]]);
    }
    expect(starts).toEqual([
      [new Date("2027-04-03T14:45:00Z"), "2027-04-04 01:45:00"],
      [new Date("2027-04-03T15:15:00Z"), "2027-04-04 01:45:00"],
    ]);
  });
});

describe("the grid is the wall clock's", () => {
  test.each(["Asia/Kathmandu", "Australia/Eucla", "Pacific/Chatham", "Australia/Lord_Howe"])("%s", async (timezone) => {
    const check = (startTime: string) => findings(adHoc({}, { startTime, timezone, validateOnly: true }));
    for (const time of ["10:00", "10:15", "10:30", "10:45:00.000"]) {
      expect(await check(`2027-03-04T${time}`), time).toBeUndefined();
    }
    for (const time of ["10:05", "10:20", "10:15:01", "10:15:00.001"]) {
      expect(await check(`2027-03-04T${time}`), time).toMatchObject([
        { code: "ERR_START_TIME_NOT_ALIGNED", path: ["input", "startTime"] },
      ]);
    }
  });

  test("what is finer than a millisecond does not round onto it", async () => {
    expect(await findings(adHoc({}, { startTime: "2027-03-04T10:00:00.0001" }))).toMatchObject([
      {
        code: "ERR_INVALID_ISO_8601",
        path: ["input", "startTime"],
        message: expect.stringMatching(/^The time cannot be read\. Send an ISO 8601 date and time/),
      },
    ]);
  });
});

test("the future begins after the clock's instant, whatever the wall shows", async () => {
  now = new Date("2027-10-31T00:30:00Z");
  try {
    const check = (startTime: string) => findings(adHoc({}, { startTime, validateOnly: true }));
    expect(await check("2027-10-31T02:30+02:00")).toMatchObject([{ code: "ERR_START_TIME_IN_PAST" }]);
    expect(await check("2027-10-31T02:45+02:00")).toBeUndefined();
    expect(await check("2027-10-31T02:15+01:00")).toBeUndefined();
  } finally {
    now = new Date("2027-01-04T08:00:00Z");
  }
});

test.each(["IST", "+02:00", "Mars/Olympus", "local"])("%s is no zone; its time is not judged", async (timezone) => {
  expect(await findings(adHoc({}, { startTime: "2020-01-01T10:01", timezone }))).toMatchObject([
    { code: "ERR_INVALID_TIMEZONE", path: ["input", "timezone"] },
  ]);
});
