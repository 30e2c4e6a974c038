import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp } from "../../support/app.ts";
import type { TestApp } from "../../support/app.ts";
import { user } from "../../support/interview.ts";
import { leg, loopOf } from "../../support/loop.ts";
import { provisionOnce } from "../../support/provisioning.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());

const day = (month: number, index: number) => `2027-0${month}-${String(index + 1).padStart(2, "0")}T10:00Z`;
const panel = { kind: "PANEL", interviewerIds: Array.from({ length: 10 }, (_, index) => user(`extra-${index}`)) };

/** How many statements each verb runs for a loop of so many interviews, which are provisioned. */
async function statementsFor(legs: number, month: number): Promise<Record<string, number>> {
  const run = async (verb: string, input: object) => {
    app.statements.length = 0;
    const type = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`;
    const data = await app.client.data(
      `mutation ($input: ${type}Input!) { ${verb}(input: $input) { ... on ${type}Success { loop { id interviews { id } } } } }`,
      { input },
    );
    return { loop: data[verb].loop, count: app.statements.length };
  };
  const starts = Array.from({ length: legs }, (_, index) => day(month, index));
  const scheduled = await run("scheduleLoop", loopOf(starts.map((start) => leg(start, panel))));
  const { id: loopId, interviews } = scheduled.loop;
  for (const { id } of interviews) await provisionOnce(app, id);
  const moves = interviews.map(({ id }: any, index: number) => ({
    interviewId: id,
    startTime: starts[legs - 1 - index] ?? "",
  }));
  const moved = await run("moveLoop", { loopId, legs: moves });
  const cancelled = await run("cancelLoop", { loopId });
  return { schedule: scheduled.count, move: moved.count, cancel: cancelled.count };
}

test("a leg more costs its task, and where it exists already its row: everything else is read and written together", async () => {
  const few = await statementsFor(2, 4);
  const many = await statementsFor(12, 5);
  const perLeg = Object.fromEntries(
    Object.entries(many).map(([verb, count]) => [verb, (count - (few[verb] ?? 0)) / 10]),
  );
  expect(perLeg).toEqual({ schedule: 1, move: 2, cancel: 2 });
});
