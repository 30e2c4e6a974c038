import { z } from "zod";
import type { Noun, SentIds } from "../core/id.ts";
import type { InputBuilder } from "../graphql/builder.ts";
import { defineEnum } from "../graphql/enum.ts";
import type { InterviewFields } from "./configuration.ts";

const MAX_NAME = 255;

export const shortText = z.string().trim().min(1).max(MAX_NAME);
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{8,255}$/, "8 to 255 visible ASCII characters are expected here.");
export const bounded = { validate: { schema: shortText } };

const ConflictPolicy = defineEnum("ConflictPolicy", ["REJECT", "ALLOW"], {
  description: "What happens when an interviewer already has an interview at that time.",
  values: {
    REJECT: "The request is refused, with every clash.",
    ALLOW: "The interview is created all the same. It needs a reason, which is recorded.",
  },
});

/** What a request says of overlaps. @param whose of which interviewers it is asked whether they are busy */
export const overlapFields = (t: InputBuilder, whose = "an interviewer") => ({
  conflictPolicy: t.field({
    type: ConflictPolicy,
    required: true,
    defaultValue: "REJECT",
    description: `What happens when ${whose} is busy. External interviews are never refused.`,
  }),
  conflictReason: t.string({ ...bounded, description: "Why overlaps are allowed; required for ALLOW, and recorded." }),
});

export const dryRunField = (t: InputBuilder) => ({
  validateOnly: t.boolean({
    required: true,
    defaultValue: false,
    description: "Checks everything, conflicts included, and writes nothing. The key is not used.",
  }),
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
