import { finding, ValidationFailed } from "../../interview/finding.ts";
import type { Context } from "../../operation/context.ts";
import { editInterview } from "../edit/edit.ts";
import type { Edited } from "../edit/edit.ts";
import type { EditRequest, Verb } from "../edit/verb.ts";

type Nothing = Record<string, never>;

/**
 * Starts provisioning again after it was given up, of a cancelled interview too: under a new revision, so that what was refused
 * for good is asked for as it is wanted today. Asked again while it is under way, it changes nothing.
 * @throws InterviewNotFound, ValidationFailed
 */
export const retryProvisioning = (ctx: Context, request: EditRequest): Promise<Edited<Nothing>> =>
  editInterview(ctx, RETRY, request);

const RETRY: Verb<EditRequest, Nothing> = {
  operation: "retryProvisioning",
  cancelled: null,
  async prepare() {
    return ({ interview: { provisioningState: state } }) => {
      if (state === "PENDING") return { change: null, answer: {} };
      if (state !== "FAILED") {
        const findings = [finding("ERR_PROVISIONING_NOT_FAILED", ["input", "interviewId"], `It is ${state}.`)];
        throw new ValidationFailed(findings);
      }
      const change = { set: {}, edited: false, reconcile: true, event: { type: "INTERVIEW_UPDATED" } } as const;
      return { change, answer: {} };
    };
  },
};
