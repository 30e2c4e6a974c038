import { z } from "zod";
import { readEmailAddress } from "../core/email-address.ts";
import { isObject } from "../core/json.ts";
import type { Path } from "./problem.ts";

export type Located<T> = T & { at: Path };

const id = z.string().normalize("NFC").trim().optional().catch(undefined);
const email = z
  .string()
  .transform((value) => readEmailAddress(value.trim()).address)
  .optional()
  .catch(undefined);
const object = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess((value) => (isObject(value) ? value : {}), z.object(shape));
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (Array.isArray(value) ? value : []), z.array(item));

const interview = object({
  interviewers: list(id),
  office: id,
  candidateTemplate: id,
  interviewerTemplate: id,
  scorecard: object({ template: id }),
});

const stage = object({ externalId: id, activities: list(object({ externalId: id, interview })) });

const outline = object({
  account: object({ externalId: id, name: id }),
  complete: list(id),
  users: list(object({ externalId: id, email })),
  offices: list(object({ externalId: id })),
  emailTemplates: list(object({ externalId: id })),
  scorecardTemplates: list(object({ externalId: id })),
  jobs: list(
    object({
      externalId: id,
      hiringTeam: list(object({ user: id, role: id })),
      interviewPlan: object({ stages: list(stage) }),
    }),
  ),
  candidates: list(object({ externalId: id, addedBy: id })),
  applications: list(object({ externalId: id, candidate: id, job: id, currentStage: id })),
  submittedScorecards: list(object({ interviewId: id, interviewer: id })),
});

export type Outline = ReturnType<typeof readOutline>;

/**
 * The ids and references of a directory, each object with its path. What cannot be read is left out, so references
 * can be judged in a file that has other mistakes.
 */
export function readOutline(value: unknown) {
  const file = outline.parse(value);
  const jobs = locate(file.jobs, ["jobs"]);
  const stages = jobs.flatMap((job) => locate(job.interviewPlan.stages, [...job.at, "interviewPlan", "stages"]));
  const activities = stages.flatMap((stage) => locate(stage.activities, [...stage.at, "activities"]));
  return {
    account: file.account,
    complete: file.complete,
    users: locate(file.users, ["users"]),
    offices: locate(file.offices, ["offices"]),
    emailTemplates: locate(file.emailTemplates, ["emailTemplates"]),
    scorecardTemplates: locate(file.scorecardTemplates, ["scorecardTemplates"]),
    jobs,
    stages,
    activities,
    candidates: locate(file.candidates, ["candidates"]),
    applications: locate(file.applications, ["applications"]),
    submittedScorecards: locate(file.submittedScorecards, ["submittedScorecards"]),
  };
}

function locate<T extends object>(items: readonly T[], list: Path): Located<T>[] {
  return items.map((item, index) => ({ ...item, at: [...list, index] }));
}
