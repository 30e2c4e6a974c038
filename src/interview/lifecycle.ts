import type { Interview } from "./load.ts";

export const MEETING_STATUSES = ["NOT_STARTED", "IN_PROGRESS", "ENDED", "CANCELLED", "CANDIDATE_NO_SHOW"] as const;
export type MeetingStatus = (typeof MEETING_STATUSES)[number];

/** A stored outcome overrides the clock; otherwise the half-open interval decides. */
export function meetingStatus(
  { outcome, startsAt, endsAt }: Pick<Interview, "outcome" | "startsAt" | "endsAt">,
  now: Date,
): MeetingStatus {
  if (outcome) return outcome;
  if (now < startsAt) return "NOT_STARTED";
  return now < endsAt ? "IN_PROGRESS" : "ENDED";
}
