import { MAX_IDS } from "../../graphql/id-list.ts";
import { builder } from "../../graphql/builder.ts";
import { InterviewKind, InterviewLocation } from "../../hiring/plan-graphql.ts";
import { CalendarEventVisibility } from "../../interview/graphql.ts";
import { dryRunField, idempotencyKey, overlapFields, readFields, shortText } from "../input-graphql.ts";
import { EXPECTED_VERSION, IDEMPOTENCY_KEY, readText, reasonText, toEditRequest } from "../edit/edit-graphql.ts";
import type { UpdateRequest } from "./update.ts";

const bounded = { validate: { schema: shortText } };
const CLEARS = "An explicit null clears it.";

const ExternalEventChangesInput = builder.inputType("ExternalEventChangesInput", {
  description: "Changes of an event that another system owns. What is left out stays; an explicit null clears.",
  fields: (t) => ({
    videoConferencingUrl: t.string({
      description:
        "Link to the meeting: http or https, no user name or password, at most 2048 characters. Never fetched.",
    }),
    source: t.string({ ...bounded, description: "Label of the owning system, at most 255 characters." }),
    eventId: t.string({ ...bounded, description: "The owner's own id of the event, at most 255 characters." }),
  }),
});

const InterviewChangesInput = builder.inputType("InterviewChangesInput", {
  description:
    "What is to be changed. What is left out stays. An explicit null clears where it says so, and reads as left out elsewhere.",
  fields: (t) => ({
    startTime: t.field({
      type: "DateTimeInput",
      description:
        "A new start, on a quarter of an hour of local time; the length stays unless it is sent. In the future, unless the " +
        "interview has ended. Without an offset it is read in the interview's zone, or in `timezone`.",
    }),
    timezone: t.field({
      type: "TimeZone",
      description: "Another zone; sent alone, the instant stays and the wall clock is read in the new zone.",
    }),
    durationMinutes: t.int({ description: "5 to 1440 minutes." }),
    endTime: t.field({ type: "DateTimeInput", description: "A new end; wins over `durationMinutes`." }),
    kind: t.field({ type: InterviewKind, description: "How many interviewers meet the candidate." }),
    location: t.field({
      type: InterviewLocation,
      description: "Where it is held. Parts of the former location stay stored, and show again when it returns there.",
    }),
    interviewerIds: t.idList({
      validate: { maxLength: MAX_IDS },
      description: "All interviewers from now on, one to ten active users. Who stays keeps seat and answer.",
    }),
    officeId: t.id({ description: `The office. ${CLEARS}` }),
    hostId: t.id({ description: `The interviewer who hosts a ZOOM meeting. ${CLEARS}` }),
    hackerrankTemplateId: t.string({ ...bounded, description: `HackerRank's own id of a pad template. ${CLEARS}` }),
    name: t.string({ ...bounded, description: `At most 255 characters. ${CLEARS}` }),
    calendarEventVisibility: t.field({
      type: CalendarEventVisibility,
      description: "Who can read the calendar event.",
    }),
    aiNoteTakerEnabled: t.boolean({ description: "Whether the AI note-taker is asked to join." }),
    aiScorecardAssistEnabled: t.boolean({ description: "Whether AI drafts the scorecards." }),
    candidateTemplateId: t.id({ description: "Invitation for the candidate, from the next mail on." }),
    interviewerTemplateId: t.id({ description: "Invitation for the interviewers, from the next mail on." }),
    external: t.field({
      type: ExternalEventChangesInput,
      description: "Only of an interview whose calendar event another system owns.",
    }),
  }),
});

export const UpdateInterviewInput = builder.inputType("UpdateInterviewInput", {
  description: "An interview and what is to be changed of it.",
  fields: (t) => ({
    interviewId: t.id({ required: true, description: "The interview; not CANCELLED." }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    changes: t.field({ type: InterviewChangesInput, required: true, description: "What is to be changed." }),
    ...overlapFields(t, "an interviewer who joins, or is moved,"),
    reason: t.string({
      ...reasonText,
      description: "Why it is changed, at most 500 characters: for history, and for `{{change_reason}}` in templates.",
    }),
    idempotencyKey: t.string({ validate: { schema: idempotencyKey }, description: IDEMPOTENCY_KEY }),
    ...dryRunField(t),
  }),
});

export function toUpdateRequest(input: typeof UpdateInterviewInput.$inferInput): UpdateRequest {
  const edit = toEditRequest(input);
  const { startTime, timezone, external, ...fields } = input.changes;
  return {
    ...edit,
    changes: { ...readFields(edit.ids, { ...fields, ...external }), startTime, timezone },
    conflictPolicy: input.conflictPolicy,
    conflictReason: readText(input.conflictReason),
    reason: readText(input.reason),
    validateOnly: input.validateOnly,
    pathOf: (field) => ["input", "changes", ...(EXTERNAL.includes(field) ? ["external"] : []), field],
  };
}

const EXTERNAL: readonly string[] = ["videoConferencingUrl", "source", "eventId"];
