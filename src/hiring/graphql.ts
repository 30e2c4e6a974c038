import { applicationStatus, hiringTeamRole } from "../db/schema/enum.ts";
import { builder } from "../graphql/builder.ts";
import { fieldsOf } from "../graphql/columns.ts";
import { defineConnection } from "../graphql/connection.ts";
import { defineEnum } from "../graphql/enum.ts";
import { directoryNode } from "../graphql/node.ts";
import { RETIRED } from "../graphql/search.ts";
import { userInAccount } from "../people/load.ts";
import { listApplications, listJobs, listOffices } from "./list.ts";
import * as load from "./load.ts";
import { findApplication, findCandidate, nodeOfJob } from "./visibility.ts";

const HiringTeamRole = defineEnum("HiringTeamRole", hiringTeamRole.enumValues, {
  description: "What a user does on one job.",
  values: {
    RECRUITER: "Runs the hiring.",
    HIRING_MANAGER: "Decides.",
    COORDINATOR: "Schedules.",
    EXTERNAL_RECRUITER: "Brings candidates from outside, and manages only those.",
  },
});

const ApplicationStatus = defineEnum("ApplicationStatus", applicationStatus.enumValues, {
  description: "Where an application stands. Interviews can be created while it is ACTIVE.",
  values: { ACTIVE: "Being considered.", HIRED: "Ended well.", REJECTED: "Ended.", DUPLICATE: "Another one counts." },
});

const ofMember = fieldsOf<load.HiringTeamMember>();
const ofJob = fieldsOf<load.Job>();
const ofCandidate = fieldsOf<load.Candidate>();
const ofApplication = fieldsOf<load.Application>();

builder.node("Office", {
  description: "A place where people meet.",
  id: { resolve: (office) => office.id },
  loadWithoutCache: directoryNode(load.officeInAccount),
  fields: (t) => ({
    name: t.exposeString("name", { description: "Name of the office." }),
    address: t.exposeString("address", { description: "Postal address, in one line." }),
    timezone: t.expose("timezone", { type: "TimeZone", description: "Time zone of the place." }),
  }),
});

builder.objectType("HiringTeamMember", {
  description: "A user's part in hiring for one job.",
  fields: (t) => ({
    role: t.expose("role", { type: HiringTeamRole, description: "The part." }),
    user: t.field({
      type: "User",
      description: "Whose part it is.",
      ...ofMember.related("userId", userInAccount),
    }),
  }),
});

builder.node("Job", {
  description: "An open position.",
  id: { resolve: (job) => job.id },
  loadWithoutCache: nodeOfJob(load.jobInAccount, (job) => job.id),
  fields: (t) => ({
    title: t.exposeString("title", { description: "Title of the position." }),
    department: t.exposeString("department", { nullable: true, description: "Department; null when none is set." }),
    hiringTeam: t.field({
      type: ["HiringTeamMember"],
      description: "Who hires for the job. A user with two parts appears twice.",
      ...ofJob.related("id", load.teamOfJob),
    }),
    interviewPlan: t.field({
      type: "InterviewPlan",
      description: "The stages that candidates of the job go through.",
      ...ofJob.related("id", load.planOfJob),
    }),
  }),
});

builder.node("Candidate", {
  description: "A person who applies.",
  id: { resolve: (candidate) => candidate.id },
  loadWithoutCache: findCandidate,
  fields: (t) => ({
    name: t.exposeString("name", { description: "Full name." }),
    email: t.exposeString("email", { description: "Address that invitations go to." }),
    addedBy: t.field({
      type: "User",
      nullable: true,
      description: "Who added the candidate; null for one who came alone.",
      ...ofCandidate.relatedIfAny("addedById", userInAccount),
    }),
  }),
});

builder.node("Application", {
  description: "A candidate's submission to one job.",
  id: { resolve: (application) => application.id },
  loadWithoutCache: findApplication,
  fields: (t) => ({
    status: t.expose("status", { type: ApplicationStatus, description: "Where it stands." }),
    candidate: t.field({
      type: "Candidate",
      description: "Who applies.",
      ...ofApplication.related("candidateId", load.candidateInAccount),
    }),
    job: t.field({
      type: "Job",
      description: "What for.",
      ...ofApplication.related("jobId", load.jobInAccount),
    }),
    currentStage: t.field({
      type: "Stage",
      description: "The stage it is in; ad-hoc interviews are placed here.",
      ...ofApplication.related("currentStageId", load.stageInAccount),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it became known to this system." }),
  }),
});

builder.queryFields((t) => ({
  jobs: t.connection(
    {
      type: "Job",
      description:
        "The jobs that the caller may see, by title in Unicode's root order: a person who is no admin sees those whose hiring team they are on. " +
        RETIRED,
      resolve: (_root, args, ctx) => listJobs(ctx, args),
    },
    defineConnection("Job"),
  ),
  applications: t.connection(
    {
      type: "Application",
      description:
        "The applications that the caller may see, the oldest first: those to jobs that they see, and as an EXTERNAL_RECRUITER " +
        "only those of candidates that they added. Retired ones, and those of a retired job or candidate, are not listed.",
      resolve: (_root, args, ctx) => listApplications(ctx, args),
    },
    defineConnection("Application"),
  ),
  offices: t.connection(
    {
      type: "Office",
      description: `The offices of the account, by name in Unicode's root order. ${RETIRED}`,
      resolve: (_root, args, ctx) => listOffices(ctx, args),
    },
    defineConnection("Office"),
  ),
}));
