import type { events } from "../db/schema/event.ts";

/** One row of the event log. It holds ids; what they stand for is resolved when the event is delivered. */
export type InterviewEvent = typeof events.$inferSelect;
export type InterviewEventType = InterviewEvent["type"];

/** What `interviewProvisioned` delivers: provisioning has ended, well or badly. */
export const PROVISIONING_OUTCOMES: readonly InterviewEventType[] = [
  "INTERVIEW_PROVISIONED",
  "INTERVIEW_PROVISIONING_FAILED",
];
