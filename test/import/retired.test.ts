import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newId } from "../../src/core/id.ts";
import type { Directory } from "../../src/import/directory.ts";
import { importValue } from "../../src/import/upsert.ts";
import type { ImportReport } from "../../src/import/upsert.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { sampleDirectory, sampleId } from "../support/directory.ts";
import { adHoc, CREATE, createInterview, plan } from "../support/interview.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());

let account: string;
let client: Client;
let directory: Directory;
beforeEach(async () => {
  account = newId();
  directory = sampleDirectory(account);
  await importValue(app.app.services.db, directory);
  client = await app.createToken(account);
});

const id = (type: Parameters<typeof sampleId>[0], name: string) => sampleId(type, name, account);
const here = (input: object) => {
  const ids = Object.entries({
    User: ["recruiter", "ada", "admin"],
    Application: ["active", "agency"],
    EmailTemplate: ["to-candidate", "to-interviewers"],
    ScorecardTemplate: ["coding"],
    Office: ["berlin", "london"],
    StageActivity: ["full", "empty"],
  } as const).flatMap(([type, names]) =>
    names.map((name) => [sampleId(type as "User", name), id(type as "User", name)] as const),
  );
  return JSON.parse(ids.reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(input)));
};

/** Imports the directory without some objects of a list that it says is complete. */
function importWithout(list: Directory["complete"][number], externalId: string): Promise<ImportReport> {
  const kept = (directory[list] as { externalId: string }[]).filter((item) => item.externalId !== externalId);
  const file = { account: directory.account, complete: [list], [list]: kept };
  return importValue(app.app.services.db, file);
}

async function findingsOf(input: object): Promise<string[]> {
  const { createInterview: result } = await client.data(CREATE, { input: here(input) });
  return result.findings?.map(({ code, path }: any) => `${code} ${path.at(-1)}`) ?? [result.code ?? result.__typename];
}

const NAMES = /* GraphQL */ `
  {
    users(first: 100) {
      nodes {
        id
        active
      }
    }
    offices {
      nodes {
        id
      }
    }
    emailTemplates(first: 100) {
      nodes {
        id
      }
    }
    scorecardTemplates {
      nodes {
        id
      }
    }
    jobs {
      nodes {
        id
      }
    }
    applications {
      nodes {
        id
      }
    }
  }
`;
const offered = async (list: string): Promise<string[]> =>
  (await client.data(NAMES))[list].nodes.map((node: any) => node.id);

const office = () => adHoc({ location: "ONSITE", officeId: sampleId("Office", "berlin") });
const CASES: [Directory["complete"][number], string, Parameters<typeof sampleId>[0], () => object, string[]][] = [
  ["offices", "berlin", "Office", office, ["ERR_OFFICE_NOT_FOUND officeId"]],
  ["offices", "berlin", "Office", () => plan(), ["ERR_OFFICE_NOT_FOUND officeId"]],
  [
    "emailTemplates",
    "to-candidate",
    "EmailTemplate",
    () => adHoc(),
    ["ERR_CANDIDATE_TEMPLATE_NOT_FOUND candidateTemplateId"],
  ],
  [
    "emailTemplates",
    "to-interviewers",
    "EmailTemplate",
    () => adHoc(),
    ["ERR_INTERVIEWER_TEMPLATE_NOT_FOUND interviewerTemplateId"],
  ],
  [
    "scorecardTemplates",
    "coding",
    "ScorecardTemplate",
    () => adHoc({ scorecardTemplateId: sampleId("ScorecardTemplate", "coding") }),
    ["ERR_SCORECARD_TEMPLATE_NOT_FOUND scorecardTemplateId"],
  ],
  ["applications", "active", "Application", () => adHoc(), ["ERR_APPLICATION_NOT_FOUND"]],
];

describe("missing from a list that is complete", () => {
  test.each(CASES)(
    "%s: %s is neither offered nor accepted, and comes back",
    async (...[list, name, type, input, findings]) => {
      expect(await findingsOf(input())).toEqual(["CreateInterviewSuccess"]);
      expect(await offered(list)).toContain(id(type, name));

      expect((await importWithout(list, name))[list]).toMatchObject({
        inserted: 0,
        updated: 0,
        retired: 1,
        revived: 0,
      });
      expect(await offered(list)).not.toContain(id(type, name));
      expect(await findingsOf(input())).toEqual(findings);
      expect((await importWithout(list, name))[list]).toMatchObject({ retired: 0 });

      expect((await importValue(app.app.services.db, directory))[list]).toMatchObject({
        updated: 0,
        retired: 0,
        revived: 1,
      });
      expect(await offered(list)).toContain(id(type, name));
      expect(await findingsOf({ ...input(), validateOnly: true })).toEqual(["CreateInterviewValid"]);
    },
  );

  test("a user becomes inactive, as one whom the file says so of", async () => {
    expect((await importWithout("users", "ada")).users).toMatchObject({ updated: 0, retired: 1 });
    const { users } = await client.data(NAMES);
    expect(users.nodes.find((node: any) => node.id === id("User", "ada")).active).toBe(false);
    expect(await findingsOf(adHoc())).toEqual(["ERR_INTERVIEWERS_NOT_FOUND interviewerIds"]);
    expect((await importValue(app.app.services.db, directory)).users).toMatchObject({ updated: 0, revived: 1 });
    expect(await findingsOf(adHoc())).toEqual(["CreateInterviewSuccess"]);
  });

  test.each([
    ["jobs", "engineer", "Job"],
    ["candidates", "carla", "Candidate"],
  ] as const)(
    "%s: applications of one that is retired are gone with it, and come back with it",
    async (list, name, type) => {
      const before = await offered("applications");
      await importWithout(list, name);
      expect(await offered("applications")).not.toContain(id("Application", "active"));
      expect(await findingsOf(adHoc())).toEqual(["ERR_APPLICATION_NOT_FOUND"]);
      const { node } = await client.data("query ($id: ID!) { node(id: $id) { id } }", { id: id(type, name) });
      expect(node.id).toBe(id(type, name));
      await importValue(app.app.services.db, directory);
      expect(await offered("applications")).toEqual(before);
      expect(await findingsOf(adHoc())).toEqual(["CreateInterviewSuccess"]);
    },
  );

  test("interviews that refer to it still show it", async () => {
    const interview = await createInterview(client, here(plan({ officeId: sampleId("Office", "london") })));
    const SHOW = `query ($id: ID!) { interview(id: $id) { office { name } candidate { name } job { title interviewPlan { stages { name } } }
      application { id } stage { name } stageActivity { name } organizer { name } interviewers { user { name active } }
      candidateTemplate { name } scorecard { template { name } } } }`;
    const before = (await client.data(SHOW, { id: interview }))["interview"];
    const lists = ["offices", "emailTemplates", "scorecardTemplates", "jobs", "candidates", "applications"] as const;
    const file = {
      account: directory.account,
      complete: lists,
      ...Object.fromEntries(lists.map((list) => [list, []])),
    };
    await importValue(app.app.services.db, file);
    expect((await client.data(SHOW, { id: interview }))["interview"]).toEqual(before);
    const { jobs, offices, emailTemplates, applications } = await client.data(NAMES);
    expect([jobs, offices, emailTemplates, applications].flatMap(({ nodes }: any) => nodes)).toEqual([]);
  });

  test("an empty list that is not complete, and a list that is left out, change nothing", async () => {
    const report = await importValue(app.app.services.db, {
      account: directory.account,
      complete: ["users"],
      users: directory.users,
      offices: [],
    });
    expect(Object.values(report).map(({ retired }) => retired)).toEqual(Object.values(report).map(() => 0));
  });
});

describe("missing from its owner's list", () => {
  const PLAN = "{ jobs { nodes { title interviewPlan { stages { name activities { name } } } } } }";
  const planOf = async () => {
    const { jobs } = await client.data(PLAN);
    return jobs.nodes.find(({ title }: any) => title === "Engineer").interviewPlan.stages;
  };
  const [PANEL, TALK, THANKS] = [{ name: "Panel" }, { name: "Talk" }, { name: "Thanks" }];
  const change = async (work: (stages: Directory["jobs"][number]["interviewPlan"]["stages"]) => void) => {
    const file = structuredClone(directory);
    work(file.jobs[0]?.interviewPlan.stages ?? []);
    return importValue(app.app.services.db, file);
  };

  test("an activity is retired without any further word", async () => {
    const input = plan({ stageActivityId: sampleId("StageActivity", "full") });
    const interview = await createInterview(client, here(input));
    const report = await change(([, onsite]) => onsite?.activities.shift());
    expect(report.stageActivities).toEqual({
      inserted: 0,
      updated: 2,
      retired: 1,
      revived: 0,
      deleted: 0,
      unchanged: 1,
    });
    expect(await planOf()).toEqual([
      { name: "Screening", activities: [] },
      { name: "On site", activities: [TALK, THANKS] },
    ]);
    expect(await findingsOf(input)).toEqual(["ERR_STAGE_ACTIVITY_NOT_FOUND stageActivityId"]);
    const shown = await client.data("query ($id: ID!) { interview(id: $id) { stageActivity { name } } }", {
      id: interview,
    });
    expect(shown["interview"].stageActivity).toEqual(PANEL);

    expect((await importValue(app.app.services.db, directory)).stageActivities).toMatchObject({
      updated: 2,
      revived: 1,
    });
    expect(await findingsOf(input)).toEqual(["CreateInterviewSuccess"]);
  });

  test("a stage is retired with its activities", async () => {
    const report = await change((stages) => stages.pop());
    expect([report.stages.retired, report.stageActivities.retired]).toEqual([1, 3]);
    expect(await planOf()).toEqual([{ name: "Screening", activities: [] }]);
    expect(await findingsOf(plan())).toEqual(["ERR_STAGE_ACTIVITY_NOT_FOUND stageActivityId"]);
    const back = await importValue(app.app.services.db, directory);
    expect([back.stages.revived, back.stageActivities.revived]).toEqual([1, 3]);
  });

  test("plans of other jobs stay as they are", async () => {
    const [engineer] = directory.jobs;
    const report = await importValue(app.app.services.db, { account: directory.account, jobs: [engineer] });
    expect([report.stages.retired, report.stageActivities.retired, report.jobs.retired]).toEqual([0, 0, 0]);
  });
});

test("a reference to what is retired is refused", async () => {
  await importWithout("offices", "berlin");
  const [engineer] = directory.jobs;
  await expect(importValue(app.app.services.db, { account: directory.account, jobs: [engineer] })).rejects.toThrow(
    'activities[0].interview.office: names the office "berlin", which is retired. Bring it back in this file, or name another',
  );
});

test("a dry run reports what would be retired, and writes nothing", async () => {
  const before = await client.data(NAMES);
  const file = { ...directory, complete: ["offices", "users"], offices: [], users: directory.users.slice(1), jobs: [] };
  const { report } = await importValue(app.app.services.db, { ...file, applications: [] }, { dryRun: true }).then(
    (report) => ({ report }),
  );
  expect([report.users.retired, report.offices.retired]).toEqual([1, 2]);
  expect(await client.data(NAMES)).toEqual(before);
});
