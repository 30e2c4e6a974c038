import { assert, constantFrom, integer, property } from "fast-check";
import { afterEach, expect, test } from "vitest";
import { runtimeZones } from "../../src/core/zone-database.ts";
import { offsetTable, readZoneFile } from "../../src/core/zone-file.ts";
import { zonePieces } from "../../src/core/zone-pieces.ts";
import { useZones, zonesInUse } from "../../src/core/zone.ts";
import { compileZone } from "../support/zone-file.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZONES = Intl.supportedValuesOf("timeZone");
const inUse = zonesInUse();
afterEach(() => useZones(inUse));

const offsetOf = (zone: string, instant: number) => zonesInUse().find(zone)?.offsetAt(instant);
const shown = (zone: string, start: string, end: string) =>
  zonePieces(zone, { start: Date.parse(start), end: Date.parse(end) }).map(
    (piece) => `${new Date(piece.start).toISOString().slice(0, 16)} ${piece.offset / HOUR}`,
  );

test("a window that begins whole days before a change is cut at the minute of the change", () => {
  expect(shown("America/New_York", "2026-03-01T07:00Z", "2026-03-20T07:00Z")).toEqual([
    "2026-03-01T07:00 -5",
    "2026-03-08T07:00 -4",
  ]);
  expect(shown("Europe/Berlin", "2027-03-28T01:00Z", "2027-03-29T01:00Z")).toEqual(["2027-03-28T01:00 2"]);
  expect(shown("Australia/Lord_Howe", "2027-03-27T15:00Z", "2027-04-10T15:00Z")).toEqual([
    "2027-03-27T15:00 11",
    "2027-04-03T15:00 10.5",
  ]);
  expect(shown("Asia/Kathmandu", "2027-01-01T00:00Z", "2028-01-01T00:00Z")).toEqual(["2027-01-01T00:00 5.75"]);
});

test("two changes within a month, and a month without days, are all there", () => {
  expect(shown("Africa/Casablanca", "2025-02-20T00:00Z", "2025-04-20T00:00Z")).toEqual([
    "2025-02-20T00:00 1",
    "2025-02-23T02:00 0",
    "2025-04-06T02:00 1",
  ]);
  expect(shown("Pacific/Apia", "2011-12-29T00:00Z", "2012-01-02T00:00Z")).toEqual([
    "2011-12-29T00:00 -10",
    "2011-12-30T10:00 14",
  ]);
});

test("in every zone each minute has the offset of its piece, and neighbours differ", () => {
  assert(
    property(
      constantFrom(...ZONES),
      integer({ min: Date.UTC(2024) / MINUTE, max: Date.UTC(2030) / MINUTE }),
      integer({ min: 1, max: 60 * 24 * 60 }),
      (zone, start, length) => {
        const window = { start: start * MINUTE, end: (start + length) * MINUTE };
        const pieces = zonePieces(zone, window);
        expect(pieces[0]?.start).toBe(window.start);
        expect(pieces.at(-1)?.end).toBe(window.end);
        const apart = pieces.slice(1).filter(({ start, offset }, index) => {
          return start !== pieces[index]?.end || offset === pieces[index]?.offset;
        });
        expect(apart).toEqual([]);
        for (const piece of pieces) {
          for (const at of [piece.start, (piece.start + piece.end) / 2, piece.end - 1]) {
            expect(offsetOf(zone, at), `${zone} ${new Date(at).toISOString()}`).toBe(piece.offset);
          }
        }
        for (let at = window.start; at < window.end; at += 6 * HOUR) {
          const piece = pieces.find((one) => one.start <= at && at < one.end);
          expect(piece?.offset).toBe(offsetOf(zone, at));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("pieces after the table's end are those of the zone's rule", () => {
  const span = { start: Date.UTC(2099, 6), end: Date.UTC(2101, 6) };
  const changes = zonePieces("Europe/Berlin", span).map(({ start, offset }) => [new Date(start).toISOString(), offset]);
  expect(changes).toEqual([
    ["2099-07-01T00:00:00.000Z", 2 * HOUR],
    ["2099-10-25T01:00:00.000Z", HOUR],
    ["2100-03-28T01:00:00.000Z", 2 * HOUR],
    ["2100-10-31T01:00:00.000Z", HOUR],
    ["2101-03-27T01:00:00.000Z", 2 * HOUR],
  ]);
});

test("a release from a directory cuts as the runtime does, also past the 400 years of its table", () => {
  const table = offsetTable(readZoneFile(compileZone({ first: 1, footer: "CET-1CEST,M3.5.0,M10.5.0/3" })));
  const berlin = runtimeZones().find("Europe/Berlin");
  for (let at = Date.UTC(2200); at < Date.UTC(3200); at = berlin?.changeAfter(at) ?? Infinity) {
    expect(table.changeAfter(at), new Date(at).toISOString()).toBe(berlin?.changeAfter(at));
  }
  useZones({ release: "test", origin: "test", find: (name) => ({ name, release: "test", ...fixed }) });
  expect(zonePieces("Some/Zone", { start: 0, end: DAY })).toEqual([{ start: 0, end: DAY, offset: HOUR }]);
});
const fixed = { offsetAt: () => HOUR, changeAfter: () => Infinity };

test("all offsets that interviews will meet are whole quarters of an hour, so that one grid is everybody's", () => {
  const span = { start: Date.UTC(2026), end: Date.UTC(2041) };
  const odd = ZONES.filter((zone) => zonePieces(zone, span).some(({ offset }) => offset % (15 * MINUTE) !== 0));
  expect(odd).toEqual([]);
});
