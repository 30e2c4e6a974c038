import { encodeId } from "../core/id.ts";
import { applicationStatus, hiringTeamRole } from "../db/schema/enum.ts";
import { builder } from "../graphql/builder.ts";
import { fieldsOf } from "../graphql/columns.ts";
import { defineEnum } from "../graphql/enum.ts";
import { lookup } from "../graphql/lookup.ts";
import { nodeOf } from "../graphql/node.ts";
import { EXTERNAL_ID, RETIRED_AT } from "../graphql/reference.ts";
import { userInAccount } from "../people/load.ts";
import * as load from "./load.ts";
import { APPLICATIONS, CANDIDATES, JOBS, OFFICES } from "./noun.ts";

const HiringTeamRole = defineEnum("HiringTeamRole", hiringTeamRole.enumValues, {
  description: "What a user does on one job.",
  values: {
    RECRUITER: "Runs the hiring.",
    HIRING_MANAGER: "Decides whom to hire.",
    COORDINATOR: "Schedules the interviews.",
    EXTERNAL_RECRUITER: "Brings candidates from outside, and sees and manages only those.",
  },
});

export const ApplicationStatus = defineEnum("ApplicationStatus", applicationStatus.enumValues, {
  description: "The state of an application. Interviews can be created while it is ACTIVE.",
  values: {
    ACTIVE: "Under consideration.",
    HIRED: "The candidate was hired.",
    REJECTED: "The candidate was not hired.",
    DUPLICATE: "Another application of the candidate counts instead.",
  },
});

const ofMember = fieldsOf<load.HiringTeamMember>();
const ofJob = fieldsOf<load.Job>();
const ofCandidate = fieldsOf<load.Candidate>();
const ofApplication = fieldsOf<load.Application>();

builder.node("Office", {
  description: "A place where people meet.",
  id: { resolve: (office) => office.id },
  loadWithoutCache: nodeOf(OFFICES),
  fields: (t) => ({
    externalId: t.exposeString("externalId", EXTERNAL_ID),
    name: t.exposeString("name", { description: "Name of the office." }),
    address: t.exposeString("address", { description: "Postal address, in one line." }),
    timezone: t.expose("timezone", { type: "TimeZone", description: "Time zone of the place." }),
    retiredAt: t.expose("retiredAt", RETIRED_AT),
  }),
});

builder.objectType("HiringTeamMember", {
  description: "A user's role in hiring for one job.",
  fields: (t) => ({
    id: t.id({
      description: "Opaque id, the same for as long as the user has the role on the job. `node` does not take it.",
      ...ofMember.reading(["jobId", "userId", "role"], ({ jobId, userId, role }) =>
        encodeId("HiringTeamMember", `${jobId}_${userId}_${role}`),
      ),
    }),
    role: t.expose("role", { type: HiringTeamRole, description: "The role on this job." }),
    user: t.field({
      type: "User",
      description: "Who has the role.",
      ...ofMember.related("userId", userInAccount),
    }),
  }),
});

builder.node("Job", {
  description: "An open position.",
  id: { resolve: (job) => job.id },
  loadWithoutCache: nodeOf(JOBS),
  fields: (t) => ({
    externalId: t.exposeString("externalId", EXTERNAL_ID),
    title: t.exposeString("title", { description: "Title of the position." }),
    department: t.exposeString("department", { nullable: true, description: "Department; null when none is set." }),
    hiringTeam: t.field({
      type: ["HiringTeamMember"],
      description: "Who hires for the job. A user with two roles appears twice.",
      ...ofJob.related("id", load.teamOfJob),
    }),
    interviewPlan: t.field({
      type: "InterviewPlan",
      description: "The stages that candidates of the job go through.",
      ...ofJob.related("id", load.planOfJob),
    }),
    retiredAt: t.expose("retiredAt", RETIRED_AT),
  }),
});

builder.node("Candidate", {
  description: "A person who applies.",
  id: { resolve: (candidate) => candidate.id },
  loadWithoutCache: nodeOf(CANDIDATES),
  fields: (t) => ({
    externalId: t.exposeString("externalId", EXTERNAL_ID),
    name: t.exposeString("name", { description: "Full name." }),
    email: t.exposeString("email", { description: "Address that invitations are sent to." }),
    addedBy: t.field({
      type: "User",
      nullable: true,
      description: "The user who added the candidate; null for a candidate who applied without one.",
      ...ofCandidate.relatedIfAny("addedById", userInAccount),
    }),
    retiredAt: t.expose("retiredAt", RETIRED_AT),
  }),
});

builder.node("Application", {
  description: "A candidate's submission to one job.",
  id: { resolve: (application) => application.id },
  loadWithoutCache: nodeOf(APPLICATIONS),
  fields: (t) => ({
    externalId: t.exposeString("externalId", EXTERNAL_ID),
    status: t.expose("status", { type: ApplicationStatus, description: "The state of the application." }),
    candidate: t.field({
      type: "Candidate",
      description: "Who applies.",
      ...ofApplication.related("candidateId", load.candidateInAccount),
    }),
    job: t.field({
      type: "Job",
      description: "The position that the candidate applies for.",
      ...ofApplication.related("jobId", load.jobInAccount),
    }),
    currentStage: t.field({
      type: "Stage",
      description: "The stage that it is in; ad-hoc interviews are placed on it.",
      ...ofApplication.related("currentStageId", load.stageInAccount),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When this system first received it." }),
    retiredAt: t.expose("retiredAt", RETIRED_AT),
  }),
});

builder.queryFields((t) => ({
  office: t.field({ type: "Office", ...lookup({ type: "Office", called: "office" }, OFFICES) }),
  job: t.field({ type: "Job", ...lookup({ type: "Job", called: "job" }, JOBS) }),
  candidate: t.field({ type: "Candidate", ...lookup({ type: "Candidate", called: "candidate" }, CANDIDATES) }),
  application: t.field({
    type: "Application",
    ...lookup({ type: "Application", called: "application" }, APPLICATIONS),
  }),
}));
