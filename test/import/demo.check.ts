import { globSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import * as kinds from "../../src/db/schema/enum.ts";
import { checkDirectory } from "../../src/import/check.ts";
import type { Directory } from "../../src/import/directory.ts";
import { readDirectoryFile } from "../../src/import/file.ts";

const FOLDER = "src/demo";

async function demo(name: string): Promise<Directory> {
  const checked = checkDirectory(await readDirectoryFile(`${FOLDER}/${name}.json`));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.directory;
}

const main = await demo("fernhollow-robotics");
const second = await demo("pelagia-maps");

const distinct = (values: (string | undefined)[]) => [...new Set(values.flatMap((value) => value ?? []))].toSorted();
const all = ({ enumValues }: { enumValues: readonly string[] }) => enumValues.toSorted();
const activitiesOf = ({ jobs }: Directory) =>
  jobs.flatMap(({ interviewPlan }) => interviewPlan.stages.flatMap(({ activities }) => activities));
const interviewsOf = (directory: Directory) =>
  activitiesOf(directory).flatMap(({ type, interview }) =>
    type === "INTERVIEW" ? [interview ?? { interviewers: [] }] : [],
  );
type Interview = ReturnType<typeof interviewsOf>[number];

function isComplete(interview: Interview): boolean {
  const { kind, location, durationMinutes, name, interviewers, candidateTemplate, interviewerTemplate, scorecard } =
    interview;
  const seats = kind === "ONE_ON_ONE" ? interviewers.length === 1 : interviewers.length > 1;
  const flags = interview.aiNoteTakerEnabled !== undefined && interview.aiScorecardAssistEnabled !== undefined;
  const place = location !== "ONSITE" || interview.office !== undefined;
  const pad = location !== "HACKERRANK" || interview.hackerrankTemplateId !== undefined;
  const texts = scorecard?.feedbackDescription !== undefined && scorecard.ratingDescription !== undefined;
  const templates = candidateTemplate !== undefined && interviewerTemplate !== undefined;
  return (
    kind !== undefined &&
    durationMinutes !== undefined &&
    name !== undefined &&
    seats &&
    flags &&
    place &&
    pad &&
    texts &&
    templates
  );
}

describe.each([main, second])("$account.name", (directory) => {
  test("is called like its account", () => {
    const names = globSync(`${FOLDER}/*.json`).map((file) => basename(file, ".json"));
    expect(names).toContain(directory.account.externalId);
  });

  test("has five stages on every job", () => {
    expect(directory.jobs.filter(({ interviewPlan }) => interviewPlan.stages.length !== 5)).toEqual([]);
  });

  test("sends mail only to reserved domains", () => {
    const addresses = [...directory.users, ...directory.candidates].map(({ email }) => email);
    const calendars = directory.users.flatMap(({ calendarAddress }) => calendarAddress ?? []);
    expect([...addresses, ...calendars].filter((address) => !/[@.]example\.(com|org|net)$/.test(address))).toEqual([]);
  });

  test("invites with templates of the right category", () => {
    const categoryOf = new Map(
      directory.emailTemplates.map((template) => [template.externalId, `${template.channel} ${template.category}`]),
    );
    const interviews = interviewsOf(directory);
    const used = (key: "candidateTemplate" | "interviewerTemplate") =>
      distinct(interviews.flatMap((interview) => interview[key] ?? []).map((id) => categoryOf.get(id)));
    expect(used("candidateTemplate")).toEqual(["CALENDAR_INVITE INTERVIEW_COORDINATION"]);
    expect(used("interviewerTemplate")).toEqual(["CALENDAR_INVITE INTERVIEWER_COORDINATION"]);
  });
});

describe("the main account", () => {
  test("has the promised size", () => {
    const { users, offices, emailTemplates, scorecardTemplates, jobs, candidates, applications } = main;
    const lists = { users, offices, emailTemplates, scorecardTemplates, jobs, candidates, applications };
    expect(Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.length]))).toEqual({
      users: 25,
      offices: 5,
      emailTemplates: 21,
      scorecardTemplates: 4,
      jobs: 4,
      candidates: 35,
      applications: 40,
    });
  });

  test("uses every value of every enumeration", () => {
    const { users, jobs, applications, emailTemplates } = main;
    const stages = jobs.flatMap(({ interviewPlan }) => interviewPlan.stages);
    expect(distinct(users.map(({ role }) => role))).toEqual(all(kinds.role));
    expect(distinct(users.flatMap(({ zoomSeat }) => zoomSeat ?? []))).toEqual(all(kinds.zoomSeatStatus));
    expect(distinct(jobs.flatMap(({ hiringTeam }) => hiringTeam.map(({ role }) => role)))).toEqual(
      all(kinds.hiringTeamRole),
    );
    expect(distinct(stages.map(({ milestone }) => milestone))).toEqual(all(kinds.milestone));
    expect(distinct(activitiesOf(main).map(({ type }) => type))).toEqual(all(kinds.activityType));
    expect(distinct(applications.map(({ status }) => status))).toEqual(all(kinds.applicationStatus));
    expect(distinct(emailTemplates.map(({ channel }) => channel))).toEqual(all(kinds.templateChannel));
    expect(distinct(emailTemplates.map(({ category }) => category))).toEqual(all(kinds.templateCategory));
  });

  test("has users with and without everything", () => {
    const { users } = main;
    const zones = distinct(users.map(({ timezone }) => timezone));
    expect(zones).toHaveLength(8);
    expect(zones).toEqual(
      expect.arrayContaining(["Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham"]),
    );
    expect(users.filter(({ active }) => !active)).toHaveLength(2);
    expect(users.filter(({ calendarAddress }) => calendarAddress === null)).toHaveLength(5);
    expect(users.filter(({ zoomSeat }) => zoomSeat === null)).toHaveLength(7);
    expect(users.filter(({ workingHours }) => workingHours.length === 0)).toHaveLength(3);
  });

  test("has a complete interview for every location", () => {
    const complete = interviewsOf(main).filter(isComplete);
    expect(distinct(complete.map(({ location }) => location))).toEqual(all(kinds.interviewLocation));
    expect(distinct(complete.map(({ kind }) => kind))).toEqual(all(kinds.interviewKind));
  });

  test("has interviews that lack each part, and one that lacks all", () => {
    const interviews = interviewsOf(main).filter((interview) => Object.keys(interview).length > 1);
    const lacking = (missing: (interview: Interview) => boolean) => interviews.filter(missing).length;
    expect(lacking(({ kind }) => !kind)).toBeGreaterThan(0);
    expect(lacking(({ location }) => !location)).toBeGreaterThan(0);
    expect(lacking(({ durationMinutes }) => !durationMinutes)).toBeGreaterThan(0);
    expect(lacking(({ interviewers }) => interviewers.length === 0)).toBeGreaterThan(0);
    expect(lacking((interview) => !interview.candidateTemplate && !interview.interviewerTemplate)).toBeGreaterThan(0);
    expect(
      lacking(({ candidateTemplate, interviewerTemplate }) => Boolean(candidateTemplate && !interviewerTemplate)),
    ).toBeGreaterThan(0);
    expect(lacking(({ location, office }) => location === "ONSITE" && !office)).toBeGreaterThan(0);
    expect(
      lacking((interview) => interview.location === "HACKERRANK" && !interview.hackerrankTemplateId),
    ).toBeGreaterThan(0);
    expect(activitiesOf(main).filter(({ interview }) => interview && Object.keys(interview).length === 1)).toHaveLength(
      1,
    );
    expect(activitiesOf(main).filter(({ type, interview }) => type === "INTERVIEW" && !interview)).toHaveLength(1);
  });

  test("has candidates whom an external recruiter of a hiring team added", () => {
    const recruiters = new Set(
      main.jobs.flatMap(({ hiringTeam }) =>
        hiringTeam.flatMap(({ user, role }) => (role === "EXTERNAL_RECRUITER" ? [user] : [])),
      ),
    );
    expect(main.candidates.filter(({ addedBy }) => addedBy && recruiters.has(addedBy))).toHaveLength(6);
    expect(main.candidates.filter(({ addedBy }) => !addedBy)).toHaveLength(24);
  });

  test("lets templates say where to go", () => {
    const bodies = main.emailTemplates.filter(({ channel }) => channel === "CALENDAR_INVITE").map(({ body }) => body);
    expect(bodies.filter((body) => body.includes("{{conference_url}}"))).toHaveLength(5);
    expect(bodies.filter((body) => body.includes("{{office_address}}"))).toHaveLength(2);
  });
});
