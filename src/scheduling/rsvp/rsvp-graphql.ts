import { builder } from "../../graphql/builder.ts";
import { defineEnum } from "../../graphql/enum.ts";
import { requireMutationScopes } from "../../graphql/mutation-scopes.ts";
import { InterviewNotFound, ValidationFailed } from "../../interview/finding.ts";
import { IdempotencyKeyReused } from "../../operation/idempotency.ts";
import { idempotencyKey } from "../input-graphql.ts";
import type { Edited } from "../edit/edit.ts";
import { IDEMPOTENCY_KEY, readText, reasonText, REPLAYED, toEditRequest } from "../edit/edit-graphql.ts";
import { recordRsvp } from "./rsvp.ts";
import type { RsvpOutcome, RsvpRequest } from "./rsvp.ts";

const RsvpAnswerEnum = defineEnum("RsvpAnswer", ["ACCEPTED", "TENTATIVE", "DECLINED"], {
  description: "What can be answered to an invitation.",
  values: { ACCEPTED: "Yes.", TENTATIVE: "Perhaps.", DECLINED: "No." },
});

const RsvpAttendeeInput = builder.inputType("RsvpAttendeeInput", {
  description: "Who answers. Send exactly one: an id that got lost must not answer for somebody else.",
  isOneOf: true,
  fields: (t) => ({
    interviewerId: t.id({ description: "A user who sits on the interview." }),
    candidateId: t.id({ description: "The interview's candidate." }),
  }),
});

const RecordRsvpInput = builder.inputType("RecordRsvpInput", {
  description: "Who answers what.",
  fields: (t) => ({
    interviewId: t.id({ required: true, description: "The interview; neither CANCELLED nor external." }),
    attendee: t.field({ type: RsvpAttendeeInput, required: true, description: "Who answers." }),
    rsvp: t.field({ type: RsvpAnswerEnum, required: true, description: "The answer." }),
    answeredAt: t.field({ type: "DateTime", description: "When it was given; now when left out." }),
    sequence: t.int({
      validate: { min: 0 },
      description:
        "SEQUENCE of the iCalendar invitation that is answered; the present one when left out. An answer to an earlier time " +
        "does not count.",
    }),
    comment: t.string({ ...reasonText, description: "In their own words, at most 500 characters, for history." }),
    idempotencyKey: t.string({ validate: { schema: idempotencyKey }, description: IDEMPOTENCY_KEY }),
  }),
});

const RecordRsvpSuccess = builder.objectRef<Edited<RsvpOutcome>>("RecordRsvpSuccess").implement({
  description: "The answer was read.",
  fields: (t) => ({
    interview: t.expose("interview", { type: "Interview", description: "The interview with the answers that count." }),
    applied: t.boolean({
      description:
        "Whether it changed anything; false when it is stale or says what was known, and nothing was written.",
      resolve: ({ answer }) => answer.applied,
    }),
    replayed: t.exposeBoolean("replayed", { description: REPLAYED }),
  }),
});

builder.mutationField("recordRsvp", (t) =>
  t.field({
    type: RecordRsvpSuccess,
    description:
      "Records what a participant answered to the invitation. People may record their own answer; others need the right to " +
      "manage the interview.",
    args: { input: t.arg({ type: RecordRsvpInput, required: true, description: "Who answers what." }) },
    errors: {
      types: [InterviewNotFound, ValidationFailed, IdempotencyKeyReused],
      directResult: true,
      union: { name: "RecordRsvpResult", description: "What became of an answer." },
    },
    resolve: (_root, { input }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return recordRsvp(ctx, toRsvpRequest(input));
    },
  }),
);

function toRsvpRequest(input: typeof RecordRsvpInput.$inferInput): RsvpRequest {
  const edit = toEditRequest(input);
  const { interviewerId, candidateId } = input.attendee;
  const attendee: RsvpRequest["attendee"] =
    candidateId == null
      ? { kind: "interviewer", id: edit.ids.read("User", interviewerId ?? "") }
      : { kind: "candidate", id: edit.ids.read("Candidate", candidateId) };
  return {
    ...edit,
    attendee,
    rsvp: input.rsvp,
    answeredAt: input.answeredAt ?? null,
    sequence: input.sequence ?? null,
    comment: readText(input.comment),
  };
}
