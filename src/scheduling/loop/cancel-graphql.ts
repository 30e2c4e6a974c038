import { SentIds } from "../../core/id.ts";
import type { ItemsExtensions } from "../../execution/cost.ts";
import { builder } from "../../graphql/builder.ts";
import { requireMutationScopes } from "../../graphql/mutation-scopes.ts";
import { ValidationFailed } from "../../interview/finding.ts";
import { IdempotencyKeyReused } from "../../operation/idempotency.ts";
import { idempotencyKey } from "../input-graphql.ts";
import { IDEMPOTENCY_KEY, InterviewNotice, readText, reasonText, REPLAYED } from "../edit/edit-graphql.ts";
import { VersionConflict } from "../edit/verb.ts";
import { cancelLoop } from "./cancel.ts";
import type { CancelLoopRequest } from "./cancel.ts";
import type { EditedLoop } from "./edit.ts";
import { ASSUMED_NOTICES, MAX_LEGS } from "./legs.ts";
import { LoopNotFound } from "./refusal.ts";

const InterviewVersionInput = builder.inputType("InterviewVersionInput", {
  description: "An interview, and the version of it that the caller has seen.",
  fields: (t) => ({
    interviewId: t.id({ required: true, description: "The interview." }),
    version: t.int({ required: true, description: "Its `version`." }),
  }),
});

const CancelLoopInput = builder.inputType("CancelLoopInput", {
  description: "Which loop is cancelled, and why.",
  fields: (t) => ({
    loopId: t.id({ required: true, description: "The loop; at least one of its interviews must not be over." }),
    reason: t.string({
      ...reasonText,
      description: "Why, at most 500 characters. It is shown in history and is not mailed.",
    }),
    expectedVersions: t.field({
      type: [InterviewVersionInput],
      validate: { maxLength: MAX_LEGS },
      description:
        "The request is refused if another caller has changed one of these interviews since. Changes by provisioning and " +
        "answers to invitations do not count.",
    }),
    idempotencyKey: t.string({ validate: { schema: idempotencyKey }, description: IDEMPOTENCY_KEY }),
  }),
});

function toCancelRequest(input: typeof CancelLoopInput.$inferInput): CancelLoopRequest {
  const ids = new SentIds();
  return {
    ids,
    loopId: ids.read("InterviewLoop", input.loopId),
    reason: readText(input.reason),
    expectedVersions: (input.expectedVersions ?? []).map(({ interviewId, version }, index) => ({
      interviewId: ids.read("Interview", interviewId),
      version,
      path: ["input", "expectedVersions", String(index)],
    })),
    idempotencyKey: input.idempotencyKey ?? null,
  };
}

const CancelLoopSuccess = builder.objectRef<EditedLoop>("CancelLoopSuccess").implement({
  description: "No interview of the loop is still to come.",
  fields: (t) => ({
    loop: t.expose("loop", { type: "InterviewLoop", description: "The loop, with its interviews as they are now." }),
    notices: t.expose("notices", {
      type: [InterviewNotice],
      extensions: { items: ASSUMED_NOTICES } satisfies ItemsExtensions,
      description: "Who gets a mail: everyone who was invited to an interview that is cancelled now.",
    }),
    replayed: t.exposeBoolean("replayed", { description: REPLAYED }),
  }),
});

builder.mutationField("cancelLoop", (t) =>
  t.field({
    type: CancelLoopSuccess,
    description:
      "Cancels the interviews of a loop for good, all of them or none, as `cancelInterview` does. Those that are CANCELLED, " +
      "have ENDED or were no-shows stay as they are.",
    args: { input: t.arg({ type: CancelLoopInput, required: true, description: "Which loop, and why." }) },
    errors: {
      types: [LoopNotFound, ValidationFailed, VersionConflict, IdempotencyKeyReused],
      directResult: true,
      union: { name: "CancelLoopResult", description: "What became of a request to cancel a loop." },
    },
    resolve: (_root, { input }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return cancelLoop(ctx, toCancelRequest(input));
    },
  }),
);
