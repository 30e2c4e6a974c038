import { DrizzleQueryError, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ISql } from "postgres";
import { decodeIdOf, newId } from "../../src/core/id.ts";
import { InterviewerConflict, translatingConflicts } from "../../src/scheduling/conflict.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { inAccount } from "../support/directory.ts";
import { adHoc, CREATE, createInterview, external, plan, user } from "../support/interview.ts";
import { testRaces } from "./conflict-races.ts";
import { untilSomebodyWaits } from "../support/lock.ts";
import { clearTraces, tracesIn } from "../support/trace.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());
beforeEach(async () => {
  await clearTraces(app);
});

const strict = { conflictPolicy: "REJECT", conflictReason: null };
const at = (startTime: string, more: object = {}) => ({ ...strict, startTime, timezone: "UTC", ...more });
const send = async (input: object) => (await app.client.data(CREATE, { input }))["createInterview"];
/** The traces of so many interviews that were created. */
const created = (count: number) => ({ interviews: count, events: count, newest: count, tasks: count, keys: 0 });
type Claim = "EXCLUSIVE" | "SHARED" | "RELEASED";

/** Takes a seat for one user, past everything but the database itself. */
async function takeSeat(interviewId: string, claim: Claim, sql: ISql = app.app.connections.raw): Promise<void> {
  await sql`
    insert into interviewers (account_id, interview_id, user_id, position, starts_at, ends_at, claim)
    select account_id, id, (select id from users where account_id = i.account_id and external_id = 'extra-5'), 9, starts_at, ends_at, ${claim}
    from interviews i where id = ${interviewId}`;
}

/** An interview of others at that time, on which the user takes a seat, if any; its id in the tables. */
async function place(startTime: string, claim: Claim | null, durationMinutes = 30): Promise<string> {
  const others = { interviewerIds: [user("bob")], durationMinutes };
  const id = await createInterview(app.client, adHoc(others, { startTime, timezone: "UTC" }));
  const interviewId = decodeIdOf("Interview", id);
  if (claim) await takeSeat(interviewId, claim);
  return interviewId;
}

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
      code: "ERR_INTERVIEWER_CONFLICT",
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
    expect(await tracesIn(app)).toEqual(created(2));
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
  ])("an interview %s, at %s beside one at 10:00, is answered %s", async (_name, startTime, outcome) => {
    await send(adHoc({}, at("2027-03-01T10:00Z")));
    expect(await send(adHoc({}, at(startTime)))).toMatchObject({ __typename: outcome });
  });

  test.each([
    ["our own", adHoc],
    ["an external one", external],
  ])("the longest interview, %s, is found from its end", async (_whose, make) => {
    const { interview } = await send(make({ durationMinutes: 1440 }, at("2027-03-01T10:00Z")));
    expect(await send(adHoc({}, at("2027-03-02T09:45Z")))).toMatchObject({
      __typename: "InterviewerConflict",
      conflicts: [
        { startTime: "2027-03-01T10:00:00.000Z", endTime: "2027-03-02T10:00:00.000Z", interview: { id: interview.id } },
      ],
    });
    expect(await send(adHoc({}, at("2027-03-02T10:00Z")))).toMatchObject({ __typename: "CreateInterviewSuccess" });
  });

  test("the clashes of one interviewer are listed by their start", async () => {
    const people = { kind: "PANEL", interviewerIds: [user("bob"), user("ada")] };
    const starts = ["2027-03-01T11:00Z", "2027-03-01T10:00Z", "2027-03-01T10:30Z"];
    for (const startTime of starts) await send(adHoc(people, at(startTime)));
    const { conflicts } = await send(adHoc({ ...people, durationMinutes: 90 }, at("2027-03-01T10:00Z")));
    const listed = conflicts.map((conflict: any) => [conflict.interviewer.id, conflict.startTime]);
    expect(listed).toEqual(
      people.interviewerIds.flatMap((id) =>
        ["10:00", "10:30", "11:00"].map((time) => [id, `2027-03-01T${time}:00.000Z`]),
      ),
    );
  });

  test("a released seat is free", async () => {
    await send(adHoc({}, at("2027-03-01T10:00Z")));
    await app.app.connections.raw`update interviewers set claim = 'RELEASED'`;
    expect(await send(adHoc({}, at("2027-03-01T10:00Z")))).toMatchObject({ __typename: "CreateInterviewSuccess" });
  });

  test("a user of another account is somebody else, even with the same id", async () => {
    const { raw } = app.app.connections;
    await raw`
      insert into users (account_id, id, external_id, name, email, role, timezone)
      select other.id, twin.id, 'twin', 'Twin', 'twin@example.com', 'ORGANIZATION_MEMBER', 'UTC'
      from accounts other, users twin join accounts own on own.id = twin.account_id
      where other.external_id = 'other' and own.external_id = 'sample' and twin.external_id = 'ada'`;
    const allowed = at("2027-03-01T10:00Z", { conflictPolicy: "ALLOW", conflictReason: "x" });
    for (const policy of [at("2027-03-01T10:00Z"), allowed]) {
      const theirs = inAccount("other", adHoc({}, policy));
      theirs.mode.adHoc.interviewerIds = [user("ada")];
      await createInterview(app.other, theirs);
    }
    expect(await send(adHoc({}, at("2027-03-01T10:00Z")))).toMatchObject({ __typename: "CreateInterviewSuccess" });
    await clearTraces(app);
    await raw`delete from users where external_id = 'twin'`;
  });

  test("a seat that another writer takes at the same moment is named, although it could not be seen before", async () => {
    const free = await place("2027-03-01T10:00Z", null);
    const commit = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const other = app.app.connections.raw.begin(async (sql) => {
      await takeSeat(free, "EXCLUSIVE", sql);
      held.resolve();
      await commit.promise;
    });
    await held.promise;
    const answer = send(adHoc({ interviewerIds: [user("extra-5")] }, at("2027-03-01T10:15Z")));
    await untilSomebodyWaits(app);
    commit.resolve();
    await other;
    expect(await answer).toMatchObject({
      __typename: "InterviewerConflict",
      conflicts: [{ interviewer: { id: user("extra-5") }, startTime: "2027-03-01T10:00:00.000Z" }],
    });
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

  test("a seat cannot have another time than its interview", async () => {
    await send(adHoc({}, at("2027-03-01T10:00Z")));
    const { raw } = app.app.connections;
    await expect(raw`update interviewers set ends_at = ends_at + interval '1 hour'`).rejects.toMatchObject({
      code: "23503",
    });
    const grow = "update interviews set ends_at = ends_at + interval '30 minutes', duration_minutes = 60";
    await expect(raw.unsafe(grow)).rejects.toMatchObject({ code: "23503" });
    await raw.begin((tx) => tx.unsafe(`${grow}; update interviewers set ends_at = ends_at + interval '30 minutes'`));
  });
});

test.each([
  ["23P01", InterviewerConflict],
  ["23505", DrizzleQueryError],
])("SQLSTATE %s is told as what it is, without a constraint's name", async (code, kind) => {
  const { db } = app.app.services;
  const seats = { accountId: newId(), userIds: [], startsAt: NOW, endsAt: NOW, besides: [] };
  const write = () => db.execute(sql.raw(`do $$ begin raise exception 'refused' using errcode = '${code}'; end $$`));
  await expect(translatingConflicts(db, [seats], write)).rejects.toBeInstanceOf(kind);
});

describe("the database, asked by a writer that has not looked,", () => {
  const TEN = "2027-03-01T10:00Z";
  const claim = (interviewId: string, as: Claim) =>
    app.app.connections.raw`update interviewers set claim = ${as} where interview_id = ${interviewId} and position = 9`;
  /** How the database answers a writer. */
  const answerTo = (writing: PromiseLike<unknown>) =>
    Promise.resolve(writing).then(
      () => "given",
      ({ code, constraint_name: constraint }) => `${code} ${constraint}`,
    );
  const REFUSED = "23P01 interviewers_no_double_booking";

  test.each<[holds: Claim, wants: Claim, answer: string]>([
    ["EXCLUSIVE", "EXCLUSIVE", REFUSED],
    ["EXCLUSIVE", "SHARED", "given"],
    ["EXCLUSIVE", "RELEASED", "given"],
    ["SHARED", "EXCLUSIVE", REFUSED],
    ["SHARED", "SHARED", "given"],
    ["SHARED", "RELEASED", "given"],
    ["RELEASED", "EXCLUSIVE", "given"],
    ["RELEASED", "SHARED", "given"],
    ["RELEASED", "RELEASED", "given"],
  ])("has a seat that is %s, and answers one that wants to be %s: %s", async (holds, wants, answer) => {
    await place(TEN, holds);
    expect(await answerTo(place("2027-03-01T10:15Z", wants))).toBe(answer);
    const released = await place("2027-03-01T09:45Z", "RELEASED");
    expect(await answerTo(claim(released, wants))).toBe(answer);
  });

  test.each<Claim>(["EXCLUSIVE", "SHARED"])(
    "gives the time right before and right after one that is %s",
    async (holds) => {
      await place(TEN, holds);
      for (const startTime of ["2027-03-01T09:30Z", "2027-03-01T10:30Z"]) {
        expect(await answerTo(place(startTime, "EXCLUSIVE"))).toBe("given");
      }
    },
  );

  test.each<Claim>(["EXCLUSIVE", "SHARED"])("finds the longest one that is %s from its end", async (holds) => {
    await place(TEN, holds, 1440);
    expect(await answerTo(place("2027-03-02T09:45Z", "EXCLUSIVE"))).toBe(REFUSED);
    expect(await answerTo(place("2027-03-02T10:00Z", "EXCLUSIVE"))).toBe("given");
  });

  const growBy = (id: string, minutes: number) =>
    app.app.connections.raw.begin(async (tx) => {
      const longer = `ends_at = ends_at + ${minutes} * interval '1 minute'`;
      await tx.unsafe(
        `update interviews set ${longer}, duration_minutes = duration_minutes + ${minutes} where id = '${id}'`,
      );
      await tx.unsafe(`update interviewers set ${longer} where interview_id = '${id}'`);
    });

  test.each<Claim>(["EXCLUSIVE", "SHARED"])("lets no interview move or grow into one that is %s", async (holds) => {
    await place(TEN, holds);
    const id = await place("2027-03-01T09:00Z", "EXCLUSIVE");
    const { raw } = app.app.connections;
    const move = (minutes: number) =>
      raw.begin(async (tx) => {
        const moved = `starts_at = starts_at + ${minutes} * interval '1 minute', ends_at = ends_at + ${minutes} * interval '1 minute'`;
        await tx.unsafe(`update interviews set ${moved} where id = '${id}'`);
        await tx.unsafe(`update interviewers set ${moved} where interview_id = '${id}'`);
      });
    const grow = (minutes: number) => growBy(id, minutes);
    expect([await answerTo(move(45)), await answerTo(grow(31))]).toEqual([REFUSED, REFUSED]);
    expect([await answerTo(move(15)), await answerTo(grow(15))]).toEqual(["given", "given"]);
  });

  test("never refuses a seat because of itself", async () => {
    const id = await place(TEN, "SHARED");
    const grow = () => growBy(id, 30);
    const changes = [() => claim(id, "EXCLUSIVE"), grow, () => claim(id, "SHARED"), () => claim(id, "EXCLUSIVE")];
    for (const change of changes) expect(await answerTo(change())).toBe("given");
  });
});

// The same with more rounds in conflict-races.slow.ts.
testRaces(() => app, { slots: 4, runs: 8 });

describe("validateOnly", () => {
  test("answers as the real request would, and writes nothing", async () => {
    const dry = { validateOnly: true };
    expect(await send(adHoc({}, at("2027-03-01T10:00Z", dry)))).toEqual({
      __typename: "CreateInterviewValid",
      warnings: [],
    });
    expect(await send(plan({}, at("2027-03-01T10:00Z", dry)))).toMatchObject({
      warnings: [{ code: "INTERVIEWER_UNSOCIABLE_HOUR", interviewer: { name: "User bob" } }],
    });
    expect(await tracesIn(app)).toEqual(created(0));

    await send(adHoc({}, at("2027-03-01T10:00Z")));
    expect(await send(adHoc({}, at("2027-03-01T10:00Z", dry)))).toMatchObject({ __typename: "InterviewerConflict" });
    expect(await send(external({}, at("2027-03-01T10:00Z", dry)))).toMatchObject({
      __typename: "CreateInterviewValid",
    });
    expect(await send(adHoc({ durationMinutes: 1 }, at("2027-03-01T10:00Z", dry)))).toMatchObject({
      __typename: "ValidationFailed",
    });
    expect(await tracesIn(app)).toEqual(created(1));
  });

  test("claims no idempotency key", async () => {
    const keyed = { validateOnly: true, idempotencyKey: "dry-run-key" };
    await send(adHoc({}, at("2027-03-01T10:00Z", keyed)));
    expect(await app.app.connections.raw`select * from idempotency_keys`).toEqual([]);
    expect(await send(adHoc({}, at("2027-03-01T11:00Z", { idempotencyKey: "dry-run-key" })))).toMatchObject({
      replayed: false,
    });
  });
});
