import type { StoredInterview } from "../../interview/field.ts";
import { finding, ValidationFailed } from "../../interview/finding.ts";
import { meetingStatus } from "../../interview/lifecycle.ts";
import type { Context } from "../../operation/context.ts";
import { noticesOf } from "../../provisioning/notice.ts";
import type { Notice } from "../../provisioning/notice.ts";
import { editInterview } from "../edit/edit.ts";
import type { Edited } from "../edit/edit.ts";
import type { Decision, EditRequest, Verb } from "../edit/verb.ts";
import { loadUpdateFacts, participantsOf } from "../update/update-facts.ts";

export interface CancelRequest extends EditRequest {
  /** Why, for history. */
  reason: string | null;
}

/** What a cancellation answers beside the interview. */
export interface CancelAnswer {
  notices: Notice[];
}

/**
 * Calls an interview off for good: its seats are free at once, what there is outside is taken down, and whoever was invited is
 * told. The record stays.
 * @throws InterviewNotFound, ValidationFailed, VersionConflict, IdempotencyKeyReused
 */
export const cancelInterview = (ctx: Context, request: CancelRequest): Promise<Edited<CancelAnswer>> =>
  editInterview(ctx, CANCEL, request);

export const CANCEL: Verb<CancelRequest, CancelAnswer> = {
  operation: "cancelInterview",
  cancelled: "ERR_INTERVIEW_ALREADY_CANCELLED",
  async prepare(ctx, { path, reason }, snapshot) {
    const facts = await loadUpdateFacts(ctx, {}, snapshot);
    return (stored, now) => {
      const { interview } = stored;
      if (interview.location === "HACKERRANK" && meetingStatus(interview, now) === "ENDED") {
        throw new ValidationFailed([finding("ERR_CANNOT_CANCEL_COMPLETED_HACKERRANK", [...path, "interviewId"])]);
      }
      const change = cancellationOf(stored, reason);
      const participants = participantsOf(facts, { ...stored, interview: { ...interview, ...change.set } });
      return participants && { change, answer: { notices: noticesOf(participants, facts.ledger, now) } };
    };
  },
};

function cancellationOf({ interview, seats }: StoredInterview, reason: string | null) {
  return {
    set: { outcome: "CANCELLED", calendarSequence: interview.calendarSequence + (interview.external ? 0 : 1) },
    seats: seats.map((seat) => ({ ...seat, claim: "RELEASED" as const })),
    edited: true,
    reconcile: !interview.external,
    event: { type: "INTERVIEW_CANCELLED", reason },
  } as const satisfies Decision<CancelAnswer>["change"];
}
