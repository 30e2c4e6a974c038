import { emailAddressKey } from "../core/email-address.ts";
import { LISTS } from "./directory.ts";
import type { ListName } from "./directory.ts";
import type { Noun } from "./ids.ts";
import { readOutline } from "./outline.ts";
import type { Located, Outline } from "./outline.ts";
import { formatPath, problem } from "./problem.ts";
import type { Path, FileProblem } from "./problem.ts";

interface Mention {
  path: Path;
  /** Undefined when nothing, or nothing readable, is mentioned. */
  value: string | undefined;
}

/** A reference to an object that the file does not hold. */
export interface OutsideReference {
  path: Path;
  noun: Exclude<Noun, "account" | "api token" | "interview plan" | "stage activity" | "application">;
  externalId: string;
  /** The job whose stage is meant. */
  job?: string;
}

const LIST_OF: Partial<Record<Noun, ListName>> = {
  user: "users",
  office: "offices",
  "email template": "emailTemplates",
  "scorecard template": "scorecardTemplates",
  job: "jobs",
  candidate: "candidates",
};

/**
 * The contradictions of a directory, regardless of what is stored: ids that come twice, lists that are complete and missing,
 * references that a complete list or a job of the file cannot fulfil. In any value that is meant to be a directory.
 */
export function* referenceProblems(value: unknown): Generator<FileProblem> {
  const file = readOutline(value);
  const { account: _, complete, submittedScorecards, ...lists } = file;
  for (const items of Object.values(lists)) yield* repeated(mentions(items, "externalId"));
  yield* repeated(
    submittedScorecards.map(({ interviewId, interviewer, at }) => {
      return { path: at, value: interviewId && interviewer && `${interviewer} of ${interviewId}` };
    }),
  );
  yield* repeatedEmails(file.users);
  for (const team of teamsOf(file)) {
    yield* repeated(team.map(({ user, role, at }) => ({ path: at, value: user && role && `${user} as ${role}` })));
  }
  for (const { panel } of interviewsOf(file)) yield* repeated(panel);
  for (const [index, name] of complete.entries()) {
    if (!LISTS.some((list) => list === name) || hasList(value, name)) continue;
    yield problem(["complete", index], `says that ${name} is complete, and the file has no such list`);
  }
  for (const { path, noun, externalId, job } of outsideReferences(file)) {
    const list = LIST_OF[noun];
    if (list && complete.includes(list)) {
      yield problem(path, `names no ${noun} of this file, whose ${list} are complete: ${JSON.stringify(externalId)}`);
    } else if (job !== undefined && file.jobs.some((item) => item.externalId === job)) {
      yield problem(path, noStageOf(job, externalId));
    }
  }
}

export const noStageOf = (job: string, stage: string): string =>
  `names no stage of job ${JSON.stringify(job)}: ${JSON.stringify(stage)}`;

/** References to what the file does not hold, so that they lead to what is stored or nowhere. */
export function* outsideReferences(file: Outline): Generator<OutsideReference> {
  yield* outside(
    teamsOf(file).flatMap((team) => mentions(team, "user")),
    file.users,
    "user",
  );
  const interviews = interviewsOf(file);
  yield* outside(
    interviews.flatMap(({ panel }) => panel),
    file.users,
    "user",
  );
  yield* outside(mentions(interviews, "office"), file.offices, "office");
  yield* outside(mentions(interviews, "candidateTemplate"), file.emailTemplates, "email template");
  yield* outside(mentions(interviews, "interviewerTemplate"), file.emailTemplates, "email template");
  const scorecards = interviews.map(({ scorecard, at }) => ({ ...scorecard, at: [...at, "scorecard"] }));
  yield* outside(mentions(scorecards, "template"), file.scorecardTemplates, "scorecard template");
  yield* outside(mentions(file.candidates, "addedBy"), file.users, "user");
  yield* outside(mentions(file.applications, "candidate"), file.candidates, "candidate");
  yield* outside(mentions(file.applications, "job"), file.jobs, "job");
  yield* outsideStages(file);
  yield* outside(mentions(file.submittedScorecards, "interviewer"), file.users, "user");
}

function* outsideStages({ applications, jobs }: Outline): Generator<OutsideReference> {
  const stagesOfJob = new Map(
    jobs.map((job) => [job.externalId, new Set(job.interviewPlan.stages.map((stage) => stage.externalId))]),
  );
  for (const { job, currentStage, at } of applications) {
    if (!job || !currentStage || stagesOfJob.get(job)?.has(currentStage)) continue;
    yield { path: [...at, "currentStage"], noun: "stage", externalId: currentStage, job };
  }
}

function teamsOf({ jobs }: Pick<Outline, "jobs">) {
  return jobs.map(({ hiringTeam, at }) =>
    hiringTeam.map((seat, index) => ({ ...seat, at: [...at, "hiringTeam", index] })),
  );
}

function interviewsOf({ activities }: Pick<Outline, "activities">) {
  return activities.map(({ interview, at: activity }) => {
    const at = [...activity, "interview"];
    const panel = interview.interviewers.map((value, index) => ({ path: [...at, "interviewers", index], value }));
    return { ...interview, at, panel };
  });
}

function mentions<K extends string>(items: readonly Located<{ [P in K]?: string | undefined }>[], key: K): Mention[] {
  return items.map((item) => ({ path: [...item.at, key], value: item[key] }));
}

function* repeated(found: Mention[]): Generator<FileProblem> {
  const first = new Map<string, Path>();
  for (const { path, value } of found) {
    if (value === undefined) continue;
    const earlier = first.get(value);
    if (earlier) yield problem(path, `repeats ${formatPath(earlier)}: ${JSON.stringify(value)}`);
    else first.set(value, path);
  }
}

function* repeatedEmails(users: Outline["users"]): Generator<FileProblem> {
  const first = new Map<string, Outline["users"][number]>();
  for (const user of users) {
    if (user.email === undefined) continue;
    const key = emailAddressKey(user.email);
    const earlier = first.get(key);
    if (!earlier) first.set(key, user);
    else {
      const path = formatPath([...earlier.at, "email"]);
      yield problem([...user.at, "email"], `repeats ${path}: ${cannotShare([earlier, user], user.email)}`);
    }
  }
}

/** Two users, by their external ids, who would be invited, and could be booked, under one address. */
export function cannotShare(users: readonly { externalId?: string | undefined }[], email: string): string {
  const names = users.map(({ externalId = "" }) => JSON.stringify(externalId)).join(" and ");
  return `users ${names} cannot share the address ${JSON.stringify(email)}`;
}

function* outside(
  found: Mention[],
  targets: readonly { externalId?: string | undefined }[],
  noun: OutsideReference["noun"],
): Generator<OutsideReference> {
  const known = new Set(targets.map(({ externalId }) => externalId));
  for (const { path, value } of found) {
    if (value !== undefined && !known.has(value)) yield { path, noun, externalId: value };
  }
}

function hasList(value: unknown, name = ""): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name);
}
