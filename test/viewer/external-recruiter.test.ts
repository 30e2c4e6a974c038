import { afterAll, beforeAll, expect, test } from "vitest";
import type { Client } from "../support/client.ts";
import { sampleId } from "../support/directory.ts";
import { adHoc, application, CREATE, createInterview, user } from "../support/interview.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
/** A member of the organisation who is on the job's team as an external recruiter alone. */
let external: Client;
let own: string;
let another: string;
beforeAll(async () => {
  app = await startViewerApp({ worker: false });
  const { raw } = app.app.connections;
  await raw`insert into hiring_team_members (account_id, job_id, user_id, role)
    select j.account_id, j.id, u.id, 'EXTERNAL_RECRUITER' from jobs j join users u on u.account_id = j.account_id
    where j.external_id = 'engineer' and u.external_id = 'extra-4'`;
  await raw`update candidates c set added_by_id = u.id from users u
    where u.account_id = c.account_id and u.external_id = 'extra-4' and c.external_id = 'agency-candidate'`;
  external = await app.person("extra-4");
  const organizerId = user("recruiter");
  own = await createInterview(app.client, adHoc({}, { applicationId: application("agency"), organizerId }));
  another = await createInterview(app.client, adHoc({ interviewerIds: [user("bob")] }, { organizerId }));
});
afterAll(() => app.stop());

const IDS = "query ($filter: InterviewFilter) { interviews(filter: $filter) { totalCount nodes { id } } }";
const listed = async (filter?: object) => (await external.data(IDS, { filter }))["interviews"];

test.each([
  [undefined],
  [{ jobIds: [sampleId("Job", "engineer")] }],
  [{ departments: ["Engineering"] }],
  [{ applicationIds: [application("agency"), application("active")] }],
  [{ candidateIds: [sampleId("Candidate", "agency-candidate"), sampleId("Candidate", "carla")] }],
])("an external recruiter lists only interviews of candidates that they added, filtered by %j too", async (filter) => {
  expect(await listed(filter)).toEqual({ totalCount: 1, nodes: [{ id: own }] });
});

test("an external recruiter reads the interview, application and candidate that they added, whole, and no other's", async () => {
  const READ = `query ($interview: ID!, $application: ID!, $candidate: ID!) {
    interview(id: $interview) { job { title } application { id } stage { name } }
    application: node(id: $application) { id }
    candidate: node(id: $candidate) { id }
  }`;
  const ids = (interview: string, name: string, candidate: string) => ({
    interview,
    application: application(name),
    candidate: sampleId("Candidate", candidate),
  });
  const mine = ids(own, "agency", "agency-candidate");
  expect(await external.data(READ, mine)).toEqual({
    interview: { job: { title: "Engineer" }, application: { id: mine.application }, stage: { name: "Screening" } },
    application: { id: mine.application },
    candidate: { id: mine.candidate },
  });
  expect(await external.data(READ, ids(another, "active", "carla"))).toEqual({
    interview: null,
    application: null,
    candidate: null,
  });
});

test("an external recruiter lists the job, and only the applications of candidates that they added", async () => {
  const { jobs, applications } = await external.data(
    "{ jobs { nodes { title interviewPlan { id } } } applications { nodes { id } } }",
  );
  expect(jobs.nodes).toMatchObject([{ title: "Engineer" }]);
  expect(applications.nodes).toEqual([{ id: application("agency") }]);
});

test("another's candidate is no application to an external recruiter who schedules, and their own is", async () => {
  const create = async (name: string) => {
    const input = adHoc({}, { applicationId: application(name), organizerId: user("recruiter"), validateOnly: true });
    return (await external.data(CREATE, { input }))["createInterview"].__typename;
  };
  expect(await create("active")).toBe("ApplicationNotFound");
  expect(await create("agency")).toBe("CreateInterviewSuccess");
});

test("a key of another's request reveals nothing to an external recruiter", async () => {
  const input = adHoc({}, { idempotencyKey: "key-of-the-recruiter", startTime: "2027-05-03T10:00" });
  const { createInterview: first } = await app.client.data(CREATE, { input });
  expect(first.__typename).toBe("CreateInterviewSuccess");
  expect((await external.data(CREATE, { input }))["createInterview"].__typename).toBe("ApplicationNotFound");
});

test("an external recruiter who sits on another's interview sees it without its job", async () => {
  const seat = adHoc(
    { interviewerIds: [user("extra-4")] },
    { organizerId: user("recruiter"), startTime: "2027-06-01T10:00" },
  );
  const id = await createInterview(app.client, seat);
  const { interview } = await external.data(
    `{ interview(id: "${id}") { candidate { name } job { id } application { id } stage { id } } }`,
  );
  expect(interview).toEqual({ candidate: { name: "Carla" }, job: null, application: null, stage: null });
  expect((await listed()).totalCount).toBe(2);
  expect((await listed({ jobIds: [sampleId("Job", "engineer")] })).totalCount).toBe(1);
});

test("an external recruiter follows only interviews of candidates that they added", async () => {
  const { interviews } = await external.data("{ interviews(first: 0) { asOfCursor } }");
  const FOLLOW =
    "subscription ($after: EventCursor) { interviewEvents(after: $after) { ... on InterviewEvent { interview { id job { title } } } } }";
  const streams = [
    await external.subscribe(FOLLOW, { after: interviews.asOfCursor }),
    await external.subscribeSse(FOLLOW, { after: interviews.asOfCursor }),
  ];
  const organizerId = user("recruiter");
  await createInterview(app.client, adHoc({}, { organizerId, startTime: "2027-07-01T10:00" }));
  const id = await createInterview(
    app.client,
    adHoc({}, { organizerId, applicationId: application("agency"), startTime: "2027-07-02T10:00" }),
  );
  for (const stream of streams) {
    expect((await stream.next()).data).toEqual({ interviewEvents: { interview: { id, job: { title: "Engineer" } } } });
    await stream.close();
  }
});
