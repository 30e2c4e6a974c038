import type { EventFilter, InterviewEvent, InterviewEventType } from "../operation/event-source.ts";

/** What `interviewProvisioned` delivers: provisioning has ended, well or badly. */
export const PROVISIONING_OUTCOMES: readonly InterviewEventType[] = [
  "INTERVIEW_PROVISIONED",
  "INTERVIEW_PROVISIONING_FAILED",
];

export function matchesFilter(event: InterviewEvent, filter: EventFilter): boolean {
  const among = <T>(wanted: readonly T[] | undefined, value: T) => !wanted || wanted.includes(value);
  const { interviewerIds } = filter;
  return (
    among(filter.types, event.type) &&
    among(filter.jobIds, event.jobId) &&
    among(filter.applicationIds, event.applicationId) &&
    among(filter.organizerIds, event.organizerId) &&
    among(filter.stageIds, event.stageId) &&
    (!interviewerIds || event.interviewerIds.some((id) => interviewerIds.includes(id)))
  );
}
