import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pruneKeys } from "../../src/operation/idempotency.ts";
import { DEMO_MUTATION } from "../../src/import/banner.ts";
import { issueToken } from "../../src/account/issue.ts";
import { loadDemo } from "../../src/import/demo.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import { createTestDatabase } from "../support/database.ts";
import { sampleId } from "../support/directory.ts";
import { activity, adHoc, CREATE, external, plan, user } from "../support/interview.ts";
import { freePort, runGateway } from "../support/process.ts";

let app: TestApp;
let clock = NOW;
beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => clock });
});
afterAll(() => app.stop());
beforeEach(async () => {
  clock = NOW;
  await app.app.connections
    .raw`truncate interviewers, interviews, events, event_counters, idempotency_keys, provisioning_steps cascade`;
  await app.app.connections.raw`delete from pgboss.job`;
});

const KEY = "key-12345678";
const strict = { conflictPolicy: "REJECT", conflictReason: null, idempotencyKey: KEY };
const send = async (input: object, client = app.client) => (await client.data(CREATE, { input }))["createInterview"];
const counts = async () => {
  const [row] = await app.app.connections.raw`
    select (select count(*)::int from interviews) as interviews, (select count(*)::int from events) as events,
      (select count(*)::int from pgboss.job) as tasks, (select count(*)::int from idempotency_keys) as keys`;
  return row;
};

test("the same request under the same key is answered with the same interview", async () => {
  const first = await send(plan({}, strict));
  expect(first).toMatchObject({ replayed: false, warnings: [{ code: "INTERVIEWER_UNSOCIABLE_HOUR" }] });
  expect(await send(plan({}, strict))).toEqual({ ...first, replayed: true });
  expect(await counts()).toEqual({ interviews: 1, events: 1, tasks: 1, keys: 1 });
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
  ];
  test.each(same)("%s", async (_name, input) => {
    const first = await send(base);
    expect(await send(input)).toMatchObject({ replayed: true, interview: first.interview });
  });

  const other: [name: string, input: object][] = [
    ["another start", { ...base, startTime: "2027-03-01T10:15" }],
    ["another zone of the same instant", { ...base, startTime: "2027-03-01T09:00Z", timezone: "UTC" }],
    ["another length", { ...base, mode: { adHoc: { ...mode, durationMinutes: 45 } } }],
    ["another interviewer", { ...base, mode: { adHoc: { ...mode, interviewerIds: [user("bob")] } } }],
    ["another mode", external({}, strict)],
    ["another policy", { ...base, conflictPolicy: "ALLOW", conflictReason: "x" }],
    ["a faulty request", { ...base, mode: { adHoc: { ...mode, durationMinutes: 1 } } }],
  ];
  test.each(other)("not %s", async (_name, input) => {
    await send(base);
    expect(await send(input)).toEqual({
      __typename: "IdempotencyKeyReused",
      message:
        "This idempotency key was used for another request within 48 hours. Send a new key, or the first request again.",
    });
    expect(await counts()).toEqual({ interviews: 1, events: 1, tasks: 1, keys: 1 });
  });

  test("clearing what would be inherited is another request than leaving it out", async () => {
    const parts = { stageActivityId: activity("full"), location: "PHONE" };
    await send(plan(parts, strict));
    expect(await send(plan({ ...parts, officeId: null }, strict))).toMatchObject({
      __typename: "IdempotencyKeyReused",
    });
  });
});

test("a refused request leaves no key, whatever refused it", async () => {
  await send(adHoc({ durationMinutes: 1 }, strict));
  await send(adHoc({}, { ...strict, applicationId: sampleId("Application", "nowhere") }));
  expect(await counts()).toMatchObject({ keys: 0 });
  await send(adHoc({}, { ...strict, idempotencyKey: "another-key" }));
  expect(await send(adHoc({}, strict))).toMatchObject({ __typename: "InterviewerConflict" });
  expect(await counts()).toMatchObject({ interviews: 1, keys: 1 });
  expect(await send(adHoc({}, { ...strict, startTime: "2027-03-01T11:00" }))).toMatchObject({ replayed: false });
});

test("keys of two accounts and of two operations are strangers", async () => {
  await send(base);
  const own = (type: "Application" | "User" | "EmailTemplate", externalId: string) =>
    sampleId(type, externalId, "other");
  const theirs = adHoc(
    {
      interviewerIds: [own("User", "ada")],
      candidateTemplateId: own("EmailTemplate", "to-candidate"),
      interviewerTemplateId: own("EmailTemplate", "to-interviewers"),
    },
    { ...strict, applicationId: own("Application", "active"), organizerId: own("User", "recruiter") },
  );
  expect(await send(theirs, app.other)).toMatchObject({ __typename: "CreateInterviewSuccess", replayed: false });
  await app.app.connections.raw`update idempotency_keys set operation = 'cancelInterview'`;
  expect(await send(adHoc({}, { ...strict, startTime: "2027-03-01T11:00" }))).toMatchObject({ replayed: false });
  expect(await counts()).toMatchObject({ interviews: 3, keys: 3 });
});

test("a key is kept for 48 hours and then free again", async () => {
  await send(base);
  clock = new Date(NOW.getTime() + 48 * 3_600_000);
  expect(await send(base)).toMatchObject({ replayed: true });
  clock = new Date(clock.getTime() + 1);
  expect(await send({ ...base, startTime: "2027-03-01T11:00" })).toMatchObject({ replayed: false });
  expect(await counts()).toMatchObject({ interviews: 2, keys: 1 });
  await pruneKeys(app.app.services.db, clock);
  expect(await counts()).toMatchObject({ keys: 1 });
  await pruneKeys(app.app.services.db, new Date(clock.getTime() + 48 * 3_600_000 + 1));
  expect(await counts()).toMatchObject({ keys: 0 });
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
  expect(await counts()).toEqual({ interviews: 1, events: 1, tasks: 1, keys: 1 });
});

test("a process that is killed between commit and answer has done it once", { timeout: 120_000 }, async () => {
  const database = await createTestDatabase();
  await loadDemo(database.connections.db);
  const port = await freePort();
  const env = { DATABASE_URL: database.url, PORT: String(port), ROLE: "gateway" };
  const token = await issueToken(database.connections.db, "fernhollow-robotics", { scopes: [] });
  const client = new Client(`http://127.0.0.1:${port}`, token);
  const query = DEMO_MUTATION.replace('timezone: "', 'idempotencyKey: "survives-a-kill" timezone: "').replace(
    "interview { id",
    "replayed interview { id",
  );

  const first = runGateway([], env);
  await first.logged("started");
  const committed = new Promise<void>(
    (resolve) => void database.connections.raw.listen("interview_gateway_committed", () => resolve()),
  );
  const lost = client.post(JSON.stringify({ query })).catch(() => "lost");
  await committed;
  first.child.kill("SIGKILL");
  await first.exit();
  await lost;

  const second = runGateway([], env);
  await second.logged("started");
  const { createInterview } = await client.data(query);
  const stored = await database.connections.raw`select id from interviews`;
  expect(stored).toHaveLength(1);
  expect(createInterview).toMatchObject({ replayed: true });
  second.child.kill("SIGTERM");
  expect(await second.exit()).toBe(0);
  await database.drop();
});
