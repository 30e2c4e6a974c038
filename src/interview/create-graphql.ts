import { builder } from "../graphql/builder.ts";
import { defineEnum } from "../graphql/enum.ts";
import { Problem } from "../graphql/problem.ts";
import { createInterview } from "./create.ts";
import type { CreatedInterview } from "./create.ts";
import { CreateInterviewInput, toCreateRequest } from "./create-input-graphql.ts";
import { ApplicationNotFound, FINDINGS, ValidationFailed } from "./finding.ts";
import type { Finding, FindingCode } from "./finding.ts";
import { WARNING_CODES } from "./warning.ts";
import type { InterviewWarning } from "./warning.ts";

const codes = Object.keys(FINDINGS) as FindingCode[];

const FindingCodeEnum = defineEnum("FindingCode", codes, {
  description: "What is wrong with a request.",
  values: Object.fromEntries(codes.map((code) => [code, FINDINGS[code].message])) as Record<FindingCode, string>,
});

const FindingType = builder.objectRef<Finding>("Finding").implement({
  description: "One fault of a request.",
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
  fields: (t) => ({
    code: t.exposeString("code", { description: "Always ERR_APPLICATION_NOT_FOUND." }),
  }),
});

builder.objectType(ValidationFailed, {
  name: "ValidationFailed",
  description: "The request has faults, and nothing was changed.",
  interfaces: [Problem],
  fields: (t) => ({
    findings: t.expose("findings", { type: [FindingType], description: "Every fault at once, in a stable order." }),
  }),
});

const WarningCodeEnum = defineEnum("InterviewWarningCode", WARNING_CODES, {
  description: "What the sender of a successful request may not expect.",
  values: { SCORECARD_TEMPLATE_IGNORED: "A scorecard template was sent for a plan-driven interview, and not used." },
});

const InterviewWarningType = builder.objectRef<InterviewWarning>("InterviewWarning").implement({
  description: "Something that did not hinder the request, and that its sender may not expect.",
  fields: (t) => ({
    code: t.expose("code", { type: WarningCodeEnum, description: "What it is." }),
    path: t.exposeStringList("path", { description: "The input field, from `input` on." }),
    message: t.exposeString("message", { description: "The same for people." }),
  }),
});

const CreateInterviewSuccess = builder.objectRef<CreatedInterview>("CreateInterviewSuccess").implement({
  description: "The interview was created; its provisioning follows within seconds.",
  fields: (t) => ({
    interview: t.expose("interview", { type: "Interview", description: "The interview, not yet provisioned." }),
    warnings: t.expose("warnings", { type: [InterviewWarningType], description: "What the sender may not expect." }),
  }),
});

builder.mutationField("createInterview", (t) =>
  t.field({
    type: CreateInterviewSuccess,
    description:
      "Creates an interview. Unless it is external, conference, calendar event and invitations follow within seconds, and " +
      "`interviewProvisioned` tells when they exist.",
    args: {
      input: t.arg({ type: CreateInterviewInput, required: true, description: "The interview to create." }),
    },
    errors: {
      types: [ApplicationNotFound, ValidationFailed],
      directResult: true,
      union: { name: "CreateInterviewResult", description: "What became of a request to create an interview." },
    },
    resolve: (_root, { input }, ctx) => createInterview(ctx, toCreateRequest(input)),
  }),
);
