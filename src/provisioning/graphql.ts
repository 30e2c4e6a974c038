import { builder } from "../graphql/builder.ts";
import { fieldsOf } from "../graphql/columns.ts";
import { ProvisioningState } from "../interview/graphql.ts";
import { provisioningOfInterview } from "../interview/load.ts";
import type { Interview } from "../interview/load.ts";
import type { Provisioning } from "./attempt.ts";

/** A row that has an error. */
type Refused = Provisioning & { errorCode: string; errorMessage: string; errorRetryable: boolean };

const isRefused = (row: Provisioning | null): row is Refused => row !== null && row.errorCode !== null;

const ProvisioningError = builder.objectRef<Refused>("ProvisioningError").implement({
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
        resolve: ({ row }) => (isRefused(row) ? row : null),
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
