import { isNull } from "drizzle-orm";
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
import { defineListLoader, defineRowLoader } from "../read/loader.ts";

export type Office = typeof offices.$inferSelect;
export type Job = typeof jobs.$inferSelect;
export type HiringTeamMember = typeof hiringTeamMembers.$inferSelect;
export type InterviewPlan = typeof interviewPlans.$inferSelect;
export type Stage = typeof stages.$inferSelect;
export type StageActivity = typeof stageActivities.$inferSelect;
export type Candidate = typeof candidates.$inferSelect;
export type Application = typeof applications.$inferSelect;

export const officeInAccount = defineRowLoader(offices);
export const jobInAccount = defineRowLoader(jobs);
export const interviewPlanInAccount = defineRowLoader(interviewPlans);
export const stageInAccount = defineRowLoader(stages);
export const stageActivityInAccount = defineRowLoader(stageActivities);
export const candidateInAccount = defineRowLoader(candidates);
export const applicationInAccount = defineRowLoader(applications);

/** Retired ones included. */
export const applicationsOfCandidate = defineListLoader(applications, { by: "candidateId", order: ["id"] });

export const planOfJob = defineRowLoader(interviewPlans, "jobId");

export const stagesOfPlan = defineListLoader(stages, {
  by: "planId",
  order: ["position", "id"],
  where: isNull(stages.retiredAt),
});

export const activitiesOfStage = defineListLoader(stageActivities, {
  by: "stageId",
  order: ["position", "id"],
  where: isNull(stageActivities.retiredAt),
});

export const interviewersOfActivity = defineListLoader(stageActivityInterviewers, {
  by: "stageActivityId",
  order: ["position"],
});

export const teamOfJob = defineListLoader(hiringTeamMembers, { by: "jobId", order: ["role", "userId"] });
