import { builder } from "../graphql/builder.ts";
import { abilitiesOf } from "./ability.ts";
import type { Abilities } from "./ability.ts";

const InterviewAbilities = builder.objectRef<Abilities>("InterviewAbilities").implement({
  description:
    "What the caller may do to an interview, by their rights and the interview's state at the moment of the answer. A " +
    "request may still be refused for what it asks.",
  fields: (t) => ({
    update: t.exposeBoolean("update", { description: "Update it, unless it is CANCELLED." }),
    cancel: t.exposeBoolean("cancel", {
      description: "Cancel it, unless it is CANCELLED, or a HACKERRANK interview that has ENDED.",
    }),
    markNoShow: t.exposeBoolean("markNoShow", {
      description:
        "Say that the candidate did not come, while it is IN_PROGRESS or ENDED and no scorecard is submitted.",
    }),
    undoNoShow: t.exposeBoolean("undoNoShow", {
      description: "Say that the candidate came after all, while it is CANDIDATE_NO_SHOW.",
    }),
    recordRsvp: t.exposeBoolean("recordRsvp", {
      description:
        "Record an answer to the invitation: any participant's for those who may manage the interview, otherwise one's own. " +
        "Not possible once it is CANCELLED, or when another system owns the event.",
    }),
    retryProvisioning: t.exposeBoolean("retryProvisioning", {
      description: "Start provisioning again, while it is FAILED.",
    }),
  }),
});

builder.objectField("Interview", "viewerCan", (t) =>
  t.field({
    type: InterviewAbilities,
    description:
      "What the caller may do to it, for forms that hide what would be refused. For a token by its scope; for a person by " +
      "the right to manage the application as well.",
    resolve: (interview, _args, ctx) => abilitiesOf(ctx, interview),
  }),
);
