import { decodeIdOf } from "../core/id.ts";
import type { accounts } from "../db/schema/account.ts";
import type { applications, candidates, jobs, offices } from "../db/schema/hiring.ts";
import type { submittedScorecards } from "../db/schema/interview.ts";
import type { users } from "../db/schema/people.ts";
import type { emailTemplates, scorecardTemplates } from "../db/schema/template.ts";
import type { ImportedRow } from "./bulk.ts";
import type { Directory } from "./directory.ts";
import { idsOf } from "./ids.ts";
import { planRowsOf } from "./plan-rows.ts";
import type { PlanRows } from "./plan-rows.ts";

/** What a directory is in the tables. */
export interface DirectoryRows extends PlanRows {
  accounts: ImportedRow<typeof accounts>[];
  users: ImportedRow<typeof users>[];
  offices: ImportedRow<typeof offices>[];
  emailTemplates: ImportedRow<typeof emailTemplates>[];
  scorecardTemplates: ImportedRow<typeof scorecardTemplates>[];
  jobs: ImportedRow<typeof jobs>[];
  candidates: ImportedRow<typeof candidates>[];
  applications: ImportedRow<typeof applications>[];
  submittedScorecards: ImportedRow<typeof submittedScorecards>[];
}

/** The rows of a checked directory, each list in the order of the file. */
export function rowsOf({ account, jobs, ...file }: Directory): DirectoryRows {
  const ids = idsOf(account.externalId);
  const { accountId, id, optional } = ids;
  const plans = jobs.map((job) => planRowsOf(ids, job));
  return {
    accounts: [{ ...account, id: accountId }],
    users: file.users.map((user) => ({ ...user, accountId, id: id("user", user.externalId) })),
    offices: file.offices.map((office) => ({ ...office, accountId, id: id("office", office.externalId) })),
    emailTemplates: file.emailTemplates.map((template) => {
      return { ...template, accountId, id: id("email template", template.externalId) };
    }),
    scorecardTemplates: file.scorecardTemplates.map((template) => {
      return { ...template, accountId, id: id("scorecard template", template.externalId) };
    }),
    jobs: jobs.map(({ externalId, title, department }) => {
      return { accountId, id: id("job", externalId), externalId, title, department };
    }),
    hiringTeamMembers: plans.flatMap(({ hiringTeamMembers }) => hiringTeamMembers),
    interviewPlans: plans.flatMap(({ interviewPlans }) => interviewPlans),
    stages: plans.flatMap(({ stages }) => stages),
    stageActivities: plans.flatMap(({ stageActivities }) => stageActivities),
    stageActivityInterviewers: plans.flatMap(({ stageActivityInterviewers }) => stageActivityInterviewers),
    candidates: file.candidates.map(({ addedBy, ...candidate }) => {
      return {
        ...candidate,
        accountId,
        id: id("candidate", candidate.externalId),
        addedById: optional("user", addedBy),
      };
    }),
    applications: file.applications.map(({ externalId, candidate, job, currentStage, status }) => ({
      accountId,
      id: id("application", externalId),
      externalId,
      candidateId: id("candidate", candidate),
      jobId: id("job", job),
      currentStageId: id("stage", currentStage),
      status,
    })),
    submittedScorecards: file.submittedScorecards.map(({ interviewId, interviewer, submittedAt }) => ({
      accountId,
      interviewId: decodeIdOf("Interview", interviewId),
      userId: id("user", interviewer),
      submittedAt: new Date(submittedAt),
    })),
  };
}
