import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, CREATE, external, plan, user } from "../support/interview.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());
beforeEach(async () => {
  await app.app.connections
    .raw`truncate interviewers, interviews, events, event_counters, idempotency_keys, provisioning_steps cascade`;
  await app.app.connections.raw`delete from pgboss.job`;
});

const strict = { conflictPolicy: "REJECT", conflictReason: null };
const at = (startTime: string, more: object = {}) => ({ ...strict, startTime, timezone: "UTC", ...more });
const send = async (input: object) => (await app.client.data(CREATE, { input }))["createInterview"];
const rows = async () => {
  const [row] = await app.app.connections.raw`
    select (select count(*)::int from interviews) as interviews, (select count(*)::int from events) as events,
      (select count(*)::int from pgboss.job) as tasks, (select coalesce(max(sequence), 0)::int from events) as newest`;
  return row;
};
const overlaps = async () => app.app.connections.raw`
  select a.user_id, a.starts_at, b.starts_at from interviewers a join interviewers b
    on a.account_id = b.account_id and a.user_id = b.user_id and a.interview_id < b.interview_id
    and a.starts_at < b.ends_at and b.starts_at < a.ends_at
  where a.claim = 'EXCLUSIVE' and b.claim = 'EXCLUSIVE'`;

describe("an interviewer is not booked twice", () => {
  test("the refusal lists every clashing interviewer and interval", async () => {
    const first = await send(adHoc({ interviewerIds: [user("ada")] }, at("2027-03-01T10:00Z")));
    const second = await send(adHoc({ interviewerIds: [user("bob")] }, at("2027-03-01T10:15Z")));
    const refused = await send(
      adHoc(
        { kind: "PANEL", durationMinutes: 60, interviewerIds: [user("bob"), user("ada"), user("extra-0")] },
        at("2027-03-01T09:45Z"),
      ),
    );
    expect(refused).toEqual({
      __typename: "InterviewerConflict",
      message:
        "Some interviewers are busy at that time. Choose another time or other interviewers, or send conflictPolicy ALLOW with a reason.",
      conflicts: [
        {
          interviewer: { id: user("bob") },
          startTime: "2027-03-01T10:15:00.000Z",
          endTime: "2027-03-01T10:45:00.000Z",
          interview: { id: second.interview.id },
        },
        {
          interviewer: { id: user("ada") },
          startTime: "2027-03-01T10:00:00.000Z",
          endTime: "2027-03-01T10:30:00.000Z",
          interview: { id: first.interview.id },
        },
      ],
    });
    expect(await rows()).toEqual({ interviews: 2, events: 2, tasks: 2, newest: 2 });
  });

  test("whoever may not read interviews learns the interval only", async () => {
    await send(adHoc({}, at("2027-03-01T10:00Z")));
    const writer = await app.createToken("sample", ["interviews:write"]);
    const { createInterview } = await writer.data(
      `mutation ($input: CreateInterviewInput!) { createInterview(input: $input) {
        ... on InterviewerConflict { conflicts { startTime interview { id } } } } }`,
      { input: adHoc({}, at("2027-03-01T10:00Z")) },
    );
    expect(createInterview.conflicts).toEqual([{ startTime: "2027-03-01T10:00:00.000Z", interview: null }]);
  });

  test.each([
    ["back to back before", "2027-03-01T09:30Z", "CreateInterviewSuccess"],
    ["back to back after", "2027-03-01T10:30Z", "CreateInterviewSuccess"],
    ["touching from before", "2027-03-01T09:45Z", "InterviewerConflict"],
    ["touching from after", "2027-03-01T10:15Z", "InterviewerConflict"],
    ["the same slot", "2027-03-01T10:00Z", "InterviewerConflict"],
  ])("%s", async (_name, startTime, outcome) => {
    await send(adHoc({}, at("2027-03-01T10:00Z")));
    expect(await send(adHoc({}, at(startTime)))).toMatchObject({ __typename: outcome });
  });

  test("the longest interview is found from its end", async () => {
    await send(adHoc({ durationMinutes: 1440 }, at("2027-03-01T10:00Z")));
    expect(await send(adHoc({}, at("2027-03-02T09:45Z")))).toMatchObject({ __typename: "InterviewerConflict" });
    expect(await send(adHoc({}, at("2027-03-02T10:00Z")))).toMatchObject({ __typename: "CreateInterviewSuccess" });
  });

  test("ALLOW creates all the same, is recorded, and counts as busy", async () => {
    await send(adHoc({}, at("2027-03-01T10:00Z")));
    const allowed = await send(
      adHoc({}, at("2027-03-01T10:15Z", { conflictPolicy: "ALLOW", conflictReason: "shadowing" })),
    );
    expect(allowed).toMatchObject({ __typename: "CreateInterviewSuccess" });
    const [event] = await app.app.connections.raw`select detail from events order by sequence desc limit 1`;
    expect(event?.["detail"]).toEqual({ conflictPolicy: "ALLOW", conflictReason: "shadowing" });
    expect(await send(adHoc({}, at("2027-03-01T10:30Z")))).toMatchObject({ __typename: "InterviewerConflict" });
  });

  test("external interviews are never refused, and count as busy", async () => {
    for (let count = 0; count < 2; count += 1) {
      expect(await send(external({}, at("2027-03-01T10:00Z")))).toMatchObject({ __typename: "CreateInterviewSuccess" });
    }
    const refused = await send(plan({}, at("2027-03-01T10:15Z")));
    expect(refused.conflicts).toHaveLength(2);
    expect(await send(adHoc({}, at("2027-03-01T10:30Z")))).toMatchObject({ __typename: "CreateInterviewSuccess" });
  });

  test("the database refuses a writer that asks nobody", async () => {
    const seat = (interviewId: string, claim: string) => app.app.connections.raw`
      insert into interviewers (account_id, interview_id, user_id, position, starts_at, ends_at, claim)
      select account_id, id, (select id from users where account_id = i.account_id and external_id = 'extra-5'), 9, starts_at, ends_at, ${claim}
      from interviews i where id = ${interviewId}`;
    await send(adHoc({ interviewerIds: [user("ada")] }, at("2027-03-01T10:00Z")));
    await send(adHoc({ interviewerIds: [user("bob")] }, at("2027-03-01T10:15Z")));
    const [first, second] = await app.app.connections.raw`select id from interviews order by starts_at`;
    await seat(first?.["id"], "EXCLUSIVE");
    await expect(seat(second?.["id"], "EXCLUSIVE")).rejects.toMatchObject({
      code: "23P01",
      constraint_name: "interviewers_no_double_booking",
    });
    await app.app.connections.raw`update interviewers set claim = 'SHARED' where position = 9`;
    await expect(seat(second?.["id"], "EXCLUSIVE")).rejects.toMatchObject({
      code: "23P01",
      constraint_name: "interviewers_no_double_booking",
    });
    await seat(second?.["id"], "SHARED");
  });

  test("a seat cannot have another time than its interview", async () => {
    await send(adHoc({}, at("2027-03-01T10:00Z")));
    await expect(
      app.app.connections.raw`update interviewers set ends_at = ends_at + interval '1 hour'`,
    ).rejects.toMatchObject({ code: "23503" });
    await app.app.connections
      .raw`update interviews set ends_at = ends_at + interval '30 minutes', duration_minutes = 60`;
    const [seat] = await app.app.connections
      .raw`select ends_at - starts_at = interval '1 hour' as follows from interviewers`;
    expect(seat?.["follows"]).toBe(true);
  });
});

test("64 parallel requests for one slot: one success and 63 conflicts, 20 times", { timeout: 120_000 }, async () => {
  for (let round = 0; round < 20; round += 1) {
    const startTime = `2027-04-${String(round + 1).padStart(2, "0")}T10:00Z`;
    const people = [user("ada"), user("bob"), user("extra-0"), user("extra-1")];
    const answers = await Promise.all(
      Array.from({ length: 64 }, async (_, index) => {
        const interviewerIds = [...people.slice(index % 4), ...people.slice(0, index % 4)];
        const body = JSON.stringify({
          query: CREATE,
          variables: { input: adHoc({ kind: "PANEL", interviewerIds }, at(startTime)) },
        });
        const response = await app.client.post(body);
        return { status: response.status, body: await response.json() };
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const kinds = answers.map(({ body }) => body.data?.createInterview.__typename);
    expect(kinds.filter((kind) => kind === "CreateInterviewSuccess")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "InterviewerConflict")).toHaveLength(63);
  }
  expect(await rows()).toEqual({ interviews: 20, events: 20, tasks: 20, newest: 20 });
  expect(app.log.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  const [stats] = await app.app.connections
    .raw`select deadlocks::int from pg_stat_database where datname = current_database()`;
  expect(stats).toEqual({ deadlocks: 0 });
});

describe("whatever is created, in whatever order", () => {
  const people = ["ada", "bob", "extra-0"];
  const request = fc.record({
    people: fc.subarray(people, { minLength: 1 }),
    slot: fc.integer({ min: 0, max: 7 }),
    quarters: fc.integer({ min: 1, max: 4 }),
    kind: fc.constantFrom("reject", "reject", "reject", "allow", "external"),
  });
  type Request = { people: string[]; slot: number; quarters: number; kind: string };
  const toInput = (day: string, { people: who, slot, quarters, kind }: Request) => {
    const time = `${day}T${String(10 + Math.floor(slot / 4))}:${String((slot % 4) * 15).padStart(2, "0")}Z`;
    const mode = { kind: "PANEL", durationMinutes: quarters * 15, interviewerIds: who.map(user) };
    const policy = kind === "allow" ? { conflictPolicy: "ALLOW", conflictReason: "model" } : strict;
    return (kind === "external" ? external : adHoc)(mode, { ...at(time), ...policy });
  };
  let day = 0;
  const nextDay = () => new Date(Date.UTC(2027, 5, (day += 1))).toISOString().slice(0, 10);

  test("one after another, the answer is the model's", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 8 }), async (requests) => {
        const taken: Request[] = [];
        const date = nextDay();
        for (const one of requests) {
          const busy = taken.some(
            (other) =>
              other.people.some((who) => one.people.includes(who)) &&
              one.slot < other.slot + other.quarters &&
              other.slot < one.slot + one.quarters,
          );
          const refused = busy && one.kind === "reject";
          const answer = await send(toInput(date, one));
          expect(answer.__typename).toBe(refused ? "InterviewerConflict" : "CreateInterviewSuccess");
          if (!refused) taken.push(one);
        }
      }),
      { numRuns: 25 },
    );
    expect(await overlaps()).toEqual([]);
  });

  test("all at once, no overlap is committed", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 4, maxLength: 16 }), async (requests) => {
        const date = nextDay();
        const answers = await Promise.all(requests.map((one) => send(toInput(date, one))));
        for (const [index, { __typename }] of answers.entries()) {
          const expected =
            requests[index]?.kind === "reject"
              ? ["InterviewerConflict", "CreateInterviewSuccess"]
              : ["CreateInterviewSuccess"];
          expect(expected).toContain(__typename);
        }
      }),
      { numRuns: 25 },
    );
    expect(await overlaps()).toEqual([]);
  });
});

describe("validateOnly", () => {
  test("answers as the real request would, and writes nothing", async () => {
    const dry = { validateOnly: true };
    expect(await send(adHoc({}, at("2027-03-01T10:00Z", dry)))).toMatchObject({
      __typename: "CreateInterviewSuccess",
      interview: null,
      replayed: false,
    });
    expect(await send(plan({}, at("2027-03-01T10:00Z", dry)))).toMatchObject({
      warnings: [{ code: "INTERVIEWER_UNSOCIABLE_HOUR", interviewer: { name: "User bob" } }],
    });
    expect(await rows()).toEqual({ interviews: 0, events: 0, tasks: 0, newest: 0 });

    await send(adHoc({}, at("2027-03-01T10:00Z")));
    expect(await send(adHoc({}, at("2027-03-01T10:00Z", dry)))).toMatchObject({ __typename: "InterviewerConflict" });
    expect(await send(external({}, at("2027-03-01T10:00Z", dry)))).toMatchObject({
      __typename: "CreateInterviewSuccess",
    });
    expect(await send(adHoc({ durationMinutes: 1 }, at("2027-03-01T10:00Z", dry)))).toMatchObject({
      __typename: "ValidationFailed",
    });
    expect(await rows()).toEqual({ interviews: 1, events: 1, tasks: 1, newest: 1 });
  });

  test("uses no key", async () => {
    const keyed = { validateOnly: true, idempotencyKey: "dry-run-key" };
    await send(adHoc({}, at("2027-03-01T10:00Z", keyed)));
    expect(await app.app.connections.raw`select * from idempotency_keys`).toEqual([]);
    expect(await send(adHoc({}, at("2027-03-01T11:00Z", { idempotencyKey: "dry-run-key" })))).toMatchObject({
      replayed: false,
    });
  });
});
