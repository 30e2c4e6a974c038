import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview, external, office, template, user } from "../support/interview.ts";
import { provisionOnce } from "../support/provisioning.ts";
import { change, eventsOf, expectNothingWritten, findingsOf, run, storedOf, succeed, update } from "../support/verb.ts";
import type { VerbName } from "../support/verb.ts";

let app: TestApp;
let clock = NOW;
beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => clock });
});
beforeEach(() => void (clock = NOW));
afterAll(() => app.stop());

const START = "2027-03-01T10:00:00.000Z";
const at = { startTime: START };
const ALLOW = { conflictPolicy: "ALLOW", conflictReason: "a test" };
const RUNNING = new Date("2027-03-01T10:10Z");
const ENDED = new Date("2027-03-01T11:00Z");
const claims = async (id: string) =>
  (await app.app.connections.raw`select claim from interviewers where interview_id = ${id.split("_")[1] ?? ""}`).map(
    ({ claim }) => claim,
  );

describe("cancelInterview", () => {
  test.each([
    ["before provisioning", false, NOW, []],
    ["once everybody is invited", true, NOW, ["CANCEL Candidate", `CANCEL ${user("ada")}`]],
    ["while it is held", true, RUNNING, ["CANCEL Candidate", `CANCEL ${user("ada")}`]],
    ["when it has ended", true, ENDED, []],
  ])("%s", async (_when, provisioned, now, notices) => {
    const id = await createInterview(app.client, adHoc({}, at));
    if (provisioned) await provisionOnce(app, id);
    clock = now;
    const { calendar_sequence: sequence } = await storedOf(app, id);
    const done = await succeed(app.client, "cancelInterview", { interviewId: id, reason: "filled" });
    expect(done.interview).toMatchObject({ status: "CANCELLED", provisioning: { state: "PENDING" } });
    expect(done.notices.map((n: any) => `${n.method} ${n.recipient.id ?? n.recipient.__typename}`).toSorted()).toEqual(
      notices.toSorted(),
    );
    expect(await claims(id)).toEqual(["RELEASED"]);
    expect((await storedOf(app, id))["calendar_sequence"]).toBe(sequence + 1);
    await provisionOnce(app, id);
    expect((await storedOf(app, id))["provisioning_state"]).toBe("PROVISIONED");
    const told = (await eventsOf(app, id)).slice(provisioned ? 1 : 0);
    expect(told.map(({ type, fields, reason }) => [type, fields, reason])).toEqual([
      ["INTERVIEW_CANCELLED", ["OUTCOME", "PROVISIONING"].slice(0, provisioned ? 2 : 1), "filled"],
      ["INTERVIEW_UPDATED", ["PROVISIONING"], null],
    ]);
  });

  test("of an external interview changes nothing outside; of a no-show too", async () => {
    const id = await createInterview(app.client, external({}, at));
    clock = RUNNING;
    await succeed(app.client, "markCandidateNoShow", { interviewId: id });
    const done = await succeed(app.client, "cancelInterview", { interviewId: id });
    expect(done).toMatchObject({
      notices: [],
      interview: { status: "CANCELLED", provisioning: { state: "NOT_APPLICABLE" } },
    });
    expect(await claims(id)).toEqual(["RELEASED"]);
  });

  test("frees the seats at once", async () => {
    const input = adHoc({ interviewerIds: [user("extra-3")] }, { ...at, conflictPolicy: "REJECT" });
    const first = await createInterview(app.client, input);
    await succeed(app.client, "cancelInterview", { interviewId: first });
    expect(await createInterview(app.client, input)).not.toBe(first);
  });
});

describe("a no-show", () => {
  test.each([
    ["managed", adHoc({ interviewerIds: [user("extra-2")] }, { ...at, conflictPolicy: "REJECT" }), "EXCLUSIVE"],
    ["external", external({}, at), "SHARED"],
  ])("is marked and undone, and stays busy: %s", async (_kind, input, claim) => {
    const id = await createInterview(app.client, input);
    const before = await storedOf(app, id);
    clock = RUNNING;
    const marked = await succeed(app.client, "markCandidateNoShow", { interviewId: id, reason: "no call" });
    expect(marked.interview.status).toBe("CANDIDATE_NO_SHOW");
    clock = ENDED;
    const undone = await succeed(app.client, "undoCandidateNoShow", { interviewId: id, reason: "was late" });
    expect(undone.interview.status).toBe("ENDED");
    expect(await claims(id)).toEqual([claim]);
    const after = await storedOf(app, id);
    expect([after["revision"], after["calendar_sequence"]]).toEqual([before["revision"], before["calendar_sequence"]]);
    expect((await eventsOf(app, id)).map(({ type, fields, reason }) => [type, fields, reason])).toEqual([
      ["CANDIDATE_NO_SHOW_MARKED", ["OUTCOME"], "no call"],
      ["CANDIDATE_NO_SHOW_UNDONE", ["OUTCOME"], "was late"],
    ]);
  });

  test("takes every change but one of time", async () => {
    const id = await createInterview(app.client, adHoc({}, at));
    clock = ENDED;
    await succeed(app.client, "markCandidateNoShow", { interviewId: id });
    const done = await change(app.client, id, {
      name: "Talk",
      startTime: START,
      durationMinutes: 30,
      interviewerIds: [user("bob")],
    });
    expect(done.changedFields).toEqual(["INTERVIEWERS", "NAME"]);
  });
});

describe("recordRsvp", () => {
  const answer = (id: string, input: object = {}) =>
    succeed(app.client, "recordRsvp", {
      interviewId: id,
      attendee: { interviewerId: user("ada") },
      rsvp: "ACCEPTED",
      ...input,
    });

  test("an answer counts unless it is stale or says what is known", async () => {
    const id = await createInterview(app.client, adHoc({}, at));
    await change(app.client, id, { startTime: "2027-03-01T12:00Z" });
    clock = new Date("2027-01-05T08:00Z");
    const steps: [input: object, applied: boolean, rsvp: string][] = [
      [{ sequence: 0 }, false, "NEEDS_ACTION"],
      [{ sequence: 1, answeredAt: "2027-01-05T07:00:00Z", comment: "gladly" }, true, "ACCEPTED"],
      [{ sequence: 1, answeredAt: "2027-01-05T07:30:00Z" }, false, "ACCEPTED"],
      [{ rsvp: "DECLINED", sequence: 1, answeredAt: "2027-01-05T06:00:00Z" }, false, "ACCEPTED"],
      // What lies ahead counts as given now, under the present sequence.
      [{ rsvp: "DECLINED", sequence: 1_000_000, answeredAt: "9999-01-01T00:00:00Z" }, true, "DECLINED"],
    ];
    for (const [input, applied, rsvp] of steps) {
      const done = applied ? await answer(id, input) : await expectNothingWritten(app, () => answer(id, input));
      expect([done.applied, done.interview.interviewers[0].rsvp], JSON.stringify(input)).toEqual([applied, rsvp]);
    }
    clock = new Date("2027-01-05T09:00Z");
    const last = await answer(id, { rsvp: "TENTATIVE" });
    expect(last).toMatchObject({
      applied: true,
      interview: { interviewers: [{ rsvp: "TENTATIVE", answeredAt: clock.toISOString() }] },
    });
    const { edited_version: edited, version } = await storedOf(app, id);
    expect([edited, version]).toEqual([2, 5]);
    expect((await eventsOf(app, id)).slice(1).map(({ type, fields, reason }) => [type, fields, reason])).toEqual([
      ["INTERVIEW_RSVP_CHANGED", ["RSVP"], "gladly"],
      ["INTERVIEW_RSVP_CHANGED", ["RSVP"], null],
      ["INTERVIEW_RSVP_CHANGED", ["RSVP"], null],
    ]);
  });

  test("an answer to an earlier removal counts, since the time stayed", async () => {
    const id = await createInterview(
      app.client,
      adHoc({ kind: "PANEL", interviewerIds: [user("ada"), user("bob")] }, at),
    );
    await change(app.client, id, { interviewerIds: [user("ada")] });
    expect(await answer(id, { sequence: 0 })).toMatchObject({ applied: true });
  });

  test("who left and joins again has not answered", async () => {
    const both = [user("ada"), user("bob")];
    const id = await createInterview(app.client, adHoc({ kind: "PANEL", interviewerIds: both }, at));
    await answer(id);
    await change(app.client, id, { interviewerIds: [user("bob")] });
    const done = await change(app.client, id, { interviewerIds: both }, ALLOW);
    expect(done.interview.interviewers).toMatchObject([
      { rsvp: "NEEDS_ACTION", answeredAt: null },
      { rsvp: "NEEDS_ACTION" },
    ]);
  });
});

describe("the time of an update", () => {
  test("a running interview takes a name, people and another length, and no past start", async () => {
    const id = await createInterview(app.client, adHoc({}, at));
    clock = RUNNING;
    await change(app.client, id, { name: "Talk", interviewerIds: [user("bob")], endTime: "2027-03-01T10:50Z" }, ALLOW);
    const refused = await update(app.client, id, { startTime: "2027-03-01T10:00:00+02:00" });
    expect(findingsOf(refused)).toEqual(["ERR_START_TIME_LESS_THAN_CURRENT_TIME input.changes.startTime"]);
    clock = ENDED;
    const corrected = await change(app.client, id, { startTime: "2027-03-01T09:45Z" }, ALLOW);
    expect(corrected).toMatchObject({ changedFields: ["START", "END"], notices: [] });
  });

  test("a gap or a fold is refused with both readings, and told in the merged zone", async () => {
    const id = await createInterview(app.client, adHoc());
    const refused = await update(app.client, id, { startTime: "2027-03-14T02:30", timezone: "America/New_York" });
    expect(refused.findings[0].message).toContain("Send 2027-03-14T01:30:00-05:00 or 2027-03-14T03:30:00-04:00.");
  });

  test("a start that stays is not judged, although its zone has no such quarter", async () => {
    const id = await createInterview(app.client, adHoc({}, at));
    const interviewId = id.split("_")[1] ?? "";
    await app.app.connections.raw.begin(async (sql) => {
      const minutes = sql`starts_at = starts_at + interval '7 minutes', ends_at = ends_at + interval '7 minutes'`;
      await sql`update interviews set ${minutes} where id = ${interviewId}`;
      await sql`update interviewers set ${minutes} where interview_id = ${interviewId}`;
    });
    const shifted = new Date(Date.parse(START) + 7 * 60_000).toISOString();
    const done = await change(app.client, id, { name: "Talk", startTime: shifted, durationMinutes: 45 }, ALLOW);
    expect(done.changedFields).toEqual(["END", "NAME"]);
  });
});

describe("seats", () => {
  const busy = { ...at, conflictPolicy: "REJECT" };
  const busyAt = (who: string, startTime: string, more: object = {}) =>
    createInterview(app.client, adHoc({ interviewerIds: [user(who)] }, { ...busy, startTime, ...more }));

  test("an interview never clashes with itself", async () => {
    const id = await busyAt("extra-5", "2027-05-01T10:00Z");
    expect(
      (await change(app.client, id, { startTime: "2027-05-01T10:15Z", durationMinutes: 60 })).changedFields,
    ).toEqual(["START", "END"]);
  });

  test("a kept seat at its time is not judged again, a new or moved one is", async () => {
    await busyAt("extra-6", "2027-05-01T10:00Z");
    const id = await busyAt("extra-6", "2027-05-01T10:00Z", { conflictPolicy: "ALLOW", conflictReason: "both" });
    await change(app.client, id, { name: "Talk", location: "GOOGLE_MEET" });
    await change(app.client, id, { kind: "PANEL", interviewerIds: [user("extra-6"), user("extra-7")] });
    const moved = await update(app.client, id, { startTime: "2027-05-01T10:15Z" });
    expect(moved).toMatchObject({
      __typename: "InterviewerConflict",
      conflicts: [{ interviewer: { id: user("extra-6") } }],
    });
    const joined = await busyAt("extra-8", "2027-05-01T10:00Z");
    expect(joined).toBeTruthy();
    const joining = await update(app.client, id, { interviewerIds: [user("extra-6"), user("extra-8")] });
    expect(joining).toMatchObject({
      __typename: "InterviewerConflict",
      conflicts: [{ interviewer: { id: user("extra-8") } }],
    });
    const allowed = await change(
      app.client,
      id,
      { startTime: "2027-05-01T10:15Z" },
      { conflictPolicy: "ALLOW", conflictReason: "still" },
    );
    expect(allowed.interview.conflictReason).toBe("still");
    const free = await change(app.client, id, { startTime: "2027-05-02T10:15Z" });
    expect(free.interview.conflictReason).toBeNull();
    expect(await claims(id)).toEqual(["EXCLUSIVE", "EXCLUSIVE"]);
  });

  test("an external interview is never refused", async () => {
    await busyAt("extra-9", "2027-05-01T10:00Z");
    const id = await createInterview(
      app.client,
      external({ interviewerIds: [user("extra-9")] }, { ...busy, startTime: "2027-05-02T10:00Z" }),
    );
    const done = await change(app.client, id, { startTime: "2027-05-01T10:00Z" });
    expect(done.changedFields).toEqual(["START", "END"]);
  });
});

test("references that have gone since block no other change", async () => {
  const mode = {
    location: "ONSITE",
    officeId: office("london"),
    candidateTemplateId: template("to-candidate-2"),
    interviewerIds: [user("extra-10")],
  };
  const id = await createInterview(app.client, adHoc(mode, at));
  const zoom = await createInterview(app.client, adHoc({ location: "ZOOM", hostId: user("ada") }, at));
  const { raw } = app.app.connections;
  await raw`update offices set retired_at = now() where external_id = 'london'`;
  await raw`update email_templates set retired_at = now() where external_id = 'to-candidate-2'`;
  await raw`update users set active = false where external_id = 'extra-10'`;
  await raw`update users set zoom_seat = 'INACTIVE' where external_id = 'ada'`;
  await change(
    app.client,
    id,
    {
      ...mode,
      kind: "PANEL",
      interviewerIds: [user("extra-10"), user("bob")],
      name: "Talk",
      startTime: "2027-03-01T12:00Z",
    },
    { conflictPolicy: "ALLOW", conflictReason: "test" },
  );
  await change(app.client, zoom, { name: "Talk", hostId: user("ada") });
  await change(app.client, id, { officeId: office("berlin") });
  const back = await update(app.client, id, {
    officeId: office("london"),
    candidateTemplateId: template("to-candidate"),
  });
  expect(findingsOf(back)).toEqual(["ERR_OFFICE_NOT_FOUND input.changes.officeId"]);
  await change(app.client, zoom, { location: "PHONE" });
  const reopened = async () => findingsOf(await update(app.client, zoom, { location: "ZOOM" }));
  expect(await reopened()).toEqual(["ERR_ZOOM_HOST_INVALID_USER input.changes.hostId"]);
  // An interviewer who has become inactive keeps the seat, and opens no meeting with it.
  await raw`update users set zoom_seat = 'ACTIVE', active = false where external_id = 'ada'`;
  expect(await reopened()).toEqual(["ERR_ZOOM_HOST_INVALID_USER input.changes.hostId"]);
  await raw`update users set active = true where external_id = 'ada'`;
  expect(await reopened()).toEqual([]);
});

test("the checks come in one order: state, then version, then everything that is wrong with the request", async () => {
  const id = await createInterview(app.client, adHoc());
  const request = { expectedVersion: 0, idempotencyKey: "key-of-order" };
  const outdated = await update(app.client, id, { durationMinutes: 1 }, request);
  expect(outdated.__typename).toBe("VersionConflict");
  await succeed(app.client, "cancelInterview", { interviewId: id });
  const refused = await update(app.client, id, { durationMinutes: 1 }, request);
  expect(findingsOf(refused)).toEqual(["ERR_INTERVIEW_CANCELLED input.interviewId"]);
});

describe("an idempotency key", () => {
  const REQUESTS: [verb: VerbName, request: object, other: object][] = [
    ["updateInterview", { changes: { name: "Talk" } }, { changes: { name: null } }],
    [
      "recordRsvp",
      { attendee: { interviewerId: user("bob") }, rsvp: "DECLINED" },
      { attendee: { interviewerId: user("bob") }, rsvp: "ACCEPTED" },
    ],
    ["markCandidateNoShow", {}, { reason: "other" }],
    ["undoCandidateNoShow", {}, { reason: "other" }],
    ["cancelInterview", {}, { reason: "other" }],
  ];
  test("answers a repetition with the interview as it is then, and refuses another request", async () => {
    const id = await createInterview(app.client, adHoc({ interviewerIds: [user("bob")] }, at));
    clock = RUNNING;
    for (const [verb, request, other] of REQUESTS) {
      const input = { interviewId: id, idempotencyKey: `key-of-${verb}`, ...request };
      const done = await succeed(app.client, verb, input);
      const replay = await expectNothingWritten(app, () => succeed(app.client, verb, input));
      expect(replay, verb).toEqual({ ...done, replayed: true });
      const reused = await expectNothingWritten(app, () => run(app.client, verb, { ...input, ...other }));
      expect(reused.__typename, verb).toBe("IdempotencyKeyReused");
    }
    // Replay comes before CANCELLED and before the version.
    const first = { interviewId: id, idempotencyKey: "key-of-updateInterview", changes: { name: "Talk" } };
    const late = await succeed(app.client, "updateInterview", first);
    expect(late).toMatchObject({ replayed: true, changedFields: ["NAME"], interview: { status: "CANCELLED" } });
  });

  test("does not mind the notation of a time, nor who is named twice; and tells a null from nothing", async () => {
    const id = await createInterview(app.client, adHoc());
    const ask = (changes: object) =>
      run(app.client, "updateInterview", { interviewId: id, idempotencyKey: "key-of-times", changes, ...ALLOW });
    await ask({ startTime: "2027-03-01T12:00:00.000Z", interviewerIds: [user("ada")] });
    for (const startTime of ["2027-03-01T12:00Z", "2027-03-01T13:00+01:00"])
      expect((await ask({ startTime, interviewerIds: [user("ada"), user("ada")] })).replayed, startTime).toBe(true);
    for (const changes of [
      { startTime: "2027-03-01T12:00", interviewerIds: [user("ada")] },
      { startTime: "2027-03-01T12:00Z", interviewerIds: [user("ada")], name: null },
    ]) {
      expect((await ask(changes)).__typename).toBe("IdempotencyKeyReused");
    }
  });

  test("of a check is not used", async () => {
    const id = await createInterview(app.client, adHoc());
    const input = { idempotencyKey: "key-of-check", validateOnly: true };
    const done = await expectNothingWritten(app, () => change(app.client, id, { name: "Talk" }, input));
    expect(done.interview.name).toBe("Engineer – Screening");
  });
});

test("values that are stored already change nothing", async () => {
  const id = await createInterview(app.client, adHoc());
  for (const changes of [{}, { name: null }, { startTime: null, kind: null }]) {
    const { name } = await storedOf(app, id);
    const same = "name" in changes ? { name } : changes;
    const done = await expectNothingWritten(app, () => change(app.client, id, same, { reason: "none" }));
    expect(done).toMatchObject({ changedFields: [], notices: [], warnings: [], interview: { version: 1 } });
  }
});
