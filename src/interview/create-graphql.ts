import { requireMutationScopes } from "../graphql/mutation-scopes.ts";
import { builder } from "../graphql/builder.ts";
import { defineEnum } from "../graphql/enum.ts";
import { Problem } from "../graphql/problem.ts";
import { IdempotencyKeyReused } from "../operation/idempotency.ts";
import { loaded } from "../operation/loader.ts";
import { userInAccount } from "../people/load.ts";
import { InterviewerConflict } from "./conflict.ts";
import type { Conflict } from "./conflict.ts";
import { createInterview } from "./create.ts";
import type { CreatedInterview, ValidInterview } from "./create.ts";
import { CreateInterviewInput, toCreateRequest } from "./create-input-graphql.ts";
import { ApplicationNotFound, FINDINGS, ValidationFailed } from "./finding.ts";
import type { Finding, FindingCode } from "./finding.ts";
import { visibleInterview } from "./find.ts";
import { WARNINGS } from "./warning.ts";
import type { InterviewWarning, WarningCode } from "./warning.ts";

const codes = Object.keys(FINDINGS) as FindingCode[];

const FindingCodeEnum = defineEnum("FindingCode", codes, {
  description:
    "What is wrong with a request. One list for all mutations, which grows with them: treat a code that you do not know as a " +
    "fault of the field at `path`.",
  values: Object.fromEntries(codes.map((code) => [code, FINDINGS[code].message])) as Record<FindingCode, string>,
});

const FindingType = builder.objectRef<Finding>("Finding").implement({
  description: "One fault of a request. A malformed id is a fault like an unknown one.",
  fields: (t) => ({
    code: t.expose("code", { type: FindingCodeEnum, description: "What is wrong." }),
    path: t.exposeStringList("path", { description: "The input field, from `input` on." }),
    message: t.exposeString("message", { description: "What is wrong and what to do, for people." }),
  }),
});

builder.objectType(ApplicationNotFound, {
  name: "ApplicationNotFound",
  description: "There is no application with the id that the caller may see.",
  interfaces: [Problem],
});

builder.objectType(ValidationFailed, {
  name: "ValidationFailed",
  description: "The request has faults, and nothing was changed.",
  interfaces: [Problem],
  fields: (t) => ({
    findings: t.expose("findings", { type: [FindingType], description: "Every fault at once, in a stable order." }),
  }),
});

builder.objectType(IdempotencyKeyReused, {
  name: "IdempotencyKeyReused",
  description: "The idempotency key was used for another request, and nothing was changed.",
  interfaces: [Problem],
});

const ConflictType = builder.objectRef<Conflict>("InterviewerConflictInterval").implement({
  description: "A time at which an interviewer is busy.",
  fields: (t) => ({
    interviewer: t.field({
      type: "User",
      description: "Who is busy.",
      resolve: ({ userId }, _args, ctx) => loaded(ctx.load(userInAccount, userId)),
    }),
    startTime: t.expose("startsAt", { type: "DateTime", description: "From when." }),
    endTime: t.expose("endsAt", { type: "DateTime", description: "Until when; the end itself is free." }),
    interview: t.field({
      type: "Interview",
      nullable: true,
      description: "With which interview; null when the caller may not see it.",
      resolve: ({ interviewId }, _args, ctx) => visibleInterview(ctx, interviewId),
    }),
  }),
});

builder.objectType(InterviewerConflict, {
  name: "InterviewerConflict",
  description: "Some interviewers are busy at that time, and nothing was changed.",
  interfaces: [Problem],
  fields: (t) => ({
    conflicts: t.expose("conflicts", { type: [ConflictType], description: "Every clash, by interviewer and time." }),
  }),
});

const WarningCodeEnum = defineEnum("InterviewWarningCode", Object.keys(WARNINGS) as WarningCode[], {
  description:
    "What the sender of a successful request may not expect. The list is closed: a new one is a new version.",
  values: WARNINGS,
});

const InterviewWarningType = builder.objectRef<InterviewWarning>("InterviewWarning").implement({
  description: "Something that did not hinder the request, and that its sender may not expect.",
  fields: (t) => ({
    code: t.expose("code", { type: WarningCodeEnum, description: "What it is." }),
    path: t.exposeStringList("path", { description: "The input field, from `input` on." }),
    message: t.exposeString("message", { description: "The same for people." }),
    interviewer: t.field({
      type: "User",
      nullable: true,
      description: "The interviewer it is about; null when it is about none.",
      resolve: ({ userId }, _args, ctx) => ctx.load(userInAccount, userId),
    }),
  }),
});

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
