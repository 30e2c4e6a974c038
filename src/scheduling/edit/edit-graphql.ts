import { z } from "zod";
import { SentIds } from "../../core/id.ts";
import { builder } from "../../graphql/builder.ts";
import { defineEnum } from "../../graphql/enum.ts";
import { candidateInAccount } from "../../hiring/load.ts";
import type { Interview } from "../../interview/load.ts";
import { loaded } from "../../read/loader.ts";
import { userInAccount } from "../../people/load.ts";
import { CANDIDATE } from "../../provisioning/compose.ts";
import type { Notice } from "../../provisioning/notice.ts";
import type { EditRequest } from "./verb.ts";

const MAX_REASON = 500;

/** A text of one person's own words. */
export const reasonText = { validate: { schema: z.string().trim().min(1).max(MAX_REASON) } };

export const EXPECTED_VERSION =
  "The version that the caller has seen. The request is refused if another caller has changed the interview since. Changes by " +
  "provisioning and answers to invitations do not count. When it is left out, versions are not compared.";

export const IDEMPOTENCY_KEY =
  "8 to 255 visible ASCII characters. The same key with the same input within 48 hours answers with the interview as it is " +
  "then, and writes nothing; with another input it is refused.";

export const REPLAYED = "Whether an earlier call with the same idempotency key had done it.";

interface EditInput {
  interviewId: string;
  expectedVersion?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}

/** What the inputs of all verbs have in common. */
export function toEditRequest({ interviewId, expectedVersion, idempotencyKey }: EditInput): EditRequest {
  const ids = new SentIds();
  return {
    ids,
    path: ["input"],
    interviewId: ids.read("Interview", interviewId),
    expectedVersion: expectedVersion ?? null,
    idempotencyKey: idempotencyKey ?? null,
  };
}

/** In one Unicode form, so that a repetition is the same request. */
export const readText = (text: string | null | undefined): string | null => text?.normalize("NFC") ?? null;

const InvitationMethod = defineEnum("InvitationMethod", ["REQUEST", "CANCEL"], {
  description: "What a mail asks of a calendar.",
  values: { REQUEST: "To enter the meeting, or to change it.", CANCEL: "To take it out." },
});

export interface ToldNotice extends Notice {
  interview: Interview;
}

const InterviewAttendee = builder.unionType("InterviewAttendee", {
  description: "Somebody who takes part in an interview.",
  types: ["Candidate", "User"],
  resolveType: (attendee) => ("role" in attendee ? "User" : "Candidate"),
});

export const InterviewNotice = builder.objectRef<ToldNotice>("InterviewNotice").implement({
  description: "A mail that a change leads to.",
  fields: (t) => ({
    interview: t.expose("interview", { type: "Interview", description: "The interview that it is about." }),
    recipient: t.field({
      type: InterviewAttendee,
      description: "Who gets it.",
      resolve: ({ recipient, interview }, _args, ctx) =>
        recipient === CANDIDATE
          ? loaded(ctx.load(candidateInAccount, interview.candidateId))
          : loaded(ctx.load(userInAccount, recipient)),
    }),
    method: t.expose("method", { type: InvitationMethod, description: "What it asks of their calendar." }),
  }),
});
