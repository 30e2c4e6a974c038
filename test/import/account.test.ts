import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadDemo } from "../../src/demo/load.ts";
import { DirectoryRefused } from "../../src/import/problem.ts";
import { importValue } from "../../src/import/upsert.ts";
import type { ImportOptions } from "../../src/import/upsert.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { smallFile, smallJob } from "./small-file.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadDemo(database.connections.db);
});
afterAll(() => database.drop());

const GUARDED = { mayCreate: false, mayRename: false };

async function problemsOf(file: object, options: ImportOptions = GUARDED): Promise<string[]> {
  try {
    await importValue(database.connections.db, file, options);
    return [];
  } catch (error) {
    if (!(error instanceof DirectoryRefused)) throw error;
    return error.problems.map(({ path, message }) => `${path} | ${message}`);
  }
}

const names = async () =>
  (await database.connections.raw`select external_id, name from accounts order by external_id`.values()).map((row) =>
    row.join(": "),
  );
const DEMO = ["fernhollow-robotics: Fernhollow Robotics", "pelagia-maps: Pelagia Maps"];

test("an account is made, renamed and merged only on purpose", async () => {
  expect(await problemsOf(smallFile("mine"), { ...GUARDED, dryRun: true })).toEqual([]);
  expect(await names()).toEqual(DEMO);
  // The first one beside the demo's needs no flag.
  expect(await problemsOf(smallFile("mine"))).toEqual([]);
  expect(await names()).toEqual([DEMO[0], "mine: Small", DEMO[1]]);

  expect(
    await problemsOf({
      ...smallFile("nime"),
      jobs: [{ ...smallJob("x"), hiringTeam: [{ user: "no", role: "RECRUITER" }] }],
    }),
  ).toEqual([
    'account.externalId | names no account; there are "mine". Correct it, or import with --create to make a new account',
  ]);
  const renamed = { ...smallFile("mine"), account: { externalId: "mine", name: "Smaller" } };
  expect(await problemsOf(renamed)).toEqual([
    'account.name | would rename the account "Small". Correct it, or import with --rename',
  ]);
  expect(await problemsOf({ account: { externalId: "pelagia-maps", name: "Mine" } })).toEqual([
    'account.name | would rename the account "Pelagia Maps". Correct it, or import with --rename',
  ]);
  expect(await names()).toEqual([DEMO[0], "mine: Small", DEMO[1]]);

  expect(await problemsOf(smallFile("nime"), { mayCreate: true, mayRename: false })).toEqual([]);
  expect(await problemsOf(renamed, { mayCreate: false, mayRename: true })).toEqual([]);
  expect(await names()).toEqual([DEMO[0], "mine: Smaller", "nime: Small", DEMO[1]]);
});

describe("references to what is stored", () => {
  const account = smallFile("stored").account;
  beforeAll(() => importValue(database.connections.db, smallFile("stored")));

  test("one new candidate does not need the whole company", async () => {
    const candidates = [{ externalId: "dan", name: "Dan", email: "dan@example.org", addedBy: "bo" }];
    const applications = [
      { externalId: "dan-1", candidate: "dan", job: "engineer", currentStage: "engineer-review", status: "ACTIVE" },
      { externalId: "cleo-2", candidate: "cleo", job: "designer", currentStage: "designer-talks", status: "ACTIVE" },
    ];
    const report = await importValue(database.connections.db, { account, candidates, applications });
    expect([report.candidates.inserted, report.applications.inserted]).toEqual([1, 2]);
  });

  test("one new job does not need users, offices and templates", async () => {
    const report = await importValue(database.connections.db, { account, jobs: [smallJob("chef")] });
    expect(report.stageActivityInterviewers).toMatchObject({ inserted: 2 });
  });

  test("those that lead nowhere are refused all at once, beside what is wrong with the file itself", async () => {
    const before = await database.connections.raw`select count(*) from applications`.values();
    const [first, ...others] = smallJob("chef").interviewPlan.stages;
    const jobs = [
      {
        ...smallJob("chef"),
        title: 7,
        hiringTeam: [{ user: "zoe", role: "RECRUITER" }],
        interviewPlan: { name: "Plan", stages: [first, ...others] },
      },
    ];
    const applications = [
      { externalId: "1", candidate: "nobody", job: "engineer", currentStage: "engineer-talks", status: "ACTIVE" },
      { externalId: "2", candidate: "cleo", job: "nothing", currentStage: "engineer-talks", status: "ACTIVE" },
      { externalId: "3", candidate: "cleo", job: "engineer", currentStage: "designer-talks", status: "ACTIVE" },
      { externalId: "4", candidate: "cleo", job: "engineer", currentStage: "moon", status: "ACTIVE" },
      { externalId: "5", candidate: "cleo", job: "chef", currentStage: "engineer-talks", status: "ACTIVE" },
    ];
    expect(await problemsOf({ account, jobs, applications }, {})).toEqual([
      "jobs[0].title | Invalid input: expected string, received number",
      'applications[4].currentStage | names no stage of job "chef": "engineer-talks"',
      'jobs[0].hiringTeam[0].user | names no user, in this file or stored: "zoe"',
      'applications[0].candidate | names no candidate, in this file or stored: "nobody"',
      'applications[1].job | names no job, in this file or stored: "nothing"',
      'applications[2].currentStage | names no stage of job "engineer": "designer-talks"',
      'applications[3].currentStage | names no stage of job "engineer": "moon"',
    ]);
    expect(await database.connections.raw`select count(*) from applications`.values()).toEqual(before);
  });

  test("what another account has is not there", async () => {
    const candidates = [{ externalId: "eve", name: "Eve", email: "eve@example.org", addedBy: "user-jose-nanez" }];
    expect(await problemsOf({ account, candidates }, {})).toEqual([
      'candidates[0].addedBy | names no user, in this file or stored: "user-jose-nanez"',
    ]);
  });
});
