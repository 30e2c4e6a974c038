import { z } from "zod";
import type { Noun, SentIds } from "../core/id.ts";
import { defineEnum } from "../graphql/enum.ts";
import type { InterviewFields } from "./configuration.ts";

const MAX_NAME = 255;

export const shortText = z.string().trim().min(1).max(MAX_NAME);
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{8,255}$/, "8 to 255 visible ASCII characters are expected here.");
export const bounded = { validate: { schema: shortText } };

export const ConflictPolicy = defineEnum("ConflictPolicy", ["REJECT", "ALLOW"], {
  description: "What happens when an interviewer already has an interview at that time.",
  values: {
    REJECT: "The request is refused, with every clash.",
    ALLOW: "The interview is created all the same. It needs a reason, which is recorded.",
  },
});

const NOUNS: Partial<Record<keyof InterviewFields, Noun>> = {
  officeId: "Office",
  hostId: "User",
  candidateTemplateId: "EmailTemplate",
  interviewerTemplateId: "EmailTemplate",
  scorecardTemplateId: "ScorecardTemplate",
};

/** What people type; in one Unicode form, a repetition is the same request. */
const TEXTS = ["name", "source"] as const;

/** Fields with UUIDs in place of ids, and texts in one Unicode form. */
export function readFields(ids: SentIds, fields: InterviewFields): InterviewFields {
  const decoded: InterviewFields = {
    ...fields,
    interviewerIds: fields.interviewerIds?.map((id) => ids.read("User", id)),
  };
  for (const [field, noun] of Object.entries(NOUNS)) {
    const key = field as "officeId";
    if (decoded[key] != null) decoded[key] = ids.read(noun, decoded[key]);
  }
  for (const key of TEXTS) if (decoded[key] != null) decoded[key] = decoded[key].normalize("NFC");
  return decoded;
}
