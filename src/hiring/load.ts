import { stageActivities, stageActivityInterviewers } from "../db/schema/activity.ts";
import {
  applications,
  candidates,
  hiringTeamMembers,
  interviewPlans,
  jobs,
  offices,
  stages,
} from "../db/schema/hiring.ts";
import { defineListLoader, defineRowLoader } from "../operation/loader.ts";

export type Office = typeof offices.$inferSelect;
export type Job = typeof jobs.$inferSelect;
export type HiringTeamMember = typeof hiringTeamMembers.$inferSelect;
export type InterviewPlan = typeof interviewPlans.$inferSelect;
export type Stage = typeof stages.$inferSelect;
export type StageActivity = typeof stageActivities.$inferSelect;
export type Candidate = typeof candidates.$inferSelect;
export type Application = typeof applications.$inferSelect;

export const officeInAccount = defineRowLoader("office_in_account", offices);
export const jobInAccount = defineRowLoader("job_in_account", jobs);
export const interviewPlanInAccount = defineRowLoader("interview_plan_in_account", interviewPlans);
export const stageInAccount = defineRowLoader("stage_in_account", stages);
export const stageActivityInAccount = defineRowLoader("stage_activity_in_account", stageActivities);
export const candidateInAccount = defineRowLoader("candidate_in_account", candidates);
export const applicationInAccount = defineRowLoader("application_in_account", applications);

export const planOfJob = defineRowLoader("plan_of_job", interviewPlans, "jobId");

export const stagesOfPlan = defineListLoader("stages_of_plan", stages, { by: "planId", order: ["position", "id"] });

export const activitiesOfStage = defineListLoader("activities_of_stage", stageActivities, {
  by: "stageId",
  order: ["position", "id"],
});

export const interviewersOfActivity = defineListLoader("interviewers_of_activity", stageActivityInterviewers, {
  by: "stageActivityId",
  order: ["position"],
});

export const teamOfJob = defineListLoader("team_of_job", hiringTeamMembers, { by: "jobId", order: ["role", "userId"] });
