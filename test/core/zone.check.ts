import { describe, expect, test } from "vitest";
import { describeLocal, isOnQuarterHour, isTimeZone, parseTime } from "../../src/core/zone.ts";

describe("isTimeZone", () => {
  test.each(["Europe/Berlin", "UTC", "Asia/Kolkata", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])(
    "accepts %s",
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );
  test.each(["", "Mars/Olympus", "+02:00", "Europe/Berlin ", "Europe", "../etc/passwd", "local", "system"])(
    "refuses %j",
    (name) => {
      expect(isTimeZone(name)).toBe(false);
    },
  );
});

describe("parseTime", () => {
  const instantOf = (text: string, zone = "Europe/Berlin") => {
    const read = parseTime(text, zone);
    return read.ok ? read.time.instant.toISOString() : read.reason;
  };
  test.each([
    ["2027-03-01T10:00", "2027-03-01T09:00:00.000Z"],
    ["2027-03-01T10:00:00", "2027-03-01T09:00:00.000Z"],
    ["2027-03-01T10:00:00.000", "2027-03-01T09:00:00.000Z"],
    ["2027-03-01T10:00Z", "2027-03-01T10:00:00.000Z"],
    ["2027-03-01T10:00+05:45", "2027-03-01T04:15:00.000Z"],
    ["2027-03-01T10:00:00-0800", "2027-03-01T18:00:00.000Z"],
    ["20270301T100000Z", "2027-03-01T10:00:00.000Z"],
  ])("reads %s", (text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });
  test.each([
    "",
    "tomorrow",
    "2027-03-01",
    "10:00",
    "2027-02-30T10:00",
    "2027-03-01 10:00",
    "2027-03-01T25:00",
    "2027-03-01T10:00[Europe/Berlin]",
    "1772359200",
  ])("refuses %j", (text) => {
    expect(instantOf(text)).toMatch(/^Send an ISO 8601 date and time/);
  });
  test("keeps the wall-clock time", () => {
    expect(parseTime("2027-03-01T09:00Z", "Asia/Kathmandu")).toEqual({
      ok: true,
      time: { instant: new Date("2027-03-01T09:00:00.000Z"), local: "2027-03-01T14:45:00" },
    });
  });
  test("refuses a time that the clocks skip, and names both neighbours", () => {
    expect(instantOf("2027-03-28T02:30")).toBe(
      "2027-03-28T02:30:00 does not exist in Europe/Berlin: the clocks change. " +
        "Send 2027-03-28T01:30:00+01:00 or 2027-03-28T03:30:00+02:00.",
    );
  });
  test("refuses a time that comes twice, and names both", () => {
    expect(instantOf("2027-10-31T02:30")).toBe(
      "2027-10-31T02:30:00 exists twice in Europe/Berlin: the clocks change. " +
        "Send 2027-10-31T02:30:00+02:00 or 2027-10-31T02:30:00+01:00.",
    );
  });
});

test("the grid is judged on the wall clock", () => {
  expect(isOnQuarterHour(new Date("2027-03-01T09:15:00Z"), "Asia/Kathmandu")).toBe(true);
  expect(isOnQuarterHour(new Date("2027-03-01T09:10:00Z"), "Asia/Kathmandu")).toBe(false);
  expect(isOnQuarterHour(new Date("2027-03-01T09:15:01Z"), "UTC")).toBe(false);
  expect(isOnQuarterHour(new Date("2027-03-01T09:15:00.001Z"), "UTC")).toBe(false);
});

test("describes a time for people", () => {
  expect(describeLocal(new Date("2027-03-01T09:00:00Z"), "Europe/Berlin")).toBe("Monday, 1 March 2027, 10:00 CET");
});
