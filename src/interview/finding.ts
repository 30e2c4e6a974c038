import { Refusal } from "../core/error.ts";

/** The mutations that may answer with findings. */
export type FindingOperation =
  | "createInterview"
  | "updateInterview"
  | "cancelInterview"
  | "markCandidateNoShow"
  | "undoCandidateNoShow"
  | "recordRsvp"
  | "retryProvisioning"
  | "computeAvailability"
  | "scheduleLoop"
  | "moveLoop"
  | "cancelLoop"
  | "computeLoopAvailability";

interface CodeEntry {
  /** What is wrong and what to do, without the particulars of one request. */
  message: string;
  operations: readonly FindingOperation[];
}

const create: readonly FindingOperation[] = ["createInterview", "scheduleLoop"];
const update: readonly FindingOperation[] = ["updateInterview"];
const both: readonly FindingOperation[] = [...create, ...update];
const move: readonly FindingOperation[] = ["moveLoop"];
const loopSearch: readonly FindingOperation[] = ["computeLoopAvailability"];
const search: readonly FindingOperation[] = ["computeAvailability", ...loopSearch];

/** Every finding code: its message and the operations that may return it. */
export const FINDINGS = {
  ERR_APPLICATION_NOT_ACTIVE: {
    message: "The application is not active. Reopen it before you schedule.",
    operations: create,
  },
  ERR_ORGANIZER_NOT_FOUND: {
    message: "There is no active user with the organizer's id.",
    operations: [...create, ...search],
  },
  ERR_ORGANIZER_NO_CALENDAR: {
    message: "The organizer has no connected calendar. Connect one or choose another organizer.",
    operations: create,
  },
  ERR_ORGANIZER_NO_JOB_PERMISSION: {
    message: "The organizer may not manage this job. Choose an admin or a member of its hiring team.",
    operations: create,
  },
  ERR_ORGANIZER_NO_APPLICATION_PERMISSION: {
    message: "The organizer is an external recruiter who did not add this candidate. Choose another organizer.",
    operations: create,
  },
  ERR_INVALID_TIMEZONE: {
    message: "The time zone is not a zone of the IANA tz database. Send a name such as Europe/Berlin.",
    operations: [...both, ...move, ...search],
  },
  ERR_INVALID_ISO_8601: { message: "The time cannot be read.", operations: [...both, ...move, ...search] },
  ERR_START_TIME_NOT_ALIGNED: {
    message: "The start must lie on a quarter of an hour of local time, with zero seconds.",
    operations: [...both, ...move],
  },
  ERR_START_TIME_IN_PAST: { message: "The start must lie in the future.", operations: create },
  ERR_END_TIME_BEFORE_START_TIME: { message: "The end must come after the start.", operations: [...both, ...search] },
  ERR_DURATION_OUT_OF_RANGE: {
    message: "The length must be a whole number of minutes from 5 to 1440.",
    operations: [...both, ...search],
  },
  ERR_STAGE_ACTIVITY_NOT_FOUND: {
    message: "There is no stage activity with this id in the plan of the application's job.",
    operations: create,
  },
  ERR_STAGE_ACTIVITY_NOT_INTERVIEW: {
    message: "The stage activity is not an interview. Choose one of type INTERVIEW.",
    operations: create,
  },
  ERR_KIND_REQUIRED: {
    message: "Send kind: the interview has none.",
    operations: create,
  },
  ERR_LOCATION_REQUIRED: {
    message: "Send location: the interview has none.",
    operations: create,
  },
  ERR_DURATION_MINUTES_REQUIRED: {
    message: "Send durationMinutes or endTime: the interview has no length.",
    operations: create,
  },
  ERR_INTERVIEWER_IDS_REQUIRED: {
    message: "Send interviewerIds: the interview has no interviewers.",
    operations: [...both, ...search],
  },
  ERR_INTERVIEWERS_NOT_FOUND: {
    message: "There is no active user for some of the interviewers.",
    operations: [...both, ...search],
  },
  ERR_INVALID_SET_OF_INTERVIEWERS: {
    message: "ONE_ON_ONE needs exactly one interviewer, PANEL one to ten.",
    operations: both,
  },
  ERR_ONSITE_OFFICE_REQUIRED: { message: "Send officeId: an ONSITE interview needs an office.", operations: both },
  ERR_OFFICE_NOT_FOUND: { message: "There is no office with this id.", operations: both },
  ERR_ZOOM_HOST_ID_REQUIRED: {
    message: "Send hostId: a ZOOM interview needs an interviewer who hosts it.",
    operations: both,
  },
  ERR_ZOOM_HOST_ID_NOT_IN_INTERVIEWERS: { message: "The host must be one of the interviewers.", operations: both },
  ERR_ZOOM_HOST_INVALID_USER: {
    message: "The host has no active seat in the Zoom workspace. Choose another host.",
    operations: both,
  },
  ERR_HACKERRANK_TEMPLATE_ID_REQUIRED: {
    message: "Send hackerrankTemplateId: a HACKERRANK interview needs a pad template.",
    operations: both,
  },
  ERR_CANDIDATE_TEMPLATE_ID_REQUIRED: {
    message: "Send candidateTemplateId: the interview has no invitation for the candidate.",
    operations: create,
  },
  ERR_CANDIDATE_TEMPLATE_NOT_FOUND: {
    message: "There is no e-mail template with the candidate template's id.",
    operations: both,
  },
  ERR_CANDIDATE_TEMPLATE_INVALID_CATEGORY: {
    message: "The candidate template must have channel CALENDAR_INVITE and category INTERVIEW_COORDINATION.",
    operations: both,
  },
  ERR_INTERVIEWER_TEMPLATE_ID_REQUIRED: {
    message: "Send interviewerTemplateId: the interview has no invitation for the interviewers.",
    operations: create,
  },
  ERR_INTERVIEWER_TEMPLATE_NOT_FOUND: {
    message: "There is no e-mail template with the interviewer template's id.",
    operations: both,
  },
  ERR_INTERVIEWER_TEMPLATE_INVALID_CATEGORY: {
    message: "The interviewer template must have channel CALENDAR_INVITE and category INTERVIEWER_COORDINATION.",
    operations: both,
  },
  ERR_SCORECARD_TEMPLATE_NOT_FOUND: { message: "There is no scorecard template with this id.", operations: create },
  ERR_CONFLICT_REASON_REQUIRED: {
    message: "Send conflictReason: conflictPolicy ALLOW needs one.",
    operations: [...both, ...move],
  },
  ERR_INVALID_EXTERNAL_URL: {
    message: "The meeting URL must be http or https, without user name and password, and at most 2048 characters long.",
    operations: both,
  },
  ERR_INTERVIEW_CANCELLED: {
    message: "The interview was cancelled, which is final. Create another one.",
    operations: [...update, ...move, "recordRsvp"],
  },
  ERR_INTERVIEW_NO_SHOW: {
    message: "The candidate did not come. Undo the no-show before you move the interview.",
    operations: [...update, ...move],
  },
  ERR_START_TIME_LESS_THAN_CURRENT_TIME: {
    message: "The start must lie in the future, unless the interview has ended.",
    operations: [...update, ...move],
  },
  ERR_EXTERNAL_NOT_MANAGED: {
    message: "The interview's calendar event is not owned elsewhere, so it has no external fields.",
    operations: update,
  },
  ERR_NOT_FOR_EXTERNAL: {
    message: "The interview's calendar event is owned elsewhere, so this field has no effect. Leave it out.",
    operations: update,
  },
  ERR_INTERVIEW_ALREADY_CANCELLED: {
    message: "The interview was cancelled already.",
    operations: ["cancelInterview"],
  },
  ERR_CANNOT_CANCEL_COMPLETED_HACKERRANK: {
    message: "A HackerRank interview that has ended cannot be cancelled.",
    operations: ["cancelInterview"],
  },
  ERR_NO_SHOW_NOT_ALLOWED: {
    message: "A no-show can be marked once the interview has begun, and only if it was not cancelled or marked before.",
    operations: ["markCandidateNoShow"],
  },
  ERR_SCORECARD_ALREADY_SUBMITTED: {
    message: "A scorecard was submitted for the interview, so the candidate came.",
    operations: ["markCandidateNoShow"],
  },
  ERR_NOT_NO_SHOW: {
    message: "The interview is not marked as a no-show, so there is nothing to undo.",
    operations: ["undoCandidateNoShow"],
  },
  ERR_RSVP_NOT_TRACKED: {
    message: "The interview's calendar event is owned elsewhere, so answers are not tracked.",
    operations: ["recordRsvp"],
  },
  ERR_ATTENDEE_NOT_FOUND: {
    message: "The interview has no participant with this id.",
    operations: ["recordRsvp"],
  },
  ERR_TOO_MANY_INTERVIEWERS: {
    message: "At most ten interviewers can be searched for one interview, and thirty for a loop.",
    operations: search,
  },
  ERR_POOL_NEED_OUT_OF_RANGE: {
    message: "A pool must need at least one of its people, and not more than it has beside those who are required.",
    operations: loopSearch,
  },
  ERR_WINDOW_TOO_LONG: {
    message: "The time that is searched must have at most 30 days. Search later days by themselves.",
    operations: search,
  },
  ERR_MINUTES_OUT_OF_RANGE: { message: "There cannot be so many minutes.", operations: search },
  ERR_INTERVIEWS_NOT_FOUND: { message: "There is no interview for some of the ids.", operations: search },
  ERR_LOOP_LEG_COUNT: {
    message: "A loop has 2 to 12 legs, and is searched in any order with at most 6.",
    operations: ["scheduleLoop", ...loopSearch],
  },
  ERR_LOOP_LEGS_OVERLAP: {
    message: "Two interviews of the loop would overlap: the candidate can be in one at a time.",
    operations: ["scheduleLoop", "moveLoop"],
  },
  ERR_LOOP_LEG_NOT_FOUND: {
    message: "The loop has no interview with this id.",
    operations: ["moveLoop", "cancelLoop"],
  },
  ERR_LOOP_LEG_REPEATED: { message: "Name each interview once.", operations: ["moveLoop", "cancelLoop"] },
  ERR_LOOP_IS_OVER: {
    message: "No interview of the loop can be cancelled: all of them have ended or are cancelled.",
    operations: ["cancelLoop"],
  },
  ERR_PROVISIONING_NOT_FAILED: {
    message: "Provisioning of the interview has not failed, so there is nothing to retry.",
    operations: ["retryProvisioning"],
  },
} as const satisfies Record<string, CodeEntry>;

export type FindingCode = keyof typeof FINDINGS;

/** The table as Markdown, for the README of scheduling. */
export function findingsTable(): string {
  const rows = Object.entries(FINDINGS).map(
    ([code, { message, operations }]) => `| ${code} | ${message} | ${operations.join(", ")} |`,
  );
  return ["| code | message | operations |", "| --- | --- | --- |", ...rows].join("\n");
}

/** One fault of a request. The path leads to the input field, from `input` on. */
export interface Finding {
  code: FindingCode;
  path: string[];
  message: string;
}

/** @param particulars what this request adds to the code's own message */
export function finding(code: FindingCode, path: string[], particulars?: string): Finding {
  const { message } = FINDINGS[code];
  return { code, path, message: particulars ? `${message} ${particulars}` : message };
}

/** Faults of what the parts of a request have in common, once. */
export function distinctFindings(findings: readonly Finding[]): Finding[] {
  const byPlace = new Map(findings.map((fault) => [JSON.stringify([fault.code, fault.path]), fault]));
  return [...byPlace.values()];
}

/** Refusal of a request for all its faults at once. */
export class ValidationFailed extends Refusal {
  readonly code = "ERR_VALIDATION_FAILED";
  readonly findings: Finding[];

  constructor(findings: Finding[]) {
    const count = findings.length === 1 ? "1 finding" : `${findings.length} findings`;
    super(`Nothing was changed: ${count}.`);
    this.findings = findings;
  }
}

/** The application is unknown, or not visible to the caller. */
export class ApplicationNotFound extends Refusal {
  readonly code = "ERR_APPLICATION_NOT_FOUND";

  /** @param explanation quotes the id that was sent */
  constructor(explanation: string) {
    super(`There is no application with this id. ${explanation}`);
  }
}

/** The interview is unknown, or not visible to the caller. */
export class InterviewNotFound extends Refusal {
  readonly code = "ERR_INTERVIEW_NOT_FOUND";

  /** @param explanation quotes the id that was sent */
  constructor(explanation: string) {
    super(`There is no interview with this id. ${explanation}`);
  }
}
