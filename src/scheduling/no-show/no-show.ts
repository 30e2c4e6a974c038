import { finding, ValidationFailed } from "../../interview/finding.ts";
import type { FindingCode } from "../../interview/finding.ts";
import { meetingStatus } from "../../interview/lifecycle.ts";
import { scorecardsOfInterview } from "../../interview/load.ts";
import type { Context } from "../../operation/context.ts";
import { loaded } from "../../read/loader.ts";
import { editInterview } from "../edit/edit.ts";
import type { Edited } from "../edit/edit.ts";
import type { EditRequest, Verb } from "../edit/verb.ts";

export interface NoShowRequest extends EditRequest {
  /** Why, for history. */
  reason: string | null;
}

type Nothing = Record<string, never>;

/**
 * Records that the candidate did not come. The seats stay taken, and nobody is told.
 * @throws InterviewNotFound, ValidationFailed, VersionConflict, IdempotencyKeyReused
 */
export const markCandidateNoShow = (ctx: Context, request: NoShowRequest): Promise<Edited<Nothing>> =>
  editInterview(ctx, MARK, request);

/**
 * Takes that back: the interview's status follows the clock again.
 * @throws InterviewNotFound, ValidationFailed, VersionConflict, IdempotencyKeyReused
 */
export const undoCandidateNoShow = (ctx: Context, request: NoShowRequest): Promise<Edited<Nothing>> =>
  editInterview(ctx, UNDO, request);

const MARK: Verb<NoShowRequest, Nothing> = {
  operation: "markCandidateNoShow",
  cancelled: "ERR_NO_SHOW_NOT_ALLOWED",
  async prepare(ctx, { reason, interviewId }) {
    const scorecards = await loaded(ctx.load(scorecardsOfInterview, interviewId));
    return ({ interview }, now) => {
      const status = meetingStatus(interview, now);
      if (status !== "IN_PROGRESS" && status !== "ENDED") throw refused("ERR_NO_SHOW_NOT_ALLOWED", `It is ${status}.`);
      if (scorecards.length > 0) throw refused("ERR_SCORECARD_ALREADY_SUBMITTED");
      return becoming("CANDIDATE_NO_SHOW", reason);
    };
  },
};

const UNDO: Verb<NoShowRequest, Nothing> = {
  operation: "undoCandidateNoShow",
  cancelled: "ERR_NOT_NO_SHOW",
  async prepare(_ctx, { reason }) {
    return ({ interview }) => {
      if (interview.outcome === null) throw refused("ERR_NOT_NO_SHOW");
      return becoming(null, reason);
    };
  },
};

const refused = (code: FindingCode, particulars?: string): ValidationFailed =>
  new ValidationFailed([finding(code, ["input", "interviewId"], particulars)]);

function becoming(outcome: "CANDIDATE_NO_SHOW" | null, reason: string | null) {
  const type = outcome ? ("CANDIDATE_NO_SHOW_MARKED" as const) : ("CANDIDATE_NO_SHOW_UNDONE" as const);
  const change = { set: { outcome }, edited: true, reconcile: false, event: { type, reason } };
  return { change, answer: {} };
}
