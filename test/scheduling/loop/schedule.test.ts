import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestApp } from "../../support/app.ts";
import type { TestApp } from "../../support/app.ts";
import { activity, adHoc, application, createInterview, external, plan, user } from "../../support/interview.ts";
import { leg, loopOf, runLoop, succeedLoop } from "../../support/loop.ts";
import { asOfCursor, nextEvent } from "../../support/stream.ts";
import { clearTraces, tracesIn } from "../../support/trace.ts";
import { expectNothingWritten, findingsOf } from "../../support/verb.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());
beforeEach(() => clearTraces(app));

const TEN = "2027-03-01T10:00:00.000Z";
const ELEVEN = "2027-03-01T11:00:00.000Z";
const TWO = "2027-03-02T14:00:00.000Z";
const schedule = (input: object) => runLoop(app.client, "scheduleLoop", input);
const refused = (input: object) => expectNothingWritten(app, () => schedule(input));

describe("scheduleLoop", () => {
  test("creates every interview, each with its own configuration, and what belongs to it", async () => {
    const legs = [
      leg(TEN),
      { startTime: ELEVEN, mode: plan().mode },
      { startTime: "2027-03-02T15:00+01:00", mode: external().mode },
    ];
    const done = await succeedLoop(app.client, "scheduleLoop", loopOf(legs, { name: "Onsite" }));
    expect(done).toMatchObject({
      replayed: false,
      loop: { name: "Onsite", application: { id: application("active") } },
    });
    const { interviews } = done.loop;
    expect(interviews.map(({ startTime }: any) => startTime)).toEqual([TEN, ELEVEN, TWO]);
    expect(interviews.map(({ provisioning }: any) => provisioning.state)).toEqual([
      "PENDING",
      "PENDING",
      "NOT_APPLICABLE",
    ]);
    expect(interviews.map(({ loop }: any) => loop.id)).toEqual(Array(3).fill(done.loop.id));
    expect(await tracesIn(app)).toEqual({ interviews: 3, events: 3, newest: 3, tasks: 2, keys: 0 });
    const { node } = await app.client.data(
      `{ node(id: "${done.loop.id}") { ... on InterviewLoop { interviews { id } } } }`,
    );
    expect(node.interviews).toHaveLength(3);
  });

  test("the events come in the order of the legs, and a stream can be told of one loop only", async () => {
    const after = await asOfCursor(app.client);
    await createInterview(app.client, adHoc({}, { startTime: TEN, timezone: "UTC" }));
    const { loop } = await succeedLoop(app.client, "scheduleLoop", loopOf([leg(ELEVEN), leg(TWO)]));
    const events = await app.client.subscribe(
      `subscription ($after: EventCursor, $filter: InterviewFilter) { interviewEvents(after: $after, filter: $filter) {
        ... on InterviewEvent { type interview { id } } } }`,
      { after, filter: { loopIds: [loop.id] } },
    );
    for (const { id } of loop.interviews) {
      expect(await nextEvent(events)).toEqual({ type: "INTERVIEW_CREATED", interview: { id } });
    }
    await events.close();
    const { interviews } = await app.client.data(
      `query ($filter: InterviewFilter) { interviews(filter: $filter) { totalCount } }`,
      { filter: { loopIds: [loop.id] } },
    );
    expect(interviews.totalCount).toBe(2);
  });

  test("back to back with the same interviewer is no overlap", async () => {
    const { loop } = await succeedLoop(app.client, "scheduleLoop", loopOf([leg(TEN), leg("2027-03-01T10:30Z")]));
    expect(loop.interviews.map(({ durationMinutes }: any) => durationMinutes)).toEqual([30, 30]);
  });

  test("legs may be sent in any order", async () => {
    const { loop } = await succeedLoop(app.client, "scheduleLoop", loopOf([leg(TWO), leg(TEN)]));
    expect(loop.interviews.map(({ startTime }: any) => startTime)).toEqual([TEN, TWO]);
  });

  test("warns leg by leg", async () => {
    const legs = [
      leg(TEN),
      { startTime: TWO, mode: plan({ scorecardTemplateId: "x" }).mode },
      leg("2027-03-03T03:00Z"),
    ];
    const { warnings } = await succeedLoop(app.client, "scheduleLoop", loopOf(legs));
    expect(warnings.map(({ code, path }: any) => `${code} ${path.join(".")}`)).toEqual(
      expect.arrayContaining([
        "SCORECARD_TEMPLATE_IGNORED input.legs.1.mode.plan.scorecardTemplateId",
        "INTERVIEWER_UNSOCIABLE_HOUR input.legs.2.mode.adHoc.interviewerIds",
      ]),
    );
  });
});

describe("a loop that cannot be scheduled leaves nothing", () => {
  test("all faults of all legs are told at once, and those of the whole request once", async () => {
    const legs = [
      leg("2020-01-01T10:00Z"),
      leg("2027-03-01T10:07Z", { location: "ZOOM" }),
      { startTime: TWO, mode: plan({ stageActivityId: activity("email") }).mode },
      leg("noon", { durationMinutes: 2 }),
    ];
    const result = await refused(loopOf(legs, { organizerId: user("stranger"), conflictPolicy: "ALLOW" }));
    expect(findingsOf(result).toSorted()).toEqual(
      [
        "ERR_ORGANIZER_NO_JOB_PERMISSION input.organizerId",
        "ERR_CONFLICT_REASON_REQUIRED input.conflictReason",
        "ERR_START_TIME_IN_PAST input.legs.0.startTime",
        "ERR_START_TIME_NOT_ALIGNED input.legs.1.startTime",
        "ERR_ZOOM_HOST_ID_REQUIRED input.legs.1.mode.adHoc.hostId",
        "ERR_STAGE_ACTIVITY_NOT_INTERVIEW input.legs.2.mode.plan.stageActivityId",
        "ERR_INVALID_ISO_8601 input.legs.3.startTime",
        "ERR_DURATION_OUT_OF_RANGE input.legs.3.mode.adHoc.durationMinutes",
      ].toSorted(),
    );
  });

  test.each([
    ["the later one of two that overlap", [TEN, "2027-03-01T10:15Z"], [1]],
    ["whichever order they are sent in", ["2027-03-01T10:15Z", TEN], [0]],
    ["two at the same time", [TEN, TEN], [1]],
    ["what lies within a long one, and what follows it", [TEN, "2027-03-01T12:00Z", "2027-03-01T13:00Z"], [1, 2]],
  ])("overlaps: %s", async (_what, starts, at) => {
    const legs = starts.map((start, index) =>
      leg(start, index === 0 && starts.length > 2 ? { durationMinutes: 300 } : {}),
    );
    expect(findingsOf(await refused(loopOf(legs)))).toEqual(
      at.map((index) => `ERR_LOOP_LEGS_OVERLAP input.legs.${index}.startTime`),
    );
  });

  test.each([0, 1, 13, 200])("%i legs", async (count) => {
    const legs = Array.from({ length: count }, (_, index) =>
      leg(`2027-03-${String(1 + (index % 28)).padStart(2, "0")}T10:00Z`),
    );
    const result = await refused(loopOf(legs));
    expect(findingsOf(result)).toContain("ERR_LOOP_LEG_COUNT input.legs");
    expect(result.findings.filter(({ code }: any) => code !== "ERR_LOOP_LEG_COUNT")).toEqual([]);
  });

  test("clashes are told for every leg and person", async () => {
    const strict = { conflictPolicy: "REJECT", conflictReason: null, timezone: "UTC" };
    const first = await createInterview(app.client, adHoc({}, { ...strict, startTime: TEN }));
    const third = await createInterview(
      app.client,
      adHoc({ interviewerIds: [user("bob")] }, { ...strict, startTime: TWO }),
    );
    const panel = { kind: "PANEL", interviewerIds: [user("bob"), user("ada")] };
    const legs = [
      leg(TEN, panel),
      leg(ELEVEN),
      { startTime: TWO, mode: external({ interviewerIds: [user("bob")] }).mode },
    ];
    const again = [...legs, leg("2027-03-02T14:30Z"), leg("2027-03-02T13:45Z", panel)];
    expect(await refused(loopOf(again.slice(0, 2)))).toMatchObject({
      __typename: "LoopConflict",
      code: "ERR_LOOP_CONFLICT",
      legs: [{ leg: 0, conflicts: [{ interviewer: { id: user("ada") }, interview: { id: first } }] }],
    });
    const result = await refused(loopOf([legs[1] ?? {}, again[4] ?? {}, legs[0] ?? {}]));
    expect(result.legs).toMatchObject([
      {
        leg: 1,
        conflicts: [{ interviewer: { id: user("bob") }, startTime: TWO, interview: { id: third } }],
      },
      { leg: 2, conflicts: [{ interviewer: { id: user("ada") }, startTime: TEN, interview: { id: first } }] },
    ]);
    // An external leg is never refused, and what is allowed to overlap is not either.
    await succeedLoop(app.client, "scheduleLoop", loopOf([legs[1] ?? {}, legs[2] ?? {}]));
    const allow = { conflictPolicy: "ALLOW", conflictReason: "urgent" };
    const { loop } = await succeedLoop(
      app.client,
      "scheduleLoop",
      loopOf([legs[0] ?? {}, leg("2027-03-05T10:00Z")], allow),
    );
    expect(loop.interviews.map(({ conflictReason }: any) => conflictReason)).toEqual(["urgent", "urgent"]);
  });

  test("an application that the caller cannot see is not found", async () => {
    expect(await refused(loopOf([leg(TEN), leg(TWO)], { applicationId: "nonsense" }))).toMatchObject({
      __typename: "ApplicationNotFound",
    });
  });

  test("validateOnly tells the same, and writes nothing", async () => {
    const only = { validateOnly: true, idempotencyKey: "loop-check-1" };
    expect(await refused(loopOf([leg(TEN), leg(TWO)], only))).toEqual({
      __typename: "ScheduleLoopValid",
      warnings: [],
    });
    await createInterview(app.client, adHoc({}, { startTime: TEN, timezone: "UTC" }));
    expect(await refused(loopOf([leg(TEN), leg(TWO)], only))).toMatchObject({ __typename: "LoopConflict" });
  });
});

describe("one idempotency key", () => {
  const key = { idempotencyKey: "loop-key-0001" };

  test("answers a repetition with the same loop, in another notation too", async () => {
    const first = await succeedLoop(app.client, "scheduleLoop", loopOf([leg(TEN), leg(TWO)], key));
    const again = await expectNothingWritten(app, () =>
      succeedLoop(app.client, "scheduleLoop", loopOf([leg("2027-03-01T11:00+01:00"), leg(TWO)], key)),
    );
    expect(again).toEqual({ ...first, replayed: true });
    expect(await refused(loopOf([leg(TWO), leg(TEN)], key))).toMatchObject({ __typename: "IdempotencyKeyReused" });
  });

  test("of many at once only one schedules", async () => {
    const results = await Promise.all(Array.from({ length: 8 }, () => schedule(loopOf([leg(TEN), leg(TWO)], key))));
    expect(new Set(results.map(({ loop }) => loop.id)).size).toBe(1);
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await tracesIn(app)).toEqual({ interviews: 2, events: 2, newest: 2, tasks: 2, keys: 1 });
  });
});

test("loops that want the same people at once: one of them wins whole, and no number is lost", async () => {
  const results = await Promise.all(
    Array.from({ length: 12 }, (_, index) => {
      const people = { kind: "PANEL", interviewerIds: [user("ada"), user("bob")].toSorted(() => (index % 2 ? 1 : -1)) };
      const legs = [leg(TEN, people), leg(ELEVEN, people), leg(TWO, people)];
      return schedule(loopOf(index % 3 ? legs : legs.toReversed()));
    }),
  );
  const names = results.map(({ __typename }) => __typename);
  expect(names.filter((name) => name === "ScheduleLoopSuccess")).toHaveLength(1);
  expect(names.filter((name) => name === "LoopConflict")).toHaveLength(11);
  expect(await tracesIn(app)).toEqual({ interviews: 3, events: 3, newest: 3, tasks: 3, keys: 0 });
});
