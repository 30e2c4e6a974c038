import { SentIds } from "../../core/id.ts";
import { builder } from "../../graphql/builder.ts";
import { requireMutationScopes } from "../../graphql/mutation-scopes.ts";
import { ApplicationNotFound, ValidationFailed } from "../../interview/finding.ts";
import { IdempotencyKeyReused } from "../../operation/idempotency.ts";
import { bounded, dryRunField, idempotencyKey, overlapFields } from "../input-graphql.ts";
import { InterviewModeInput, readMode } from "../create/create-input-graphql.ts";
import { readText, REPLAYED } from "../edit/edit-graphql.ts";
import { InterviewWarningType } from "../edit/refusal-graphql.ts";
import "./graphql.ts";
import { legPath } from "./legs.ts";
import { LoopConflict } from "./refusal.ts";
import { scheduleLoop } from "./schedule.ts";
import type { LoopRequest, ScheduledLoop, ValidLoop } from "./schedule.ts";

const LoopLegInput = builder.inputType("LoopLegInput", {
  description: "One interview of a loop.",
  fields: (t) => ({
    startTime: t.field({
      type: "DateTimeInput",
      required: true,
      description: "In the future, on a quarter of an hour of local time, with zero seconds.",
    }),
    mode: t.field({ type: InterviewModeInput, required: true, description: "Where the configuration comes from." }),
  }),
});

const ScheduleLoopInput = builder.inputType("ScheduleLoopInput", {
  description: "The application, and the interviews about it that are scheduled together.",
  fields: (t) => ({
    applicationId: t.id({ required: true, description: "The application; must be ACTIVE." }),
    organizerId: t.id({
      required: true,
      description: "Who runs the events: an admin, or a member of the job's hiring team, with a connected calendar.",
    }),
    timezone: t.field({
      type: "TimeZone",
      required: true,
      description: "The zone in which the interviews are agreed, and in which times without offset are read.",
    }),
    name: t.string({ ...bounded, description: "Name of the loop, at most 255 characters." }),
    legs: t.field({
      type: [LoopLegInput],
      required: true,
      description: "2 to 12 interviews, which must not overlap: back to back is fine.",
    }),
    ...overlapFields(t),
    idempotencyKey: t.string({
      validate: { schema: idempotencyKey },
      description:
        "8 to 255 visible ASCII characters. The same key with the same input within 48 hours answers with the same loop, and " +
        "writes nothing; with another input it is refused.",
    }),
    ...dryRunField(t),
  }),
});

function toLoopRequest(input: typeof ScheduleLoopInput.$inferInput): LoopRequest {
  const ids = new SentIds();
  const { timezone, conflictPolicy, validateOnly } = input;
  const common = {
    ids,
    applicationId: ids.read("Application", input.applicationId),
    organizerId: ids.read("User", input.organizerId),
    timezone,
    conflictPolicy,
    conflictReason: readText(input.conflictReason),
    idempotencyKey: null,
    validateOnly,
  };
  return {
    name: readText(input.name),
    legs: input.legs.map(({ startTime, mode }, index) => ({
      ...common,
      path: legPath(index),
      startTime,
      ...readMode(ids, mode),
    })),
    idempotencyKey: input.idempotencyKey ?? null,
    validateOnly,
  };
}

const ScheduleLoopSuccess = builder.objectRef<ScheduledLoop>("ScheduleLoopSuccess").implement({
  description: "The loop was scheduled with all its interviews.",
  fields: (t) => ({
    loop: t.expose("loop", {
      type: "InterviewLoop",
      description: "The loop; none of its interviews is provisioned yet.",
    }),
    replayed: t.exposeBoolean("replayed", { description: REPLAYED }),
    warnings: t.expose("warnings", {
      type: [InterviewWarningType],
      description: "What the sender may not expect, leg by leg.",
    }),
  }),
});

const ScheduleLoopValid = builder.objectRef<ValidLoop>("ScheduleLoopValid").implement({
  description: "Under `validateOnly`: the loop could be scheduled now. Nothing was written.",
  fields: (t) => ({
    warnings: t.expose("warnings", {
      type: [InterviewWarningType],
      description: "What the sender may not expect, leg by leg.",
    }),
  }),
});

const ScheduleLoopResult = builder.errorUnion("ScheduleLoopResult", {
  description: "What became of a request to schedule a loop.",
  types: [
    ScheduleLoopSuccess,
    ScheduleLoopValid,
    ApplicationNotFound,
    ValidationFailed,
    LoopConflict,
    IdempotencyKeyReused,
  ],
  resolveType: (result) => ("loop" in result ? "ScheduleLoopSuccess" : "ScheduleLoopValid"),
});

builder.mutationField("scheduleLoop", (t) =>
  t.field({
    type: ScheduleLoopResult,
    description:
      "Creates several interviews about one application, all of them or none. Each of them is provisioned, changed and cancelled " +
      "like any other; `moveLoop` and `cancelLoop` take them together.",
    args: { input: t.arg({ type: ScheduleLoopInput, required: true, description: "The loop to schedule." }) },
    resolve: (_root, { input }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return scheduleLoop(ctx, toLoopRequest(input));
    },
  }),
);
