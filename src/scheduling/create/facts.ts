import type { Context } from "../../operation/context.ts";
import { loaded, unlessRetired } from "../../read/loader.ts";
import * as hiring from "../../hiring/load.ts";
import type { Application, Candidate, HiringTeamMember, Job, Office, Stage } from "../../hiring/load.ts";
import { userInAccount } from "../../people/load.ts";
import type { User } from "../../people/load.ts";
import { emailTemplateInAccount, scorecardTemplateInAccount } from "../../template/load.ts";
import type { EmailTemplate, ScorecardTemplate } from "../../template/load.ts";
import type { Configuration, Inheritance } from "../configuration.ts";
import { mergeConfiguration } from "./inherit.ts";
import type { CreateRequest } from "./request.ts";

/** The application and what hangs on it. */
export interface ApplicationFacts {
  application: Application;
  candidate: Candidate;
  job: Job;
  team: HiringTeamMember[];
}

/** Everything the rules need to know; null stands for an id that nothing visible has. */
export interface Facts extends ApplicationFacts {
  organizer: User | null;
  /** Undefined when the request names no activity. */
  inherited: Inheritance | null | undefined;
  configuration: Configuration;
  stage: Stage;
  interviewers: (User | null)[];
  host: User | null;
  office: Office | null;
  candidateTemplate: EmailTemplate | null;
  interviewerTemplate: EmailTemplate | null;
  scorecardTemplate: ScorecardTemplate | null;
}

/**
 * Loads the facts in three waves of one statement per table; null when the application is unknown. What is retired, or an
 * application whose job or candidate is, reads as unknown.
 */
export async function loadFacts(ctx: Context, request: CreateRequest): Promise<Facts | null> {
  const [application, organizer, found] = await Promise.all([
    unlessRetired(ctx.load(hiring.applicationInAccount, request.applicationId)),
    ctx.load(userInAccount, request.organizerId),
    request.stageActivityId ? loadInheritance(ctx, request.stageActivityId) : undefined,
  ]);
  if (!application) return null;

  const inherited = found && found.activity.jobId !== application.jobId ? null : found;
  const usable = inherited?.activity.type === "INTERVIEW" ? inherited : undefined;
  const configuration = mergeConfiguration(request, usable);
  const [around, users, parts, stage] = await Promise.all([
    loadAround(ctx, application),
    Promise.all(configuration.interviewerIds.map((id) => ctx.load(userInAccount, id))),
    loadParts(ctx, configuration),
    loaded(ctx.load(hiring.stageInAccount, usable?.activity.stageId ?? application.currentStageId)),
  ]);
  if (around.candidate.retiredAt || around.job.retiredAt) return null;
  return { ...around, ...parts, organizer, inherited, configuration, stage, interviewers: users };
}

async function loadInheritance(ctx: Context, stageActivityId: string): Promise<Inheritance | null> {
  const [activity, seats] = await Promise.all([
    unlessRetired(ctx.load(hiring.stageActivityInAccount, stageActivityId)),
    ctx.load(hiring.interviewersOfActivity, stageActivityId),
  ]);
  return activity && { activity, interviewerIds: (seats ?? []).map((seat) => seat.userId) };
}

async function loadAround(ctx: Context, application: Application): Promise<ApplicationFacts> {
  const [candidate, job, team] = await Promise.all([
    loaded(ctx.load(hiring.candidateInAccount, application.candidateId)),
    loaded(ctx.load(hiring.jobInAccount, application.jobId)),
    loaded(ctx.load(hiring.teamOfJob, application.jobId)),
  ]);
  return { application, candidate, job, team };
}

async function loadParts(ctx: Context, configuration: Configuration) {
  const [host, office, candidateTemplate, interviewerTemplate, scorecardTemplate] = await Promise.all([
    ctx.load(userInAccount, configuration.hostId),
    unlessRetired(ctx.load(hiring.officeInAccount, configuration.officeId)),
    unlessRetired(ctx.load(emailTemplateInAccount, configuration.candidateTemplateId)),
    unlessRetired(ctx.load(emailTemplateInAccount, configuration.interviewerTemplateId)),
    unlessRetired(ctx.load(scorecardTemplateInAccount, configuration.scorecardTemplateId)),
  ]);
  return { host, office, candidateTemplate, interviewerTemplate, scorecardTemplate };
}
