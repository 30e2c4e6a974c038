import { actorKind } from "../db/schema/enum.ts";
import { builder } from "../graphql/builder.ts";
import { defineConnection } from "../graphql/connection.ts";
import { defineEnum } from "../graphql/enum.ts";
import { userInAccount } from "../people/load.ts";
import { InterviewEventTypeEnum } from "./event-type-graphql.ts";
import type { FieldChange } from "./field.ts";
import { InterviewFieldEnum } from "./field-graphql.ts";
import { listHistory } from "./history.ts";
import type { HistoryRow } from "./history.ts";

const ActorKind = defineEnum("ActorKind", actorKind.enumValues, {
  description: "What sort of actor made a change.",
  values: {
    PERSON: "A user of the account.",
    TOKEN: "A program with an API token.",
    SYSTEM: "The gateway itself.",
    CALENDAR: "An answer that came by mail or from a calendar.",
  },
});

const ChangeActor = builder.objectRef<HistoryRow>("ChangeActor").implement({
  description: "Who made a change.",
  fields: (t) => ({
    kind: t.expose("actorKind", { type: ActorKind, description: "What sort of actor." }),
    user: t.field({
      type: "User",
      nullable: true,
      description: "The user; null unless the actor is a PERSON.",
      resolve: ({ actorId }, _args, ctx) => ctx.load(userInAccount, actorId),
    }),
    label: t.exposeString("actorLabel", {
      description: "Name of the user, token or part of the system, as it was then.",
    }),
  }),
});

const FieldChangeType = builder.objectRef<FieldChange>("FieldChange").implement({
  description: "A field that was given another value. Values are texts: ids, instants, names of enums.",
  fields: (t) => ({
    field: t.expose("field", { type: InterviewFieldEnum, description: "Which field." }),
    before: t.exposeString("before", { nullable: true, description: "The value before; null when it had none." }),
    after: t.exposeString("after", { nullable: true, description: "The value after; null when it has none." }),
  }),
});

builder.objectType("InterviewChange", {
  description: "One committed change of an interview.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "The same as of the event that told it." }),
    sequence: t.exposeInt("sequence", { description: "Number in the account's event log." }),
    type: t.field({
      type: InterviewEventTypeEnum,
      description: "What happened.",
      resolve: ({ type }) => type as (typeof InterviewEventTypeEnum)["$inferType"],
    }),
    occurredAt: t.expose("occurredAt", { type: "DateTime", description: "When." }),
    interviewVersion: t.exposeInt("subjectVersion", { description: "The interview's version after it." }),
    actor: t.field({ type: ChangeActor, description: "Who made it.", resolve: (change) => change }),
    reason: t.exposeString("reason", {
      nullable: true,
      description: "Why, in the actor's words; null when none was given.",
    }),
    fields: t.field({
      type: [FieldChangeType],
      description: "What it changed; of a creation, every value that the interview began with.",
      resolve: ({ changes }) => changes as FieldChange[],
    }),
  }),
});

const HistoryConnection = defineConnection("InterviewChange");

builder.objectField("Interview", "history", (t) =>
  t.connection(
    {
      type: "InterviewChange",
      description:
        "Every change since it was created, the oldest first: who, when, why, before and after. It outlives the event stream.",
      extensions: { reads: ["id"] },
      resolve: ({ id }, args, ctx) => listHistory(ctx, id, args),
    },
    HistoryConnection,
  ),
);
