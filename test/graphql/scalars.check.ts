import { assert, constantFrom, date, integer, oneof, property, string, tuple } from "fast-check";
import { GraphQLScalarType, parseConstValue } from "graphql";
import { describe, expect, test } from "vitest";
import { parseTime } from "../../src/core/zone.ts";
import { schema } from "../../src/schema.ts";

function scalar(name: string): GraphQLScalarType {
  const type = schema.getType(name);
  if (type instanceof GraphQLScalarType) return type;
  throw new Error(`${name} is no scalar.`);
}

const refusal = "An instant such as 2027-03-01T09:00:00Z is expected here, on a day that exists.";

/** What a value is read as when it is sent as a variable and as a literal, which are to agree. */
function readings(name: string, value: string): unknown[] {
  const type = scalar(name);
  const ways = [
    () => type.coerceInputValue(value),
    () => type.coerceInputLiteral?.(parseConstValue(JSON.stringify(value))),
  ];
  return ways.map((read) => {
    try {
      return read();
    } catch (error) {
      return error instanceof Error ? error.message : error;
    }
  });
}

const SIGNS = "0123456789-:+.TZ".split("");
const twice = <T>(value: T): T[] => [value, value];
const pad = (value: number, width = 2) => String(value).padStart(width, "0");
const daysIn = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

describe("both scalars of time", () => {
  test("take the days that a month has, and refuse those that it has not", () => {
    for (const year of [1900, 2000, 2027, 2028, 2100]) {
      for (let month = 0; month <= 13; month += 1) {
        for (let day = 0; day <= 32; day += 1) {
          const text = `${year}-${pad(month)}-${pad(day)}T09:00:00Z`;
          const exists = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
          const instant = exists ? new Date(Date.UTC(year, month - 1, day, 9)) : refusal;
          expect(readings("DateTime", text), text).toEqual(twice(instant));
          // The verb reads the other, so that a wrong time is a finding beside the others.
          expect(readings("DateTimeInput", text)).toEqual(twice(text));
          expect(parseTime(text, "UTC").ok, text).toBe(exists && year >= 1970);
        }
      }
    }
  });
});

describe("DateTime takes", () => {
  test.each([
    ["2027-03-01T09:00:00.000Z", "2027-03-01T09:00:00.000Z"],
    ["2027-03-01T09:00Z", "2027-03-01T09:00:00.000Z"],
    ["2027-03-01T09:00:00.5Z", "2027-03-01T09:00:00.500Z"],
    ["2027-03-01T09:00:00.123000Z", "2027-03-01T09:00:00.123Z"],
    ["2027-03-01T09:00:00+05:45", "2027-03-01T03:15:00.000Z"],
    ["2027-03-01T09:00:00-00:00", "2027-03-01T09:00:00.000Z"],
    ["2027-03-01T24:00:00Z", "2027-03-02T00:00:00.000Z"],
    ["2028-02-29T23:59:59.999-23:59", "2028-03-01T23:58:59.999Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ])("%s", (text, instant) => {
    expect(readings("DateTime", text)).toEqual(twice(new Date(instant)));
  });

  test("every instant as it gives it", () => {
    const anyInstant = date({
      min: new Date("0001-01-01T00:00Z"),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    assert(
      property(
        anyInstant,
        (instant) => expect(readings("DateTime", instant.toISOString())).toEqual(twice(instant)) !== null,
      ),
    );
  });
});

describe("DateTime refuses", () => {
  test.each([
    "2027-02-29T09:00:00Z",
    "2027-03-01T24:00:01Z",
    "2027-03-01T24:01:00Z",
    "2027-03-01T25:00:00Z",
    "2027-03-01T09:60:00Z",
    "2027-03-01T09:00:60Z",
    "2016-12-31T23:59:60Z",
    "2027-03-01T09:00:00+24:00",
    "2027-03-01T09:00:00+01:60",
    "2027-03-01T09:00:00-99:99",
    "2027-03-01T09:00:00.0001Z",
    "2027-03-01T09:00:00",
    "2027-03-01T09:00:00z",
    "2027-03-01 09:00:00Z",
    "2027-03-01T09:00:00Z ",
    "2027-03-01",
    "0000-12-31T23:59:59Z",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "+012027-03-01T09:00:00Z",
    "tomorrow",
    "",
  ])("%j", (text) => {
    expect(readings("DateTime", text)).toEqual(twice(refusal));
  });

  test("what parts of a time are out of range, and takes the others as they are written", () => {
    const anyParts = tuple(integer({ min: 0, max: 30 }), integer({ min: 0, max: 70 }), integer({ min: 0, max: 70 }));
    const anyOffset = tuple(constantFrom("+", "-"), integer({ min: 0, max: 30 }), integer({ min: 0, max: 70 }));
    assert(
      property(anyParts, anyOffset, ([hour, minute, second], [sign, hours, minutes]) => {
        const time = `${pad(hour)}:${pad(minute)}:${pad(second)}`;
        const text = `2027-03-01T${time}${sign}${pad(hours)}:${pad(minutes)}`;
        const exists = (hour < 24 && minute < 60 && second < 60) || time === "24:00:00";
        const valid = exists && hours < 24 && minutes < 60;
        const shift = (sign === "+" ? -1 : 1) * (hours * 60 + minutes);
        const instant = new Date(Date.UTC(2027, 2, 1, hour, minute + shift, second));
        expect(readings("DateTime", text)).toEqual(twice(valid ? instant : refusal));
      }),
      { numRuns: 2000 },
    );
  });

  test("any other text, as it would any other as a literal", () => {
    assert(
      property(oneof(string({ maxLength: 64 }), string({ unit: constantFrom(...SIGNS), maxLength: 30 })), (text) => {
        const [variable, literal] = readings("DateTime", text);
        expect(literal).toEqual(variable);
        expect(variable === refusal || variable instanceof Date).toBe(true);
      }),
    );
  });

  test.each([1_772_359_200, true, null, {}])("%j, which is no text", (value) => {
    expect(() => scalar("DateTime").coerceInputValue(value)).toThrow("A string is expected here.");
  });
});

describe("TimeZone is spelled as the tz database spells it", () => {
  test.each([
    ["europe/berlin", "Europe/Berlin"],
    ["EUROPE/BERLIN", "Europe/Berlin"],
    ["asia/calcutta", "Asia/Calcutta"],
    ["asia/kolkata", "Asia/Kolkata"],
    ["america/port-au-prince", "America/Port-au-Prince"],
    ["us/pacific", "US/Pacific"],
    ["gb-eire", "GB-Eire"],
    ["w-su", "W-SU"],
    ["utc", "UTC"],
    ["etc/gmt+5", "Etc/GMT+5"],
    ["est5edt", "EST5EDT"],
    ["Mars/Olympus", "Mars/Olympus"],
    ["ist", "ist"],
  ])("%s is %s", (sent, name) => {
    expect(readings("TimeZone", sent)).toEqual(twice(name));
  });

  test("and so is every zone of the runtime, whatever the case", () => {
    for (const name of Intl.supportedValuesOf("timeZone")) {
      expect(readings("TimeZone", name.toLowerCase())).toEqual(twice(name));
    }
  });
});

test("each scalar names the specification that it follows, and those that follow none name none", () => {
  const names = ["DateTime", "DateTimeInput", "EventCursor", "LocalDateTime", "TimeZone", "URL"];
  expect(Object.fromEntries(names.map((name) => [name, scalar(name).specifiedByURL ?? null]))).toEqual({
    DateTime: "https://www.rfc-editor.org/rfc/rfc3339",
    DateTimeInput: null,
    EventCursor: null,
    LocalDateTime: "https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#local-dates-and-times",
    TimeZone: "https://www.iana.org/time-zones",
    URL: "https://url.spec.whatwg.org/",
  });
});
