import { encodeId } from "../core/id.ts";
import type { Noun } from "../core/id.ts";
import type { Interview, Interviewer } from "./load.ts";

/** What of an interview can change. */
export const INTERVIEW_FIELDS = [
  "START",
  "END",
  "TIMEZONE",
  "KIND",
  "LOCATION",
  "INTERVIEWERS",
  "OFFICE",
  "HOST",
  "HACKERRANK_TEMPLATE",
  "NAME",
  "CALENDAR_EVENT_VISIBILITY",
  "AI_NOTE_TAKER",
  "AI_SCORECARD_ASSIST",
  "CANDIDATE_TEMPLATE",
  "INTERVIEWER_TEMPLATE",
  "EXTERNAL_URL",
  "EXTERNAL_SOURCE",
  "EXTERNAL_EVENT_ID",
  "OUTCOME",
  "RSVP",
  "PROVISIONING",
  "CONFERENCE_URL",
] as const;
export type InterviewField = (typeof INTERVIEW_FIELDS)[number];

/** An interview as it is stored: its row, and its seats in order. */
export interface StoredInterview {
  interview: Interview;
  seats: Interviewer[];
}

/** A field that a change has given another value. Values are texts for people and programs; ids are those of the API. */
export interface FieldChange {
  field: InterviewField;
  before: string | null;
  after: string | null;
}

/** What differs between two states of an interview, in the order of the fields; from nothing when it is new. */
export function fieldChanges(before: StoredInterview | null, after: StoredInterview): FieldChange[] {
  const old = before && fieldValues(before);
  const now = fieldValues(after);
  return INTERVIEW_FIELDS.flatMap((field) => {
    const change = { field, before: old?.[field] ?? null, after: now[field] };
    return change.before === change.after ? [] : [change];
  });
}

/** The value of each field as history tells it. */
export function fieldValues({ interview, seats }: StoredInterview): Record<InterviewField, string | null> {
  return {
    START: interview.startsAt.toISOString(),
    END: interview.endsAt.toISOString(),
    TIMEZONE: interview.timezone,
    KIND: interview.kind,
    LOCATION: interview.location,
    INTERVIEWERS: seats.map(({ userId }) => encodeId("User", userId)).join(", "),
    OFFICE: idOf("Office", interview.officeId),
    HOST: idOf("User", interview.hostId),
    HACKERRANK_TEMPLATE: interview.hackerrankTemplateId,
    NAME: interview.name,
    CALENDAR_EVENT_VISIBILITY: interview.calendarEventVisibility,
    AI_NOTE_TAKER: String(interview.aiNoteTakerEnabled),
    AI_SCORECARD_ASSIST: String(interview.aiScorecardAssistEnabled),
    CANDIDATE_TEMPLATE: idOf("EmailTemplate", interview.candidateTemplateId),
    INTERVIEWER_TEMPLATE: idOf("EmailTemplate", interview.interviewerTemplateId),
    EXTERNAL_URL: interview.externalUrl,
    EXTERNAL_SOURCE: interview.externalSource,
    EXTERNAL_EVENT_ID: interview.externalEventId,
    OUTCOME: interview.outcome,
    RSVP: answersOf({ interview, seats }),
    PROVISIONING: interview.provisioningState,
    CONFERENCE_URL: interview.conferenceUrl,
  };
}

const idOf = (noun: Noun, id: string | null): string | null => id && encodeId(noun, id);

/** Who has answered what; null while nobody has. */
function answersOf({ interview, seats }: StoredInterview): string | null {
  const answers = [
    { id: encodeId("Candidate", interview.candidateId), rsvp: interview.candidateRsvp },
    ...seats
      .map(({ userId, rsvp }) => ({ id: encodeId("User", userId), rsvp }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  ].filter(({ rsvp }) => rsvp !== null && rsvp !== "NEEDS_ACTION");
  return answers.map(({ id, rsvp }) => `${id} ${rsvp}`).join(", ") || null;
}
