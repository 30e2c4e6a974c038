import { interviewers, interviews } from "../db/schema/interview.ts";
import { provisionings } from "../db/schema/provisioning.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { defineListLoader, defineRowLoader } from "../operation/loader.ts";
import type { Interview } from "./request.ts";

export const interviewInAccount = defineRowLoader("interview_in_account", interviews);

export const interviewersOfInterview = defineListLoader("interviewers_of_interview", interviewers, {
  by: "interviewId",
  order: ["position"],
});

/** How provisioning has gone; null before the first refusal. */
export const provisioningOfInterview = defineRowLoader("provisioning_of_interview", provisionings, "interviewId");

/** One interview, or null when there is none that the caller may see. */
export async function findInterview(ctx: Context, id: string): Promise<Interview | null> {
  requireScope(ctx, "interviews:read");
  return ctx.load(interviewInAccount, id);
}

/** The same without a refusal: what the caller may not see is null. */
export async function visibleInterview(ctx: Context, id: string): Promise<Interview | null> {
  return ctx.caller.scopes.has("interviews:read") ? ctx.load(interviewInAccount, id) : null;
}
