import { builder } from "../../graphql/builder.ts";
import { defineEnum } from "../../graphql/enum.ts";
import { Problem } from "../../graphql/problem.ts";
import { InterviewFieldEnum } from "../../interview/field-graphql.ts";
import { ApplicationNotFound, FINDINGS, InterviewNotFound, ValidationFailed } from "../../interview/finding.ts";
import type { Finding, FindingCode } from "../../interview/finding.ts";
import { visibleInterview } from "../../interview/find.ts";
import { IdempotencyKeyReused } from "../../operation/idempotency.ts";
import { loaded } from "../../read/loader.ts";
import { userInAccount } from "../../people/load.ts";
import { InterviewerConflict } from "../conflict.ts";
import type { Conflict } from "../conflict.ts";
import { VersionConflict } from "./verb.ts";
import { WARNINGS } from "../warning.ts";
import type { InterviewWarning, WarningCode } from "../warning.ts";

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

builder.objectType(InterviewNotFound, {
  name: "InterviewNotFound",
  description: "There is no interview with the id that the caller may see.",
  interfaces: [Problem],
});

builder.objectType(VersionConflict, {
  name: "VersionConflict",
  description: "Another caller changed the interview after `expectedVersion`, and nothing was changed.",
  interfaces: [Problem],
  fields: (t) => ({
    currentVersion: t.int({ description: "The version to expect now.", resolve: ({ interview }) => interview.version }),
    changedFields: t.expose("changedFields", {
      type: [InterviewFieldEnum],
      description:
        "What other callers have changed since. Changes by provisioning and answers to invitations are not included.",
    }),
    interview: t.expose("interview", { type: "Interview", description: "The interview as it is." }),
  }),
});

builder.objectType(IdempotencyKeyReused, {
  name: "IdempotencyKeyReused",
  description: "The idempotency key was used for another request, and nothing was changed.",
  interfaces: [Problem],
});

export const InterviewerConflictInterval = builder.objectRef<Conflict>("InterviewerConflictInterval").implement({
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
    conflicts: t.expose("conflicts", {
      type: [InterviewerConflictInterval],
      description: "Every clash, by interviewer and time.",
    }),
  }),
});

const WarningCodeEnum = defineEnum("InterviewWarningCode", Object.keys(WARNINGS) as WarningCode[], {
  description:
    "What the sender of a successful request may not expect. The list is closed: a new one is a new version.",
  values: WARNINGS,
});

export const InterviewWarningType = builder.objectRef<InterviewWarning>("InterviewWarning").implement({
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
