import { assert, constantFrom, nat, oneof, property, string, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import { describeLocal, isOnQuarterHour, isTimeZone, parseTime, toLocal, tzVersion } from "../../src/core/zone.ts";

describe("isTimeZone", () => {
  const zones = [
    "Europe/Berlin",
    "UTC",
    "Asia/Kolkata",
    "Asia/Calcutta",
    "Europe/Kyiv",
    "America/Argentina/Buenos_Aires",
    "America/Port-au-Prince",
    "Etc/GMT+5",
    "GB-Eire",
    "W-SU",
    "EST5EDT",
    "CET",
    "europe/berlin",
  ];
  test.each(zones)("accepts %s, each time", (name) => {
    expect([isTimeZone(name), isTimeZone(name)]).toEqual([true, true]);
  });

  const others = [
    "",
    " ",
    "Mars/Olympus",
    "Europe",
    "Europe/",
    "/Europe/Berlin",
    "../etc/passwd",
    "+02:00",
    "+0200",
    "-08",
    "UTC+2",
    "GMT+2",
    "Etc/GMT+15",
    "Z",
    "local",
    "system",
    "localtime",
    "default",
    "Factory",
    " Europe/Berlin",
    "Europe/Berlin ",
    "Europe/Berlin\n",
    "Europe Berlin",
    "Europe/Bérlin",
    "Europe/Berlin\u0000",
    `Europe/${"Berlin".repeat(1000)}`,
  ];
  test.each(others)("refuses %j, each time", (name) => {
    expect([isTimeZone(name), isTimeZone(name)]).toEqual([false, false]);
  });

  test("refuses what only ICU knows: to PostgreSQL, IST is Israel and AST the Atlantic", () => {
    const onlyIcu = ["IST", "ist", "AST", "BST", "CST", "JST", "PST", "ACT", "SystemV/PST8", "US/Pacific-New"];
    for (const name of onlyIcu) {
      expect(() => new Intl.DateTimeFormat("en", { timeZone: name })).not.toThrow();
      expect(isTimeZone(name), name).toBe(false);
    }
  });

  test("accepts every zone that the runtime lists", () => {
    expect(Intl.supportedValuesOf("timeZone").filter((name) => !isTimeZone(name))).toEqual([]);
  });
});

const instantOf = (text: string, zone = "Europe/Berlin") => {
  const read = parseTime(text, zone);
  return read.ok ? read.time.instant.toISOString() : read.reason;
};

describe("parseTime accepts", () => {
  const notations: [text: string, instant: string][] = [
    ["2027-03-01T10:00", "2027-03-01T09:00:00.000Z"],
    ["2027-03-01T10:00:00", "2027-03-01T09:00:00.000Z"],
    ["2027-03-01T10", "2027-03-01T09:00:00.000Z"],
    ["2027-03-01T10:00:00.000", "2027-03-01T09:00:00.000Z"],
    ["2027-03-01T10:00:00.5", "2027-03-01T09:00:00.500Z"],
    ["2027-03-01T10:00:00,057", "2027-03-01T09:00:00.057Z"],
    ["2027-03-01T10:00:00.000000", "2027-03-01T09:00:00.000Z"],
    ["2027-03-01T10:00:00.123000000Z", "2027-03-01T10:00:00.123Z"],
    ["20270301T1000", "2027-03-01T09:00:00.000Z"],
    ["20270301T100000Z", "2027-03-01T10:00:00.000Z"],
    ["2027-W09-1T10:00", "2027-03-01T09:00:00.000Z"],
    ["2027W091T100000", "2027-03-01T09:00:00.000Z"],
    ["2026-W53-7T10:00", "2027-01-03T09:00:00.000Z"],
    ["2027-060T10:00", "2027-03-01T09:00:00.000Z"],
    ["2027060T1000", "2027-03-01T09:00:00.000Z"],
    ["2028-366T10:00", "2028-12-31T09:00:00.000Z"],
    ["2028-02-29T10:00", "2028-02-29T09:00:00.000Z"],
    ["2027-03-01T24:00", "2027-03-01T23:00:00.000Z"],
    ["2027-03-01T24:00:00.000", "2027-03-01T23:00:00.000Z"],
    ["2027-03-01T10:00Z", "2027-03-01T10:00:00.000Z"],
    ["2027-03-01T10:00+01", "2027-03-01T09:00:00.000Z"],
    ["2027-03-01T10:00+05:45", "2027-03-01T04:15:00.000Z"],
    ["2027-03-01T10:00:00-0800", "2027-03-01T18:00:00.000Z"],
    ["2027-03-01T10:00+23:59", "2027-02-28T10:01:00.000Z"],
    ["2027-03-01T10:00-00:00", "2027-03-01T10:00:00.000Z"],
    ["1970-01-01T00:00Z", "1970-01-01T00:00:00.000Z"],
    ["9998-12-31T23:45Z", "9998-12-31T23:45:00.000Z"],
  ];
  test.each(notations)("%s", (text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });

  test("every millisecond as it is written", () => {
    for (let millisecond = 0; millisecond < 1000; millisecond += 1) {
      const text = `2027-03-01T10:00:00.${String(millisecond).padStart(3, "0")}Z`;
      expect(instantOf(text)).toBe(text);
    }
  });

  test("and keeps the wall-clock time", () => {
    expect(parseTime("2027-03-01T09:00Z", "Asia/Kathmandu")).toEqual({
      ok: true,
      time: { instant: new Date("2027-03-01T09:00:00.000Z"), local: "2027-03-01T14:45:00" },
    });
  });
});

const SIGNS = "0123456789-:+.,TWZtz ".split("");

describe("parseTime refuses", () => {
  const notations: [why: string, texts: string[]][] = [
    ["nothing", ["", " ", "T"]],
    ["words and numbers", ["tomorrow", "now", "1772359200", "1772359200000"]],
    ["half of it", ["2027-03-01", "10:00", "T10:00", "2027-03-01T", "2027-03-01T10:", "2027-03-01T10:00+"]],
    ["dates without a day", ["2027T10:00", "2027-03T10:00", "2027-W09T10:00", "2027W09T10:00"]],
    ["days that no calendar has", ["2027-02-30T10:00", "2027-02-29T10:00", "2027-13-01T10:00", "2027-00-01T10:00"]],
    ["weeks and days that the year does not have", ["2027-W53-1T10:00", "2027-W00-1T10:00", "2027-W09-8T10:00"]],
    ["ordinals that the year does not have", ["2027-366T10:00", "2027-000T10:00"]],
    ["times that no clock shows", ["2027-03-01T25:00", "2027-03-01T10:60", "2027-03-01T24:00:01", "2027-03-01T24:15"]],
    ["leap seconds", ["2016-12-31T23:59:60Z", "2027-03-01T10:00:60"]],
    ["less than a millisecond", ["2027-03-01T10:00:00.0001", "2027-03-01T10:00:00.0000000001Z"]],
    ["fractions of minutes and hours", ["2027-03-01T10:00.5", "2027-03-01T10.25", "2027-03-01T10:00:00."]],
    ["half-hearted separators", ["2027-0301T10:00", "202703-01T10:00", "2027-03-01T10:0000", "2027-03-01T1000:00"]],
    ["single digits", ["2027-3-1T10:00", "2027-03-01T9:00", "2027-03-01T10:00+1:00"]],
    ["small letters", ["2027-03-01t10:00", "2027-03-01T10:00z", "2027-w09-1T10:00"]],
    ["offsets of a day or more", ["2027-03-01T10:00+24:00", "2027-03-01T10:00+99:99", "2027-03-01T10:00+01:60"]],
    ["offsets with seconds or with a typographic minus", ["2027-03-01T10:00+01:00:00", "2027-03-01T10:00−08:00"]],
    ["more than one offset", ["2027-03-01T10:00ZZ", "2027-03-01T10:00+01:00Z", "2027-03-01T10:00Z+01:00"]],
    [
      "spaces",
      ["2027-03-01 10:00", " 2027-03-01T10:00", "2027-03-01T10:00 ", "2027-03-01T10:00\n", "2027-03-01T10:00 Z"],
    ],
    ["zone names", ["2027-03-01T10:00[Europe/Berlin]", "2027-03-01T10:00+01:00[Europe/Berlin]", "2027-03-01T10:00CET"]],
    ["intervals and durations", ["2027-03-01T10:00/2027-03-01T11:00", "P1D", "R/2027-03-01T10:00"]],
    [
      "years outside 1970 to 9998",
      ["1969-12-31T23:59Z", "0000-01-01T00:00Z", "9999-01-01T00:00Z", "+002027-03-01T10:00"],
    ],
    ["other digits", ["２０２７-03-01T10:00", "٢٠٢٧-03-01T10:00"]],
  ];
  test.each(notations)("%s", (_why, texts) => {
    for (const text of texts) {
      expect(instantOf(text), JSON.stringify(text)).toBe(
        "Send an ISO 8601 date and time of the years 1970 to 9998, no finer than milliseconds: " +
          "2027-03-01T10:00, 2027-03-01T10:00+01:00 or 2027-03-01T09:00Z.",
      );
    }
  });

  test("whatever is not a time, with a sentence and no exception", () => {
    const alphabet = string({ unit: constantFrom(...SIGNS), maxLength: 30 });
    const changed = tuple(nat(24), constantFrom(...SIGNS, "")).map(
      ([at, by]) => "2027-03-01T10:00:00.000Z".slice(0, at) + by + "2027-03-01T10:00:00.000Z".slice(at + 1),
    );
    assert(
      property(oneof(string(), alphabet, changed), (text) => {
        expect(instantOf(text)).toMatch(/^Send an ISO 8601|^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each([
  ["Europe/Berlin", "2027-03-01T10:00", "2027-03-01T09:00:00.000Z"],
  ["America/New_York", "2027-03-01T10:00", "2027-03-01T15:00:00.000Z"],
  ["Australia/Lord_Howe", "2027-03-01T10:00", "2027-02-28T23:00:00.000Z"],
  ["Asia/Kathmandu", "2027-03-01T10:00", "2027-03-01T04:15:00.000Z"],
  ["Australia/Eucla", "2027-03-01T10:00", "2027-03-01T01:15:00.000Z"],
  ["Pacific/Chatham", "2027-03-01T10:00", "2027-02-28T20:15:00.000Z"],
  ["Pacific/Chatham", "2027-07-01T10:00", "2027-06-30T21:15:00.000Z"],
  ["Pacific/Kiritimati", "2027-03-01T10:00", "2027-02-28T20:00:00.000Z"],
  ["Etc/GMT+12", "2027-03-01T10:00", "2027-03-01T22:00:00.000Z"],
])("on the wall of %s, %s is %s", (zone, local, instant) => {
  expect(instantOf(local, zone)).toBe(instant);
  expect(toLocal(new Date(instant), zone)).toBe(`${local}:00`);
});

test("the grid is judged on the wall clock", () => {
  const zones = ["Europe/Berlin", "Asia/Kathmandu", "Australia/Eucla", "Pacific/Chatham", "Australia/Lord_Howe", "UTC"];
  for (const zone of zones) {
    const onGrid = (text: string) => isOnQuarterHour(new Date(instantOf(text, zone)), zone);
    for (const text of ["10:00", "10:15", "10:30:00", "10:45:00.000", "00:00", "23:45"]) {
      expect(onGrid(`2027-07-01T${text}`), `${zone} ${text}`).toBe(true);
    }
    for (const text of ["10:05", "10:14", "10:15:01", "10:15:00.001", "10:59:59.999"]) {
      expect(onGrid(`2027-07-01T${text}`), `${zone} ${text}`).toBe(false);
    }
  }
  // Liberia was 44 minutes and 30 seconds behind UTC until 1972.
  expect(isOnQuarterHour(new Date("1971-01-01T10:44:30Z"), "Africa/Monrovia")).toBe(true);
  expect(isOnQuarterHour(new Date("1971-01-01T10:45:00Z"), "Africa/Monrovia")).toBe(false);
});

test("describes a time for people", () => {
  expect(describeLocal(new Date("2027-03-01T09:00:00Z"), "Europe/Berlin")).toBe("Monday, 1 March 2027, 10:00 CET");
  expect(describeLocal(new Date("2027-03-01T09:00:00Z"), "Asia/Kathmandu")).toBe(
    "Monday, 1 March 2027, 14:45 GMT+5:45",
  );
});

test("what is no zone has no wall", () => {
  expect(() => toLocal(new Date(), "Mars/Olympus")).toThrow("Mars/Olympus is no time zone.");
});

test("knows the version of its rules", () => {
  expect(tzVersion("Europe/Berlin")).toBe(process.versions["tz"]);
  expect(tzVersion("Europe/Berlin")).toMatch(/^20\d\d[a-z]$/);
});
