import { pgEnum } from "drizzle-orm/pg-core";

export const role = pgEnum("role", [
  "SUPER_ADMIN",
  "ADMIN",
  "RECRUITER",
  "HIRING_MANAGER",
  "ORGANIZATION_MEMBER",
  "EXTERNAL_COLLABORATOR",
]);

export const hiringTeamRole = pgEnum("hiring_team_role", [
  "RECRUITER",
  "HIRING_MANAGER",
  "COORDINATOR",
  "EXTERNAL_RECRUITER",
]);

export const zoomSeatStatus = pgEnum("zoom_seat_status", ["ACTIVE", "INACTIVE"]);

export const milestone = pgEnum("milestone", ["PROSPECT", "APPLICATION_REVIEW", "INTERVIEW", "OFFER", "HIRED"]);

export const activityType = pgEnum("activity_type", ["INTERVIEW", "EMAIL", "ASSESSMENT", "REVIEW", "SURVEY"]);

export const applicationStatus = pgEnum("application_status", ["ACTIVE", "HIRED", "REJECTED", "DUPLICATE"]);

export const templateChannel = pgEnum("template_channel", ["EMAIL", "CALENDAR_INVITE"]);

export const templateCategory = pgEnum("template_category", [
  "ADHOC",
  "INTERVIEW_COORDINATION",
  "INTERVIEWER_COORDINATION",
  "EMAIL_ACTIVITY",
  "APPLICATION_SUBMISSION",
  "ASSESSMENT",
  "REJECTION",
  "OFFER",
  "SELF_SCHEDULE_INVITE",
  "AVAILABILITY",
  "SURVEY",
]);

export const interviewKind = pgEnum("interview_kind", ["ONE_ON_ONE", "PANEL"]);

export const interviewLocation = pgEnum("interview_location", [
  "ONSITE",
  "PHONE",
  "ZOOM",
  "GOOGLE_MEET",
  "MICROSOFT_TEAMS",
  "HACKERRANK",
]);

export type InterviewLocation = (typeof interviewLocation.enumValues)[number];

export const meetingOutcome = pgEnum("meeting_outcome", ["CANCELLED", "CANDIDATE_NO_SHOW"]);

export const calendarEventVisibility = pgEnum("calendar_event_visibility", ["DEFAULT", "PRIVATE"]);

export const provisioningState = pgEnum("provisioning_state", ["NOT_APPLICABLE", "PENDING", "PROVISIONED", "FAILED"]);

export const effectAction = pgEnum("effect_action", ["PUT", "REMOVE"]);

export const effectState = pgEnum("effect_state", ["STARTED", "DONE", "REFUSED", "UNCERTAIN"]);

export const rsvp = pgEnum("rsvp", ["NEEDS_ACTION", "ACCEPTED", "TENTATIVE", "DECLINED"]);

export type Rsvp = (typeof rsvp.enumValues)[number];

export const seatClaim = pgEnum("seat_claim", ["EXCLUSIVE", "SHARED", "RELEASED"]);

export const actorKind = pgEnum("actor_kind", ["PERSON", "TOKEN", "SYSTEM", "CALENDAR"]);

/** What an event is about. */
export const eventSubject = pgEnum("event_subject", ["INTERVIEW"]);

export const interviewEventType = pgEnum("interview_event_type", [
  "INTERVIEW_CREATED",
  "INTERVIEW_UPDATED",
  "INTERVIEW_RESCHEDULED",
  "INTERVIEW_CANCELLED",
  "INTERVIEW_PROVISIONED",
  "INTERVIEW_PROVISIONING_FAILED",
  "INTERVIEW_RSVP_CHANGED",
  "CANDIDATE_NO_SHOW_MARKED",
  "CANDIDATE_NO_SHOW_UNDONE",
  "AVAILABILITY_SEARCH_COMPLETED",
]);

export const availabilitySearchState = pgEnum("availability_search_state", ["PENDING", "SUCCEEDED", "FAILED"]);

/** What a calendar has told of when it is busy, or why it has not. */
export const calendarAnswer = pgEnum("calendar_answer", [
  "ANSWERED",
  "PARTLY",
  "NOT_CONNECTED",
  "REVOKED",
  "UNREACHABLE",
  "TOO_LATE",
]);

export type CalendarAnswer = (typeof calendarAnswer.enumValues)[number];
