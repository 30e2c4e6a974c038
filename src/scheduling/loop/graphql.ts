import { decodeIdOf } from "../../core/id.ts";
import type { ItemsExtensions } from "../../execution/cost.ts";
import { builder } from "../../graphql/builder.ts";
import { fieldsOf } from "../../graphql/columns.ts";
import { Problem } from "../../graphql/problem.ts";
import { applicationInAccount } from "../../hiring/load.ts";
import type { Interview } from "../../interview/load.ts";
import { ofApplication } from "../../interview/visibility.ts";
import { InterviewerConflictInterval } from "../edit/refusal-graphql.ts";
import { findLoop } from "./find.ts";
import { MAX_LEGS } from "./legs.ts";
import { interviewsOfLoop, loopInAccount } from "./load.ts";
import type { InterviewLoop } from "./load.ts";
import { LoopConflict, LoopNotFound } from "./refusal.ts";
import type { LegConflict } from "./refusal.ts";

const loop = fieldsOf<InterviewLoop>();
const interviews = loop.related("id", interviewsOfLoop);
const asManyAsLegs = { items: MAX_LEGS } satisfies ItemsExtensions;

builder.node("InterviewLoop", {
  description: "Interviews about one application that were scheduled together.",
  id: { resolve: ({ id }) => id },
  loadWithoutCache: (id, ctx) => findLoop(ctx, id),
  fields: (t) => ({
    name: t.exposeString("name", { nullable: true, description: "Name of the loop; null when it has none." }),
    application: t.field({
      type: "Application",
      description: "The application that it is about.",
      ...loop.related("applicationId", applicationInAccount),
    }),
    interviews: t.field({
      type: ["Interview"],
      description: "All its interviews by start, those that are CANCELLED included.",
      ...interviews,
      extensions: { ...interviews.extensions, ...asManyAsLegs },
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was scheduled." }),
  }),
});

builder.objectField("Interview", "loop", (t) =>
  t.field({
    type: "InterviewLoop",
    nullable: true,
    description:
      "The loop that it was scheduled with; null when it was scheduled by itself, and for a person who organises it or sits on " +
      "it without seeing its application.",
    ...fieldsOf<Interview>().reading(["loopId", "jobId", "candidateId"], (interview, ctx) =>
      ofApplication(ctx, interview, () => ctx.load(loopInAccount, interview.loopId)),
    ),
  }),
);

builder.queryField("interviewLoop", (t) =>
  t.field({
    type: "InterviewLoop",
    nullable: true,
    description: "One loop, or null when there is none that the caller may see: they must see its application.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the loop. Any other text is the error INVALID_ID." }),
    },
    resolve: (_root, { id }, ctx) => findLoop(ctx, decodeIdOf("InterviewLoop", id)),
  }),
);

builder.objectType(LoopNotFound, {
  name: "LoopNotFound",
  description: "There is no loop with the id that the caller may see.",
  interfaces: [Problem],
});

const LoopLegConflict = builder.objectRef<LegConflict>("LoopLegConflict").implement({
  description: "What is in the way of one leg.",
  fields: (t) => ({
    leg: t.exposeInt("leg", { description: "Its place in `input.legs`, counted from 0." }),
    conflicts: t.expose("conflicts", {
      type: [InterviewerConflictInterval],
      description: "Every clash, by interviewer and time.",
    }),
  }),
});

builder.objectType(LoopConflict, {
  name: "LoopConflict",
  description: "Some interviewers are busy at the time of their leg, and nothing was changed.",
  interfaces: [Problem],
  fields: (t) => ({
    legs: t.expose("legs", {
      type: [LoopLegConflict],
      description: "The legs that have clashes, in their order.",
      extensions: asManyAsLegs,
    }),
  }),
});
