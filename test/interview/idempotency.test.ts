import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pruneKeys } from "../../src/operation/idempotency.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { inAccount, sampleId } from "../support/directory.ts";
import {
  activity,
  adHoc,
  application,
  CREATE,
  external,
  office,
  plan,
  scorecard,
  template,
  user,
} from "../support/interview.ts";
import { untilSomebodyWaits } from "../support/lock.ts";
import { clearTraces, tracesIn } from "../support/trace.ts";

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

const KEY = "key-12345678";
const strict = { conflictPolicy: "REJECT", conflictReason: null, idempotencyKey: KEY };
const send = async (input: object, client = app.client) => (await client.data(CREATE, { input }))["createInterview"];
const ONCE = { interviews: 1, events: 1, newest: 1, tasks: 1, keys: 1 };

test("the same request under the same key is answered with the same interview", async () => {
  const first = await send(plan({}, strict));
  expect(first).toMatchObject({ replayed: false, warnings: [{ code: "INTERVIEWER_UNSOCIABLE_HOUR" }] });
  expect(await send(plan({}, strict))).toEqual({ ...first, replayed: true });
  expect(await tracesIn(app)).toEqual(ONCE);
});

test("a replay is not judged again: the start may have passed meanwhile", async () => {
  const first = await send(adHoc({}, strict));
  clock = new Date("2027-03-01T12:00:00Z");
  await app.app.connections.raw`update idempotency_keys set created_at = ${clock.toISOString()}`;
  expect(await send(adHoc({}, strict))).toMatchObject({ replayed: true, interview: first.interview });
});

const base = adHoc({}, strict);
const mode = base.mode.adHoc;
describe("what is the same request", () => {
  const same: [name: string, input: object][] = [
    [
      "another order of fields",
      {
        ...Object.fromEntries(Object.entries(base).toReversed()),
        mode: { adHoc: Object.fromEntries(Object.entries(mode).toReversed()) },
      },
    ],
    ["Z instead of local time", { ...base, startTime: "2027-03-01T09:00:00Z" }],
    ["an offset instead of local time", { ...base, startTime: "2027-03-01T10:00:00.000+01:00" }],
    [
      "defaults spelt out",
      {
        ...base,
        validateOnly: false,
        mode: {
          adHoc: {
            ...mode,
            calendarEventVisibility: "DEFAULT",
            aiNoteTakerEnabled: false,
            aiScorecardAssistEnabled: false,
          },
        },
      },
    ],
    [
      "nulls spelt out",
      { ...base, mode: { adHoc: { ...mode, officeId: null, endTime: null, name: null, hostId: null } } },
    ],
    [
      "an interviewer named twice",
      { ...base, mode: { adHoc: { ...mode, interviewerIds: [user("ada"), user("ada")] } } },
    ],
    ["an idle reason spelt out as null", { ...base, conflictReason: undefined }],
  ];
  test.each(same)("the same with %s", async (_name, input) => {
    const first = await send(base);
    expect(await send(input)).toMatchObject({ replayed: true, interview: first.interview });
  });

  const pairs: [name: string, make: () => [first: object, second: object]][] = [
    [
      "an end in another notation",
      () => [adHoc({ endTime: "2027-03-01T10:30" }, strict), adHoc({ endTime: "2027-03-01T09:30:00Z" }, strict)],
    ],
    [
      "a null that clears nothing, since an external interview without an activity inherits nothing",
      () => [external({}, strict), external({ officeId: null, name: null }, strict)],
    ],
    [
      "nulls that read as left out in a plan",
      () => [plan({}, strict), plan({ kind: null, interviewerIds: null, aiNoteTakerEnabled: null }, strict)],
    ],
  ];
  test.each(pairs)("the same with %s", async (_name, make) => {
    const [first, second] = make();
    const { interview } = await send(first);
    expect(await send(second)).toMatchObject({ replayed: true, interview });
  });

  const other: [name: string, input: object][] = [
    ["another start", { ...base, startTime: "2027-03-01T10:15" }],
    ["another zone of the same instant", { ...base, startTime: "2027-03-01T09:00Z", timezone: "UTC" }],
    ["another length", { ...base, mode: { adHoc: { ...mode, durationMinutes: 45 } } }],
    ["another interviewer", { ...base, mode: { adHoc: { ...mode, interviewerIds: [user("bob")] } } }],
    ["another mode", external({}, strict)],
    ["another policy", { ...base, conflictPolicy: "ALLOW", conflictReason: "x" }],
    ["another application", { ...base, applicationId: application("agency") }],
    ["another organizer", { ...base, organizerId: user("admin") }],
    ["another location", { ...base, mode: { adHoc: { ...mode, location: "GOOGLE_MEET" } } }],
    ["an end", { ...base, mode: { adHoc: { ...mode, endTime: "2027-03-01T10:45" } } }],
    ["a private calendar event", { ...base, mode: { adHoc: { ...mode, calendarEventVisibility: "PRIVATE" } } }],
    ["an AI note-taker", { ...base, mode: { adHoc: { ...mode, aiNoteTakerEnabled: true } } }],
    ["AI scorecards", { ...base, mode: { adHoc: { ...mode, aiScorecardAssistEnabled: true } } }],
    ["a name", { ...base, mode: { adHoc: { ...mode, name: "Talk" } } }],
    ["a host", { ...base, mode: { adHoc: { ...mode, hostId: user("ada") } } }],
    ["an office", { ...base, mode: { adHoc: { ...mode, officeId: office("berlin") } } }],
    ["a scorecard", { ...base, mode: { adHoc: { ...mode, scorecardTemplateId: scorecard("coding") } } }],
    ["another invitation", { ...base, mode: { adHoc: { ...mode, candidateTemplateId: template("to-candidate-2") } } }],
    ["a faulty request", { ...base, mode: { adHoc: { ...mode, durationMinutes: 1 } } }],
  ];
  test.each(other)("not the same with %s", async (_name, input) => {
    await send(base);
    expect(await send(input)).toEqual({
      code: "ERR_IDEMPOTENCY_KEY_REUSED",
      __typename: "IdempotencyKeyReused",
      message:
        "This idempotency key was used for another request within 48 hours. Send a new key, or the first request again.",
    });
    expect(await tracesIn(app)).toEqual(ONCE);
  });

  const inheriting = { stageActivityId: activity("full"), location: "PHONE" };
  const link = { videoConferencingUrl: "https://zoom.us/j/1", source: "One", eventId: "1" };
  const panel = { kind: "PANEL", interviewerIds: [user("ada"), user("bob")] };
  const twins: [name: string, first: object, second: object][] = [
    ["another reason", adHoc({}, { idempotencyKey: KEY }), adHoc({}, { idempotencyKey: KEY, conflictReason: "other" })],
    [
      "another order of interviewers",
      adHoc(panel, strict),
      adHoc({ ...panel, interviewerIds: panel.interviewerIds.toReversed() }, strict),
    ],
    ["an inherited office cleared", plan(inheriting, strict), plan({ ...inheriting, officeId: null }, strict)],
    ["an inherited name cleared", plan(inheriting, strict), plan({ ...inheriting, name: null }, strict)],
    [
      "an inherited HackerRank template cleared",
      plan(inheriting, strict),
      plan({ ...inheriting, hackerrankTemplateId: null }, strict),
    ],
    [
      "an inherited note-taker turned off",
      plan(inheriting, strict),
      plan({ ...inheriting, aiNoteTakerEnabled: false }, strict),
    ],
    ["another activity", plan(inheriting, strict), plan({ ...inheriting, stageActivityId: activity("empty") }, strict)],
    [
      "an external interview's inherited office cleared",
      external(inheriting, strict),
      external({ ...inheriting, officeId: null }, strict),
    ],
    [
      "an external interview's inherited name cleared",
      external(inheriting, strict),
      external({ ...inheriting, name: null }, strict),
    ],
    ["an activity of an external interview", external({}, strict), external(inheriting, strict)],
    [
      "another mode in which everything else is said alike",
      external(inheriting, strict),
      plan({ ...external().mode.external, ...inheriting }, strict),
    ],
    [
      "another link",
      external(link, strict),
      external({ ...link, videoConferencingUrl: "https://zoom.us/j/2" }, strict),
    ],
    ["another source", external(link, strict), external({ ...link, source: "Two" }, strict)],
    ["another event", external(link, strict), external({ ...link, eventId: "2" }, strict)],
  ];
  test.each(twins)("not the same with %s", async (_name, first, second) => {
    expect(await send(first)).toMatchObject({ __typename: "CreateInterviewSuccess" });
    const before = await tracesIn(app);
    expect(await send(second)).toMatchObject({ __typename: "IdempotencyKeyReused" });
    expect(await tracesIn(app)).toEqual(before);
  });
});

test("a refused request leaves no key, whatever refused it", async () => {
  await send(adHoc({ durationMinutes: 1 }, strict));
  await send(adHoc({}, { ...strict, applicationId: sampleId("Application", "nowhere") }));
  expect(await tracesIn(app)).toMatchObject({ keys: 0 });
  await send(adHoc({}, { ...strict, idempotencyKey: "another-key" }));
  expect(await send(adHoc({}, strict))).toMatchObject({ __typename: "InterviewerConflict" });
  expect(await tracesIn(app)).toMatchObject({ interviews: 1, keys: 1 });
  expect(await send(adHoc({}, { ...strict, startTime: "2027-03-01T11:00" }))).toMatchObject({ replayed: false });
});

test("keys of two accounts and of two operations are strangers", async () => {
  await send(base);
  expect(await send(inAccount("other", base), app.other)).toMatchObject({
    __typename: "CreateInterviewSuccess",
    replayed: false,
  });
  await app.app.connections.raw`update idempotency_keys set operation = 'cancelInterview'`;
  expect(await send(adHoc({}, { ...strict, startTime: "2027-03-01T11:00" }))).toMatchObject({ replayed: false });
  expect(await tracesIn(app)).toMatchObject({ interviews: 3, keys: 3 });
});

const HOURS_48 = 48 * 3_600_000;

test("a key is kept for 48 hours and then free again", async () => {
  const { interview } = await send(base);
  clock = new Date(NOW.getTime() + HOURS_48);
  expect(await send(base)).toMatchObject({ replayed: true, interview });
  expect(await send({ ...base, startTime: "2027-03-01T11:00" })).toMatchObject({ __typename: "IdempotencyKeyReused" });
  clock = new Date(clock.getTime() + 1);
  const later = { ...base, startTime: "2027-03-01T11:00" };
  const second = await send(later);
  expect(second).toMatchObject({ replayed: false });
  expect(await tracesIn(app)).toMatchObject({ interviews: 2, keys: 1 });

  // From then on the key stands for the second interview, and for another 48 hours.
  clock = new Date(clock.getTime() + HOURS_48);
  expect(await send(later)).toMatchObject({ replayed: true, interview: second.interview });
  expect(await send(base)).toMatchObject({ __typename: "IdempotencyKeyReused" });
});

test("upkeep deletes the keys that are no longer kept, and no others", async () => {
  await send(base);
  clock = new Date(NOW.getTime() + 1_000);
  await send({ ...base, idempotencyKey: "a-second-later", startTime: "2027-03-01T11:00" });
  const keys = async () => {
    const rows = await app.app.connections.raw`select key from idempotency_keys order by created_at`;
    return rows.map(({ key }) => key);
  };
  await pruneKeys(app.app.services.db, new Date(NOW.getTime() + HOURS_48));
  expect(await keys()).toEqual([KEY, "a-second-later"]);
  await pruneKeys(app.app.services.db, new Date(NOW.getTime() + HOURS_48 + 1));
  expect(await keys()).toEqual(["a-second-later"]);
  await pruneKeys(app.app.services.db, new Date(NOW.getTime() + HOURS_48 + 1_001));
  expect(await keys()).toEqual([]);
});

describe("a call that began before another with its key had committed", () => {
  /** Sends a request whose key another transaction has claimed, then lets that one commit. */
  const overtaken = async (claimed: object, createdAt: Date) => {
    const { interview } = await send(claimed);
    const [row] = await app.app.connections.raw`delete from idempotency_keys returning *`;
    const commit = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const other = app.app.connections.raw.begin(async (sql) => {
      await sql`
        insert into idempotency_keys (account_id, operation, key, fingerprint, interview_id, warnings, created_at)
        values (${row?.["account_id"]}, ${row?.["operation"]}, ${row?.["key"]}, ${row?.["fingerprint"]},
          ${row?.["interview_id"]}, '[]', ${createdAt.toISOString()})`;
      held.resolve();
      await commit.promise;
    });
    await held.promise;
    const answer = send({ ...base, conflictPolicy: "ALLOW", conflictReason: "x" });
    await untilSomebodyWaits(app);
    commit.resolve();
    await other;
    return { answer: await answer, interview };
  };
  const same = { ...base, conflictPolicy: "ALLOW", conflictReason: "x" };

  test("is answered with what the other created, and creates nothing", async () => {
    const { answer, interview } = await overtaken(same, NOW);
    expect(answer).toMatchObject({ __typename: "CreateInterviewSuccess", replayed: true, interview });
    expect(await tracesIn(app)).toEqual(ONCE);
  });

  test("is refused when the other was another request", async () => {
    const { answer } = await overtaken(base, NOW);
    expect(answer).toMatchObject({ __typename: "IdempotencyKeyReused" });
    expect(await tracesIn(app)).toEqual(ONCE);
  });

  test("takes the key over when the other's is no longer kept", async () => {
    const { answer, interview } = await overtaken(same, new Date(NOW.getTime() - HOURS_48 - 1));
    expect(answer).toMatchObject({ __typename: "CreateInterviewSuccess", replayed: false });
    expect(answer.interview.id).not.toBe(interview.id);
    expect(await send(same)).toMatchObject({ replayed: true, interview: answer.interview });
  });
});

test.each(["short", "x".repeat(256), "with a space", "ünïcödé-key", "tab\tinside-key"])(
  "the key %j is refused",
  async (idempotencyKey) => {
    const { errors } = await app.client.send(CREATE, { input: { ...base, idempotencyKey } });
    expect(errors).toMatchObject([
      { extensions: { code: "INVALID_INPUT", issues: [{ path: ["input", "idempotencyKey"] }] } },
    ]);
  },
);

test("100 parallel identical calls: one row, one event, one task, 100 equal answers", { timeout: 60_000 }, async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, () => send(base)));
  expect(new Set(answers.map(({ __typename, interview }) => `${__typename} ${interview?.id}`)).size).toBe(1);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(await tracesIn(app)).toEqual(ONCE);
});
