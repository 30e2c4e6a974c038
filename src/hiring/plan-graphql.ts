import { activityType, interviewKind, interviewLocation, milestone } from "../db/schema/enum.ts";
import { builder } from "../graphql/builder.ts";
import { columnsAnd, columnsOf, fieldsOf } from "../graphql/columns.ts";
import type { WeightExtensions } from "../execution/cost.ts";
import { defineEnum } from "../graphql/enum.ts";
import { lookup } from "../graphql/lookup.ts";
import { nodeOf } from "../graphql/node.ts";
import { EXTERNAL_ID, RETIRED_AT } from "../graphql/reference.ts";
import { loaded } from "../read/loader.ts";
import { usersOfSeats } from "../people/load.ts";
import { emailTemplateInAccount, scorecardTemplateInAccount } from "../template/load.ts";
import * as load from "./load.ts";
import { PLANS, STAGE_ACTIVITIES, STAGES } from "./noun.ts";

const Milestone = defineEnum("Milestone", milestone.enumValues, {
  description: "The part of hiring that a stage belongs to.",
  values: {
    PROSPECT: "Before the candidate applies.",
    APPLICATION_REVIEW: "Applications are read.",
    INTERVIEW: "Candidates are interviewed.",
    OFFER: "An offer is made.",
    HIRED: "The offer was accepted.",
  },
});

const ActivityType = defineEnum("ActivityType", activityType.enumValues, {
  description: "What happens in a stage activity. Only INTERVIEW activities can be scheduled.",
  values: {
    INTERVIEW: "A meeting of the candidate with interviewers.",
    EMAIL: "A message to the candidate.",
    ASSESSMENT: "A task for the candidate.",
    REVIEW: "Users read the application.",
    SURVEY: "A questionnaire for the candidate.",
  },
});

/** Also what an interview itself is made of. */
export const InterviewKind = defineEnum("InterviewKind", interviewKind.enumValues, {
  description: "How many interviewers meet the candidate.",
  values: { ONE_ON_ONE: "Exactly one interviewer.", PANEL: "One to ten interviewers, together." },
});

export const InterviewLocation = defineEnum("InterviewLocation", interviewLocation.enumValues, {
  description: "Where an interview is held.",
  values: {
    ONSITE: "In an office, which the interview must name.",
    PHONE: "By phone.",
    ZOOM: "In a Zoom meeting; needs a host with an active seat.",
    GOOGLE_MEET: "In a Google Meet conference.",
    MICROSOFT_TEAMS: "In a Microsoft Teams meeting.",
    HACKERRANK: "On a HackerRank pad, whose template the interview must name.",
  },
});

const ofPlan = fieldsOf<load.InterviewPlan>();
const ofStage = fieldsOf<load.Stage>();
const ofActivity = fieldsOf<load.StageActivity>();

builder.node("InterviewPlan", {
  description: "The ordered stages of one job.",
  id: { resolve: (plan) => plan.id },
  loadWithoutCache: nodeOf(PLANS),
  fields: (t) => ({
    name: t.exposeString("name", { description: "Name of the plan." }),
    stages: t.field({
      type: ["Stage"],
      description: "The stages in their order, without retired ones.",
      ...ofPlan.related("id", load.stagesOfPlan),
    }),
    job: t.field({
      type: "Job",
      description: "The job whose plan it is.",
      ...ofPlan.related("jobId", load.jobInAccount),
    }),
  }),
});

builder.node("Stage", {
  description: "A step of an interview plan.",
  id: { resolve: (stage) => stage.id },
  loadWithoutCache: nodeOf(STAGES),
  fields: (t) => ({
    externalId: t.exposeString("externalId", EXTERNAL_ID),
    name: t.exposeString("name", { description: "Name of the stage." }),
    milestone: t.expose("milestone", { type: Milestone, description: "The part of hiring it belongs to." }),
    activities: t.field({
      type: ["StageActivity"],
      description: "What happens in the stage, in order, without retired activities.",
      args: {
        types: t.arg({
          type: [ActivityType],
          validate: { maxLength: activityType.enumValues.length },
          description: "Only activities of one of these types; all when left out.",
        }),
      },
      extensions: { reads: ["id"] },
      resolve: async ({ id }, { types }, ctx, info) => {
        const activities = await loaded(ctx.load(load.activitiesOfStage, id, columnsAnd(["type"], info)));
        return types ? activities.filter(({ type }) => types.includes(type)) : activities;
      },
    }),
    interviewPlan: t.field({
      type: "InterviewPlan",
      description: "The plan that the stage is a step of.",
      ...ofStage.related("planId", load.interviewPlanInAccount),
    }),
    job: t.field({
      type: "Job",
      description: "The job whose candidates go through the stage.",
      ...ofStage.related("jobId", load.jobInAccount),
    }),
    retiredAt: t.expose("retiredAt", RETIRED_AT),
  }),
});

builder.node("StageActivity", {
  description: "One thing that happens in a stage. Interviews can be created from activities of type INTERVIEW.",
  id: { resolve: (activity) => activity.id },
  loadWithoutCache: nodeOf(STAGE_ACTIVITIES),
  fields: (t) => ({
    externalId: t.exposeString("externalId", EXTERNAL_ID),
    name: t.exposeString("name", { description: "Name of the activity." }),
    type: t.expose("type", { type: ActivityType, description: "What happens in it." }),
    stage: t.field({
      type: "Stage",
      description: "The stage that it belongs to; plan-driven interviews are placed on it.",
      ...ofActivity.related("stageId", load.stageInAccount),
    }),
    job: t.field({
      type: "Job",
      description: "The job whose plan it belongs to.",
      ...ofActivity.related("jobId", load.jobInAccount),
    }),
    configuration: t.field({
      type: InterviewConfiguration,
      nullable: true,
      description: "What a plan-driven interview inherits; null unless the type is INTERVIEW.",
      resolve: (activity) => (activity.type === "INTERVIEW" ? activity : null),
    }),
    retiredAt: t.expose("retiredAt", RETIRED_AT),
  }),
});

builder.queryFields((t) => ({
  stage: t.field({ type: "Stage", ...lookup({ type: "Stage", called: "stage" }, STAGES) }),
  stageActivity: t.field({
    type: "StageActivity",
    ...lookup({ type: "StageActivity", called: "stage activity" }, STAGE_ACTIVITIES),
  }),
}));

const InterviewConfiguration = builder.objectRef<load.StageActivity>("InterviewConfiguration").implement({
  description: "The set-up of an interview activity. Any part may be unset, and then the caller supplies it.",
  fields: (t) => ({
    kind: t.expose("kind", { type: InterviewKind, nullable: true, description: "Kind; null when unset." }),
    location: t.expose("location", {
      type: InterviewLocation,
      nullable: true,
      description: "Location; null when unset.",
    }),
    durationMinutes: t.exposeInt("durationMinutes", {
      nullable: true,
      description: "Length in minutes; null when unset.",
    }),
    name: t.exposeString("interviewName", { nullable: true, description: "Name for the interview; null when unset." }),
    hackerrankTemplateId: t.exposeString("hackerrankTemplateId", {
      nullable: true,
      description: "HackerRank's own id of a pad template; null when unset.",
    }),
    aiNoteTakerEnabled: t.exposeBoolean("aiNoteTakerEnabled", {
      nullable: true,
      description: "Whether the AI note-taker joins; null when unset.",
    }),
    aiScorecardAssistEnabled: t.exposeBoolean("aiScorecardAssistEnabled", {
      nullable: true,
      description: "Whether AI drafts the scorecards; null when unset.",
    }),
    interviewers: t.field({
      type: ["User"],
      description: "Who interviews; empty when unset.",
      ...ofActivity.reading(["id"], async ({ id }, ctx, info) =>
        usersOfSeats(ctx, await loaded(ctx.load(load.interviewersOfActivity, id)), columnsOf(info)),
      ),
    }),
    office: t.field({
      type: "Office",
      nullable: true,
      description: "The office; null when unset.",
      ...ofActivity.relatedIfAny("officeId", load.officeInAccount),
    }),
    candidateTemplate: t.field({
      type: "EmailTemplate",
      nullable: true,
      description: "Invitation for the candidate; null when unset.",
      ...ofActivity.relatedIfAny("candidateTemplateId", emailTemplateInAccount),
    }),
    interviewerTemplate: t.field({
      type: "EmailTemplate",
      nullable: true,
      description: "Invitation for the interviewers; null when unset.",
      ...ofActivity.relatedIfAny("interviewerTemplateId", emailTemplateInAccount),
    }),
    scorecard: t.field({
      type: ScorecardConfiguration,
      nullable: true,
      description: "What interviewers fill in; null when unset.",
      resolve: (activity) => (activity.scorecardTemplateId ? activity : null),
    }),
  }),
});

/** Also what an interview itself carries. */
export const ScorecardConfiguration = builder
  .objectRef<
    Pick<load.StageActivity, "scorecardTemplateId" | "scorecardRequired" | "feedbackDescription" | "ratingDescription">
  >("ScorecardConfiguration")
  .implement({
    description: "A scorecard template and how it is used.",
    fields: (t) => ({
      template: t.field({
        type: "ScorecardTemplate",
        description: "The form.",
        resolve: (scorecard, _args, ctx) => loaded(ctx.load(scorecardTemplateInAccount, scorecard.scorecardTemplateId)),
      }),
      required: t.boolean({
        description: "Whether interviewers must fill it in.",
        resolve: (scorecard) => scorecard.scorecardRequired ?? false,
      }),
      feedbackDescription: t.exposeString("feedbackDescription", {
        nullable: true,
        extensions: { weight: 5 } satisfies WeightExtensions,
        description: "What to write in the feedback; null when unset.",
      }),
      ratingDescription: t.exposeString("ratingDescription", {
        nullable: true,
        extensions: { weight: 5 } satisfies WeightExtensions,
        description: "How to rate; null when unset.",
      }),
    }),
  });
