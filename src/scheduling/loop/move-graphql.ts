import { SentIds } from "../../core/id.ts";
import type { ItemsExtensions } from "../../execution/cost.ts";
import { builder } from "../../graphql/builder.ts";
import { requireMutationScopes } from "../../graphql/mutation-scopes.ts";
import { ValidationFailed } from "../../interview/finding.ts";
import { IdempotencyKeyReused } from "../../operation/idempotency.ts";
import { dryRunField, idempotencyKey, overlapFields } from "../input-graphql.ts";
import {
  EXPECTED_VERSION,
  IDEMPOTENCY_KEY,
  InterviewNotice,
  readText,
  reasonText,
  REPLAYED,
} from "../edit/edit-graphql.ts";
import { InterviewWarningType } from "../edit/refusal-graphql.ts";
import { VersionConflict } from "../edit/verb.ts";
import { ASSUMED_NOTICES, legPath, MAX_LEGS } from "./legs.ts";
import { moveLoop } from "./move.ts";
import type { MovedLoop, MoveLoopRequest } from "./move.ts";
import { LoopConflict, LoopNotFound } from "./refusal.ts";

const LoopLegMoveInput = builder.inputType("LoopLegMoveInput", {
  description: "An interview of a loop, and its new start. Its length stays.",
  fields: (t) => ({
    interviewId: t.id({ required: true, description: "The interview; not CANCELLED." }),
    startTime: t.field({
      type: "DateTimeInput",
      required: true,
      description: "In the future, on a quarter of an hour of local time, with zero seconds.",
    }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
  }),
});

const MoveLoopInput = builder.inputType("MoveLoopInput", {
  description: "Which interviews of a loop are moved, and where to.",
  fields: (t) => ({
    loopId: t.id({ required: true, description: "The loop." }),
    legs: t.field({
      type: [LoopLegMoveInput],
      required: true,
      validate: { minLength: 1, maxLength: MAX_LEGS },
      description:
        "1 to 12 interviews of the loop, each once. They may take each other's place. The others stay, and must not overlap them.",
    }),
    timezone: t.field({
      type: "TimeZone",
      description:
        "The zone in which they are agreed from now on, and in which times without offset are read; each one's own when left out.",
    }),
    ...overlapFields(t),
    reason: t.string({
      ...reasonText,
      description: "Why it is moved, at most 500 characters: for history, and for `{{change_reason}}` in templates.",
    }),
    idempotencyKey: t.string({ validate: { schema: idempotencyKey }, description: IDEMPOTENCY_KEY }),
    ...dryRunField(t),
  }),
});

function toMoveRequest(input: typeof MoveLoopInput.$inferInput): MoveLoopRequest {
  const ids = new SentIds();
  return {
    ids,
    loopId: ids.read("InterviewLoop", input.loopId),
    legs: input.legs.map(({ interviewId, startTime, expectedVersion }, index) => ({
      interviewId: ids.read("Interview", interviewId),
      path: legPath(index),
      startTime,
      expectedVersion: expectedVersion ?? null,
    })),
    timezone: input.timezone ?? null,
    conflictPolicy: input.conflictPolicy,
    conflictReason: readText(input.conflictReason),
    reason: readText(input.reason),
    idempotencyKey: input.idempotencyKey ?? null,
    validateOnly: input.validateOnly,
  };
}

const MoveLoopSuccess = builder.objectRef<MovedLoop>("MoveLoopSuccess").implement({
  description: "The interviews are at their new times.",
  fields: (t) => ({
    loop: t.expose("loop", {
      type: "InterviewLoop",
      description: "The loop as it is stored; unchanged under `validateOnly`.",
    }),
    notices: t.expose("notices", {
      type: [InterviewNotice],
      extensions: { items: ASSUMED_NOTICES } satisfies ItemsExtensions,
      description: "Who is told what once the calendars follow, interview by interview.",
    }),
    replayed: t.exposeBoolean("replayed", { description: REPLAYED }),
    warnings: t.expose("warnings", {
      type: [InterviewWarningType],
      description: "What the sender may not expect, leg by leg.",
    }),
  }),
});

builder.mutationField("moveLoop", (t) =>
  t.field({
    type: MoveLoopSuccess,
    description:
      "Moves several interviews of a loop, all of them or none. They keep their ids; everybody concerned is asked again, as by " +
      "`updateInterview`.",
    args: { input: t.arg({ type: MoveLoopInput, required: true, description: "The loop, and what is moved." }) },
    errors: {
      types: [LoopNotFound, ValidationFailed, VersionConflict, LoopConflict, IdempotencyKeyReused],
      directResult: true,
      union: { name: "MoveLoopResult", description: "What became of a request to move a loop." },
    },
    resolve: (_root, { input }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return moveLoop(ctx, toMoveRequest(input));
    },
  }),
);
