import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decodeIdOf } from "../../../src/core/id.ts";
import { byMailbox, readOutbox } from "../../provisioning/support/outbox.ts";
import { NOW, startTestApp } from "../../support/app.ts";
import type { TestApp } from "../../support/app.ts";
import { adHoc, createInterview, external, user } from "../../support/interview.ts";
import { leg, loopOf, runLoop, succeedLoop } from "../../support/loop.ts";
import { provisionOnce } from "../../support/provisioning.ts";
import { clearTraces } from "../../support/trace.ts";
import { change, eventsOf, expectNothingWritten, findingsOf, storedOf, succeed } from "../../support/verb.ts";

let app: TestApp;
let clock = NOW;
beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => clock });
});
afterAll(() => app.stop());
beforeEach(async () => {
  clock = NOW;
  await clearTraces(app);
});

const TEN = "2027-03-01T10:00:00.000Z";
const ELEVEN = "2027-03-01T11:00:00.000Z";
const NOON = "2027-03-01T12:00:00.000Z";
const TWO = "2027-03-01T14:00:00.000Z";

interface Made {
  loopId: string;
  /** By start. */
  ids: string[];
}

/** A loop of half hours with ada, at ten, eleven and twelve unless said otherwise. */
async function made(legs: object[] = [leg(TEN), leg(ELEVEN), leg(NOON)]): Promise<Made> {
  const { loop } = await succeedLoop(app.client, "scheduleLoop", loopOf(legs));
  return { loopId: loop.id, ids: loop.interviews.map(({ id }: any) => id) };
}

const moves = (pairs: [id: string | undefined, startTime: string][]) =>
  pairs.map(([interviewId, startTime]) => ({ interviewId, startTime }));
const move = (loopId: string, legs: object[], input: object = {}) =>
  runLoop(app.client, "moveLoop", { loopId, legs, ...input });
const startsOf = ({ loop }: any) => Object.fromEntries(loop.interviews.map((one: any) => [one.id, one.startTime]));

describe("moveLoop", () => {
  test("moves what is sent and leaves the rest; everybody is told and asked again", async () => {
    const { loopId, ids } = await made();
    await Promise.all(ids.map((id) => provisionOnce(app, id)));
    const done = await succeedLoop(app.client, "moveLoop", {
      loopId,
      legs: moves([
        [ids[0], TWO],
        [ids[1], "2027-03-01T15:00"],
      ]),
      reason: "ill",
    });
    expect(startsOf(done)).toEqual({
      [ids[0] ?? ""]: TWO,
      [ids[1] ?? ""]: "2027-03-01T15:00:00.000Z",
      [ids[2] ?? ""]: NOON,
    });
    const told = done.notices.map((one: any) => `${one.method} ${one.interview.id} ${one.recipient.__typename}`);
    expect(told).toEqual([ids[0], ids[1]].flatMap((id) => [`REQUEST ${id} Candidate`, `REQUEST ${id} User`]));
    for (const id of ids.slice(0, 2)) {
      expect((await eventsOf(app, id)).at(-1)).toMatchObject({ type: "INTERVIEW_RESCHEDULED", reason: "ill" });
    }
    expect((await storedOf(app, ids[2] ?? ""))["version"]).toBe(2);
  });

  test("interviews may take each other's place", async () => {
    const { loopId, ids } = await made();
    const [first, second, third] = ids;
    const done = await succeedLoop(app.client, "moveLoop", {
      loopId,
      legs: moves([
        [first, ELEVEN],
        [second, NOON],
        [third, TEN],
      ]),
    });
    expect(startsOf(done)).toEqual({ [first ?? ""]: ELEVEN, [second ?? ""]: NOON, [third ?? ""]: TEN });
    const claims = await app.app.connections.raw`select distinct claim from interviewers`;
    expect(claims.map(({ claim }) => claim)).toEqual(["EXCLUSIVE"]);
    const refused = await app.client.data(
      `mutation ($input: CreateInterviewInput!) { createInterview(input: $input) { __typename } }`,
      { input: adHoc({}, { startTime: TEN, timezone: "UTC", conflictPolicy: "REJECT", conflictReason: null }) },
    );
    expect(refused["createInterview"].__typename).toBe("InterviewerConflict");
  });

  test("the place that an external leg leaves can be taken", async () => {
    const { loopId, ids } = await made([leg(TEN), { startTime: ELEVEN, mode: external().mode }]);
    const done = await succeedLoop(app.client, "moveLoop", {
      loopId,
      legs: moves([
        [ids[0], ELEVEN],
        [ids[1], TEN],
      ]),
    });
    expect(startsOf(done)).toEqual({ [ids[0] ?? ""]: ELEVEN, [ids[1] ?? ""]: TEN });
  });

  test("what does not differ writes nothing", async () => {
    const { loopId, ids } = await made();
    const done = await expectNothingWritten(app, () =>
      succeedLoop(app.client, "moveLoop", {
        loopId,
        legs: moves([
          [ids[0], TEN],
          [ids[1], ELEVEN],
        ]),
      }),
    );
    expect(done.notices).toEqual([]);
  });

  test("a zone is that of all of them", async () => {
    const { loopId, ids } = await made();
    const done = await succeedLoop(app.client, "moveLoop", {
      loopId,
      timezone: "Asia/Kolkata",
      legs: moves([
        [ids[0], "2027-03-03T10:00"],
        [ids[1], "2027-03-03T11:00"],
      ]),
    });
    expect(done.loop.interviews.map(({ timezone, localStartTime }: any) => `${localStartTime} ${timezone}`)).toEqual([
      "2027-03-01T12:00:00 UTC",
      "2027-03-03T10:00:00 Asia/Kolkata",
      "2027-03-03T11:00:00 Asia/Kolkata",
    ]);
  });

  test("all faults of all legs are told at once", async () => {
    const { loopId, ids } = await made([leg(TEN), leg(ELEVEN), leg(NOON), leg(TWO), leg("2027-03-01T16:00Z")]);
    const other = await createInterview(app.client, adHoc({ interviewerIds: [user("bob")] }));
    await succeed(app.client, "cancelInterview", { interviewId: ids[0] });
    const result = await expectNothingWritten(app, () =>
      move(
        loopId,
        moves([
          [ids[0], "2027-03-02T10:00Z"],
          [ids[1], "2027-03-02T10:07Z"],
          [ids[2], "2020-01-01T10:00Z"],
          [ids[3], "2027-03-01T16:15Z"],
          [ids[3], "2027-03-02T12:00Z"],
          [other, "2027-03-02T14:00Z"],
          ["nonsense", "noon"],
        ]),
        { conflictPolicy: "ALLOW" },
      ),
    );
    expect(findingsOf(result).toSorted()).toEqual(
      [
        "ERR_INTERVIEW_CANCELLED input.legs.0.interviewId",
        "ERR_START_TIME_NOT_ALIGNED input.legs.1.startTime",
        "ERR_START_TIME_LESS_THAN_CURRENT_TIME input.legs.2.startTime",
        "ERR_LOOP_LEG_REPEATED input.legs.4.interviewId",
        "ERR_LOOP_LEG_NOT_FOUND input.legs.5.interviewId",
        "ERR_LOOP_LEG_NOT_FOUND input.legs.6.interviewId",
        "ERR_CONFLICT_REASON_REQUIRED input.conflictReason",
        "ERR_LOOP_LEGS_OVERLAP input.legs.3.startTime",
      ].toSorted(),
    );
  });

  test.each([
    ["onto one that stays", 0, "2027-03-01T11:15Z"],
    ["under one that stays", 2, "2027-03-01T10:45Z"],
  ])("an interview cannot be moved %s", async (_how, index, startTime) => {
    const { loopId, ids } = await made();
    const result = await expectNothingWritten(app, () => move(loopId, moves([[ids[index], startTime]])));
    expect(findingsOf(result)).toEqual(["ERR_LOOP_LEGS_OVERLAP input.legs.0.startTime"]);
    expect(result.findings[0].message).toContain(`${ids[1]}, which stays`);
  });

  test("overlaps are told in the order of the legs, with everything that a leg overlaps, whether it is written or not", async () => {
    const { loopId, ids } = await made([leg(TEN), leg(ELEVEN), leg(NOON), leg(TWO, { durationMinutes: 120 })]);
    const legs = moves([
      [ids[3], "2027-03-01T10:15Z"],
      [ids[1], "2027-03-02T10:00Z"],
      [ids[0], "2027-03-01T10:15Z"],
    ]);
    for (const validateOnly of [false, true]) {
      const result = await expectNothingWritten(app, () => move(loopId, legs, { validateOnly }));
      expect(findingsOf(result)).toEqual([
        "ERR_LOOP_LEGS_OVERLAP input.legs.0.startTime",
        "ERR_LOOP_LEGS_OVERLAP input.legs.2.startTime",
      ]);
      expect(result.findings[0].message).toContain(`${ids[2]}, which stays`);
      expect(result.findings[1].message).toContain("It overlaps leg 0.");
    }
    const onto = await move(loopId, moves([[ids[3], "2027-03-01T10:15Z"]]));
    expect(findingsOf(onto)).toEqual(["ERR_LOOP_LEGS_OVERLAP input.legs.0.startTime"]);
    for (const id of ids.slice(0, 3)) expect(onto.findings[0].message).toContain(`${id}, which stays`);
  });

  test("overlaps that were there before, and cancelled interviews, are in nobody's way", async () => {
    const { loopId, ids } = await made();
    const allow = { conflictPolicy: "ALLOW", conflictReason: "a test" };
    await change(app.client, ids[1] ?? "", { startTime: TEN }, allow);
    await succeedLoop(app.client, "moveLoop", { loopId, legs: moves([[ids[2], TWO]]) });
    await succeed(app.client, "cancelInterview", { interviewId: ids[0] });
    await succeed(app.client, "cancelInterview", { interviewId: ids[1] });
    const done = await succeedLoop(app.client, "moveLoop", { loopId, legs: moves([[ids[2], TEN]]) });
    expect(startsOf(done)[ids[2] ?? ""]).toBe(TEN);
  });

  test("clashes are told leg by leg, and nothing is moved", async () => {
    const { loopId, ids } = await made();
    const other = await createInterview(
      app.client,
      adHoc({}, { startTime: TWO, timezone: "UTC", conflictPolicy: "REJECT", conflictReason: null }),
    );
    const legs = moves([
      [ids[0], "2027-03-02T10:00Z"],
      [ids[1], TWO],
    ]);
    const conflict = {
      leg: 1,
      conflicts: [{ interviewer: { id: user("ada") }, startTime: TWO, interview: { id: other } }],
    };
    for (const validateOnly of [true, false]) {
      const result = await expectNothingWritten(app, () => move(loopId, legs, { validateOnly }));
      expect(result).toMatchObject({ __typename: "LoopConflict", legs: [conflict] });
    }
    await succeedLoop(app.client, "moveLoop", { loopId, legs, conflictPolicy: "ALLOW", conflictReason: "urgent" });
  });

  test("a stale version refuses the whole", async () => {
    const { loopId, ids } = await made();
    await change(app.client, ids[1] ?? "", { name: "Talk" });
    const legs = [
      { interviewId: ids[0], startTime: TWO, expectedVersion: 1 },
      { interviewId: ids[1], startTime: "2027-03-01T15:00Z", expectedVersion: 1 },
    ];
    expect(await expectNothingWritten(app, () => move(loopId, legs))).toMatchObject({
      __typename: "VersionConflict",
      currentVersion: 2,
      changedFields: ["NAME"],
      interview: { id: ids[1] },
    });
  });

  test("a key answers a repetition, and validateOnly writes nothing", async () => {
    const { loopId, ids } = await made();
    const legs = moves([[ids[0], TWO]]);
    const key = { idempotencyKey: "move-key-0001" };
    const valid = await expectNothingWritten(app, () => move(loopId, legs, { ...key, validateOnly: true }));
    expect(startsOf(valid)[ids[0] ?? ""]).toBe(TEN);
    const first = await move(loopId, legs, key);
    const again = await expectNothingWritten(app, () => move(loopId, moves([[ids[0], "2027-03-01T15:00+01:00"]]), key));
    expect(again).toEqual({ ...first, replayed: true });
    expect(await move(loopId, moves([[ids[0], NOON]]), key)).toMatchObject({ __typename: "IdempotencyKeyReused" });
    const local = { idempotencyKey: "move-key-0002" };
    for (const startTime of ["2027-03-01T15:00", "2027-03-01T15:00:00", "2027-03-01T15:00:00.000"]) {
      expect(await move(loopId, moves([[ids[0], startTime]]), local)).toMatchObject({
        replayed: startTime.length > TEN.length - 8,
      });
    }
  });

  test("a loop that nobody has is not found", async () => {
    const { ids } = await made();
    for (const loopId of ["nonsense", ids[0] ?? "", "InterviewLoop_00000000-0000-7000-8000-000000000000"]) {
      expect(await move(loopId, moves([[ids[0], TWO]]))).toMatchObject({ __typename: "LoopNotFound" });
      expect(await runLoop(app.client, "cancelLoop", { loopId })).toMatchObject({ __typename: "LoopNotFound" });
    }
  });
});

describe("cancelLoop", () => {
  test("cancels what is not over, tells who was invited and frees the seats", async () => {
    const { loopId, ids } = await made([leg(TEN), leg(ELEVEN), leg(NOON), leg(TWO)]);
    await Promise.all(ids.map((id) => provisionOnce(app, id)));
    await succeed(app.client, "cancelInterview", { interviewId: ids[3] });
    clock = new Date("2027-03-01T11:10Z");
    const done = await succeedLoop(app.client, "cancelLoop", { loopId, reason: "withdrew" });
    expect(done.loop.interviews.map(({ status }: any) => status)).toEqual([
      "ENDED",
      "CANCELLED",
      "CANCELLED",
      "CANCELLED",
    ]);
    expect(done.notices.map(({ method, interview }: any) => `${method} ${interview.id}`)).toEqual(
      [ids[1], ids[1], ids[2], ids[2]].map((id) => `CANCEL ${id}`),
    );
    expect((await eventsOf(app, ids[2] ?? "")).at(-1)).toMatchObject({
      type: "INTERVIEW_CANCELLED",
      reason: "withdrew",
    });
    const again = await expectNothingWritten(app, () => runLoop(app.client, "cancelLoop", { loopId }));
    expect(findingsOf(again)).toEqual(["ERR_LOOP_IS_OVER input.loopId"]);
    await made([leg(NOON), leg(TWO)]);
  });

  test("a stale version refuses the whole; other interviews' versions are not compared", async () => {
    const { loopId, ids } = await made();
    await change(app.client, ids[1] ?? "", { name: "Talk" });
    const stale = { loopId, expectedVersions: [{ interviewId: ids[1], version: 1 }] };
    expect(await expectNothingWritten(app, () => runLoop(app.client, "cancelLoop", stale))).toMatchObject({
      __typename: "VersionConflict",
      interview: { id: ids[1] },
    });
    const wrong = { loopId, expectedVersions: [{ interviewId: "nonsense", version: 1 }] };
    expect(findingsOf(await runLoop(app.client, "cancelLoop", wrong))).toEqual([
      "ERR_LOOP_LEG_NOT_FOUND input.expectedVersions.0.interviewId",
    ]);
    await succeedLoop(app.client, "cancelLoop", { loopId, expectedVersions: [{ interviewId: ids[0], version: 1 }] });
  });

  test("a key answers a repetition", async () => {
    const { loopId } = await made();
    const key = { idempotencyKey: "cancel-key-1" };
    const first = await runLoop(app.client, "cancelLoop", { loopId, ...key });
    const again = await expectNothingWritten(app, () => runLoop(app.client, "cancelLoop", { loopId, ...key }));
    expect(again).toEqual({ ...first, replayed: true });
  });

  test("a repetition tells the same mails of the same interviews, although their order is another one now", async () => {
    const { loopId, ids } = await made();
    await Promise.all(ids.map((id) => provisionOnce(app, id)));
    clock = new Date("2027-03-01T10:45Z");
    const key = { idempotencyKey: "cancel-key-2" };
    const { notices } = await runLoop(app.client, "cancelLoop", { loopId, ...key });
    await change(app.client, ids[0] ?? "", { startTime: TWO });
    const again = await runLoop(app.client, "cancelLoop", { loopId, ...key });
    expect(again).toMatchObject({ replayed: true, notices });
    expect(notices.map(({ interview }: any) => interview.id)).toEqual([ids[1], ids[1], ids[2], ids[2]]);
  });
});

test("each mailbox gets one mail for each interview and change, in the sequence of that interview", async () => {
  const { loopId, ids } = await made();
  const [first, second, third] = ids;
  const follow = () => Promise.all(ids.map((id) => provisionOnce(app, id)));
  await follow();
  const swapped = moves([
    [first, ELEVEN],
    [second, TEN],
  ]);
  await succeedLoop(app.client, "moveLoop", { loopId, legs: swapped });
  await follow();
  await succeedLoop(app.client, "cancelLoop", { loopId });
  await follow();
  await follow();
  const mailsOf = async (id = "") => byMailbox(await readOutbox(app.outbox, decodeIdOf("Interview", id)));
  const moved = ["REQUEST 0", "REQUEST 1", "CANCEL 2 CANCELLED"];
  expect(await mailsOf(first)).toEqual({ ada: moved, carla: moved });
  expect(await mailsOf(second)).toEqual({ ada: moved, carla: moved });
  const stayed = ["REQUEST 0", "CANCEL 1 CANCELLED"];
  expect(await mailsOf(third)).toEqual({ ada: stayed, carla: stayed });
});

test("moves and cancellations of one loop at once leave it whole", async () => {
  const { loopId, ids } = await made();
  const results = await Promise.all([
    move(
      loopId,
      moves([
        [ids[0], ELEVEN],
        [ids[1], TEN],
      ]),
    ),
    move(
      loopId,
      moves([
        [ids[1], NOON],
        [ids[2], ELEVEN],
      ]),
    ),
    runLoop(app.client, "cancelLoop", { loopId }),
    move(
      loopId,
      moves([
        [ids[2], TWO],
        [ids[0], NOON],
      ]),
    ),
    runLoop(app.client, "cancelLoop", { loopId }),
  ]);
  const names = results.map(({ __typename }) => __typename);
  expect(names.filter((name) => name === "CancelLoopSuccess")).toHaveLength(1);
  const { interviewLoop } = await app.client.data(
    `query ($id: ID!) { interviewLoop(id: $id) { interviews { status } } }`,
    { id: loopId },
  );
  expect(interviewLoop.interviews.map(({ status }: any) => status)).toEqual(Array(3).fill("CANCELLED"));
});
