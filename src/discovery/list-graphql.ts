import type { GraphQLResolveInfo } from "graphql";
import { builder } from "../graphql/builder.ts";
import { columnsOf } from "../graphql/columns.ts";
import { defineConnection } from "../graphql/connection.ts";
import { defineEnum } from "../graphql/enum.ts";
import { selects } from "../graphql/selection.ts";
import type { PageArguments } from "../listing/page.ts";
import { InterviewFilterInput, toFilter } from "./filter-graphql.ts";
import type { SentFilter } from "./filter-graphql.ts";
import { listInterviews, listInterviewsOf } from "./list.ts";
import type { InterviewListRequest, InterviewOrder, InterviewPage } from "./list.ts";

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

const toOrder = ({ field, direction }: Order): InterviewOrder => ({ by: BY[field], descending: direction === "DESC" });

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
      "all that has changed since. Every page of one paging reports the same place; select it from the first page on, a later one is refused " +
      "with INVALID_INPUT otherwise.",
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

type ListArguments = PageArguments & { filter?: SentFilter; orderBy: Order };

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
