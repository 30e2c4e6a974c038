import { builder } from "../../graphql/builder.ts";
import { requireMutationScopes } from "../../graphql/mutation-scopes.ts";
import { InterviewNotFound, ValidationFailed } from "../../interview/finding.ts";
import { IdempotencyKeyReused } from "../../operation/idempotency.ts";
import { idempotencyKey } from "../input-graphql.ts";
import { VersionConflict } from "../edit/verb.ts";
import type { Edited } from "../edit/edit.ts";
import {
  EXPECTED_VERSION,
  IDEMPOTENCY_KEY,
  readText,
  reasonText,
  REPLAYED,
  toEditRequest,
} from "../edit/edit-graphql.ts";
import { markCandidateNoShow, undoCandidateNoShow } from "./no-show.ts";

interface NoShowMutation {
  name: "markCandidateNoShow" | "undoCandidateNoShow";
  run: typeof markCandidateNoShow;
  description: string;
  /** Which interviews it takes. */
  takes: string;
  /** What the interview then is. */
  becomes: string;
}

/** Both have the same shapes, under names of their own, so that each can grow by itself. */
function defineNoShowMutation({ name, run, description, takes, becomes }: NoShowMutation): void {
  const Name = `${name.charAt(0).toUpperCase()}${name.slice(1)}` as const;
  const Input = builder.inputType(`${Name}Input`, {
    description: "Which interview, and why.",
    fields: (t) => ({
      interviewId: t.id({ required: true, description: takes }),
      reason: t.string({ ...reasonText, description: "Why, at most 500 characters, for history." }),
      expectedVersion: t.int({ description: EXPECTED_VERSION }),
      idempotencyKey: t.string({ validate: { schema: idempotencyKey }, description: IDEMPOTENCY_KEY }),
    }),
  });
  const Success = builder.objectRef<Edited<object>>(`${Name}Success`).implement({
    description: `The interview is ${becomes}.`,
    fields: (t) => ({
      interview: t.expose("interview", { type: "Interview", description: `The interview, ${becomes}.` }),
      replayed: t.exposeBoolean("replayed", { description: REPLAYED }),
    }),
  });
  builder.mutationField(name, (t) =>
    t.field({
      type: Success,
      description,
      args: { input: t.arg({ type: Input, required: true, description: "Which interview, and why." }) },
      errors: {
        types: [InterviewNotFound, ValidationFailed, VersionConflict, IdempotencyKeyReused],
        directResult: true,
        union: { name: `${Name}Result`, description: "What became of the request." },
      },
      resolve: (_root, { input }, ctx, info) => {
        requireMutationScopes(ctx, info);
        return run(ctx, { ...toEditRequest(input), reason: readText(input.reason) });
      },
    }),
  );
}

defineNoShowMutation({
  name: "markCandidateNoShow",
  run: markCandidateNoShow,
  description:
    "Records that the candidate did not come, for external interviews too. The interviewers stay busy, and no mail is sent.",
  takes: "The interview: IN_PROGRESS or ENDED, and without a submitted scorecard.",
  becomes: "CANDIDATE_NO_SHOW",
});

defineNoShowMutation({
  name: "undoCandidateNoShow",
  run: undoCandidateNoShow,
  description: "Takes back that the candidate did not come: the status follows the clock again.",
  takes: "The interview: CANDIDATE_NO_SHOW.",
  becomes: "IN_PROGRESS or ENDED again",
});
