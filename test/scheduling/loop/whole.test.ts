import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp } from "../../support/app.ts";
import type { TestApp } from "../../support/app.ts";
import { adHoc, CREATE, user } from "../../support/interview.ts";
import { leg, loopOf, runLoop } from "../../support/loop.ts";
import { clearTraces } from "../../support/trace.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());

const HOURS = [10, 11, 12];
const at = (day: number, hour: number) => `2027-03-${String(day).padStart(2, "0")}T${hour}:00:00.000Z`;
const dayOf = ({ startTime }: { startTime: string }) => startTime.slice(0, 10);
const hourOf = ({ startTime }: { startTime: string }) => Number(startTime.slice(11, 13));

/** What clients do at the same time. */
const deed = fc.oneof(
  fc.record({
    what: fc.constant("move" as const),
    which: fc.nat(1),
    day: fc.integer({ min: 1, max: 4 }),
    order: fc.shuffledSubarray(HOURS, { minLength: 3 }),
  }),
  fc.record({
    what: fc.constant("book" as const),
    day: fc.integer({ min: 1, max: 4 }),
    hour: fc.constantFrom(...HOURS),
  }),
  fc.record({ what: fc.constant("schedule" as const), day: fc.integer({ min: 1, max: 4 }) }),
);

test("whatever clients do at once, a loop is moved as a whole or not at all, and its legs never overlap", async () => {
  const seen = new Map<string, number>();
  const property = fc.asyncProperty(fc.array(deed, { minLength: 4, maxLength: 8 }), async (deeds) => {
    await clearTraces(app);
    const people = [["ada"], ["ada", "bob"]].map((names) => ({ kind: "PANEL", interviewerIds: names.map(user) }));
    const schedule = (day: number, who: number) =>
      runLoop(app.client, "scheduleLoop", loopOf(HOURS.map((hour) => leg(at(day, hour), people[who]))));
    const loops = [await schedule(1, 0), await schedule(2, 1)].map(({ loop }) => loop);
    const results = await Promise.all(
      deeds.map(async (one) => {
        if (one.what === "schedule") return schedule(one.day, 1);
        if (one.what === "book") {
          const input = {
            startTime: at(one.day, one.hour),
            timezone: "UTC",
            conflictPolicy: "REJECT",
            conflictReason: null,
          };
          return (await app.client.data(CREATE, { input: adHoc({}, input) }))["createInterview"];
        }
        const loop = loops[one.which];
        const legs = loop.interviews.map(({ id }: any, index: number) => ({
          interviewId: id,
          startTime: at(one.day, one.order[index] ?? 0),
        }));
        return runLoop(app.client, "moveLoop", { loopId: loop.id, legs });
      }),
    );
    for (const { __typename } of results) seen.set(__typename, (seen.get(__typename) ?? 0) + 1);
    for (const { id } of loops) {
      const { interviewLoop } = await app.client.data(
        `query ($id: ID!) { interviewLoop(id: $id) { interviews { startTime version } } }`,
        { id },
      );
      const { interviews } = interviewLoop;
      expect(new Set(interviews.map(dayOf)).size).toBe(1);
      expect(interviews.map(hourOf)).toEqual(HOURS);
    }
    const taken = await app.app.connections.raw`
      select 1 from interviewers one join interviewers other using (account_id, user_id)
      where one.interview_id < other.interview_id and one.starts_at < other.ends_at and other.starts_at < one.ends_at`;
    expect(taken).toHaveLength(0);
    const [log] = await app.app.connections.raw`
      select count(*)::int as count, max(sequence)::int as newest from events`;
    expect(log?.["count"]).toBe(log?.["newest"]);
  });
  await fc.assert(property, { numRuns: 25 });
  // Enough of them succeeded, and enough were in each other's way, for this to say something.
  expect([...seen.keys()].toSorted()).toEqual(
    expect.arrayContaining(["CreateInterviewSuccess", "InterviewerConflict", "LoopConflict", "MoveLoopSuccess"]),
  );
  expect(seen.get("MoveLoopSuccess")).toBeGreaterThan(5);
});
