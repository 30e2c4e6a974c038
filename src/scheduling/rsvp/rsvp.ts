import type { Rsvp } from "../../db/schema/enum.ts";
import type { RecordChange } from "../../interview/commit.ts";
import type { StoredInterview } from "../../interview/field.ts";
import { finding, ValidationFailed } from "../../interview/finding.ts";
import type { Context } from "../../operation/context.ts";
import { editInterview } from "../edit/edit.ts";
import type { Edited } from "../edit/edit.ts";
import type { EditRequest, Verb } from "../edit/verb.ts";

export type RsvpAnswer = Exclude<Rsvp, "NEEDS_ACTION">;

export interface RsvpRequest extends EditRequest {
  /** Whose answer it is: a user's, or the candidate's. */
  attendee: { kind: "interviewer" | "candidate"; id: string };
  rsvp: RsvpAnswer;
  /** When it was given; now when null. */
  answeredAt: Date | null;
  /** The SEQUENCE of the invitation that is answered; the present one when null. */
  sequence: number | null;
  /** In the attendee's words, for history. */
  comment: string | null;
}

/** Whether the answer counted: one to an earlier time, or older than the last, does not, and an equal one changes nothing. */
export interface RsvpOutcome {
  applied: boolean;
}

/**
 * Records what a participant answered. Answers of mails and calendars end here too.
 * @throws InterviewNotFound, ValidationFailed, IdempotencyKeyReused
 */
export const recordRsvp = (ctx: Context, request: RsvpRequest): Promise<Edited<RsvpOutcome>> =>
  editInterview(ctx, RSVP, request);

const RSVP: Verb<RsvpRequest, RsvpOutcome> = {
  operation: "recordRsvp",
  cancelled: "ERR_INTERVIEW_CANCELLED",
  permits: ({ caller }, { attendee }) => attendee.kind === "interviewer" && attendee.id === caller.userId,
  async prepare(_ctx, request) {
    return (stored, now) => {
      const change = answerOf(stored, request, now);
      return { change, answer: { applied: change !== null } };
    };
  },
};

/** @returns null when the answer does not count */
function answerOf(stored: StoredInterview, request: RsvpRequest, now: Date): RecordChange | null {
  const { interview, seats } = stored;
  if (interview.external) throw refused("ERR_RSVP_NOT_TRACKED", "interviewId");
  const { rsvp, answeredAt, sequence } = request;
  const { calendarSequence } = interview;
  // A clock that is fast, or a sequence that never was, must not outrank the answers that follow.
  const answered = {
    answeredAt: answeredAt && answeredAt < now ? answeredAt : now,
    answerSequence: Math.min(sequence ?? calendarSequence, calendarSequence),
  };
  const counts = (known: Answer): boolean =>
    known.rsvp !== rsvp && answered.answerSequence >= interview.scheduleSequence && !isOlder(answered, known);
  const common = { edited: false, reconcile: false, event: eventOf(request) };

  if (request.attendee.kind === "candidate") {
    if (request.attendee.id !== interview.candidateId) throw notFound(request);
    const { candidateRsvp, candidateAnsweredAt, candidateAnswerSequence } = interview;
    const known = { rsvp: candidateRsvp, answeredAt: candidateAnsweredAt, answerSequence: candidateAnswerSequence };
    const { answeredAt: at, answerSequence } = answered;
    const set = { candidateRsvp: rsvp, candidateAnsweredAt: at, candidateAnswerSequence: answerSequence };
    return counts(known) ? { ...common, set } : null;
  }
  const seat = seats.find(({ userId }) => userId === request.attendee.id);
  if (!seat) throw notFound(request);
  if (!counts(seat)) return null;
  const replaced = seats.map((other) => (other === seat ? { ...seat, rsvp, ...answered } : other));
  return { ...common, set: {}, seats: replaced };
}

interface Answer {
  rsvp: Rsvp | null;
  answeredAt: Date | null;
  answerSequence: number | null;
}

type Given = { answeredAt: Date; answerSequence: number };

/** By sequence, then by time. */
function isOlder(given: Given, { answeredAt, answerSequence }: Answer): boolean {
  if (answeredAt === null || answerSequence === null) return false;
  if (given.answerSequence !== answerSequence) return given.answerSequence < answerSequence;
  return given.answeredAt < answeredAt;
}

function eventOf({ comment, attendee }: RsvpRequest) {
  return { type: "INTERVIEW_RSVP_CHANGED", reason: comment, detail: { attendee } } as const;
}

const refused = (code: "ERR_RSVP_NOT_TRACKED", field: string) =>
  new ValidationFailed([finding(code, ["input", field])]);

function notFound({ attendee, ids }: RsvpRequest): ValidationFailed {
  const [field, noun] =
    attendee.kind === "candidate" ? (["candidateId", "Candidate"] as const) : (["interviewerId", "User"] as const);
  const path = ["input", "attendee", field];
  return new ValidationFailed([finding("ERR_ATTENDEE_NOT_FOUND", path, ids.explain(noun, attendee.id))]);
}
