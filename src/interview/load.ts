import { interviewers, interviews, submittedScorecards } from "../db/schema/interview.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import { defineListLoader, defineRowLoader } from "../read/loader.ts";

export type Interview = typeof interviews.$inferSelect;
export type InterviewKind = Interview["kind"];
export type InterviewLocation = NonNullable<Interview["location"]>;
export type CalendarEventVisibility = Interview["calendarEventVisibility"];
export type Interviewer = typeof interviewers.$inferSelect;

export const interviewInAccount = defineRowLoader(interviews);

export const interviewersOfInterview = defineListLoader(interviewers, {
  by: "interviewId",
  order: ["position"],
});

/** Who has submitted one. */
export const scorecardsOfInterview = defineListLoader(submittedScorecards, { by: "interviewId", order: ["userId"] });

/** How provisioning has gone; null before the first refusal. */
export const provisioningOfInterview = defineRowLoader(provisionings, "interviewId");
