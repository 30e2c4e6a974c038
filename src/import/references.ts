import { readOutline } from "./outline.ts";
import type { Located, Outline } from "./outline.ts";
import { formatPath, problem } from "./problem.ts";
import type { Path, Problem } from "./problem.ts";

interface Mention {
  path: Path;
  /** Undefined when nothing, or nothing readable, is mentioned. */
  value: string | undefined;
}

/** Ids that come twice and references that name nothing, in any value that is meant to be a directory. */
export function* referenceProblems(value: unknown): Generator<Problem> {
  const file = readOutline(value);
  for (const items of Object.values(file)) yield* repeated(mentions(items, "externalId"));
  yield* repeated(mentions(file.users, "email").map(({ path, value }) => ({ path, value: value?.toLowerCase() })));
  yield* teamProblems(file);
  yield* interviewProblems(file);
  yield* dangling(mentions(file.candidates, "addedBy"), file.users, "user");
  yield* applicationProblems(file);
}

function* teamProblems({ jobs, users }: Outline): Generator<Problem> {
  const teams = jobs.map(({ hiringTeam, at }) =>
    hiringTeam.map((seat, index) => ({ ...seat, at: [...at, "hiringTeam", index] })),
  );
  for (const team of teams) {
    yield* repeated(team.map(({ user, role, at }) => ({ path: at, value: user && role && `${user} as ${role}` })));
  }
  yield* dangling(mentions(teams.flat(), "user"), users, "user");
}

function* interviewProblems({ activities, ...file }: Outline): Generator<Problem> {
  const interviews = activities.map(({ interview, at }) => ({ ...interview, at: [...at, "interview"] }));
  const panels = interviews.map(({ interviewers, at }) =>
    interviewers.map((value, index) => ({ path: [...at, "interviewers", index], value })),
  );
  for (const panel of panels) yield* repeated(panel);
  yield* dangling(panels.flat(), file.users, "user");
  yield* dangling(mentions(interviews, "office"), file.offices, "office");
  yield* dangling(mentions(interviews, "candidateTemplate"), file.emailTemplates, "e-mail template");
  yield* dangling(mentions(interviews, "interviewerTemplate"), file.emailTemplates, "e-mail template");
  const scorecards = interviews.map(({ scorecard, at }) => ({ ...scorecard, at: [...at, "scorecard"] }));
  yield* dangling(mentions(scorecards, "template"), file.scorecardTemplates, "scorecard template");
}

/** The current stage of an application whose job is unknown cannot be judged. */
function* applicationProblems({ applications, candidates, jobs }: Outline): Generator<Problem> {
  yield* dangling(mentions(applications, "candidate"), candidates, "candidate");
  yield* dangling(mentions(applications, "job"), jobs, "job");
  const stagesOfJob = new Map(
    jobs.map((job) => [job.externalId, new Set(job.interviewPlan.stages.map((stage) => stage.externalId))]),
  );
  for (const { job, currentStage, at } of applications) {
    const stages = stagesOfJob.get(job);
    if (!job || !currentStage || !stages || stages.has(currentStage)) continue;
    yield problem(
      [...at, "currentStage"],
      `names no stage of job ${JSON.stringify(job)}: ${JSON.stringify(currentStage)}`,
    );
  }
}

function mentions<K extends string>(items: readonly Located<{ [P in K]?: string | undefined }>[], key: K): Mention[] {
  return items.map((item) => ({ path: [...item.at, key], value: item[key] }));
}

function* repeated(found: Mention[]): Generator<Problem> {
  const first = new Map<string, Path>();
  for (const { path, value } of found) {
    if (value === undefined) continue;
    const earlier = first.get(value);
    if (earlier) yield problem(path, `repeats ${formatPath(earlier)}: ${JSON.stringify(value)}`);
    else first.set(value, path);
  }
}

function* dangling(
  found: Mention[],
  targets: readonly { externalId?: string | undefined }[],
  noun: string,
): Generator<Problem> {
  const known = new Set(targets.map(({ externalId }) => externalId));
  for (const { path, value } of found) {
    if (value === undefined || known.has(value)) continue;
    yield problem(path, `names no ${noun} of this file: ${JSON.stringify(value)}`);
  }
}
