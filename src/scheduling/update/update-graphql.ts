import { builder } from "../../graphql/builder.ts";
import { requireMutationScopes } from "../../graphql/mutation-scopes.ts";
import { InterviewFieldEnum } from "../../interview/field-graphql.ts";
import { InterviewNotFound, ValidationFailed } from "../../interview/finding.ts";
import { IdempotencyKeyReused } from "../../operation/idempotency.ts";
import { InterviewerConflict } from "../conflict.ts";
import { VersionConflict } from "../edit/verb.ts";
import type { Edited } from "../edit/edit.ts";
import { InterviewNotice, REPLAYED } from "../edit/edit-graphql.ts";
import { InterviewWarningType } from "../edit/refusal-graphql.ts";
import { updateInterview } from "./update.ts";
import type { UpdateAnswer } from "./update.ts";
import { toUpdateRequest, UpdateInterviewInput } from "./update-input-graphql.ts";

const UpdateInterviewSuccess = builder.objectRef<Edited<UpdateAnswer>>("UpdateInterviewSuccess").implement({
  description: "The interview is as the request wants it.",
  fields: (t) => ({
    interview: t.expose("interview", {
      type: "Interview",
      description: "The interview as it is stored; unchanged under `validateOnly`.",
    }),
    changedFields: t.field({
      type: [InterviewFieldEnum],
      description: "What was changed, or would be. Empty when nothing differed: then nothing was written.",
      resolve: ({ answer }) => answer.changedFields,
    }),
    notices: t.field({
      type: [InterviewNotice],
      description: "Who is told what once the calendar follows, for a dialog that asks before.",
      resolve: ({ interview, answer }) => answer.notices.map((notice) => ({ ...notice, interview })),
    }),
    replayed: t.exposeBoolean("replayed", { description: REPLAYED }),
    warnings: t.field({
      type: [InterviewWarningType],
      description: "What the sender may not expect.",
      resolve: ({ answer }) => answer.warnings,
    }),
  }),
});

builder.mutationField("updateInterview", (t) =>
  t.field({
    type: UpdateInterviewSuccess,
    description:
      "Changes an interview. Conference, calendar event and mails follow within seconds: `provisioning.state` is PENDING until " +
      "they match. A change of time asks everybody again; other changes keep their answers.",
    args: {
      input: t.arg({ type: UpdateInterviewInput, required: true, description: "The interview and its changes." }),
    },
    errors: {
      types: [InterviewNotFound, ValidationFailed, VersionConflict, InterviewerConflict, IdempotencyKeyReused],
      directResult: true,
      union: { name: "UpdateInterviewResult", description: "What became of a request to change an interview." },
    },
    resolve: (_root, { input }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return updateInterview(ctx, toUpdateRequest(input));
    },
  }),
);
