import type { ChangeFacts, InterviewFacts, JobFacts } from "../interview/facts.ts";
import { meetingStatus } from "../interview/lifecycle.ts";
import type { InstantWindow, InterviewFilter } from "./filter.ts";

/** How a change of an interview concerns a filter: the interview matches it now, did so only before, or at neither time. */
export type Relevance = "MATCHES" | "LEFT" | "NONE";

/** @param event as the log has it */
export function relevanceOf(filter: InterviewFilter, event: { facts: object; occurredAt: Date }): Relevance {
  const { before, after, job } = event.facts as ChangeFacts;
  if (matches(filter, { ...after, ...job }, event.occurredAt)) return "MATCHES";
  return before && matches(filter, { ...after, ...before, ...job }, event.occurredAt) ? "LEFT" : "NONE";
}

/** The same as the list's filter, of facts and at a time. */
export function matches(filter: InterviewFilter, facts: InterviewFacts & JobFacts, at: Date): boolean {
  return (
    among(filter.jobIds, facts.jobId) &&
    among(filter.applicationIds, facts.applicationId) &&
    among(filter.loopIds, facts.loopId) &&
    among(filter.candidateIds, facts.candidateId) &&
    among(filter.organizerIds, facts.organizerId) &&
    isInOffice(filter.officeIds, facts) &&
    among(filter.stageIds, facts.stageId) &&
    anyAmong(filter.interviewerIds, facts.interviewerIds) &&
    anyAmong(filter.recruiterIds, facts.recruiterIds) &&
    among(filter.departments, facts.department) &&
    hasStatus(filter.statuses, facts, at) &&
    among(filter.kinds, facts.kind) &&
    among(filter.locations, facts.location) &&
    among(filter.provisioningStates, facts.provisioningState) &&
    (filter.external === undefined || filter.external === facts.external) &&
    (filter.aiNoteTakerEnabled === undefined || filter.aiNoteTakerEnabled === facts.aiNoteTakerEnabled) &&
    isWithin(filter.startTime, facts.startsAt) &&
    isWithin(filter.createdAt, facts.createdAt) &&
    isWithin(filter.updatedAt, facts.updatedAt)
  );
}

function among<T>(wanted: readonly T[] | undefined, value: T | null): boolean {
  return !wanted || (value !== null && wanted.includes(value));
}

function anyAmong(wanted: readonly string[] | undefined, values: readonly string[]): boolean {
  return !wanted || values.some((value) => wanted.includes(value));
}

/** An office that the location hides is not found. */
function isInOffice(wanted: readonly string[] | undefined, { officeId, location }: InterviewFacts): boolean {
  return !wanted || ((location === null || location === "ONSITE") && among(wanted, officeId));
}

function hasStatus(wanted: InterviewFilter["statuses"], { outcome, startsAt, endsAt }: InterviewFacts, at: Date) {
  return (
    !wanted || wanted.includes(meetingStatus({ outcome, startsAt: new Date(startsAt), endsAt: new Date(endsAt) }, at))
  );
}

function isWithin(window: InstantWindow | undefined, text: string): boolean {
  if (!window) return true;
  const instant = new Date(text);
  return (!window.from || instant >= window.from) && (!window.to || instant < window.to);
}
