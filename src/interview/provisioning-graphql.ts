import { SentIds } from "../core/id.ts";
import { provisioningState } from "../db/schema/enum.ts";
import { builder } from "../graphql/builder.ts";
import { fieldsOf } from "../graphql/columns.ts";
import { defineEnum } from "../graphql/enum.ts";
import { requireMutationScopes } from "../graphql/mutation-scopes.ts";
import { Problem } from "../graphql/problem.ts";
import { ValidationFailed } from "./finding.ts";
import { provisioningOfInterview } from "./load.ts";
import { InterviewNotFound, retryProvisioning } from "./retry-provisioning.ts";
import type { Interview } from "./request.ts";
import type { Provisioning } from "./retry.ts";

export const ProvisioningState = defineEnum("ProvisioningState", provisioningState.enumValues, {
  description: "How far conference, calendar event and invitations have come.",
  values: {
    NOT_APPLICABLE: "The calendar event is owned elsewhere, so nothing is provisioned.",
    PENDING: "Under way.",
    PROVISIONED: "Everything exists and the invitations are sent.",
    FAILED: "It was given up; `retryProvisioning` starts again.",
  },
});

const ProvisioningError = builder.objectRef<Provisioning>("ProvisioningError").implement({
  description: "Why the last attempt failed.",
  fields: (t) => ({
    code: t.exposeString("errorCode", { description: "Stable, in capitals: RATE_LIMITED, UNAVAILABLE, REJECTED." }),
    message: t.exposeString("errorMessage", { description: "The same for people." }),
    retryable: t.exposeBoolean("errorRetryable", { description: "Whether a later attempt may succeed." }),
  }),
});

const ProvisioningType = builder
  .objectRef<{ interview: Pick<Interview, "provisioningState" | "provisionedAt">; row: Provisioning | null }>(
    "Provisioning",
  )
  .implement({
    description: "What happens after the record: conference, calendar event, invitations.",
    fields: (t) => ({
      state: t.field({
        type: ProvisioningState,
        description: "How far it has come.",
        resolve: ({ interview }) => interview.provisioningState,
      }),
      attempts: t.int({
        description: "Attempts that a provider refused. A worker that was lost is none.",
        resolve: ({ row }) => row?.attempts ?? 0,
      }),
      lastError: t.field({
        type: ProvisioningError,
        nullable: true,
        description: "Why the last attempt failed; null when none did.",
        resolve: ({ row }) => row,
      }),
      nextAttemptAt: t.field({
        type: "DateTime",
        nullable: true,
        description: "When the next attempt begins at the earliest; null when none is planned.",
        resolve: ({ interview, row }) =>
          interview.provisioningState === "PENDING" ? (row?.nextAttemptAt ?? null) : null,
      }),
      provisionedAt: t.field({
        type: "DateTime",
        nullable: true,
        description: "When it was finished; null before.",
        resolve: ({ interview }) => interview.provisionedAt,
      }),
    }),
  });

const { reading } = fieldsOf<Interview>();

builder.objectField("Interview", "provisioning", (t) =>
  t.field({
    type: ProvisioningType,
    description: "How far conference, calendar event and invitations have come.",
    ...reading(["id", "provisioningState", "provisionedAt"], async (interview, ctx) => ({
      interview,
      row: await ctx.load(provisioningOfInterview, interview.id),
    })),
  }),
);

builder.objectType(InterviewNotFound, {
  name: "InterviewNotFound",
  description: "There is no interview with the id that the caller may see.",
  interfaces: [Problem],
});

const RetryProvisioningInput = builder.inputType("RetryProvisioningInput", {
  description: "Which interview.",
  fields: (t) => ({ interviewId: t.id({ required: true, description: "An interview whose provisioning is FAILED." }) }),
});

const RetryProvisioningSuccess = builder.objectRef<{ interview: Interview }>("RetryProvisioningSuccess").implement({
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
    resolve: async (_root, { input }, ctx, info) => {
      requireMutationScopes(ctx, info);
      const ids = new SentIds();
      const interviewId = ids.read("Interview", input.interviewId);
      return { interview: await retryProvisioning(ctx, { ids, interviewId }) };
    },
  }),
);
