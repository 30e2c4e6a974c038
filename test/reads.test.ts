import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NOW, startTestApp } from "./support/app.ts";
import type { TestApp } from "./support/app.ts";
import { sampleId } from "./support/directory.ts";
import { adHoc, createInterview, office, plan, user } from "./support/interview.ts";

let app: TestApp;
let clock = NOW;
beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => clock });
});
afterAll(() => app.stop());

test("the viewer is the account and the scopes of the token", async () => {
  expect(await app.client.data("{ viewer { scopes account { name } } }")).toEqual({
    viewer: { scopes: ["interviews:read", "interviews:write", "directory:read"], account: { name: "Account sample" } },
  });
});

test("a client finds a stage activity's id, and what it inherits", async () => {
  const { jobs } = await app.client.data(/* GraphQL */ `
    {
      jobs {
        nodes {
          title
          department
          hiringTeam {
            role
            user {
              name
            }
          }
          interviewPlan {
            name
            stages {
              name
              milestone
              activities {
                id
                name
                type
                configuration {
                  kind
                  location
                  durationMinutes
                  name
                  hackerrankTemplateId
                  aiNoteTakerEnabled
                  interviewers {
                    name
                  }
                  office {
                    name
                  }
                  candidateTemplate {
                    category
                    channel
                    subject
                    body
                  }
                  interviewerTemplate {
                    name
                  }
                  scorecard {
                    required
                    template {
                      name
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  `);
  expect(jobs.nodes.map(({ title }: { title: string }) => title)).toEqual(["Designer", "Engineer"]);
  const [, engineer] = jobs.nodes;
  expect(engineer.hiringTeam).toContainEqual({ role: "RECRUITER", user: { name: "User recruiter" } });
  const [screening, onsite] = engineer.interviewPlan.stages;
  expect(screening).toEqual({ name: "Screening", milestone: "APPLICATION_REVIEW", activities: [] });
  expect(onsite.activities).toMatchObject([
    {
      id: sampleId("StageActivity", "full"),
      type: "INTERVIEW",
      configuration: {
        kind: "PANEL",
        name: "Panel talk",
        interviewers: [{ name: "User ada" }, { name: "User bob" }],
        office: { name: "Berlin" },
        scorecard: { required: true, template: { name: "General" } },
      },
    },
    { type: "INTERVIEW", configuration: { kind: null, interviewers: [], office: null, scorecard: null } },
    { type: "EMAIL", configuration: null },
  ]);
});

test("applications, candidates, offices, users and templates show their fields", async () => {
  const data = await app.client.data(/* GraphQL */ `
    {
      applications {
        nodes {
          status
          createdAt
          candidate {
            name
            email
            addedBy {
              name
            }
          }
          job {
            title
          }
          currentStage {
            name
          }
        }
      }
      offices {
        nodes {
          name
          address
          timezone
        }
      }
      users(first: 3) {
        nodes {
          name
          email
          role
          timezone
          active
          calendarConnected
          zoomSeat
          workingHours {
            weekday
          }
        }
      }
      emailTemplates {
        nodes {
          name
        }
      }
      scorecardTemplates {
        nodes {
          name
        }
      }
    }
  `);
  expect(data["applications"].nodes).toHaveLength(5);
  expect(data["applications"].nodes.map(({ status }: any) => status).toSorted()).toEqual([
    "ACTIVE",
    "ACTIVE",
    "DUPLICATE",
    "HIRED",
    "REJECTED",
  ]);
  expect(data["applications"].nodes.find(({ candidate }: any) => candidate.name === "Dan").candidate.addedBy).toEqual({
    name: "User external-recruiter",
  });
  expect(data["offices"].nodes).toEqual([
    { name: "Berlin", address: "Torstr. 1, 10119 Berlin", timezone: "Europe/Berlin" },
    { name: "London", address: "1 Old Street, London", timezone: "Europe/London" },
  ]);
  expect(data["users"].nodes[0]).toEqual({
    name: "User ada",
    email: "ada@example.com",
    role: "ORGANIZATION_MEMBER",
    timezone: "Europe/London",
    active: true,
    calendarConnected: false,
    zoomSeat: "ACTIVE",
    workingHours: [],
  });
  expect(data["emailTemplates"].nodes).toHaveLength(6);
  expect(data["scorecardTemplates"].nodes).toEqual([{ name: "Coding" }, { name: "General" }]);
});

describe("a page of a list", () => {
  const LIST =
    "query ($first: Int, $last: Int, $after: String, $before: String) { users(first: $first, last: $last, after: $after, before: $before) { edges { cursor node { name } } nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
  const list = async (variables: object) => (await app.client.data(LIST, variables))["users"];
  const names = (page: any): string[] => page.edges.map((edge: any) => edge.node.name);

  test("forward and backward leads to the same list", async () => {
    const { nodes } = await list({ first: 100 });
    const all = nodes.map(({ name }: any) => name);
    const forward: string[] = [];
    let page: any = { pageInfo: { hasNextPage: true, endCursor: null } };
    while (page.pageInfo.hasNextPage) {
      page = await list({ first: 5, after: page.pageInfo.endCursor });
      forward.push(...names(page));
    }
    expect(forward).toEqual(all);
    const backward: string[] = [];
    page = { pageInfo: { hasPreviousPage: true, startCursor: null } };
    while (page.pageInfo.hasPreviousPage) {
      page = await list({ last: 5, before: page.pageInfo.startCursor });
      backward.unshift(...names(page));
    }
    expect(backward).toEqual(all);
  });

  test("has 20 items when nothing is said, and none when none is asked for", async () => {
    expect((await list({})).nodes).toHaveLength(20);
    const empty = await list({ first: 0 });
    expect(empty.edges).toEqual([]);
    expect(empty.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null });
  });
});

test("node and nodes find objects of every account of the caller, and null for others", async () => {
  const data = await app.client.data(
    "query ($id: ID!, $ids: [ID!]!) { node(id: $id) { __typename id ... on User { name } } nodes(ids: $ids) { __typename ... on Office { name } } }",
    {
      id: user("ada"),
      ids: [
        office("london"),
        sampleId("Office", "london", "other"),
        sampleId("Job", "engineer"),
        sampleId("Office", "nowhere"),
      ],
    },
  );
  expect(data).toEqual({
    node: { __typename: "User", id: user("ada"), name: "User ada" },
    nodes: [{ __typename: "Office", name: "London" }, null, { __typename: "Job" }, null],
  });
});

test("reference data needs directory:read", async () => {
  const reader = await app.createToken("sample", ["interviews:read"]);
  for (const field of ["users", "jobs", "applications", "offices", "emailTemplates", "scorecardTemplates"]) {
    const { errors } = await reader.send(`{ ${field} { nodes { id } } }`);
    expect(errors, field).toMatchObject([{ extensions: { code: "FORBIDDEN", requiredScope: "directory:read" } }]);
  }
  const { errors } = await reader.send("query ($id: ID!) { node(id: $id) { id } }", { id: user("ada") });
  expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
});

const EVERYTHING = /* GraphQL */ `
  query Everything($first: Int) {
    interviews(first: $first) {
      nodes {
        name
        organizer {
          name
        }
        host {
          name
        }
        interviewers {
          user {
            name
          }
        }
        candidate {
          name
        }
        application {
          status
        }
        office {
          name
        }
        candidateTemplate {
          name
        }
        interviewerTemplate {
          name
        }
        job {
          title
        }
        stage {
          name
        }
        stageActivity {
          name
          configuration {
            interviewers {
              name
            }
          }
        }
        scorecard {
          template {
            name
          }
        }
      }
    }
  }
`;

test("a list costs a number of statements that does not depend on its length", async () => {
  for (let count = 0; count < 50; count += 1) {
    const startTime = `2027-03-${String(1 + (count % 28)).padStart(2, "0")}T${10 + (count % 8)}:00`;
    const input =
      count % 2 === 0
        ? plan({}, { startTime })
        : adHoc({ location: "ZOOM", hostId: user("ada"), interviewerIds: [user("ada")] }, { startTime });
    await createInterview(app.client, input);
  }
  const cost = async (first: number) => {
    const before = app.statements.length;
    const { interviews } = await app.client.data(EVERYTHING, { first });
    expect(interviews.nodes).toHaveLength(first);
    return app.statements.slice(before);
  };
  const [two, fifty] = [await cost(2), await cost(50)];
  expect(fifty).toHaveLength(two.length);
  expect(fifty).toHaveLength(13);
});

test("the status follows the clock", async () => {
  const id = await createInterview(app.client, adHoc({}, { startTime: "2027-02-01T10:00Z", timezone: "UTC" }));
  const status = async (now: string) => {
    clock = new Date(now);
    const { interview } = await app.client.data("query ($id: ID!) { interview(id: $id) { status } }", { id });
    clock = NOW;
    return interview.status;
  };
  expect(await status("2027-02-01T09:59:59.999Z")).toBe("NOT_STARTED");
  expect(await status("2027-02-01T10:00:00Z")).toBe("IN_PROGRESS");
  expect(await status("2027-02-01T10:29:59.999Z")).toBe("IN_PROGRESS");
  expect(await status("2027-02-01T10:30:00Z")).toBe("ENDED");
});
