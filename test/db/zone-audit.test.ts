import { DateTime } from "luxon";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findDifferingZones } from "../../src/db/zone-audit.ts";
import type { ZoneAuditOptions } from "../../src/db/zone-audit.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";

const FROM = new Date("2027-01-04T08:00:00Z");
const ZONES = ["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"];

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const audit = (options: Partial<ZoneAuditOptions> = {}) =>
  findDifferingZones(database.connections.raw, { from: FROM, ...options });

const truth = (zone: string, instant: Date) => DateTime.fromJSDate(instant, { zone }).offset;
/** The truth, but for one zone from one instant on so many minutes beside it. */
const lying = (about: string, since: string, minutes: number) => (zone: string, instant: Date) =>
  truth(zone, instant) + (zone === about && instant >= new Date(since) ? minutes : 0);

const REASON = /^(?:At (\S+) the runtime has \S+, the database ([+-]\S+)\.|The database does not know this zone\.)$/;

test("compares all zones of the runtime; what it says of the database is true", async () => {
  for (const { zone, reason } of await audit()) {
    const [, instant, offset] = REASON.exec(reason) ?? [reason];
    if (!instant) continue;
    const [row] = await database.connections.raw`
      select ${instant}::timestamptz at time zone 'UTC' + ${offset ?? ""}::interval = ${instant}::timestamptz at time zone ${zone}
        as holds`;
    expect({ zone, reason, ...row }).toEqual({ zone, reason, holds: true });
  }
});

test("finds nothing where the two agree, in the runtime's words and in luxon's", async () => {
  expect(await audit({ zones: ZONES })).toEqual([]);
  expect(await audit({ zones: ZONES, offsetAt: truth })).toEqual([]);
  expect(await audit({ zones: [] })).toEqual([]);
});

test.each([
  ["Europe/Berlin", "2027-08-03T10:11:12.000Z", 60, "+03:00", "+02:00"],
  ["Europe/Berlin", "2027-10-31T01:00:00.000Z", 60, "+02:00", "+01:00"],
  ["Australia/Lord_Howe", "2028-12-31T23:59:59.000Z", -30, "+10:30", "+11:00"],
  ["UTC", "2027-01-04T08:00:00.000Z", -300.5, "-05:00:30", "+00:00"],
])("finds that %s differs from %s on", async (...[zone, since, minutes, ours, theirs]) => {
  expect(await audit({ zones: ZONES, offsetAt: lying(zone, since, minutes) })).toEqual([
    { zone, reason: `At ${since} the runtime has ${ours}, the database ${theirs}.` },
  ]);
});

test("finds a difference of an hour, and changes that only the database knows", async () => {
  const offsetAt = lying("Europe/Berlin", "2027-08-03T10:00:00Z", 60);
  const forAnHour = (zone: string, instant: Date) =>
    (instant < new Date("2027-08-09T08:30:00Z") ? offsetAt : truth)(zone, instant);
  expect(await audit({ zones: ZONES, offsetAt: forAnHour })).toEqual([
    { zone: "Europe/Berlin", reason: "At 2027-08-03T10:00:00.000Z the runtime has +03:00, the database +02:00." },
  ]);
  expect(await audit({ zones: ["Europe/Berlin"], offsetAt: () => 60 })).toEqual([
    { zone: "Europe/Berlin", reason: "At 2027-03-29T08:00:00.000Z the runtime has +01:00, the database +02:00." },
  ]);
});

test("reports a name that the database does not know", async () => {
  expect(await audit({ zones: ["Europe/Berlin", "SystemV/PST8"] })).toEqual([
    { zone: "SystemV/PST8", reason: "The database does not know this zone." },
  ]);
});

test("sends one statement, and lets other work run between two zones", async () => {
  let statements = 0;
  let turns = 0;
  let done = false;
  const turn = () => {
    turns += 1;
    if (!done) setImmediate(turn);
  };
  setImmediate(turn);
  const counting = new Proxy(database.connections.raw, {
    apply(sql, self, args) {
      statements += 1;
      return Reflect.apply(sql, self, args);
    },
  });
  await findDifferingZones(counting, { from: FROM });
  done = true;
  expect(statements).toBe(1);
  expect(turns).toBeGreaterThanOrEqual(Intl.supportedValuesOf("timeZone").length);
});
