import type { stageActivities, stageActivityInterviewers } from "../db/schema/activity.ts";
import type { hiringTeamMembers, interviewPlans, stages } from "../db/schema/hiring.ts";
import type { ImportedRow } from "./bulk.ts";
import type { Directory } from "./directory.ts";
import type { Ids } from "./ids.ts";

type Job = Directory["jobs"][number];
type Stage = Job["interviewPlan"]["stages"][number];
type Activity = Stage["activities"][number];

export interface PlanRows {
  hiringTeamMembers: ImportedRow<typeof hiringTeamMembers>[];
  interviewPlans: ImportedRow<typeof interviewPlans>[];
  stages: ImportedRow<typeof stages>[];
  stageActivities: ImportedRow<typeof stageActivities>[];
  stageActivityInterviewers: ImportedRow<typeof stageActivityInterviewers>[];
}

/** Hiring team and interview plan of a job. A job has one plan, so the plan's id comes from the job's external id. */
export function planRowsOf(ids: Ids, job: Job): PlanRows {
  const { accountId, id } = ids;
  const jobId = id("job", job.externalId);
  const planId = id("interview plan", job.externalId);
  const { name, stages } = job.interviewPlan;
  return {
    hiringTeamMembers: job.hiringTeam.map(({ user, role }) => ({ accountId, jobId, userId: id("user", user), role })),
    interviewPlans: [{ accountId, id: planId, jobId, name }],
    stages: stages.map(({ externalId, name, milestone }, position) => {
      return { accountId, id: id("stage", externalId), externalId, planId, jobId, position, name, milestone };
    }),
    stageActivities: stages.flatMap((stage) => {
      const place = { accountId, stageId: id("stage", stage.externalId), jobId };
      return stage.activities.map((activity, position) => ({ ...place, position, ...activityRow(ids, activity) }));
    }),
    stageActivityInterviewers: stages.flatMap(({ activities }) =>
      activities.flatMap((activity) => seatRows(ids, activity)),
    ),
  };
}

function activityRow(ids: Ids, { externalId, name, type, interview }: Activity) {
  return { id: ids.id("stage activity", externalId), externalId, name, type, ...configuration(ids, interview) };
}

function configuration({ optional }: Ids, interview: Activity["interview"]) {
  const scorecard = interview?.scorecard;
  return {
    kind: interview?.kind ?? null,
    location: interview?.location ?? null,
    durationMinutes: interview?.durationMinutes ?? null,
    interviewName: interview?.name ?? null,
    officeId: optional("office", interview?.office),
    hackerrankTemplateId: interview?.hackerrankTemplateId ?? null,
    aiNoteTakerEnabled: interview?.aiNoteTakerEnabled ?? null,
    aiScorecardAssistEnabled: interview?.aiScorecardAssistEnabled ?? null,
    candidateTemplateId: optional("email template", interview?.candidateTemplate),
    interviewerTemplateId: optional("email template", interview?.interviewerTemplate),
    scorecardTemplateId: optional("scorecard template", scorecard?.template),
    scorecardRequired: scorecard?.required ?? null,
    feedbackDescription: scorecard?.feedbackDescription ?? null,
    ratingDescription: scorecard?.ratingDescription ?? null,
  };
}

function seatRows({ accountId, id }: Ids, { externalId, interview }: Activity) {
  const stageActivityId = id("stage activity", externalId);
  return (interview?.interviewers ?? []).map((user, position) => {
    return { accountId, stageActivityId, position, userId: id("user", user) };
  });
}
