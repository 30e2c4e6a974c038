import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp } from "../../support/app.ts";
import type { TestApp } from "../../support/app.ts";
import { connectCalendars, setRules } from "../../support/availability.ts";
import { adHoc, createInterview, external, user } from "../../support/interview.ts";
import { leg as loopLeg, loopOf, runLoop, succeedLoop } from "../../support/loop.ts";
import { legOf, loopSearch, searchedLoop } from "../../support/loop-availability.ts";
import { expectNothingWritten } from "../../support/verb.ts";
import { bookingOf, change, HOUR, iso, MINUTE, rulesNear, rulesOfPerson } from "../scenario.ts";

const PEOPLE = ["ada", "bob", "extra-0", "extra-1"];

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  await connectCalendars(app, PEOPLE);
});
afterAll(() => app.stop());

const someone = fc.constantFrom(...PEOPLE);
/** One required person, a pool, or both. */
const searchedLeg = fc
  .record({
    minutes: fc.constantFrom(15, 25, 45, 60),
    required: fc.array(someone, { maxLength: 1 }),
    pool: fc.uniqueArray(someone, { minLength: 1, maxLength: 3 }),
    need: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ minutes, required, pool, need }) => {
    const others = pool.filter((name) => !required.includes(name));
    const most = Math.min(need, others.length);
    const needed = required.length === 0 ? Math.max(1, most) : most;
    return legOf(minutes, required, needed > 0 ? { of: others, need: needed } : undefined);
  });
const scenario = fc.record({
  change,
  zones: fc.array(change, { minLength: PEOPLE.length, maxLength: PEOPLE.length }),
  rules: fc.array(rulesOfPerson, { minLength: PEOPLE.length, maxLength: PEOPLE.length }),
  bookings: fc.array(bookingOf(PEOPLE), { maxLength: 4 }),
  legs: fc.array(searchedLeg, { minLength: 2, maxLength: 4 }),
  order: fc.constantFrom("AS_GIVEN", "ANY"),
  gaps: fc.constantFrom([0, null], [0, 30], [10, 120], [15, null]),
  sameDay: fc.boolean(),
  which: fc.nat(19),
});

/** A sequence as it was found, to be booked: in the order of time, as the search tells it. */
const toLoop = ({ legs }: any, timezone: string) =>
  loopOf(
    legs.map(({ startTime, endTime, interviewers }: any) =>
      loopLeg(startTime, {
        kind: "PANEL",
        interviewerIds: interviewers.map(({ id }: any) => id),
        durationMinutes: (Date.parse(endTime) - Date.parse(startTime)) / MINUTE,
      }),
    ),
    { timezone },
  );
const codesOf = ({ warnings }: any): string[] => warnings.map(({ code }: any) => code);

test("a sequence that is certain can be booked as it is, and a second time clashes leg by leg", async () => {
  const counts = { accepted: 0, booked: 0, pooled: 0, several: 0 };
  const property = fc.asyncProperty(scenario, async ({ change: [zone, at], zones, rules, which, ...asked }) => {
    const middle = Date.parse(at);
    await app.app.connections.raw`truncate interviews, interview_loops, free_busy_answers cascade`;
    for (const [index, name] of PEOPLE.entries()) {
      await setRules(app, name, rulesNear(middle, rules[index]));
      const [own] = zones[index] ?? [zone];
      await app.app.connections.raw`update users set timezone = ${own} where external_id = ${name}`;
    }
    for (const { who, quarter, minutes, external: isExternal } of asked.bookings) {
      const mode = { interviewerIds: [user(who)], durationMinutes: minutes };
      const times = { startTime: iso(middle + quarter * 15 * MINUTE), timezone: "UTC" };
      await createInterview(app.client, isExternal ? external(mode, times) : adHoc(mode, times));
    }
    const [minGapMinutes, maxGapMinutes] = asked.gaps;
    const { result } = await searchedLoop(
      app,
      loopSearch({
        legs: asked.legs,
        order: asked.order,
        minGapMinutes,
        maxGapMinutes,
        sameDay: asked.sameDay,
        timezone: zone,
        from: iso(middle - 18 * HOUR),
        to: iso(middle + 18 * HOUR),
      }),
    );
    const { sequences } = result;
    if (sequences.length === 0) return;
    const chosen = sequences[which % sequences.length];
    for (const sequence of new Set([sequences[0], sequences.at(-1), chosen])) {
      const input = { ...toLoop(sequence, zone), validateOnly: true };
      const valid = await runLoop(app.client, "scheduleLoop", input);
      expect(valid, JSON.stringify(sequence)).toMatchObject({ __typename: "ScheduleLoopValid" });
      expect(codesOf(valid)).not.toContain("INTERVIEWER_OUTSIDE_WORKING_HOURS");
      counts.accepted += 1;
    }
    const { loop, warnings } = await succeedLoop(app.client, "scheduleLoop", toLoop(chosen, zone));
    expect(codesOf({ warnings })).not.toContain("INTERVIEWER_OUTSIDE_WORKING_HOURS");
    const again = await expectNothingWritten(app, () => runLoop(app.client, "scheduleLoop", toLoop(chosen, zone)));
    expect(again).toMatchObject({ __typename: "LoopConflict" });
    expect(again.legs).toEqual(
      chosen.legs.map(({ startTime, endTime, interviewers }: any, index: number) => ({
        leg: index,
        conflicts: interviewers.map(({ id }: any) => ({
          interviewer: { id },
          startTime,
          endTime,
          interview: { id: loop.interviews[index].id },
        })),
      })),
    );
    counts.booked += 1;
    if (asked.legs.some(({ pool }) => pool)) counts.pooled += 1;
    const people = chosen.legs.flatMap(({ interviewers }: any) => interviewers.map(({ id }: any) => id));
    if (new Set(people).size < people.length) counts.several += 1;
  });
  await fc.assert(property, { numRuns: 30 });
  // Enough of them were found, with pools and with people in several legs, for this to say something.
  expect(counts.accepted).toBeGreaterThan(counts.booked);
  expect(Math.min(counts.booked, counts.pooled), JSON.stringify(counts)).toBeGreaterThan(5);
  expect(counts.several, JSON.stringify(counts)).toBeGreaterThan(0);
}, 60_000);
