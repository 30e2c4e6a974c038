import { builder } from "../../graphql/builder.ts";
import { requireMutationScopes } from "../../graphql/mutation-scopes.ts";
import { InterviewNotFound, ValidationFailed } from "../../interview/finding.ts";
import { IdempotencyKeyReused } from "../../operation/idempotency.ts";
import { cancelInterview } from "./cancel.ts";
import type { CancelAnswer } from "./cancel.ts";
import { idempotencyKey } from "../input-graphql.ts";
import { VersionConflict } from "../edit/verb.ts";
import type { Edited } from "../edit/edit.ts";
import { EXPECTED_VERSION, IDEMPOTENCY_KEY, InterviewNotice, readText, reasonText } from "../edit/edit-graphql.ts";
import { REPLAYED, toEditRequest } from "../edit/edit-graphql.ts";

const CancelInterviewInput = builder.inputType("CancelInterviewInput", {
  description: "Which interview is cancelled, and why.",
  fields: (t) => ({
    interviewId: t.id({ required: true, description: "The interview; not CANCELLED, nor ENDED on HACKERRANK." }),
    reason: t.string({
      ...reasonText,
      description: "Why, at most 500 characters. It is shown in history and is not mailed.",
    }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    idempotencyKey: t.string({ validate: { schema: idempotencyKey }, description: IDEMPOTENCY_KEY }),
  }),
});

const CancelInterviewSuccess = builder.objectRef<Edited<CancelAnswer>>("CancelInterviewSuccess").implement({
  description: "The interview is cancelled.",
  fields: (t) => ({
    interview: t.expose("interview", { type: "Interview", description: "The interview, CANCELLED." }),
    notices: t.field({
      type: [InterviewNotice],
      description: "Who gets a mail: everyone who was invited, or no one if the interview has ended.",
      resolve: ({ interview, answer }) => answer.notices.map((notice) => ({ ...notice, interview })),
    }),
    replayed: t.exposeBoolean("replayed", { description: REPLAYED }),
  }),
});

builder.mutationField("cancelInterview", (t) =>
  t.field({
    type: CancelInterviewSuccess,
    description:
      "Cancels an interview for good. Its interviewers are free at once; conference and calendar event are taken down, and " +
      "everybody who was invited is told, within seconds. The record stays.",
    args: { input: t.arg({ type: CancelInterviewInput, required: true, description: "Which interview, and why." }) },
    errors: {
      types: [InterviewNotFound, ValidationFailed, VersionConflict, IdempotencyKeyReused],
      directResult: true,
      union: { name: "CancelInterviewResult", description: "What became of a request to cancel an interview." },
    },
    resolve: (_root, { input }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return cancelInterview(ctx, { ...toEditRequest(input), reason: readText(input.reason) });
    },
  }),
);
