import type { GraphQLResolveInfo } from "graphql";
import { builder } from "../graphql/builder.ts";
import { columnsOf } from "../graphql/columns.ts";
import { defineConnection } from "../graphql/connection.ts";
import { defineEnum } from "../graphql/enum.ts";
import { readIdLists, WRONG_IDS } from "../graphql/id-list.ts";
import { selects } from "../graphql/selection.ts";
import { InterviewKind, InterviewLocation } from "../hiring/plan-graphql.ts";
import type { PageArguments } from "../listing/page.ts";
import type { InterviewFilter } from "./filter.ts";
import { MeetingStatus, ProvisioningState } from "../interview/graphql.ts";
import { listInterviews, listInterviewsOf } from "./list.ts";
import type { InterviewListRequest, InterviewOrder, InterviewPage } from "./list.ts";

const MOST = { validate: { maxLength: 100 } };

const InstantWindow = builder.inputType("InstantWindow", {
  description: "A span of time. Both ends belong to it; one that is left out is open.",
  fields: (t) => ({
    from: t.field({ type: "DateTime", description: "The first instant." }),
    to: t.field({ type: "DateTime", description: "The last instant." }),
  }),
});

const InterviewFilterInput = builder.inputType("InterviewFilter", {
  description:
    "Which interviews are listed. What is left out lets everything through, an empty list nothing; all that is sent must " +
    "match. A list has at most 100 items. What asks about the job (jobs, applications, stages, departments, recruiters) finds " +
    `nothing for a person who is not on its hiring team. ${WRONG_IDS}`,
  fields: (t) => ({
    jobIds: t.idList({ ...MOST, description: "Of one of these jobs." }),
    applicationIds: t.idList({ ...MOST, description: "About one of these applications." }),
    candidateIds: t.idList({ ...MOST, description: "With one of these candidates." }),
    interviewerIds: t.idList({ ...MOST, description: "With one of these users as an interviewer." }),
    organizerIds: t.idList({ ...MOST, description: "Organised by one of these users." }),
    recruiterIds: t.idList({
      ...MOST,
      description: "Of a job with one of these users on its hiring team as RECRUITER.",
    }),
    departments: t.stringList({
      ...MOST,
      description: "Of a job of one of these departments, by exact name in any Unicode form.",
    }),
    officeIds: t.idList({ ...MOST, description: "In one of these offices." }),
    stageIds: t.idList({ ...MOST, description: "Placed on one of these stages." }),
    statuses: t.field({
      ...MOST,
      type: [MeetingStatus],
      description: "Whose meeting stands so at the moment of the answer.",
    }),
    kinds: t.field({ ...MOST, type: [InterviewKind], description: "Of one of these kinds." }),
    locations: t.field({ ...MOST, type: [InterviewLocation], description: "Held in one of these ways." }),
    provisioningStates: t.field({
      ...MOST,
      type: [ProvisioningState],
      description: "Whose provisioning has come this far.",
    }),
    external: t.boolean({ description: "Whether another system owns the calendar event." }),
    aiNoteTakerEnabled: t.boolean({ description: "Whether the AI note-taker is asked to join." }),
    start: t.field({ type: InstantWindow, description: "That start within this span." }),
    created: t.field({ type: InstantWindow, description: "That were created within this span." }),
    updated: t.field({ type: InstantWindow, description: "That were last changed within this span." }),
  }),
});

const InterviewOrderField = defineEnum("InterviewOrderField", ["START", "CREATED", "UPDATED"], {
  description: "What interviews are listed by; those that are equal in it are listed by id.",
  values: {
    START: "When they start.",
    CREATED: "When they were created.",
    UPDATED: "When they were last changed. An interview that changes between two pages moves.",
  },
});

const OrderDirection = defineEnum("OrderDirection", ["ASC", "DESC"], {
  description: "Which end of an order comes first.",
  values: { ASC: "The earliest.", DESC: "The latest." },
});

const InterviewOrderInput = builder.inputType("InterviewOrder", {
  description: "The order of a list of interviews. A cursor is good only in the order that it came from.",
  fields: (t) => ({
    field: t.field({ type: InterviewOrderField, required: true, description: "What they are listed by." }),
    direction: t.field({
      type: OrderDirection,
      required: true,
      defaultValue: "ASC",
      description: "Which end comes first.",
    }),
  }),
});

const BY = { START: "startsAt", CREATED: "createdAt", UPDATED: "updatedAt" } as const;

type Order = typeof InterviewOrderInput.$inferInput;
type Filter = typeof InterviewFilterInput.$inferInput;

const toOrder = ({ field, direction }: Order): InterviewOrder => ({ by: BY[field], descending: direction === "DESC" });

const NOUNS = {
  jobIds: "Job",
  applicationIds: "Application",
  candidateIds: "Candidate",
  interviewerIds: "User",
  organizerIds: "User",
  recruiterIds: "User",
  officeIds: "Office",
  stageIds: "Stage",
} as const;

function toFilter(filter: Filter | null | undefined): InterviewFilter {
  return {
    ...readIdLists(filter, NOUNS, ["filter"]),
    departments: filter?.departments ?? undefined,
    statuses: filter?.statuses ?? undefined,
    kinds: filter?.kinds ?? undefined,
    locations: filter?.locations ?? undefined,
    provisioningStates: filter?.provisioningStates ?? undefined,
    external: filter?.external ?? undefined,
    aiNoteTakerEnabled: filter?.aiNoteTakerEnabled ?? undefined,
    start: filter?.start ?? undefined,
    created: filter?.created ?? undefined,
    updated: filter?.updated ?? undefined,
  };
}

const InterviewConnection = defineConnection("Interview");

/** What the connection's type does not know of its page. */
const pageOf = (connection: object) => connection as unknown as InterviewPage;

builder.objectFields(InterviewConnection, (t) => ({
  totalCount: t.int({
    description:
      "How many interviews there are on all pages together. Counted when it is asked for, at a cost that grows with the " +
      "number.",
    resolve: (page) => pageOf(page).totalCount(),
  }),
  asOfCursor: t.field({
    type: "EventCursor",
    description:
      "Place in the event log that the first page was read at, from the same snapshot: a subscription `after` it delivers " +
      "all that has changed since. Every page of one paging reports the same place when each of them asks for it.",
    resolve: (page) => pageOf(page).asOfCursor ?? "",
  }),
}));

const FILTER = { type: InterviewFilterInput, description: "Which interviews; all when left out." } as const;
const ORDER = {
  type: InterviewOrderInput,
  required: true,
  defaultValue: { field: "START", direction: "ASC" },
  description: "The order; the earliest start first when left out.",
} as const;

type ListArguments = PageArguments & { filter?: Filter | null | undefined; orderBy: Order };

function toRequest({ filter, orderBy, ...page }: ListArguments, info: GraphQLResolveInfo): InterviewListRequest {
  return {
    page,
    filter: toFilter(filter),
    order: toOrder(orderBy),
    columns: columnsOf(info, "Interview"),
    asOfCursor: selects(info, "asOfCursor"),
  };
}

builder.queryField("interviews", (t) =>
  t.connection(
    {
      type: "Interview",
      description:
        "The interviews that the caller may see; cancelled ones are among them unless they are filtered out.",
      args: { filter: t.arg(FILTER), orderBy: t.arg(ORDER) },
      resolve: (_root, args, ctx, info) => listInterviews(ctx, toRequest(args, info)),
    },
    InterviewConnection,
  ),
);

const OWNERS = {
  Application: ["application", "The interviews about this application"],
  Candidate: ["candidate", "The interviews with this candidate"],
  Job: ["job", "The interviews of this job"],
  User: ["user", "The interviews that this user organises or sits on"],
} as const;

for (const type of ["Application", "Candidate", "Job", "User"] as const) {
  const [noun, description] = OWNERS[type];
  builder.objectField(type, "interviews", (t) =>
    t.connection(
      {
        type: "Interview",
        description: `${description} that the caller may see, as in \`interviews\`.`,
        args: { filter: t.arg(FILTER), orderBy: t.arg(ORDER) },
        extensions: { reads: ["id"] },
        resolve: (owner, args, ctx, info) => listInterviewsOf(ctx, { noun, id: owner.id }, toRequest(args, info)),
      },
      InterviewConnection,
    ),
  );
}
