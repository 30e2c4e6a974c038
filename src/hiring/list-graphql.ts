import type { GraphQLResolveInfo } from "graphql";
import { applicationStatus } from "../db/schema/enum.ts";
import { builder } from "../graphql/builder.ts";
import { columnsOf } from "../graphql/columns.ts";
import { defineConnection } from "../graphql/connection.ts";
import { readIdLists, WRONG_IDS } from "../graphql/id-list.ts";
import { RETIRED } from "../graphql/reference.ts";
import { searchArgument } from "../graphql/search.ts";
import type { PageArguments } from "../listing/page.ts";
import { ApplicationStatus } from "./graphql.ts";
import { listApplications, listApplicationsOf, listJobs, listOffices } from "./list.ts";
import type { ApplicationFilter, JobFilter } from "./list.ts";

const MAX_ITEMS = 100;
const bounded = { validate: { maxLength: MAX_ITEMS } };
const FILTERING = `Omitted fields match everything, an empty list matches nothing, and all that is sent must match. A list has at most ${MAX_ITEMS} items. ${WRONG_IDS}`;

const JobFilterInput = builder.inputType("JobFilter", {
  description: `Which jobs are listed. ${FILTERING}`,
  fields: (t) => ({
    departments: t.stringList({
      ...bounded,
      description: "Only jobs of one of these departments, by exact name in any Unicode form.",
    }),
    recruiterIds: t.idList({
      ...bounded,
      description: "Only jobs with one of these users on the hiring team as RECRUITER.",
    }),
    query: t.string(searchArgument("the title")),
  }),
});

const ApplicationFilterInput = builder.inputType("ApplicationFilter", {
  description: `Which applications are listed. ${FILTERING}`,
  fields: (t) => ({
    jobIds: t.idList({ ...bounded, description: "Only applications to one of these jobs." }),
    candidateIds: t.idList({ ...bounded, description: "Only applications of one of these candidates." }),
    currentStageIds: t.idList({ ...bounded, description: "Only applications that are in one of these stages." }),
    statuses: t.field({
      type: [ApplicationStatus],
      validate: { maxLength: applicationStatus.enumValues.length },
      description: "Only applications in one of these states.",
    }),
    query: t.string(searchArgument("the candidate's name or e-mail address")),
  }),
});

type JobInput = typeof JobFilterInput.$inferInput | null | undefined;

const toJobFilter = (filter: JobInput): JobFilter => ({
  ...filter,
  ...readIdLists(filter, { recruiterIds: "User" }, ["filter"]),
});

type ApplicationInput = typeof ApplicationFilterInput.$inferInput | null | undefined;

const toApplicationFilter = (filter: ApplicationInput): ApplicationFilter => ({
  ...filter,
  ...readIdLists(filter, { jobIds: "Job", candidateIds: "Candidate", currentStageIds: "Stage" }, ["filter"]),
});

const FILTER = { type: ApplicationFilterInput, description: "Which applications; all when left out." } as const;

const toArguments = ({ filter, ...page }: PageArguments & { filter?: ApplicationInput }, info: GraphQLResolveInfo) => ({
  ...page,
  columns: columnsOf(info, "Application"),
  filter: toApplicationFilter(filter),
});

const ApplicationConnection = defineConnection("Application");
const NOT_LISTED = "Retired ones, and those of a retired job or candidate, are not listed.";

builder.queryFields((t) => ({
  jobs: t.connection(
    {
      type: "Job",
      description: `The jobs that the caller may see, by title in Unicode's root order: admins and API tokens see all, other persons those whose hiring team they are on. ${RETIRED}`,
      args: { filter: t.arg({ type: JobFilterInput, description: "Which jobs; all when left out." }) },
      resolve: (_root, { filter, ...page }, ctx, info) =>
        listJobs(ctx, { ...page, columns: columnsOf(info, "Job") }, toJobFilter(filter)),
    },
    defineConnection("Job"),
  ),
  applications: t.connection(
    {
      type: "Application",
      description: `The applications that the caller may see, the oldest first: those to jobs that they see, and as an EXTERNAL_RECRUITER only those of candidates that they added. ${NOT_LISTED}`,
      args: { filter: t.arg(FILTER) },
      resolve: (_root, args, ctx, info) => {
        const { filter, ...page } = toArguments(args, info);
        return listApplications(ctx, page, filter);
      },
    },
    ApplicationConnection,
  ),
  offices: t.connection(
    {
      type: "Office",
      description: `The offices of the account, by name in Unicode's root order. ${RETIRED}`,
      resolve: (_root, args, ctx, info) => listOffices(ctx, { ...args, columns: columnsOf(info, "Office") }),
    },
    defineConnection("Office"),
  ),
}));

const OWNERS = {
  Candidate: "The candidate's applications that the caller may see",
  Job: "The applications to this job that the caller may see",
};

for (const noun of ["Candidate", "Job"] as const) {
  builder.objectField(noun, "applications", (t) =>
    t.connection(
      {
        type: "Application",
        description: `${OWNERS[noun]}, the oldest first. ${NOT_LISTED}`,
        args: { filter: t.arg(FILTER) },
        extensions: { reads: ["id"] },
        resolve: ({ id }, args, ctx, info) => listApplicationsOf(ctx, { noun, id }, toArguments(args, info)),
      },
      ApplicationConnection,
    ),
  );
}
