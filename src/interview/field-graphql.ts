import { defineEnum } from "../graphql/enum.ts";
import { INTERVIEW_FIELDS } from "./field.ts";

export const InterviewFieldEnum = defineEnum("InterviewField", INTERVIEW_FIELDS, {
  description: "What of an interview can change.",
  values: {
    START: "When it begins.",
    END: "When it ends.",
    TIMEZONE: "The zone in which it is agreed.",
    KIND: "How many interviewers meet the candidate.",
    LOCATION: "How it is held.",
    INTERVIEWERS: "Who interviews, in order.",
    OFFICE: "In which office it is held.",
    HOST: "Whose Zoom seat opens the meeting.",
    HACKERRANK_TEMPLATE: "The pad template.",
    NAME: "What it is called.",
    CALENDAR_EVENT_VISIBILITY: "Who can read the calendar event.",
    AI_NOTE_TAKER: "Whether the AI note-taker is asked to join.",
    AI_SCORECARD_ASSIST: "Whether AI drafts the scorecards.",
    CANDIDATE_TEMPLATE: "Invitation for the candidate.",
    INTERVIEWER_TEMPLATE: "Invitation for the interviewers.",
    EXTERNAL_URL: "Link to a meeting that another system owns.",
    EXTERNAL_SOURCE: "Label of the owning system.",
    EXTERNAL_EVENT_ID: "The owner's own id of the event.",
    OUTCOME: "CANCELLED or CANDIDATE_NO_SHOW.",
    RSVP: "Who has answered what.",
    PROVISIONING: "How far provisioning has come.",
    CONFERENCE_URL: "Link to the conference.",
  },
});
