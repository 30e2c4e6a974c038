import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { connectCalendars, search, searched, setRules } from "../support/availability.ts";
import { adHoc, CREATE, createInterview, external, user } from "../support/interview.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Zones at a change of their clocks, and where the change is at midnight, of half an hour, or backwards in winter. */
const CHANGES: [zone: string, instant: string][] = [
  ["America/New_York", "2027-03-14T07:00Z"],
  ["Europe/Berlin", "2027-10-31T01:00Z"],
  ["Europe/Dublin", "2027-03-28T01:00Z"],
  ["Australia/Lord_Howe", "2027-04-03T15:00Z"],
  ["Africa/Cairo", "2027-04-29T22:00Z"],
  ["America/Santiago", "2027-09-05T04:00Z"],
  ["Pacific/Chatham", "2027-09-25T14:00Z"],
];
const PEOPLE = ["ada", "bob"];

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  await connectCalendars(app, PEOPLE);
});
afterAll(() => app.stop());
beforeEach(async () => {
  await app.app.connections.raw`delete from free_busy_answers`;
});

const clock = fc.integer({ min: 0, max: 95 }).map((count) => {
  const minutes = count * 15;
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
});
/** The same hours on each day, many of them past midnight, and others on one day. */
const hours = fc
  .tuple(clock, clock, fc.integer({ min: 0, max: 6 }), clock)
  .filter(([start, end, , other]) => start !== end && other !== end)
  .map(([start, end, odd, other]) =>
    Array.from({ length: 7 }, (_, day) => ({ weekday: day + 1, start: day === odd ? other : start, end })),
  );
/** Dates of the days around a change. */
const dateFrom = (middle: number, days: number) => new Date(middle + days * 24 * HOUR).toISOString().slice(0, 10);
const override = fc.record({
  days: fc.integer({ min: -1, max: 1 }),
  spans: fc.array(
    fc.record({ start: clock, end: fc.oneof(clock, fc.constant("24:00")) }).filter(({ start, end }) => start !== end),
    { maxLength: 2 },
  ),
});
const away = fc.record({
  days: fc.integer({ min: -1, max: 1 }),
  start: clock,
  length: fc.integer({ min: 0, max: 1 }),
  end: clock,
});
const booking = fc.record({
  who: fc.constantFrom(...PEOPLE),
  quarter: fc.integer({ min: -60, max: 60 }),
  minutes: fc.constantFrom(15, 45, 60, 200),
  external: fc.boolean(),
});
const scenario = fc.record({
  change: fc.constantFrom(...CHANGES),
  zones: fc.tuple(fc.constantFrom(...CHANGES), fc.constantFrom(...CHANGES)),
  rules: fc.array(
    fc.record({
      hours: fc.oneof(fc.constant([]), hours),
      buffer: fc.constantFrom(0, 15),
      day: fc.constantFrom(null, 2),
      overrides: fc.uniqueArray(override, { selector: ({ days }) => days, maxLength: 2 }),
      off: fc.array(away, { maxLength: 1 }),
    }),
    { minLength: 2, maxLength: 2 },
  ),
  bookings: fc.array(booking, { maxLength: 4 }),
  durationMinutes: fc.constantFrom(15, 45, 90),
});

type Rules = (typeof scenario extends fc.Arbitrary<infer S> ? S : never)["rules"][number];
function rulesNear(middle: number, rules: Rules | undefined) {
  const date = (days: number) => dateFrom(middle, days);
  return {
    ...rules,
    overrides: rules?.overrides.map(({ days, spans }) => ({ date: date(days), spans })),
    off: rules?.off
      .map(({ days, start, length, end }) => ({
        start: `${date(days)}T${start}`,
        end: `${date(days + length)}T${end}`,
      }))
      .filter(({ start, end }) => start < end),
  };
}
const iso = (instant: number) => new Date(instant).toISOString();
const probe = async (
  interviewerIds: string[],
  { start, minutes, timezone }: { start: number; minutes: number; timezone: string },
) => {
  const input = adHoc(
    { kind: "PANEL", interviewerIds, durationMinutes: minutes },
    { startTime: iso(start), timezone, conflictPolicy: "REJECT", conflictReason: null, validateOnly: true },
  );
  return (await app.client.data(CREATE, { input }))["createInterview"];
};
const spread = <T>(items: T[], count: number): T[] =>
  items.filter((_, index) => index % Math.max(1, Math.ceil(items.length / count)) === 0);

test("what is certain can be created, what is busy clashes, and the asked zone changes nothing", async () => {
  let accepted = 0;
  let clashed = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async ({ change: [zone, at], zones, rules, bookings, durationMinutes }) => {
      const middle = Date.parse(at);
      await app.app.connections.raw`truncate interviews, free_busy_answers cascade`;
      for (const [index, name] of PEOPLE.entries()) {
        await setRules(app, name, rulesNear(middle, rules[index]));
        const own = index === 0 ? zone : zones[0][0];
        await app.app.connections.raw`update users set timezone = ${own} where external_id = ${name}`;
      }
      for (const { who, quarter, minutes, external: isExternal } of bookings) {
        const mode = { interviewerIds: [user(who)], durationMinutes: minutes };
        const times = { startTime: iso(middle + quarter * 15 * MINUTE), timezone: "UTC" };
        await createInterview(app.client, isExternal ? external(mode, times) : adHoc(mode, times));
      }
      const request = (timezone: string) =>
        search({
          interviewerIds: PEOPLE.map(user),
          durationMinutes,
          timezone,
          from: iso(middle - 18 * HOUR),
          to: iso(middle + 18 * HOUR),
        });
      const found = await searched(app, request(zone));
      const elsewhere = await searched(app, request(zones[1][0]));
      const starts = ({ slots }: any): string[] => slots.nodes.map(({ startTime }: any) => startTime);
      expect(starts(elsewhere)).toEqual(starts(found));
      expect(elsewhere.people).toEqual(found.people);

      for (const start of spread(starts(found), 6)) {
        const created = await probe(PEOPLE.map(user), {
          start: Date.parse(start),
          minutes: durationMinutes,
          timezone: zone,
        });
        expect(created, start).toMatchObject({ __typename: "CreateInterviewValid" });
        const warned = created.warnings.map(({ code }: any) => code);
        expect(warned, start).not.toContain("INTERVIEWER_OUTSIDE_WORKING_HOURS");
        accepted += 1;
      }
      for (const [index, { blocks }] of found.people.slice(0, PEOPLE.length).entries()) {
        for (const { startTime, endTime, reason, interview } of blocks) {
          if (reason !== "BUSY_INTERVIEW") continue;
          const start = Math.floor(Date.parse(startTime) / (15 * MINUTE)) * 15 * MINUTE;
          const refused = await probe([user(PEOPLE[index] ?? "")], { start, minutes: 15, timezone: "UTC" });
          const clash = refused.conflicts?.find((conflict: any) => conflict.interview.id === interview.id);
          expect(clash, startTime).toMatchObject({ interviewer: { id: user(PEOPLE[index] ?? "") } });
          expect(clash.startTime <= startTime && startTime < clash.endTime).toBe(true);
          clashed += 1;
          const others = blocks.filter(
            (other: any) => other.reason === "BUSY_INTERVIEW" && other.startTime !== startTime,
          );
          // Of those that overlap, the later is shown from the end of the earlier.
          if (others.some((other: any) => other.startTime <= endTime && other.endTime >= startTime)) continue;
          const [from, to] = [iso(middle - 18 * HOUR), iso(middle + 18 * HOUR)];
          const within = [clash.startTime < from ? from : clash.startTime, clash.endTime > to ? to : clash.endTime];
          expect([startTime, endTime]).toEqual(within);
        }
      }
    }),
    { numRuns: 15 },
  );
  expect(Math.min(accepted, clashed)).toBeGreaterThan(0);
}, 60_000);
