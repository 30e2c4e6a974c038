import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Client } from "../support/client.ts";
import { sampleId } from "../support/directory.ts";
import { explain } from "../support/explain.ts";
import { adHoc, application, createInterview, user } from "../support/interview.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
beforeAll(async () => {
  app = await startViewerApp({ worker: false });
});
afterAll(() => app.stop());

const JOBS = "query ($filter: JobFilter) { jobs(filter: $filter) { nodes { externalId } } }";
const APPLICATIONS = "query ($filter: ApplicationFilter) { applications(filter: $filter) { nodes { externalId } } }";

const jobs = async (filter: object | null, client: Client = app.client) => namesOf(await client.data(JOBS, { filter }));
const applications = async (filter: object | null, client: Client = app.client) =>
  namesOf(await client.data(APPLICATIONS, { filter })).toSorted();
const namesOf = (data: Record<string, any>): string[] =>
  Object.values(data)[0].nodes.map(({ externalId }: any) => externalId);

const EVERY_JOB = ["designer", "engineer"];
const EVERY_APPLICATION = ["active", "agency", "duplicate", "hired", "rejected"];

test.each([
  [null, EVERY_JOB],
  [{}, EVERY_JOB],
  [{ departments: null, recruiterIds: null, query: null }, EVERY_JOB],
  [{ departments: ["Engineering"] }, ["engineer"]],
  [{ departments: ["engineering"] }, []],
  [{ departments: [] }, []],
  [{ recruiterIds: [user("recruiter")] }, ["engineer"]],
  [{ recruiterIds: [user("recruiter"), user("ada")] }, ["engineer"]],
  // On the team, and not as RECRUITER.
  [{ recruiterIds: [user("coordinator")] }, []],
  [{ recruiterIds: [] }, []],
  [{ query: "SIGN" }, ["designer"]],
  [{ query: "er" }, EVERY_JOB],
  [{ query: "%" }, []],
  [{ query: "engineer", departments: ["Engineering"], recruiterIds: [user("recruiter")] }, ["engineer"]],
  [{ query: "designer", departments: ["Engineering"] }, []],
])("jobs filtered by %j are %j", async (filter, expected) => {
  expect(await jobs(filter)).toEqual(expected);
});

test.each([
  [null, EVERY_APPLICATION],
  [{}, EVERY_APPLICATION],
  [{ jobIds: null, candidateIds: null, currentStageIds: null, statuses: null, query: null }, EVERY_APPLICATION],
  [{ jobIds: [sampleId("Job", "engineer")] }, EVERY_APPLICATION],
  [{ jobIds: [sampleId("Job", "designer")] }, []],
  [{ jobIds: [] }, []],
  [{ candidateIds: [sampleId("Candidate", "agency-candidate")] }, ["agency"]],
  [{ currentStageIds: [sampleId("Stage", "screening")] }, EVERY_APPLICATION],
  [{ currentStageIds: [sampleId("Stage", "onsite")] }, []],
  [{ statuses: ["ACTIVE"] }, ["active", "agency"]],
  [{ statuses: ["HIRED", "REJECTED"] }, ["hired", "rejected"]],
  [{ statuses: [] }, []],
  [{ query: "CARLA" }, ["active", "duplicate", "hired", "rejected"]],
  [{ query: "dan example.org" }, ["agency"]],
  [{ query: "nobody" }, []],
  [{ query: "carla", statuses: ["ACTIVE"], jobIds: [sampleId("Job", "engineer")] }, ["active"]],
])("applications filtered by %j are %j", async (filter, expected) => {
  expect(await applications(filter)).toEqual(expected);
});

test.each([
  [JOBS, { recruiterIds: Array.from({ length: 101 }, () => user("ada")) }],
  [JOBS, { query: "x".repeat(101) }],
  [APPLICATIONS, { jobIds: Array.from({ length: 101 }, () => sampleId("Job", "engineer")) }],
  [APPLICATIONS, { query: "x".repeat(101) }],
])("%s refuses a filter that is too long", async (query, filter) => {
  const { errors } = await app.client.send(query, { filter });
  expect(errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
});

describe("a filter finds nothing that the caller does not see", () => {
  test.each([
    ["admin", EVERY_JOB, EVERY_APPLICATION],
    ["recruiter", ["engineer"], EVERY_APPLICATION],
    ["ada", [], []],
    ["stranger", [], []],
  ])("for %s", async (who, seenJobs, seenApplications) => {
    const person = await app.person(who);
    expect(await jobs({ query: "er" }, person)).toEqual(seenJobs);
    expect(await jobs({ departments: ["Engineering"] }, person)).toEqual(
      seenJobs.filter((name) => name === "engineer"),
    );
    expect(await applications({ jobIds: [sampleId("Job", "engineer")] }, person)).toEqual(seenApplications);
    expect(await applications({ query: "example" }, person)).toEqual(seenApplications);
  });
});

describe("ways back", () => {
  const AROUND = /* GraphQL */ `
    {
      job(by: { externalId: "engineer" }) {
        id
        interviewPlan {
          id
          job {
            id
          }
          stages {
            id
            job {
              id
            }
            interviewPlan {
              id
            }
            activities {
              job {
                id
              }
              stage {
                id
              }
            }
          }
        }
        applications {
          nodes {
            job {
              id
            }
          }
        }
      }
    }
  `;

  test("lead from a plan, a stage, an activity and an application to where they came from", async () => {
    const { job } = await app.client.data(AROUND);
    expect(job.interviewPlan.job.id).toBe(job.id);
    expect(job.interviewPlan.stages).toHaveLength(2);
    for (const stage of job.interviewPlan.stages) {
      expect(stage.job.id).toBe(job.id);
      expect(stage.interviewPlan.id).toBe(job.interviewPlan.id);
      for (const activity of stage.activities)
        expect(activity).toEqual({ job: { id: job.id }, stage: { id: stage.id } });
    }
    expect(job.interviewPlan.stages[1].activities).toHaveLength(3);
    expect(job.applications.nodes).toEqual(EVERY_APPLICATION.map(() => ({ job: { id: job.id } })));
  });

  test("lead from a candidate to applications and interviews", async () => {
    const id = await createInterview(app.client, adHoc());
    const ofOther = await createInterview(
      app.client,
      adHoc({}, { applicationId: application("agency"), startTime: "2027-03-02T10:00" }),
    );
    const OF = `query ($name: String!) { candidate(by: { externalId: $name }) {
      applications(filter: { statuses: [ACTIVE, HIRED] }) { nodes { externalId } } interviews { totalCount nodes { id } } } }`;
    const of = async (name: string) => (await app.client.data(OF, { name }))["candidate"];
    const carla = await of("carla");
    expect(namesOf({ list: carla.applications }).toSorted()).toEqual(["active", "hired"]);
    expect(carla.interviews).toEqual({ totalCount: 1, nodes: [{ id }] });
    expect((await of("agency-candidate")).interviews.nodes).toEqual([{ id: ofOther }]);
  });

  test("show a person who only takes part in an interview nothing more of its candidate", async () => {
    const ada = await app.person("ada");
    const { interviews } = await ada.data(
      "{ interviews { nodes { candidate { name applications { nodes { id } } interviews { nodes { id } } } } } }",
    );
    const ids = (await ada.data("{ interviews { nodes { id } } }"))["interviews"].nodes;
    expect(interviews.nodes.length).toBeGreaterThan(0);
    for (const { candidate } of interviews.nodes) {
      expect(candidate.applications.nodes).toEqual([]);
      for (const node of candidate.interviews.nodes) expect(ids).toContainEqual(node);
    }
  });

  test("to applications take directory:read", async () => {
    const reader = await app.createToken("sample", ["interviews:read"]);
    for (const owner of ["candidate", "job"]) {
      const { errors } = await reader.send(`{ interviews { nodes { ${owner} { applications { nodes { id } } } } } }`);
      expect(errors?.[0]).toMatchObject({ extensions: { code: "FORBIDDEN", requiredScope: "directory:read" } });
    }
  });
});

describe("the activities of a stage", () => {
  const ACTIVITIES =
    'query ($types: [ActivityType!]) { stage(by: { externalId: "onsite" }) { activities(types: $types) { externalId } } }';
  test.each([
    [undefined, ["full", "empty", "email"]],
    [null, ["full", "empty", "email"]],
    [["INTERVIEW"], ["full", "empty"]],
    [["EMAIL", "SURVEY"], ["email"]],
    [[], []],
  ])("of types %j are %j", async (types, expected) => {
    const { stage } = await app.client.data(ACTIVITIES, { types });
    expect(stage.activities.map(({ externalId }: any) => externalId)).toEqual(expected);
  });
});

describe("cost", () => {
  test("lists under candidates and jobs take one statement for all of them", async () => {
    const count = async (query: string) => {
      const before = app.statements.length;
      await app.client.data(query);
      return app.statements.length - before;
    };
    const nested = (first: number) =>
      `{ applications(first: ${first}) { nodes { candidate { applications(filter: { statuses: [ACTIVE] }) { nodes { id } } interviews { nodes { id } } }
        job { applications(first: 2) { nodes { id } } } currentStage { job { title } interviewPlan { name } activities(types: [INTERVIEW]) { stage { name } } } } } }`;
    const [one, five] = [await count(nested(1)), await count(nested(5))];
    expect(five).toBe(one);
    // Applications; candidates, their applications and interviews; jobs and their applications; stages, plans, activities.
    expect(five).toBe(9);
  });

  test.each([
    ['{ jobs(filter: { query: "e" }) { nodes { department } } }', ["id", "title", "department"]],
    ["{ applications(filter: { statuses: [ACTIVE] }) { nodes { status } } }", ["id", "createdAt", "status"]],
    ["{ emailTemplates { nodes { channel } } }", ["id", "name", "channel"]],
    ["{ scorecardTemplates { nodes { retiredAt } } }", ["id", "name", "retiredAt"]],
    ["{ users(active: true) { nodes { role } } }", ["id", "name", "role"]],
    ["{ offices { nodes { address } } }", ["id", "name", "address"]],
  ])("%s reads only %j", async (query, columns) => {
    const before = app.statements.length;
    await app.client.data(query);
    const [statement = ""] = app.statements.slice(before);
    expect([...statement.matchAll(/ as "(\w+)"/g)].map(([, column]) => column)).toEqual(columns);
  });

  test("lists under jobs read only the columns that are asked for", async () => {
    const before = app.statements.length;
    await app.client.data("{ jobs { nodes { applications { nodes { status } } } } }");
    const [, applications] = app.statements.slice(before);
    expect(applications).toMatch(/"status"/);
    expect(applications).not.toMatch(/external_id|current_stage_id/);
  });
});

describe("filters among thousands of rows", () => {
  beforeAll(async () => {
    const { raw } = app.app.connections;
    await raw`insert into candidates (account_id, id, external_id, name, email)
      select a.id, gen_random_uuid(), 'bulk-' || n, 'Person ' || md5(n::text), md5(n || 'x') || '@example.com'
      from accounts a, generate_series(1, 10000) n where a.external_id = 'other'`;
    await raw`insert into applications (account_id, id, external_id, candidate_id, job_id, current_stage_id, status)
      select c.account_id, gen_random_uuid(), c.external_id, c.id, s.job_id, s.id, 'REJECTED'
      from candidates c join stages s on s.account_id = c.account_id and s.external_id = 'screening'
      where c.external_id like 'bulk-%'`;
    await raw`analyze candidates, applications`;
  });

  test.each([
    ["query", () => ({ query: "dan" }), ["agency"]],
    ["status", () => ({ statuses: ["HIRED"] }), ["hired"]],
    ["stage", () => ({ currentStageIds: [sampleId("Stage", "onsite", "other")] }), []],
    ["candidate", () => ({ candidateIds: [sampleId("Candidate", "agency-candidate", "other")] }), ["agency"]],
  ])("by %s reads no table whole", async (_by, filter, expected) => {
    const before = app.queries.length;
    expect(await applications(filter(), app.other)).toEqual(expected);
    const query = app.queries.slice(before).find(({ text }) => text.includes('from "applications"'));
    if (!query) throw new Error("No statement reads applications.");
    const { scanned, touched, text } = await explain(app.app.connections.raw, query, ["applications", "candidates"]);
    expect(scanned, text).toEqual([]);
    expect(touched, text).toBeLessThan(100);
  });
});
