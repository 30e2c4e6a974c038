import { stageActivities } from "../db/schema/activity.ts";
import { applications, candidates, jobs, offices, stages } from "../db/schema/hiring.ts";
import type { DirectoryNoun, IdentifiedNoun, Visibility } from "../listing/directory.ts";
import { defineRowLoader, loaded } from "../read/loader.ts";
import * as load from "./load.ts";
import { seesApplication, seesJob, visibilityOf } from "./visibility.ts";

/** Reference data of a job is visible with the job. */
const withJob = <Row, K extends keyof Row & string>(key: K & (Row[K] extends string ? K : never)): Visibility<Row> => ({
  reads: [key],
  sees: async (ctx, row) => seesJob(await visibilityOf(ctx), row[key] as string),
});

export const OFFICES: IdentifiedNoun<load.Office> = {
  byId: load.officeInAccount,
  byExternalId: defineRowLoader(offices, "externalId"),
};

export const JOBS: IdentifiedNoun<load.Job> = {
  byId: load.jobInAccount,
  byExternalId: defineRowLoader(jobs, "externalId"),
  visibility: withJob("id"),
};

export const PLANS: DirectoryNoun<load.InterviewPlan> = {
  byId: load.interviewPlanInAccount,
  visibility: withJob("jobId"),
};

export const STAGES: IdentifiedNoun<load.Stage> = {
  byId: load.stageInAccount,
  byExternalId: defineRowLoader(stages, "externalId"),
  visibility: withJob("jobId"),
};

export const STAGE_ACTIVITIES: IdentifiedNoun<load.StageActivity> = {
  byId: load.stageActivityInAccount,
  byExternalId: defineRowLoader(stageActivities, "externalId"),
  visibility: withJob("jobId"),
};

export const APPLICATIONS: IdentifiedNoun<load.Application> = {
  byId: load.applicationInAccount,
  byExternalId: defineRowLoader(applications, "externalId"),
  visibility: { reads: ["jobId", "candidateId"], sees: seesApplication },
};

/** A candidate is visible to callers who see one of their applications. */
export const CANDIDATES: IdentifiedNoun<load.Candidate> = {
  byId: load.candidateInAccount,
  byExternalId: defineRowLoader(candidates, "externalId"),
  visibility: {
    reads: ["id"],
    sees: async (ctx, { id }) => {
      if ((await visibilityOf(ctx)).everything) return true;
      const submitted = await loaded(ctx.load(load.applicationsOfCandidate, id));
      const seen = await Promise.all(submitted.map((application) => seesApplication(ctx, application)));
      return seen.includes(true);
    },
  },
};
