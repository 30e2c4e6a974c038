import { SentIds } from "../../core/id.ts";
import { MAX_IDS } from "../../graphql/id-list.ts";
import { builder } from "../../graphql/builder.ts";
import { InterviewKind, InterviewLocation } from "../../hiring/plan-graphql.ts";
import type { RequiredExtensions } from "../../execution/refusal-code.ts";
import type { FindingCode } from "../../interview/finding.ts";
import { CalendarEventVisibility } from "../../interview/graphql.ts";
import type { InterviewFields } from "../configuration.ts";
import { bounded, dryRunField, idempotencyKey, overlapFields, readFields } from "../input-graphql.ts";
import type { CreateRequest } from "./request.ts";

/** The code of the findings' vocabulary under which GraphQL's own refusal is reported. */
const known = (requiredCode: FindingCode) => ({ extensions: { requiredCode } satisfies RequiredExtensions });
const inherited = "Inherited when left out.";

const PlanInterviewInput = builder.inputType("PlanInterviewInput", {
  description: "An interview that is configured by a stage activity. Each field that is sent overrides the activity's.",
  fields: (t) => ({
    stageActivityId: t.id({
      required: true,
      description: "An INTERVIEW activity of the plan of the application's job. The interview is placed on its stage.",
    }),
    kind: t.field({ type: InterviewKind, description: inherited }),
    location: t.field({ type: InterviewLocation, description: inherited }),
    durationMinutes: t.int({ description: `5 to 1440 minutes. ${inherited}` }),
    endTime: t.field({ type: "DateTimeInput", description: "End of the interview; wins over `durationMinutes`." }),
    interviewerIds: t.idList({
      validate: { maxLength: MAX_IDS },
      description: `One to ten active users; the same user twice counts once. ${inherited}`,
    }),
    officeId: t.id({ description: `${inherited} An explicit null clears it.` }),
    hostId: t.id({ description: "The interviewer who hosts a ZOOM meeting. Never inherited." }),
    name: t.string({ ...bounded, description: `At most 255 characters. ${inherited} An explicit null clears it.` }),
    hackerrankTemplateId: t.string({
      ...bounded,
      description: `HackerRank's own id of a pad template. ${inherited} An explicit null clears it.`,
    }),
    candidateTemplateId: t.id({ description: `Invitation for the candidate. ${inherited}` }),
    interviewerTemplateId: t.id({ description: `Invitation for the interviewers. ${inherited}` }),
    scorecardTemplateId: t.id({
      description: "Ignored, with a warning: the scorecard is the activity's.",
    }),
    calendarEventVisibility: t.field({
      type: CalendarEventVisibility,
      description: "Who can read the calendar event; DEFAULT when left out. Never inherited.",
    }),
    aiNoteTakerEnabled: t.boolean({ description: `Whether the AI note-taker is asked to join. ${inherited}` }),
    aiScorecardAssistEnabled: t.boolean({ description: `Whether AI drafts the scorecards. ${inherited}` }),
  }),
});

const AdHocInterviewInput = builder.inputType("AdHocInterviewInput", {
  description: "An interview that the caller configures. It is placed on the application's current stage.",
  fields: (t) => ({
    kind: t.field({
      type: InterviewKind,
      required: true,
      ...known("ERR_KIND_REQUIRED"),
      description: "How many interviewers meet the candidate.",
    }),
    location: t.field({
      type: InterviewLocation,
      required: true,
      ...known("ERR_LOCATION_REQUIRED"),
      description: "Where it is held.",
    }),
    durationMinutes: t.int({ description: "5 to 1440 minutes. Required unless `endTime` is sent." }),
    endTime: t.field({ type: "DateTimeInput", description: "End of the interview; wins over `durationMinutes`." }),
    interviewerIds: t.idList({
      required: true,
      ...known("ERR_INTERVIEWER_IDS_REQUIRED"),
      validate: { maxLength: MAX_IDS },
      description: "One to ten active users; the same user twice counts once.",
    }),
    officeId: t.id({ description: "The office; required for ONSITE." }),
    hostId: t.id({ description: "The interviewer who hosts the meeting; required for ZOOM." }),
    name: t.string({ ...bounded, description: "At most 255 characters; job title and stage name when left out." }),
    hackerrankTemplateId: t.string({
      ...bounded,
      description: "HackerRank's own id of a pad template; required for HACKERRANK.",
    }),
    candidateTemplateId: t.id({
      required: true,
      ...known("ERR_CANDIDATE_TEMPLATE_ID_REQUIRED"),
      description: "Invitation for the candidate: channel CALENDAR_INVITE, category INTERVIEW_COORDINATION.",
    }),
    interviewerTemplateId: t.id({
      required: true,
      ...known("ERR_INTERVIEWER_TEMPLATE_ID_REQUIRED"),
      description: "Invitation for the interviewers: channel CALENDAR_INVITE, category INTERVIEWER_COORDINATION.",
    }),
    scorecardTemplateId: t.id({ description: "What interviewers fill in." }),
    calendarEventVisibility: t.field({
      type: CalendarEventVisibility,
      description: "Who can read the calendar event; DEFAULT when left out.",
    }),
    aiNoteTakerEnabled: t.boolean({ description: "Whether the AI note-taker is asked to join; false when left out." }),
    aiScorecardAssistEnabled: t.boolean({ description: "Whether AI drafts the scorecards; false when left out." }),
  }),
});

const ExternalInterviewInput = builder.inputType("ExternalInterviewInput", {
  description:
    "An interview whose calendar event another system owns. Only the record is kept: nothing is provisioned or sent.",
  fields: (t) => ({
    stageActivityId: t.id({
      description:
        "An INTERVIEW activity whose configuration and stage are taken over; the current stage when left out.",
    }),
    kind: t.field({ type: InterviewKind, description: "Required unless a stage activity supplies it." }),
    location: t.field({ type: InterviewLocation, description: "Where it is held." }),
    durationMinutes: t.int({
      description: "5 to 1440 minutes. Required unless `endTime` or a stage activity supplies it.",
    }),
    endTime: t.field({ type: "DateTimeInput", description: "End of the interview; wins over `durationMinutes`." }),
    interviewerIds: t.idList({
      validate: { maxLength: MAX_IDS },
      description: "One to ten active users. Required unless a stage activity supplies them.",
    }),
    officeId: t.id({ description: "The office." }),
    name: t.string({ ...bounded, description: "At most 255 characters; job title and stage name when left out." }),
    scorecardTemplateId: t.id({ description: "What interviewers fill in." }),
    videoConferencingUrl: t.string({
      description:
        "Link to the meeting: http or https, no user name or password, at most 2048 characters. Never fetched.",
    }),
    source: t.string({ ...bounded, description: "Label of the owning system, at most 255 characters." }),
    eventId: t.string({ ...bounded, description: "The owner's own id of the event, at most 255 characters." }),
  }),
});

export const InterviewModeInput = builder.inputType("InterviewModeInput", {
  description: "Where the configuration comes from. Send exactly one.",
  isOneOf: true,
  fields: (t) => ({
    plan: t.field({ type: PlanInterviewInput, description: "From a stage activity." }),
    adHoc: t.field({ type: AdHocInterviewInput, description: "From this request." }),
    external: t.field({
      type: ExternalInterviewInput,
      description: "From this request, for an event that is owned elsewhere.",
    }),
  }),
});

export const CreateInterviewInput = builder.inputType("CreateInterviewInput", {
  description: "Who is interviewed when, and how the interview is configured.",
  fields: (t) => ({
    applicationId: t.id({ required: true, description: "The application; must be ACTIVE." }),
    organizerId: t.id({
      required: true,
      description: "Who runs the event: an admin, or a member of the job's hiring team, with a connected calendar.",
    }),
    startTime: t.field({
      type: "DateTimeInput",
      required: true,
      description: "In the future, on a quarter of an hour of local time, with zero seconds.",
    }),
    timezone: t.field({
      type: "TimeZone",
      required: true,
      description: "The zone in which the interview is agreed, and in which times without offset are read.",
    }),
    mode: t.field({ type: InterviewModeInput, required: true, description: "Where the configuration comes from." }),
    ...overlapFields(t),
    idempotencyKey: t.string({
      validate: { schema: idempotencyKey },
      description:
        "8 to 255 visible ASCII characters. The same key with the same input within 48 hours answers with the same " +
        "interview, and writes nothing; with another input it is refused.",
    }),
    ...dryRunField(t),
  }),
});

type Input = typeof CreateInterviewInput.$inferInput;

/** The request behind an input: UUIDs in place of ids, and one shape for the three modes. */
export function toCreateRequest(input: Input): CreateRequest {
  const ids = new SentIds();
  const common = {
    ids,
    path: ["input"],
    applicationId: ids.read("Application", input.applicationId),
    organizerId: ids.read("User", input.organizerId),
    startTime: input.startTime,
    timezone: input.timezone,
    conflictPolicy: input.conflictPolicy,
    conflictReason: input.conflictReason?.normalize("NFC") ?? null,
    idempotencyKey: input.idempotencyKey ?? null,
    validateOnly: input.validateOnly,
  };
  return { ...common, ...readMode(ids, input.mode) };
}

/** Configuration and where it comes from, in one shape for the three modes. */
export function readMode(
  ids: SentIds,
  { plan, adHoc, external }: typeof InterviewModeInput.$inferInput,
): Pick<CreateRequest, "mode" | "stageActivityId" | "fields"> {
  if (plan) return { mode: "plan", ...toFields(ids, plan) };
  if (adHoc) return { mode: "adHoc", ...toFields(ids, adHoc) };
  if (external) return { mode: "external", ...toFields(ids, external) };
  throw new Error("GraphQL let a @oneOf input without a member pass.");
}

function toFields(
  ids: SentIds,
  { stageActivityId, ...fields }: InterviewFields & { stageActivityId?: string | null | undefined },
): Pick<CreateRequest, "stageActivityId" | "fields"> {
  return {
    stageActivityId: stageActivityId == null ? undefined : ids.read("StageActivity", stageActivityId),
    fields: readFields(ids, fields),
  };
}
