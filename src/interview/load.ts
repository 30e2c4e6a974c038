import { interviewers, interviews } from "../db/schema/interview.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import { defineListLoader, defineRowLoader } from "../operation/loader.ts";

export const interviewInAccount = defineRowLoader("interview_in_account", interviews);

export const interviewersOfInterview = defineListLoader("interviewers_of_interview", interviewers, {
  by: "interviewId",
  order: ["position"],
});

/** How provisioning has gone; null before the first refusal. */
export const provisioningOfInterview = defineRowLoader("provisioning_of_interview", provisionings, "interviewId");
