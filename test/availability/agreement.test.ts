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
    }),
    { minLength: 2, maxLength: 2 },
  ),
  bookings: fc.array(booking, { maxLength: 4 }),
  durationMinutes: fc.constantFrom(15, 45, 90),
});

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
  await fc.assert(
    fc.asyncProperty(scenario, async ({ change: [zone, at], zones, rules, bookings, durationMinutes }) => {
      const middle = Date.parse(at);
      await app.app.connections.raw`truncate interviews, free_busy_answers cascade`;
      for (const [index, name] of PEOPLE.entries()) {
        await setRules(app, name, rules[index] ?? {});
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
      }
      for (const [index, { blocks }] of found.people.slice(0, PEOPLE.length).entries()) {
        for (const { startTime, reason, interview } of blocks) {
          if (reason !== "BUSY_INTERVIEW") continue;
          const start = Math.floor(Date.parse(startTime) / (15 * MINUTE)) * 15 * MINUTE;
          const refused = await probe([user(PEOPLE[index] ?? "")], { start, minutes: 15, timezone: "UTC" });
          const clash = refused.conflicts?.find((conflict: any) => conflict.interview.id === interview.id);
          expect(clash, startTime).toMatchObject({ interviewer: { id: user(PEOPLE[index] ?? "") } });
          expect(clash.startTime <= startTime && startTime < clash.endTime).toBe(true);
        }
      }
    }),
    { numRuns: 10 },
  );
}, 60_000);
