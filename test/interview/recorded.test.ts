import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sampleId } from "../support/directory.ts";
import { activity, adHoc, CREATE, createInterview, external, plan, user } from "../support/interview.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
beforeAll(async () => {
  app = await startViewerApp({ worker: false });
});
afterAll(() => app.stop());

describe("conflictReason", () => {
  const READ = "query ($id: ID!) { interview(id: $id) { conflictReason } }";
  const reasonOf = async (id: string, client = app.client) => (await client.data(READ, { id }))["interview"];
  const reason = { conflictPolicy: "ALLOW", conflictReason: "Rene\u0301e can leave early" };

  test.each([
    ["ad hoc", adHoc({}, reason)],
    ["plan", plan({}, reason)],
    ["external", external({}, reason)],
  ])("is what was sent with ALLOW, in NFC: %s", async (_mode, input) => {
    const id = await createInterview(app.client, input);
    expect(await reasonOf(id)).toEqual({ conflictReason: "Ren\u00E9e can leave early" });
  });
  test("is null when overlaps were refused, whatever was sent", async () => {
    const times = { startTime: "2027-06-01T10:00", conflictPolicy: "REJECT" };
    expect(await reasonOf(await createInterview(app.client, adHoc({}, times)))).toEqual({ conflictReason: null });
    const unused = { ...times, startTime: "2027-06-01T11:00", conflictReason: "unused" };
    expect(await reasonOf(await createInterview(app.client, adHoc({}, unused)))).toEqual({ conflictReason: null });
  });
  test("is shown to whoever sees the interview, and to nobody else", async () => {
    const id = await createInterview(app.client, adHoc({}, reason));
    const shown = { conflictReason: "Ren\u00E9e can leave early" };
    for (const who of ["admin", "recruiter", "ada"])
      expect(await reasonOf(id, await app.person(who)), who).toEqual(shown);
    for (const who of ["bob", "stranger"]) expect(await reasonOf(id, await app.person(who)), who).toBeNull();
    expect(await reasonOf(id, app.other)).toBeNull();
  });
});

describe("the id of a seat", () => {
  const SEATS = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Interview { interviewers { id user { id } } } } }";
  const seatsOf = async (...ids: string[]) =>
    (await app.client.data(SEATS, { ids }))["nodes"].map(({ interviewers }: any) => interviewers);

  test("differs for every user and interview, and stays when the other seats change", async () => {
    const panel = { kind: "PANEL", interviewerIds: [user("ada"), user("bob")] };
    const [first, second] = [
      await createInterview(app.client, adHoc(panel)),
      await createInterview(app.client, adHoc(panel)),
    ];
    const before = await seatsOf(first, second);
    const ids = before.flat().map(({ id }: any) => id);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[\w-]+$/);

    const { raw } = app.app.connections;
    await raw`update interviewers set position = position + 1, rsvp = 'ACCEPTED'`;
    await raw`insert into interviewers (account_id, interview_id, user_id, position, starts_at, ends_at, claim)
      select distinct i.account_id, i.interview_id, u.id, 0, i.starts_at, i.ends_at, 'SHARED'::seat_claim
      from interviewers i join users u on u.account_id = i.account_id and u.external_id = 'extra-0'`;
    const [after] = await seatsOf(first);
    expect(after).toHaveLength(3);
    expect(after.slice(1)).toEqual(before[0]);
  });
  test("is that of the answer to createInterview", async () => {
    const seats = CREATE.replace("interview {\n          id", "interview {\n          id interviewers { id }");
    const { createInterview: created } = await app.client.data(seats, {
      input: adHoc({}, { startTime: "2027-07-01T10:00" }),
    });
    const [read] = await seatsOf(created.interview.id);
    expect(created.interview.interviewers).toEqual(read.map(({ id }: any) => ({ id })));
  });
  test("is nothing that node takes", async () => {
    const id = await createInterview(app.client, adHoc({}, { startTime: "2027-07-02T10:00" }));
    const [[seat]] = await seatsOf(id);
    const { data, errors } = await app.client.send("query ($id: ID!) { node(id: $id) { id } }", { id: seat.id });
    expect(data).toEqual({ node: null });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_ID" } }]);
  });
});

test("the id of a hiring-team member differs for every job, user and role, and stays", async () => {
  const { raw } = app.app.connections;
  await raw`insert into hiring_team_members (account_id, job_id, user_id, role) select account_id, job_id, user_id, 'COORDINATOR'
    from hiring_team_members where role = 'RECRUITER'`;
  const TEAM = '{ job(by: { externalId: "engineer" }) { hiringTeam { id role user { externalId } } } }';
  const { job } = await app.client.data(TEAM);
  expect(job.hiringTeam).toHaveLength(5);
  expect(new Set(job.hiringTeam.map(({ id }: any) => id)).size).toBe(5);
  expect((await app.client.data(TEAM))["job"]).toEqual(job);
  const alone = await app.client.data('{ job(by: { externalId: "engineer" }) { hiringTeam { id } } }');
  expect(alone["job"].hiringTeam).toEqual(job.hiringTeam.map(({ id }: any) => ({ id })));
});

test("an interview shows a retired office, activity and template with the time since when they are", async () => {
  const id = await createInterview(app.client, plan({}, { startTime: "2027-08-02T10:00" }));
  const { raw } = app.app.connections;
  const retiredAt = "2027-01-03T00:00:00.000Z";
  await raw`update offices set retired_at = ${retiredAt} where external_id = 'berlin'`;
  await raw`update stage_activities set retired_at = ${retiredAt} where external_id = 'full'`;
  await raw`update email_templates set retired_at = ${retiredAt} where external_id = 'to-candidate'`;
  const { interview } = await app.client.data(
    `query ($id: ID!) { interview(id: $id) { office { name retiredAt } candidateTemplate { retiredAt } interviewerTemplate { retiredAt }
      stageActivity { id retiredAt } } }`,
    { id },
  );
  expect(interview).toEqual({
    office: { name: "Berlin", retiredAt },
    candidateTemplate: { retiredAt },
    interviewerTemplate: { retiredAt: null },
    stageActivity: { id: activity("full"), retiredAt },
  });
  const { stage } = await app.client.data('{ stage(by: { externalId: "onsite" }) { activities { externalId } } }');
  expect(stage.activities).toEqual([{ externalId: "empty" }, { externalId: "email" }]);
  const { office } = await app.client.data("query ($id: ID!) { office(by: { id: $id }) { retiredAt } }", {
    id: sampleId("Office", "berlin"),
  });
  expect(office).toEqual({ retiredAt });
});
