import { assert, integer, property } from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { runtimeZones } from "../../src/core/zone-database.ts";
import { offsetTable, readZoneFile, ZoneFileError } from "../../src/core/zone-file.ts";
import { describeLocal, parseTime, toLocal, tzVersion, useZones } from "../../src/core/zone.ts";
import { compileZone, releaseWith, WINNIPEG } from "../support/zone-file.ts";
import type { ZoneSource } from "../support/zone-file.ts";

const HOUR = 3_600_000;
const runtime = runtimeZones();
const tableOf = (source: ZoneSource) => offsetTable(readZoneFile(compileZone(source)));
const hoursAt = (source: ZoneSource, ...instants: string[]) => {
  const table = tableOf(source);
  return instants.map((instant) => table.offsetAt(Date.parse(instant)) / HOUR);
};

describe("a zone of a newer release", () => {
  afterEach(() => useZones(runtime));

  test("is read by its own rules, and the others by the runtime's", () => {
    expect(parseTime("2027-01-20T09:00", "America/Winnipeg")).toMatchObject({
      time: { instant: new Date("2027-01-20T15:00Z") },
    });
    useZones(releaseWith("2026e", "America/Winnipeg", WINNIPEG));
    expect(parseTime("2027-01-20T09:00", "america/winnipeg")).toEqual({
      ok: true,
      time: { instant: new Date("2027-01-20T14:00Z"), local: "2027-01-20T09:00:00" },
    });
    expect(toLocal(new Date("2027-01-20T14:00Z"), "America/Winnipeg")).toBe("2027-01-20T09:00:00");
    expect([tzVersion("America/Winnipeg"), tzVersion("Europe/Berlin")]).toEqual(["2026e", process.versions["tz"]]);
  });

  test("is described by its own offset, not by the runtime's name for another", () => {
    const winter = new Date("2027-01-20T14:00Z");
    expect(describeLocal(winter, "America/Winnipeg")).toBe("Wednesday, 20 January 2027, 08:00 GMT-6");
    useZones(releaseWith("2026e", "America/Winnipeg", WINNIPEG));
    expect(describeLocal(winter, "America/Winnipeg")).toBe("Wednesday, 20 January 2027, 09:00 GMT-5");
    useZones(releaseWith("2026e", "Asia/Kathmandu", { first: 5.5, footer: "<+0530>-5:30" }));
    expect(describeLocal(winter, "Asia/Kathmandu")).toBe("Wednesday, 20 January 2027, 19:30 GMT+5:30");
    useZones(releaseWith("2027a", "America/Newtown", { first: -3.5, footer: "<-0330>3:30" }));
    expect(describeLocal(winter, "america/newtown")).toBe("Wednesday, 20 January 2027, 10:30 GMT-3:30");
  });
});

describe("the rule at the end of a file", () => {
  /** Zones of which the runtime has had one rule since 2025, and how zic writes it. */
  const rules: [zone: string, first: number, footer: string][] = [
    ["Europe/Berlin", 1, "CET-1CEST,M3.5.0,M10.5.0/3"],
    ["Europe/Dublin", 0, "IST-1GMT0,M10.5.0,M3.5.0/1"],
    ["America/New_York", -5, "EST5EDT,M3.2.0,M11.1.0"],
    ["America/St_Johns", -3.5, "NST3:30NDT,M3.2.0,M11.1.0"],
    ["America/Nuuk", -2, "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"],
    ["America/Asuncion", -3, "<-03>3"],
    ["America/Santiago", -3, "<-04>4<-03>,M9.1.6/24,M4.1.6/24"],
    ["Africa/Cairo", 2, "EET-2EEST,M4.5.5/0,M10.5.4/24"],
    ["Asia/Beirut", 2, "EET-2EEST,M3.5.0/0,M10.5.0/0"],
    ["Asia/Jerusalem", 2, "IST-2IDT,M3.4.4/26,M10.5.0"],
    ["Australia/Lord_Howe", 11, "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"],
    ["Antarctica/Troll", 0, "<+00>0<+02>-2,M3.5.0/1,M10.5.0/3"],
    ["Pacific/Auckland", 13, "NZST-12NZDT,M9.5.0,M4.1.0/3"],
    ["Pacific/Chatham", 13.75, "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45"],
    ["Asia/Kathmandu", 5.75, "<+0545>-5:45"],
    ["Etc/GMT-14", 14, "<+14>-14"],
  ];
  test.each(rules)("%s is read until the year 9998 as the runtime reads it", (zone, first, footer) => {
    const table = tableOf({ first, changes: [["2025-01-01T00:00Z", first]], footer });
    const same = (instant: number) => {
      expect(table.offsetAt(instant)).toBe(runtime.find(zone)?.offsetAt(instant));
    };
    for (let instant = Date.UTC(2026); instant < Date.UTC(2060); instant += 61 * HOUR) same(instant);
    const anyInstant = integer({ min: Date.UTC(2026), max: Date.UTC(9999) });
    assert(property(anyInstant, same), { numRuns: 1000 });
    let change = Temporal.ZonedDateTime.from(`2200-01-01T00:00[${zone}]`).getTimeZoneTransition("next");
    for (let count = 0; change && count < 12; count += 1) {
      for (const beside of [-1000, -1, 0]) same(change.epochMilliseconds + beside);
      change = change.getTimeZoneTransition("next");
    }
  });

  test("counts days with and without 29 February", () => {
    const julian = { first: 0, footer: "AAA0BBB,J60/0,J61/0" };
    const ordinal = { first: 0, footer: "AAA0BBB,59/0,60/0" };
    const days = ["2027-02-28T12:00Z", "2027-03-01T12:00Z", "2028-02-29T12:00Z", "2028-03-01T12:00Z"];
    expect(hoursAt(julian, ...days)).toEqual([0, 1, 0, 1]);
    expect(hoursAt(ordinal, ...days)).toEqual([0, 1, 1, 0]);
  });

  test("may keep daylight saving time all year", () => {
    const source = { first: -4, footer: "XXX3EDT4,0/0,J365/23" };
    const edges = [
      "2027-12-31T23:59Z",
      "2028-01-01T02:59Z",
      "2028-01-01T03:00Z",
      "2028-01-01T04:00Z",
      "2028-07-01T00:00Z",
    ];
    expect(hoursAt(source, ...edges)).toEqual([-4, -4, -4, -4, -4]);
  });

  test("may lie a week away from its day", () => {
    const gaza = { first: 2, footer: "EET-2EEST,M3.4.4/50,M10.4.4/50", version: 3 as const };
    expect(
      hoursAt(gaza, "2027-03-26T23:59:59Z", "2027-03-27T00:00Z", "2027-10-29T22:59:59Z", "2027-10-29T23:00Z"),
    ).toEqual([2, 3, 3, 2]);
    const reaching = { first: 0, footer: "AAA0BBB,0/-48,J31/0", version: 3 as const };
    expect(hoursAt(reaching, "2027-12-29T23:59:59Z", "2027-12-30T00:00Z", "2028-01-31T00:00Z")).toEqual([0, 1, 0]);
  });

  test("may be missing: then the last change stays", () => {
    const source: ZoneSource = { first: 0, changes: [["2030-01-01T00:00Z", 1]], footer: "" };
    expect(hoursAt(source, "2029-12-31T23:59:59Z", "2030-01-01T00:00Z", "9000-01-01T00:00Z")).toEqual([0, 1, 1]);
  });

  const wrong = [
    "CET",
    "CET-1CEST",
    "CET-1CEST,M3.5.0",
    "CET-1CEST,M13.5.0,M10.5.0",
    "CET-1CEST,M0.5.0,M10.5.0",
    "CET-1CEST,M3.6.0,M10.5.0",
    "CET-1CEST,M3.0.0,M10.5.0",
    "CET-1CEST,M3.5.7,M10.5.0",
    "CET-1CEST,J0,J60",
    "CET-1CEST,J366,J60",
    "CET-1CEST,366,60",
    "CET-1CEST,M3.5.0/168,M10.5.0",
    "CET-1CEST,M3.5.0/2:60,M10.5.0",
    "CET-25",
    "CE-1",
    "<CET-1",
    "CET-1 ",
    ":Europe/Berlin",
    "CET-1CEST,M3.5.0,M10.5.0/3\nCET-1",
  ];
  test.each(wrong)("%j is refused", (footer) => {
    expect(() => tableOf({ first: 1, footer })).toThrow(`ends with ${JSON.stringify(footer)}, which is no rule`);
  });

  test("that contradicts the last change is refused", () => {
    expect(() => tableOf({ first: 1, footer: "EST5" })).toThrow("contradicts its last change");
  });
});

function outcomeOf(read: () => number): unknown {
  try {
    return Number.isFinite(read()) ? "as expected" : "no number";
  } catch (error) {
    return error instanceof ZoneFileError ? "as expected" : error;
  }
}

describe("a file that is no compiled zone", () => {
  const good = compileZone(WINNIPEG);

  test("is refused, wherever it was cut off", () => {
    for (let length = 0; length < good.length; length += 1) {
      expect(() => readZoneFile(good.subarray(0, length)), String(length)).toThrow(ZoneFileError);
    }
    expect(() => readZoneFile(good.subarray(0, good.length - 1))).toThrow("does not end with a line of text");
    expect(() => readZoneFile(good.subarray(0, good.length - 30))).toThrow("ends too early");
  });

  test("is refused or read, whatever its bytes, and nothing else happens", () => {
    assert(
      property(integer({ min: 0, max: good.length - 1 }), integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = Buffer.from(good);
        changed[at] = byte;
        const read = () => offsetTable(readZoneFile(changed)).offsetAt(Date.UTC(2027));
        expect(outcomeOf(read)).toBe("as expected");
      }),
      { numRuns: 3000 },
    );
  });

  const refusals: [why: string, file: Buffer, message: string][] = [
    ["text", Buffer.from("# version 2026f\n".repeat(20)), "is not a compiled zone (TZif)"],
    ["version 1", compileZone({ ...WINNIPEG, version: 1 }), "is of version 1 of the format, which ends in 2037"],
    ["leap seconds", compileZone({ ...WINNIPEG, leapSeconds: 27 }), "counts leap seconds"],
    ["something after the end", Buffer.concat([good, Buffer.from("x")]), "does not end with a line of text"],
    [
      "changes out of order",
      compileZone({ ...WINNIPEG, changes: [...(WINNIPEG.changes ?? [])].toReversed() }),
      "has changes out of order",
    ],
    ["an offset of two days", compileZone({ first: 48, footer: "" }), "is 172800 seconds from UTC at some time"],
  ];
  test.each(refusals)("%s", (_why, file, message) => {
    expect(() => readZoneFile(file)).toThrow(message);
  });
});
