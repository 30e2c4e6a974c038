import { requireMutationScopes } from "../../graphql/mutation-scopes.ts";
import { builder } from "../../graphql/builder.ts";
import { ApplicationNotFound, ValidationFailed } from "../../interview/finding.ts";
import { IdempotencyKeyReused } from "../../operation/idempotency.ts";
import { InterviewerConflict } from "../conflict.ts";
import { createInterview } from "./create.ts";
import type { CreatedInterview, ValidInterview } from "./create.ts";
import { CreateInterviewInput, toCreateRequest } from "./create-input-graphql.ts";
import { InterviewWarningType } from "../edit/refusal-graphql.ts";

const CreateInterviewSuccess = builder.objectRef<CreatedInterview>("CreateInterviewSuccess").implement({
  description: "The interview was created.",
  fields: (t) => ({
    interview: t.expose("interview", { type: "Interview", description: "The interview, not yet provisioned." }),
    replayed: t.exposeBoolean("replayed", {
      description: "Whether an earlier call with the same idempotency key had created it.",
    }),
    warnings: t.expose("warnings", { type: [InterviewWarningType], description: "What the sender may not expect." }),
  }),
});

const CreateInterviewValid = builder.objectRef<ValidInterview>("CreateInterviewValid").implement({
  description: "Under `validateOnly`: the interview could be created now. Nothing was written.",
  fields: (t) => ({
    warnings: t.expose("warnings", { type: [InterviewWarningType], description: "What the sender may not expect." }),
  }),
});

const CreateInterviewResult = builder.errorUnion("CreateInterviewResult", {
  description: "What became of a request to create an interview.",
  types: [
    CreateInterviewSuccess,
    CreateInterviewValid,
    ApplicationNotFound,
    ValidationFailed,
    InterviewerConflict,
    IdempotencyKeyReused,
  ],
  resolveType: (result) => ("interview" in result ? "CreateInterviewSuccess" : "CreateInterviewValid"),
});

builder.mutationField("createInterview", (t) =>
  t.field({
    type: CreateInterviewResult,
    description:
      "Creates an interview. Unless it is external, conference, calendar event and invitations follow within seconds, and " +
      "`interviewProvisioned` tells when they exist.",
    args: {
      input: t.arg({ type: CreateInterviewInput, required: true, description: "The interview to create." }),
    },
    resolve: (_root, { input }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return createInterview(ctx, toCreateRequest(input));
    },
  }),
);
