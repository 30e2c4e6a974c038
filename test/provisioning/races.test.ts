import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ProviderError } from "../../src/calendar/error.ts";
import { decodeIdOf } from "../../src/core/id.ts";
import { provisioningHandler } from "../../src/provisioning/reconcile.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview, user } from "../support/interview.ts";
import { provisionOnce } from "../support/provisioning.ts";
import { Outside } from "./support/outside.ts";
import { answer, cancel, retry, stateOf, tryUpdate, update } from "./support/verbs.ts";

const OLD = "2027-03-01T09:00:00.000Z";
const NEW = "2027-03-02T09:00:00.000Z";
const MOVED = { startTime: NEW };
const PANEL = { kind: "PANEL", location: "GOOGLE_MEET", interviewerIds: [user("ada"), user("bob")], name: "Talk" };
const ALL = ["carla", "ada", "bob"];

const outside = new Outside();
let clock = NOW;
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false, providers: outside.providers, now: () => clock });
});
afterAll(() => app.stop());
beforeEach(() => {
  outside.clear();
  clock = NOW;
});

const create = (mode: object = {}) => createInterview(app.client, adHoc({ ...PANEL, ...mode }));
const run = (id: string) => provisionOnce(app, id);
const move = (id: string) => update(app.client, id, MOVED);
const people = (id: string, ...names: string[]) => update(app.client, id, { interviewerIds: names.map(user) });
const inboxes = (...names: string[]) => names.map((name) => outside.inbox(name));
const startsOf = (things: Iterable<{ startsAt: string }>) => [...things].map(({ startsAt }) => startsAt);
const eventStarts = () => startsOf([...outside.events.values()].map(({ meeting }) => meeting));
const settled = async (id: string) => expect((await stateOf(app, id)).state).toBe("PROVISIONED");
const temporary = () => new ProviderError("RATE_LIMITED", "Later.", { retryable: true });
const ambiguous = () => new ProviderError("UNAVAILABLE", "Silence.", { retryable: true });
const final = () => new ProviderError("REJECTED", "No.", { retryable: false });

/** Does something once, in the moment when an effect of this name has been performed and not answered. */
function whenPerformed(name: string, work: () => Promise<void>): void {
  outside.after = async (performed) => {
    if (performed !== name) return;
    outside.after = () => {};
    await work();
  };
}

/** Refuses the effects of this name, until it is told otherwise. */
function refuse(name: string, error: () => ProviderError): void {
  outside.before = (asked) => {
    if (asked === name) throw error();
  };
}

/** Everything about an interview that a run could write. */
async function snapshot(id: string): Promise<unknown> {
  const { raw } = app.app.connections;
  const uuid = decodeIdOf("Interview", id);
  return {
    interview: [
      ...(await raw`select version, revision, calendar_sequence, provisioning_state from interviews where id = ${uuid}`),
    ],
    effects: [
      ...(await raw`select artifact, revision, state from provisioning_effects where interview_id = ${uuid} order by 1, 2`),
    ],
    attempts: [...(await raw`select attempts, next_attempt_at::text from provisionings where interview_id = ${uuid}`)],
    performed: [...outside.performed],
  };
}

describe("a change of time", () => {
  test("before the task ran: one of everything, only at the new time", async () => {
    const id = await create();
    await move(id);
    await run(id);
    await settled(id);
    expect(outside.performed).toEqual(["conference", "event", "REQUEST carla 1", "REQUEST ada 1", "REQUEST bob 1"]);
    expect(startsOf(outside.mails.map(({ meeting }) => meeting))).toEqual([NEW, NEW, NEW]);
    expect([startsOf(outside.conferences.values()), eventStarts()]).toEqual([[NEW], [NEW]]);
  });

  test("when the conference is made: the same one is re-timed", async () => {
    const id = await create();
    whenPerformed("conference", () => move(id));
    await run(id);
    await settled(id);
    expect(startsOf(outside.conferences.values())).toEqual([NEW]);
    expect(inboxes(...ALL)).toEqual([["REQUEST 1"], ["REQUEST 1"], ["REQUEST 1"]]);
    expect(startsOf(outside.mails.map(({ meeting }) => meeting))).toEqual([NEW, NEW, NEW]);
  });

  test("when some are invited: they get a second REQUEST, the others only the new one, and the link stays", async () => {
    const id = await create();
    whenPerformed("REQUEST carla 0", () => move(id));
    await run(id);
    await settled(id);
    expect(inboxes(...ALL)).toEqual([["REQUEST 0", "REQUEST 1"], ["REQUEST 1"], ["REQUEST 1"]]);
    expect(new Set(outside.mails.map(({ meeting }) => meeting.url)).size).toBe(1);
    expect(startsOf(outside.mails.map(({ meeting }) => meeting))).toEqual([OLD, NEW, NEW, NEW]);
  });

  test("of an event that is missing at the provider: it is made again under the same UID", async () => {
    const id = await create();
    await run(id);
    const places = [...outside.events.keys()];
    outside.events.clear();
    await move(id);
    await run(id);
    expect([...outside.events.keys()]).toEqual(places);
    expect(eventStarts()).toEqual([NEW]);
    expect(inboxes(...ALL)).toEqual(ALL.map(() => ["REQUEST 0", "REQUEST 1"]));
  });

  test("by two callers who name other fields: both hold", async () => {
    const id = await create();
    await Promise.all([move(id), update(app.client, id, { name: "Chat" })]);
    await run(id);
    const [meeting] = [...outside.events.values()].map((event) => event.meeting);
    expect(meeting).toMatchObject({ startsAt: NEW, title: "Chat" });
  });

  test("by twenty callers who expect one version: one succeeds, and is followed once", async () => {
    const id = await create();
    await run(id);
    const { interview } = await app.client.data("query ($id: ID!) { interview(id: $id) { version } }", { id });
    const hours = Array.from({ length: 20 }, (_, hour) => `2027-03-03T${String(hour).padStart(2, "0")}:00:00.000Z`);
    const answers = await Promise.all(
      hours.map((startTime) => tryUpdate(app.client, id, { startTime }, { expectedVersion: interview.version })),
    );
    const names = answers.map(({ __typename }) => String(__typename)).toSorted((a, b) => (a < b ? -1 : 1));
    expect(names).toEqual(["UpdateInterviewSuccess", ...Array.from({ length: 19 }, () => "VersionConflict")]);
    await run(id);
    expect(inboxes(...ALL)).toEqual(ALL.map(() => ["REQUEST 0", "REQUEST 1"]));
  });
});

describe("a change of people", () => {
  test("when some are invited: CANCEL to those, nothing at all to the others", async () => {
    const id = await create();
    whenPerformed("REQUEST ada 0", () => people(id, "extra-1"));
    await run(id);
    await settled(id);
    expect(inboxes("carla", "ada", "bob", "extra-1")).toEqual([
      ["REQUEST 0"],
      ["REQUEST 0", "CANCEL 1 withdrawn"],
      [],
      ["REQUEST 1"],
    ]);
  });

  test("nothing at all to one whose invitation was refused for the moment", async () => {
    const id = await create();
    refuse("REQUEST bob 0", temporary);
    await run(id);
    outside.before = () => {};
    await people(id, "ada");
    await run(id);
    await settled(id);
    expect(inboxes(...ALL)).toEqual([["REQUEST 0"], ["REQUEST 0"], []]);
  });

  test("one who leaves and returns before the task ran gets a REQUEST and no CANCEL", async () => {
    const id = await create();
    await people(id, "ada");
    await people(id, "ada", "bob");
    await run(id);
    expect(inboxes(...ALL)).toEqual([["REQUEST 1"], ["REQUEST 1"], ["REQUEST 1"]]);
  });

  test("one who leaves and returns after the invitation gets another one", async () => {
    const id = await create();
    await run(id);
    await people(id, "ada");
    await people(id, "ada", "bob");
    await run(id);
    expect(inboxes(...ALL)).toEqual([["REQUEST 0"], ["REQUEST 0"], ["REQUEST 0", "REQUEST 1"]]);
  });

  test("one who returns after the CANCEL gets a REQUEST that readers tell from it, and the others get nothing", async () => {
    const id = await create();
    await run(id);
    await people(id, "ada");
    await run(id);
    await people(id, "ada", "bob");
    await run(id);
    await settled(id);
    expect(inboxes(...ALL)).toEqual([["REQUEST 0"], ["REQUEST 0"], ["REQUEST 0", "CANCEL 1 withdrawn", "REQUEST 2"]]);
  });
});

describe("a cancellation", () => {
  const nothingLeft = async (id: string) => {
    await settled(id);
    expect([outside.conferences.size, outside.events.size]).toEqual([0, 0]);
    expect((await stateOf(app, id)).url).toBeNull();
  };

  test("before the task ran: nothing is ever created or sent", async () => {
    const id = await create();
    await cancel(app.client, id);
    await run(id);
    await nothingLeft(id);
    expect(outside.performed).toEqual([]);
  });

  test.each([
    ["conference", []],
    ["event", []],
    ["REQUEST carla 0", ["REQUEST 0", "CANCEL 1 CANCELLED"]],
  ])("while the %s is in flight: its fate is settled, then all is taken down", async (name, mails) => {
    const id = await create();
    whenPerformed(name, () => cancel(app.client, id));
    await run(id);
    await nothingLeft(id);
    expect(inboxes(...ALL)).toEqual([mails, [], []]);
  });

  test.each([
    ["conference", []],
    ["event", []],
    ["REQUEST carla 0", ["REQUEST 0", "CANCEL 1 CANCELLED"]],
  ])("after the answer to the %s was lost: the same key tells its fate", async (name, mails) => {
    const id = await create();
    whenPerformed(name, async () => {
      throw ambiguous();
    });
    await run(id);
    expect(await stateOf(app, id)).toMatchObject({ state: "PENDING", attempts: 1 });
    await cancel(app.client, id);
    await run(id);
    await nothingLeft(id);
    expect(inboxes(...ALL)).toEqual([mails, [], []]);
  });

  test("while an attempt is planned: at once, and attempts count from nothing", async () => {
    const id = await create();
    refuse("event", temporary);
    await run(id);
    expect(await stateOf(app, id)).toMatchObject({ attempts: 1, planned: expect.any(String) });
    await cancel(app.client, id);
    expect(await stateOf(app, id)).toMatchObject({ state: "PENDING", attempts: 0, planned: null });
    await run(id);
    await nothingLeft(id);
    expect(outside.performed).toEqual(["conference", "no conference"]);
  });

  test("of what has FAILED", async () => {
    const id = await create();
    refuse("REQUEST ada 0", final);
    await run(id);
    expect(await stateOf(app, id)).toMatchObject({ state: "FAILED" });
    await cancel(app.client, id);
    await run(id);
    await nothingLeft(id);
    expect(inboxes(...ALL)).toEqual([["REQUEST 0", "CANCEL 1 CANCELLED"], [], []]);
  });

  test("which FAILED itself can be retried", async () => {
    const id = await create();
    await run(id);
    await cancel(app.client, id);
    refuse("no event", final);
    await run(id);
    expect(await stateOf(app, id)).toMatchObject({ state: "FAILED" });
    outside.before = () => {};
    await retry(app.client, id);
    await run(id);
    await nothingLeft(id);
    expect(inboxes(...ALL)).toEqual(ALL.map(() => ["REQUEST 0", "CANCEL 1 CANCELLED"]));
  });

  test("is final: an update is refused and leaves nothing", async () => {
    const id = await create();
    await cancel(app.client, id);
    const before = await snapshot(id);
    const findings = [{ code: "ERR_INTERVIEW_CANCELLED" }];
    expect(await tryUpdate(app.client, id, MOVED)).toMatchObject({ __typename: "ValidationFailed", findings });
    expect(await snapshot(id)).toEqual(before);
  });
});

describe("an answer to an earlier sequence", () => {
  test("does not count after a change of time", async () => {
    const id = await create();
    await run(id);
    await move(id);
    expect(await answer(app.client, id, 0)).toBe(false);
    expect(await stateOf(app, id)).toMatchObject({ rsvp: "NEEDS_ACTION" });
  });

  test("counts after somebody was removed, and shows on the calendar with the next change", async () => {
    const id = await create();
    await run(id);
    await people(id, "ada");
    expect(await answer(app.client, id, 0)).toBe(true);
    await run(id);
    const [event] = outside.events.values();
    expect(event?.attendees).toContainEqual({ address: "carla@example.com", answer: "ACCEPTED" });
  });
});

describe("a run that was asleep past its lease", () => {
  const runAs = async (task: string, id: string) => {
    const interviewId = decodeIdOf("Interview", id);
    const [row] = await app.app.connections.raw`select account_id from interviews where id = ${interviewId}`;
    const handler = provisioningHandler(app.app.services, outside.providers);
    await handler.run({ interviewId }, { accountId: row?.["account_id"], id: task });
  };
  /** Starts a run that falls asleep when it has performed an effect; what wakes it up, and its end. */
  const asleepAfter = async (name: string, id: string) => {
    const [asleep, wake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    whenPerformed(name, async () => {
      asleep.resolve();
      await wake.promise;
    });
    const ended = runAs("sleeper", id);
    await asleep.promise;
    return { wake: wake.resolve, ended };
  };
  const leaseEnds = () => {
    clock = new Date(clock.getTime() + 10 * 60_000);
  };

  test("changes nothing when another has settled", async () => {
    const id = await create();
    const sleeper = await asleepAfter("event", id);
    await people(id, "ada");
    await runAs("early", id);
    expect(outside.mails).toEqual([]);
    leaseEnds();
    await runAs("second", id);
    await settled(id);
    const before = await snapshot(id);
    sleeper.wake();
    await sleeper.ended;
    expect(await snapshot(id)).toEqual(before);
    expect(inboxes(...ALL)).toEqual([["REQUEST 1"], ["REQUEST 1"], []]);
  });

  test("ends, and changes nothing, while another waits for its next attempt", async () => {
    const id = await create();
    const sleeper = await asleepAfter("conference", id);
    leaseEnds();
    refuse("event", temporary);
    await runAs("second", id);
    expect(await stateOf(app, id)).toMatchObject({ state: "PENDING", attempts: 1 });
    const before = await snapshot(id);
    sleeper.wake();
    await sleeper.ended;
    expect(await snapshot(id)).toEqual(before);
  });
});

test("a second task does not shorten the delay before the next attempt", async () => {
  const id = await create();
  refuse("conference", temporary);
  await run(id);
  const asked: string[] = [];
  outside.before = (name) => void asked.push(name);
  const interviewId = decodeIdOf("Interview", id);
  const [row] = await app.app.connections.raw`select account_id from interviews where id = ${interviewId}`;
  const handler = provisioningHandler(app.app.services, outside.providers);
  await handler.run({ interviewId }, { accountId: row?.["account_id"], id: "another" });
  expect(asked).toEqual([]);
  const [task] = await app.app.connections.raw`
    select min(start_after) filter (where start_after > ${NOW.toISOString()}::timestamptz)::text as due from pgboss.job
    where data->'payload'->>'interviewId' = ${interviewId}`;
  expect(new Date(task?.["due"]).getTime()).toBeGreaterThanOrEqual(
    new Date((await stateOf(app, id)).planned ?? "").getTime(),
  );
});

test("a run takes two statements for each effect, and fifteen to read and to settle; one when there is nothing to do", async () => {
  const id = await create();
  const interviewId = decodeIdOf("Interview", id);
  const [row] = await app.app.connections.raw`select account_id from interviews where id = ${interviewId}`;
  const handler = provisioningHandler(app.app.services, outside.providers);
  const statements = async () => {
    const before = app.statements.length;
    await handler.run({ interviewId }, { accountId: row?.["account_id"], id: "counted" });
    return app.statements.length - before;
  };
  const [effects, rest] = [2 * 5, 15];
  expect(await statements()).toBe(effects + rest);
  expect(await statements()).toBe(1);
  await move(id);
  expect(await statements()).toBe(effects + rest);
});
