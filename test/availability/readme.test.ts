import { afterAll, beforeAll, expect, test } from "vitest";
import { REASONS } from "../../src/availability/blocks.ts";
import { operationsIn } from "../readme/commands.ts";
import type { Client } from "../support/client.ts";
import { startDemoApp } from "../support/demo.ts";

const operation = (name: string): string =>
  operationsIn("src/availability/README.md").find((text) => text.includes(` ${name} `) || text.includes(` ${name}(`)) ??
  "";

let client: Client;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ client, stop } = await startDemoApp());
});
afterAll(() => stop());

/** Runs an operation that starts a search, and the one that delivers it. */
async function find(compute: string, deliver: string): Promise<{ searchId: string; found: any }> {
  const [computed] = Object.values(await client.data(operation(compute)));
  const searchId = computed.search.id;
  const stream = await client.subscribe(operation(deliver), { searchId });
  const [found] = Object.values((await stream.next()).data ?? {});
  await stream.close();
  return { searchId, found };
}

test("in the demo a time is found, booked and followed, and a search shows every reason", async () => {
  const { found } = await find("Find", "Found");
  expect(found.status).toBe("SUCCEEDED");
  const [slot] = found.slots.nodes;
  const { createInterview } = await client.data(operation("Book"), { startTime: slot.startTime });
  expect(createInterview).toMatchObject({ interview: { startTime: slot.startTime }, warnings: [] });
  const followed = await client.subscribe(operation("Follow"), { asOfCursor: found.asOfCursor });
  expect((await followed.next()).data?.["interviewProvisioned"]).toMatchObject({
    interview: { id: createInterview.interview.id, startTime: slot.startTime },
    failure: null,
  });
  await followed.close();
  const { conflicts } = (await client.data(operation("Book"), { startTime: slot.startTime }))["createInterview"];
  expect(conflicts).toHaveLength(2);

  const { searchId, found: nothing } = await find("Why", "Found");
  expect(nothing.slots.nodes).toEqual([]);
  const { availabilitySearch } = await client.data(operation("Reasons"), { searchId });
  const reasons = availabilitySearch.summary.reasons.map(({ reason }: any) => reason);
  expect(reasons.toSorted()).toEqual(REASONS.toSorted());
  const shown = availabilitySearch.people.flatMap(({ blocks }: any) => blocks.map(({ reason }: any) => reason));
  expect(new Set(shown)).toEqual(new Set(REASONS));
});

test("in the demo a loop is found, booked and followed", async () => {
  const { found } = await find("FindLoop", "FoundLoop");
  expect(found).toMatchObject({ status: "SUCCEEDED", result: { complete: true, obstacle: null } });
  const [best] = found.result.sequences;
  expect(best.legs.map(({ leg }: any) => leg).toSorted()).toEqual([0, 1, 2]);
  expect(best.legs.map(({ interviewers }: any) => interviewers.length).toSorted()).toEqual([1, 1, 2]);

  const variables = Object.fromEntries(
    best.legs.flatMap(({ leg, startTime, interviewers }: any) => [
      [`start${leg}`, startTime],
      [`interviewers${leg}`, interviewers.map(({ id }: any) => id)],
    ]),
  );
  const { scheduleLoop } = await client.data(operation("BookLoop"), variables);
  const starts = best.legs.map(({ startTime }: any) => startTime);
  expect(scheduleLoop.warnings).toEqual([]);
  expect(scheduleLoop.loop.interviews.map(({ startTime }: any) => startTime)).toEqual(starts);
  const followed = await client.subscribe(operation("FollowLoop"), {
    loopId: scheduleLoop.loop.id,
    asOfCursor: found.asOfCursor,
  });
  const provisioned: string[] = [];
  while (provisioned.length < starts.length) {
    const { data } = await followed.next();
    const { interview, failure } = data?.["interviewProvisioned"] ?? {};
    expect(failure).toBeNull();
    expect(interview.conferenceUrl).toMatch(/\/sandbox\/conferences\//);
    provisioned.push(interview.startTime);
  }
  expect(provisioned.toSorted()).toEqual(starts);
  await followed.close();

  const again = (await client.data(operation("BookLoop"), variables))["scheduleLoop"];
  expect(again.legs.map(({ leg }: any) => leg)).toEqual([0, 1, 2]);
});
