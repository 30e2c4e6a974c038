import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { connectCalendars, search, searched, setRules } from "../support/availability.ts";
import { adHoc, CREATE, createInterview, external, user } from "../support/interview.ts";
import { bookingOf, change, HOUR, iso, MINUTE, rulesNear, rulesOfPerson } from "./scenario.ts";

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

const scenario = fc.record({
  change,
  zones: fc.tuple(change, change),
  rules: fc.array(rulesOfPerson, { minLength: 2, maxLength: 2 }),
  bookings: fc.array(bookingOf(PEOPLE), { maxLength: 4 }),
  durationMinutes: fc.constantFrom(15, 45, 90),
});

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
