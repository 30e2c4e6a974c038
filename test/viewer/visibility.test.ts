import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeId } from "../../src/core/id.ts";
import { sampleId } from "../support/directory.ts";
import type { Client } from "../support/client.ts";
import { activity, adHoc, application, CREATE, createInterview, plan, user } from "../support/interview.ts";
import { deleteInterview } from "../support/trace.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
/** Ids of the interviews by what is special about them. */
const ids: Record<string, string> = {};
beforeAll(async () => {
  app = await startViewerApp({ worker: false });
  ids["ada"] = await createInterview(app.client, adHoc({ interviewerIds: [user("ada")] }));
  ids["bob"] = await createInterview(
    app.client,
    plan({ interviewerIds: [user("bob")] }, { organizerId: user("admin"), applicationId: application("agency") }),
  );
  ids["extra-0"] = await createInterview(app.client, adHoc({ interviewerIds: [user("extra-0")] }));
  // Somebody who was on the team when they made it.
  const { raw } = app.app.connections;
  await raw`update interviews set organizer_id = ${uuid(user("stranger"))} where id = ${uuid(ids["extra-0"])}`;
});
afterAll(() => app.stop());

const uuid = (id: string) => decodeId(id).id;
const client = async (name: string): Promise<Client> =>
  name === "token"
    ? app.client
    : app.person(
        name === "admin of another account" ? "admin" : name,
        name === "admin of another account" ? { account: "other" } : {},
      );

type View = [who: string, sees: string[], whole: boolean];
const EVERY = ["ada", "bob", "extra-0"];
const VIEWS: View[] = [
  ["token", EVERY, true],
  ["super-admin", EVERY, true],
  ["admin", EVERY, true],
  ["no-calendar", EVERY, true],
  ["recruiter", EVERY, true],
  ["hiring-manager", EVERY, true],
  ["coordinator", EVERY, true],
  ["external-recruiter", ["bob"], true],
  ["ada", ["ada"], false],
  ["bob", ["bob"], false],
  ["extra-0", ["extra-0"], false],
  ["stranger", ["extra-0"], false],
  ["extra-1", [], false],
  ["admin of another account", [], false],
];

const FIELDS = "id candidate { name } job { title } application { id } stage { name } stageActivity { id }";

describe.each(VIEWS)("%s", (who, sees, whole) => {
  const expected = () => sees.map((name) => ids[name]);

  test("lists what they see, whole or without the job", async () => {
    for (const orderBy of [{ field: "START" }, { field: "CREATED", direction: "DESC" }]) {
      const { interviews } = await (
        await client(who)
      ).data(`query ($orderBy: InterviewOrder!) { interviews(orderBy: $orderBy) { totalCount nodes { ${FIELDS} } } }`, {
        orderBy,
      });
      expect(new Set(interviews.nodes.map(({ id }: any) => id))).toEqual(new Set(expected()));
      expect(interviews.totalCount).toBe(sees.length);
      for (const node of interviews.nodes) {
        expect(node.candidate).not.toBeNull();
        const fromActivity = node.id === ids["bob"];
        expect([node.job, node.application, node.stage].map((part) => part !== null)).toEqual([whole, whole, whole]);
        expect(node.stageActivity !== null).toBe(whole && fromActivity);
      }
    }
  });

  test("finds by id what they see and nothing else", async () => {
    const person = await client(who);
    for (const name of EVERY) {
      const id = ids[name];
      const data = await person.data(
        "query ($id: ID!) { interview(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } }",
        { id },
      );
      const found = sees.includes(name) ? { id } : null;
      expect(data).toEqual({ interview: found, node: found, nodes: [found] });
    }
  });

  test("filters find nothing more", async () => {
    const person = await client(who);
    /** What each lets through of all; what it asks of the job is answered only to who sees the job. */
    const filters: [filter: object, passes: string[]][] = [
      [{ jobIds: [sampleId("Job", "engineer")] }, whole ? EVERY : []],
      [{ applicationIds: [application("active")] }, whole ? ["ada", "extra-0"] : []],
      [{ statuses: ["NOT_STARTED"] }, EVERY],
      [{ statuses: ["ENDED"] }, []],
      [{ interviewerIds: EVERY.map(user) }, EVERY],
      [{ interviewerIds: [user("bob")] }, ["bob"]],
      [{ locations: ["PHONE"] }, ["ada", "extra-0"]],
    ];
    for (const [filter, passes] of filters) {
      const { interviews } = await person.data(
        "query ($filter: InterviewFilter) { interviews(filter: $filter) { totalCount nodes { id } } }",
        { filter },
      );
      const found = passes.filter((name) => sees.includes(name)).map((name) => ids[name]);
      expect(new Set(interviews.nodes.map(({ id }: any) => id)), JSON.stringify(filter)).toEqual(new Set(found));
      expect(interviews.totalCount).toBe(found.length);
    }
  });
});

test.each([
  ["jobIds", [sampleId("Job", "engineer")]],
  ["applicationIds", [application("active"), application("agency")]],
  ["stageIds", [sampleId("Stage", "screening"), sampleId("Stage", "onsite")]],
  ["departments", ["Engineering"]],
  ["recruiterIds", [user("recruiter")]],
])("a filter by %s tells who only takes part nothing of the job", async (field, value) => {
  const LIST = "query ($filter: InterviewFilter) { interviews(filter: $filter) { totalCount } }";
  const count = async (who: string) =>
    (await (await client(who)).data(LIST, { filter: { [field]: value } }))["interviews"].totalCount;
  expect(await count("recruiter")).toBe(3);
  for (const who of ["ada", "bob", "stranger"]) expect(await count(who), who).toBe(0);
});

/** Who sees the job itself: everybody of the first eight. */
const JOB_PARTS: [type: Parameters<typeof sampleId>[0], name: string][] = [
  ["Job", "engineer"],
  ["Stage", "screening"],
  ["StageActivity", "full"],
  ["Application", "active"],
  ["Candidate", "carla"],
];

describe("the directory", () => {
  test.each(VIEWS.filter(([who]) => !["external-recruiter", "admin of another account"].includes(who)))(
    "%s sees jobs by their hiring teams",
    async (who, _sees, whole) => {
      const person = await client(who);
      for (const [type, name] of JOB_PARTS) {
        const id = sampleId(type, name);
        const { node } = await person.data("query ($id: ID!) { node(id: $id) { id } }", { id });
        expect(node, type).toEqual(whole ? { id } : null);
      }
      const isAdmin = ["token", "super-admin", "admin", "no-calendar"].includes(who);
      const { jobs, applications, users, offices } = await person.data(
        "{ jobs { nodes { title interviewPlan { id } } } applications { nodes { job { title } } } users(first: 100) { nodes { id } } offices { nodes { id } } }",
      );
      expect(jobs.nodes.map(({ title }: any) => title)).toEqual(
        isAdmin ? ["Designer", "Engineer"] : whole ? ["Engineer"] : [],
      );
      expect(applications.nodes).toHaveLength(whole ? 5 : 0);
      expect(users.nodes).toHaveLength(23);
      expect(offices.nodes).toHaveLength(2);
      for (const { interviewPlan } of jobs.nodes.filter(({ title }: any) => title === "Engineer")) {
        const planId = interviewPlan.id;
        const other = await (await client("extra-1")).data("query ($id: ID!) { node(id: $id) { id } }", { id: planId });
        expect(other["node"]).toBeNull();
        expect((await person.data("query ($id: ID!) { node(id: $id) { id } }", { id: planId }))["node"]).toEqual({
          id: planId,
        });
      }
    },
  );
  test("somebody from outside reads what an interview refers to, and lists nothing", async () => {
    const outsider = await client("external-recruiter");
    const { interviews } = await outsider.data(
      "{ interviews { nodes { job { title hiringTeam { user { name } } } } } }",
    );
    expect(interviews.nodes[0].job.hiringTeam).toHaveLength(4);
    const { errors } = await outsider.send("{ users { nodes { id } } }");
    expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN", requiredScope: "directory:read" } }]);
  });
  test("a user's interviews are those that the viewer sees too", async () => {
    const OF = "query ($id: ID!) { node(id: $id) { ... on User { interviews { totalCount nodes { id } } } } }";
    const of = async (who: string, whose: string) =>
      (await (await client(who)).data(OF, { id: user(whose) }))["node"].interviews;
    expect(await of("recruiter", "bob")).toEqual({ totalCount: 1, nodes: [{ id: ids["bob"] }] });
    expect(await of("bob", "bob")).toEqual({ totalCount: 1, nodes: [{ id: ids["bob"] }] });
    expect(await of("ada", "bob")).toEqual({ totalCount: 0, nodes: [] });
  });
});

describe("cost", () => {
  test("a person's list costs a number of statements that does not depend on its length", async () => {
    const count = async (who: string, first: number) => {
      const person = await client(who);
      const before = app.statements.length;
      await person.data(
        `query ($first: Int) { interviews(first: $first) { nodes { ${FIELDS} viewerCan { update } } } }`,
        { first },
      );
      return app.statements.length - before;
    };
    // Person, user, teams, list; candidates, job, application, stage, activity; for viewerCan the team, and candidates whole.
    expect([await count("recruiter", 1), await count("recruiter", 3)]).toEqual([10, 11]);
    // Candidates are read whole once more: each application is judged by who added them.
    expect(await count("external-recruiter", 3)).toBe(11);
  });
});

describe("changing", () => {
  test("a key of another person's request reveals nothing to who does not see the job", async () => {
    const input = adHoc({}, { idempotencyKey: "a-key-of-the-recruiter", startTime: "2027-05-03T10:00" });
    const { createInterview: first } = await (await client("recruiter")).data(CREATE, { input });
    expect(first.__typename).toBe("CreateInterviewSuccess");
    const { createInterview: again } = await (await client("coordinator")).data(CREATE, { input });
    expect(again).toMatchObject({ replayed: true, interview: { id: first.interview.id } });
    for (const who of ["stranger", "ada"]) {
      const { createInterview: refused } = await (await client(who)).data(CREATE, { input });
      expect(refused.__typename).toBe("ApplicationNotFound");
    }
    await deleteInterview(app, first.interview.id);
  });

  const RETRY =
    "mutation ($id: ID!) { retryProvisioning(input: { interviewId: $id }) { __typename ... on Problem { message } } }";
  test.each([
    ["token", "RetryProvisioningSuccess"],
    ["admin", "RetryProvisioningSuccess"],
    ["coordinator", "RetryProvisioningSuccess"],
    ["ada", "FORBIDDEN"],
    ["bob", "InterviewNotFound"],
    ["external-recruiter", "InterviewNotFound"],
    ["extra-1", "InterviewNotFound"],
    ["admin of another account", "InterviewNotFound"],
  ])("%s who retries provisioning is answered %s, and nothing changes without the right", async (who, answer) => {
    const id = ids["ada"] ?? "";
    const { raw } = app.app.connections;
    await raw`update interviews set provisioning_state = 'FAILED' where id = ${uuid(id)}`;
    const { data, errors } = await (await client(who)).send(RETRY, { id });
    expect(errors?.[0]?.extensions?.["code"] ?? data?.["retryProvisioning"].__typename).toBe(answer);
    const [row] = await raw`select provisioning_state as state from interviews where id = ${uuid(id)}`;
    expect(row?.["state"]).toBe(answer === "RetryProvisioningSuccess" ? "PENDING" : "FAILED");
  });

  test.each([
    ["admin", ["update", "cancel"]],
    ["hiring-manager", ["update", "cancel"]],
    ["extra-0", []],
  ])("viewerCan tells %s %j", async (who, verbs) => {
    const { interview } = await (
      await client(who)
    ).data(
      "query ($id: ID!) { interview(id: $id) { viewerCan { update cancel markNoShow undoNoShow retryProvisioning } } }",
      { id: ids["extra-0"] },
    );
    expect(Object.keys(interview.viewerCan).filter((verb) => interview.viewerCan[verb])).toEqual(verbs);
  });
  test("an external recruiter may change the interviews of candidates that they added", async () => {
    const { interview } = await (
      await client("external-recruiter")
    ).data("query ($id: ID!) { interview(id: $id) { viewerCan { update } } }", { id: ids["bob"] });
    expect(interview.viewerCan.update).toBe(true);
  });
  test("the plan's activity cannot be used to look into a job", async () => {
    const input = plan({ stageActivityId: activity("full") }, { validateOnly: true });
    const { createInterview: result } = await (await client("ada")).data(CREATE, { input });
    expect(result.__typename).toBe("ApplicationNotFound");
  });
});
