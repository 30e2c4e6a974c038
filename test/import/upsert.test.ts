import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { StartError } from "../../src/core/error.ts";
import { newId } from "../../src/core/id.ts";
import type { ImportOptions, ImportReport } from "../../src/import/upsert.ts";
import { importValue } from "../../src/import/upsert.ts";
import { idsOf } from "../../src/import/ids.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { smallFile, smallJob } from "./small-file.ts";
import type { SmallFile } from "./small-file.ts";

const TABLES = [
  "accounts",
  "users",
  "offices",
  "email_templates",
  "scorecard_templates",
  "jobs",
  "hiring_team_members",
  "interview_plans",
  "stages",
  "stage_activities",
  "stage_activity_interviewers",
  "candidates",
  "applications",
];

const NONE = { inserted: 0, updated: 0, retired: 0, revived: 0, deleted: 0, unchanged: 0 };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

let account: string;
beforeEach(() => {
  account = newId();
});

function importFile(file: object, options?: ImportOptions): Promise<ImportReport> {
  return importValue(database.connections.db, file, options);
}

async function refusal(file: object, options?: ImportOptions): Promise<string> {
  const error: unknown = await importFile(file, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StartError);
  return error instanceof StartError ? error.message : "";
}

interface Version {
  row: string;
}

/** Every row with its place and the transactions that wrote and locked it. */
function versions(of = account): Promise<Record<string, Version[]>> {
  return readTables("ctid::text, xmin::text, xmax::text, t::text as row", of);
}

/** Every row; what was written and rolled back leaves traces in the versions, but none here. */
function contents(): Promise<Record<string, Version[]>> {
  return readTables("t::text as row", account);
}

async function readTables(columns: string, of: string): Promise<Record<string, Version[]>> {
  const { raw } = database.connections;
  const tables: Record<string, Version[]> = {};
  for (const table of TABLES) {
    const key = table === "accounts" ? "id" : "account_id";
    tables[table] = await raw.unsafe<Version[]>(
      `select ${columns} from ${table} t where ${key} = $1 order by t::text`,
      [idsOf(of).accountId],
    );
  }
  return tables;
}

/** What a report says other than that rows stayed as they were. */
function changes(report: ImportReport): Record<string, object> {
  const done = Object.entries(report).map(([table, counts]) => {
    const kinds = Object.entries(counts).filter(([kind, count]) => kind !== "unchanged" && count > 0);
    return [table, Object.fromEntries(kinds)] as const;
  });
  return Object.fromEntries(done.filter(([, counts]) => Object.keys(counts).length > 0));
}

test("the first import writes everything", async () => {
  expect(changes(await importFile(smallFile(account)))).toEqual({
    accounts: { inserted: 1 },
    users: { inserted: 2 },
    offices: { inserted: 1 },
    emailTemplates: { inserted: 1 },
    scorecardTemplates: { inserted: 1 },
    jobs: { inserted: 2 },
    hiringTeamMembers: { inserted: 4 },
    interviewPlans: { inserted: 2 },
    stages: { inserted: 4 },
    stageActivities: { inserted: 4 },
    stageActivityInterviewers: { inserted: 4 },
    candidates: { inserted: 1 },
    applications: { inserted: 1 },
  });
});

test("a second import of the same file writes nothing", async () => {
  await importFile(smallFile(account));
  const before = await versions();
  const report = await importFile(smallFile(account));
  expect(changes(report)).toEqual({});
  expect(report.hiringTeamMembers).toEqual({ ...NONE, unchanged: 4 });
  expect(report.stages.unchanged).toBe(4);
  expect(await versions()).toEqual(before);
});

test("rows hold what the file says", async () => {
  await importFile(smallFile(account));
  const { raw } = database.connections;
  const { accountId, id } = idsOf(account);
  const [ada] = await raw`select * from users where id = ${id("user", "ada")}`;
  expect(ada).toEqual({
    account_id: accountId,
    id: id("user", "ada"),
    external_id: "ada",
    name: "Ada",
    email: "ada@example.com",
    role: "ADMIN",
    timezone: "Europe/London",
    working_hours: [],
    working_hours_overrides: [],
    time_off: [],
    max_interviews_per_day: null,
    max_interviews_per_week: null,
    buffer_minutes: 0,
    active: true,
    calendar_address: null,
    zoom_seat: null,
    created_at: expect.any(Date),
  });
  const plan =
    await raw`select external_id, position, plan_id, milestone from stages where job_id = ${id("job", "engineer")} order by position`;
  expect(plan).toEqual([
    {
      external_id: "engineer-review",
      position: 0,
      plan_id: id("interview plan", "engineer"),
      milestone: "APPLICATION_REVIEW",
    },
    { external_id: "engineer-talks", position: 1, plan_id: id("interview plan", "engineer"), milestone: "INTERVIEW" },
  ]);
  const seats = await raw`
    select user_id, position from stage_activity_interviewers
    where stage_activity_id = ${id("stage activity", "engineer-panel")} order by position`;
  expect(seats).toEqual([
    { user_id: id("user", "bo"), position: 0 },
    { user_id: id("user", "ada"), position: 1 },
  ]);
});

test("what an activity leaves out is null, and only an interview has a configuration", async () => {
  await importFile(smallFile(account));
  const { accountId, id } = idsOf(account);
  const place = { account_id: accountId, stage_id: id("stage", "engineer-talks"), job_id: id("job", "engineer") };
  const activities = await database.connections.raw`
    select * from stage_activities where job_id = ${place.job_id} order by position`;
  expect(activities).toEqual([
    {
      ...place,
      id: id("stage activity", "engineer-panel"),
      external_id: "engineer-panel",
      position: 0,
      name: "Panel",
      type: "INTERVIEW",
      kind: "PANEL",
      location: "ONSITE",
      duration_minutes: 60,
      interview_name: "Meet us",
      office_id: id("office", "hq"),
      hackerrank_template_id: null,
      ai_note_taker_enabled: false,
      ai_scorecard_assist_enabled: null,
      candidate_template_id: id("email template", "invite"),
      interviewer_template_id: null,
      scorecard_template_id: id("scorecard template", "card"),
      scorecard_required: false,
      feedback_description: "How was it?",
      rating_description: null,
      retired_at: null,
    },
    {
      ...place,
      id: id("stage activity", "engineer-mail"),
      external_id: "engineer-mail",
      position: 1,
      name: "Mail",
      type: "EMAIL",
      kind: null,
      location: null,
      duration_minutes: null,
      interview_name: null,
      office_id: null,
      hackerrank_template_id: null,
      ai_note_taker_enabled: null,
      ai_scorecard_assist_enabled: null,
      candidate_template_id: null,
      interviewer_template_id: null,
      scorecard_template_id: null,
      scorecard_required: null,
      feedback_description: null,
      rating_description: null,
      retired_at: null,
    },
  ]);
});

test("texts that are awkward in SQL or JSON arrive unchanged", async () => {
  const name = `O'Brien "\\u0041\\" 王 \u{1F9E1}, {NULL} $1`;
  const { users, ...file } = smallFile(account);
  await importFile({ ...file, users: users.map((user) => ({ ...user, name })) });
  const rows = await database.connections
    .raw`select distinct name from users where account_id = ${idsOf(account).accountId}`;
  expect(rows).toEqual([{ name }]);
});

test("a changed file updates exactly what differs", async () => {
  await importFile(smallFile(account));
  const before = await versions();
  const { users, jobs, ...file } = smallFile(account);
  const [engineer] = jobs;
  const [review, talks] = engineer?.interviewPlan.stages ?? [];
  if (!engineer || !review || !talks) throw new Error("The small file has changed.");

  const report = await importFile({
    ...file,
    account: { externalId: account, name: "Smaller" },
    users: users.map((user) => (user.externalId === "bo" ? { ...user, zoomSeat: "ACTIVE" } : user)),
    jobs: [{ ...engineer, title: "Builder", interviewPlan: { name: "Plan", stages: [talks, review] } }],
    offices: [...file.offices, { externalId: "hut", name: "Hut", address: "Hill", timezone: "Europe/Oslo" }],
  });

  expect(changes(report)).toEqual({
    accounts: { updated: 1 },
    users: { updated: 1 },
    offices: { inserted: 1 },
    jobs: { updated: 1 },
    stages: { updated: 2 },
  });
  const after = await versions();
  for (const table of ["hiring_team_members", "interview_plans", "stage_activities", "stage_activity_interviewers"]) {
    expect(after[table]).toEqual(before[table]);
  }
  expect(after["offices"]).toEqual(expect.arrayContaining(before["offices"] ?? []));
  expect(after["users"]?.filter(({ row }) => row.includes("Ada"))).toEqual(
    before["users"]?.filter(({ row }) => row.includes("Ada")),
  );
});

test("an activity that is no interview any more loses its configuration and its interviewers", async () => {
  await importFile(smallFile(account));
  const file = smallFile(account);
  const [, talks] = file.jobs[0]?.interviewPlan.stages ?? [];
  if (!talks) throw new Error("The small file has changed.");
  talks.activities = [{ externalId: "engineer-panel", name: "Panel", type: "SURVEY" }];
  expect(changes(await importFile(file))).toEqual({
    stageActivities: { updated: 1, retired: 1 },
    stageActivityInterviewers: { deleted: 2 },
  });
  const [activity] = await database.connections.raw`
    select kind, location, candidate_template_id, scorecard_required from stage_activities
    where id = ${idsOf(account).id("stage activity", "engineer-panel")}`;
  expect(activity).toEqual({ kind: null, location: null, candidate_template_id: null, scorecard_required: null });
});

test("hiring teams follow the file, and only those of its jobs", async () => {
  await importFile(smallFile(account));
  const { raw } = database.connections;
  const { id } = idsOf(account);
  const [kept] = await raw`
    select xmin::text from hiring_team_members where job_id = ${id("job", "engineer")} and role = 'RECRUITER'`;

  const hiringTeam = [
    { user: "bo", role: "RECRUITER" as const },
    { user: "bo", role: "COORDINATOR" as const },
  ];
  const report = await importFile({ ...smallFile(account), jobs: [{ ...smallJob("engineer"), hiringTeam }] });
  expect(report.hiringTeamMembers).toEqual({ ...NONE, inserted: 1, deleted: 1, unchanged: 1 });

  const team = await raw`
    select user_id, role, xmin::text from hiring_team_members where job_id = ${id("job", "engineer")} order by role`;
  expect(team).toEqual([
    { user_id: id("user", "bo"), role: "RECRUITER", xmin: kept?.["xmin"] },
    { user_id: id("user", "bo"), role: "COORDINATOR", xmin: expect.any(String) },
  ]);
  const others = await raw`select role from hiring_team_members where job_id = ${id("job", "designer")} order by role`;
  expect(others).toEqual([{ role: "RECRUITER" }, { role: "HIRING_MANAGER" }]);
});

test("interviewers follow the file and its order", async () => {
  await importFile(smallFile(account));
  const file = smallFile(account);
  const panels = file.jobs.map(({ interviewPlan }) => interviewPlan.stages[1]?.activities?.[0]?.interview);
  if (!panels[0] || !panels[1]) throw new Error("The small file has changed.");
  panels[0].interviewers = ["ada", "bo"];
  panels[1].interviewers = [];
  const report = await importFile(file);
  expect(report.stageActivityInterviewers).toEqual({ ...NONE, updated: 2, deleted: 2 });
  const { accountId, id } = idsOf(account);
  const seats = await database.connections
    .raw`select user_id, position from stage_activity_interviewers where account_id = ${accountId} order by position`;
  expect(seats).toEqual([
    { user_id: id("user", "ada"), position: 0 },
    { user_id: id("user", "bo"), position: 1 },
  ]);
});

test("what the file does not name stays", async () => {
  await importFile(smallFile(account));
  const before = await versions();
  expect(changes(await importFile(emptyFile()))).toEqual({});
  expect(await versions()).toEqual(before);
});

test("two accounts with the same external ids do not touch each other", async () => {
  const other = newId();
  await importFile(smallFile(account));
  await importFile(smallFile(other));
  const before = await versions(account);
  const { users, ...file } = smallFile(other);
  await importFile({
    ...file,
    jobs: [{ ...smallJob("engineer"), hiringTeam: [] }],
    users: users.map((user) => ({ ...user, name: "X" })),
  });
  expect(await versions(account)).toEqual(before);
  const names = await database.connections.raw`
    select distinct name from users where account_id = ${idsOf(other).accountId}`;
  expect(names).toEqual([{ name: "X" }]);
});

test("users can swap their addresses", async () => {
  await importFile(smallFile(account));
  const { users, ...file } = smallFile(account);
  const [ada, bo] = users;
  if (!ada || !bo) throw new Error("The small file has changed.");
  const swapped = [
    { ...ada, email: bo.email },
    { ...bo, email: ada.email },
  ];
  expect(changes(await importFile({ ...file, users: swapped }))).toEqual({ users: { updated: 2 } });
  const rows = await database.connections
    .raw`select external_id, email from users where account_id = ${idsOf(account).accountId} order by external_id`;
  expect(rows).toEqual([
    { external_id: "ada", email: "bo@example.com" },
    { external_id: "bo", email: "ada@example.com" },
  ]);
});

test("an address of a user whom the file does not name is refused, and nothing is written", async () => {
  await importFile(smallFile(account));
  const before = await contents();
  const [ada] = smallFile(account).users;
  if (!ada) throw new Error("The small file has changed.");
  const file = {
    ...emptyFile(),
    account: { externalId: account, name: "Renamed" },
    users: [{ ...ada, externalId: "ada-2", email: "ADA@example.com" }],
  };
  expect(await refusal(file)).toBe(
    "Nothing was imported, because the file has 1 problem:\n" +
      '  users[0].email: is stored already: users "ada" and "ada-2" cannot share the address "ADA@example.com"',
  );
  expect(await contents()).toEqual(before);
});

test("a stage on which an application stands cannot move to another job, and nothing is written", async () => {
  await importFile(smallFile(account));
  const before = await contents();
  const file = smallFile(account);
  const [engineer, designer] = file.jobs;
  const talks = engineer?.interviewPlan.stages.pop();
  if (!designer || !talks) throw new Error("The small file has changed.");
  designer.interviewPlan.stages.push(talks);
  file.applications = [];
  expect(await refusal(file)).toMatch(
    /^Nothing was imported, because rows of (applications|stage_activities) would lose what they refer to: .* is still referenced .* What is in use cannot move to another job or stage: give it a new externalId there\.$/,
  );
  expect(await contents()).toEqual(before);
});

test("an import writes no event", async () => {
  await importFile(smallFile(account));
  const { raw } = database.connections;
  const rows =
    await raw`select (select count(*)::int from events) as events, (select count(*)::int from event_counters) as counters`;
  expect(rows).toEqual([{ events: 0, counters: 0 }]);
});

const ascending = (a: number, b: number) => a - b;

test("imports of one account at the same time wait for each other", async () => {
  const reports = await Promise.all([1, 2, 3, 4].map(() => importFile(smallFile(account))));
  expect(reports.map((report) => report.users.inserted).toSorted(ascending)).toEqual([0, 0, 0, 2]);
  expect(reports.map((report) => report.hiringTeamMembers.unchanged).toSorted(ascending)).toEqual([0, 4, 4, 4]);
});

test("two imports of one account wait for each other: neither mixes with the other", async () => {
  await importFile(smallFile(account));
  /** Everything is renamed, and addresses change places, so that the files contradict each other in every table. */
  const version = (name: string, swapped: boolean): SmallFile => {
    const file = smallFile(account);
    const [ada, bo] = file.users;
    if (!ada || !bo) throw new Error("The small file has changed.");
    const emails = swapped ? [bo.email, ada.email] : [ada.email, bo.email];
    const hiringTeam = [{ user: swapped ? "ada" : "bo", role: "COORDINATOR" as const }];
    return {
      ...file,
      account: { externalId: account, name },
      users: [ada, bo].map((user, index) => ({ ...user, name, email: emails[index] ?? "" })),
      jobs: file.jobs.map((job) => ({ ...job, title: name, hiringTeam })),
      candidates: file.candidates.map((candidate) => ({ ...candidate, name })),
    };
  };
  const versions = [version("One", false), version("Two", true)];
  for (let round = 0; round < 5; round += 1) {
    const reports = await Promise.all([...versions, ...versions].map((file) => importFile(file)));
    expect(reports.map(({ users }) => users.inserted)).toEqual([0, 0, 0, 0]);
    const { accountId } = idsOf(account);
    const [row] = await database.connections.raw`
      select (select string_agg(distinct name, ' ') from users where account_id = a.id) as users, name,
        (select string_agg(distinct title, ' ') from jobs where account_id = a.id) as jobs,
        (select string_agg(email, ' ' order by external_id) from users where account_id = a.id) as emails,
        (select string_agg(distinct role::text, ' ') from hiring_team_members where account_id = a.id) as roles,
        (select count(*)::int from hiring_team_members where account_id = a.id) as members
      from accounts a where id = ${accountId}`;
    const emails = ["ada@example.com", "bo@example.com"];
    const of = (name: string) => ({
      name,
      users: name,
      jobs: name,
      emails: (name === "One" ? emails : emails.toReversed()).join(" "),
      roles: "COORDINATOR",
      members: 2,
    });
    expect([of("One"), of("Two")]).toContainEqual(row);
  }
});

test("the hiring teams of more than five hundred jobs follow the file", async () => {
  const team = (user: string) => [{ user, role: "RECRUITER" as const }];
  const jobs = Array.from({ length: 1_001 }, (_, index) => {
    const interviewPlan = {
      name: "Plan",
      stages: [{ externalId: `stage-${index}`, name: "Stage", milestone: "OFFER" as const }],
    };
    return { externalId: `job-${index}`, title: "Job", hiringTeam: team("ada"), interviewPlan };
  });
  const file = { ...emptyFile(), users: smallFile(account).users, jobs };
  expect((await importFile(file)).hiringTeamMembers).toEqual({ ...NONE, inserted: 1_001 });
  // At the edges of what one statement deletes, and one job without anybody.
  const changed = new Map([0, 499, 500, 999, 1_000].map((index) => [index, index === 500 ? [] : team("bo")]));
  const next = {
    ...file,
    jobs: jobs.map((job, index) => ({ ...job, hiringTeam: changed.get(index) ?? job.hiringTeam })),
  };
  expect((await importFile(next)).hiringTeamMembers).toEqual({ ...NONE, inserted: 4, deleted: 5, unchanged: 996 });
  const { accountId, id } = idsOf(account);
  const moved = await database.connections.raw`
    select j.external_id from hiring_team_members m join jobs j on j.account_id = m.account_id and j.id = m.job_id
    where m.account_id = ${accountId} and m.user_id = ${id("user", "bo")} order by j.title, j.id`;
  expect(new Set(moved.map((row) => row["external_id"]))).toEqual(new Set(["job-0", "job-499", "job-999", "job-1000"]));
  const [empty] = await database.connections.raw`
    select count(*)::int as members from hiring_team_members where account_id = ${accountId} and job_id = ${id("job", "job-500")}`;
  expect(empty).toEqual({ members: 0 });
});

test("twenty thousand candidates are imported, and written once", async () => {
  const candidates = Array.from({ length: 20_000 }, (_, index) => {
    return { externalId: `c-${index}`, name: `Candidate ${index}`, email: `c-${index}@example.org` };
  });
  const file = { ...emptyFile(), candidates };
  expect((await importFile(file)).candidates).toEqual({ ...NONE, inserted: 20_000 });
  const renamed = candidates.map((candidate, index) =>
    index % 4_000 === 0 ? { ...candidate, name: "New" } : candidate,
  );
  expect((await importFile({ ...file, candidates: renamed })).candidates).toEqual({
    ...NONE,
    updated: 5,
    unchanged: 19_995,
  });
  const [statistics] = await database.connections.raw`select reltuples from pg_class where relname = 'candidates'`;
  expect(statistics?.["reltuples"]).toBeGreaterThanOrEqual(20_000);
});

function emptyFile(): SmallFile {
  const lists = {
    users: [],
    offices: [],
    emailTemplates: [],
    scorecardTemplates: [],
    jobs: [],
    candidates: [],
    applications: [],
  };
  return { account: smallFile(account).account, ...lists };
}
