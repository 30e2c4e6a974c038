import { builder } from "../../graphql/builder.ts";
import { requireMutationScopes } from "../../graphql/mutation-scopes.ts";
import { InterviewNotFound, ValidationFailed } from "../../interview/finding.ts";
import type { Edited } from "../edit/edit.ts";
import { toEditRequest } from "../edit/edit-graphql.ts";
import { retryProvisioning } from "./retry-provisioning.ts";

const RetryProvisioningInput = builder.inputType("RetryProvisioningInput", {
  description: "Which interview.",
  fields: (t) => ({
    interviewId: t.id({
      required: true,
      description: "An interview whose provisioning is FAILED; it may be CANCELLED.",
    }),
  }),
});

const RetryProvisioningSuccess = builder.objectRef<Edited<object>>("RetryProvisioningSuccess").implement({
  description: "Provisioning is under way again.",
  fields: (t) => ({ interview: t.expose("interview", { type: "Interview", description: "The interview, PENDING." }) }),
});

builder.mutationField("retryProvisioning", (t) =>
  t.field({
    type: RetryProvisioningSuccess,
    description:
      "Starts provisioning again after it was given up. Asked again while it is under way, it changes nothing.",
    args: { input: t.arg({ type: RetryProvisioningInput, required: true, description: "Which interview." }) },
    errors: {
      types: [InterviewNotFound, ValidationFailed],
      directResult: true,
      union: { name: "RetryProvisioningResult", description: "What became of a request to provision again." },
    },
    resolve: (_root, { input }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return retryProvisioning(ctx, toEditRequest(input));
    },
  }),
);
