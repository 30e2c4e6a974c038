import { toUserIds, toWindowRequest, windowFields } from "../input-graphql.ts";
import { SentIds } from "../../core/id.ts";
import { MAX_IDS } from "../../graphql/id-list.ts";
import { builder } from "../../graphql/builder.ts";
import { defineEnum } from "../../graphql/enum.ts";
import type { LoopRequest } from "./request.ts";

export const LoopOrder = defineEnum("LoopOrder", ["AS_GIVEN", "ANY"] as const, {
  description: "In which order the legs of a loop take place.",
  values: { AS_GIVEN: "As they are listed.", ANY: "In whichever order is best." },
});

const InterviewerPoolInput = builder.inputType("InterviewerPoolInput", {
  description: "People of whom some must take part: one of these three, for example.",
  fields: (t) => ({
    of: t.idList({
      required: true,
      validate: { maxLength: MAX_IDS },
      description: "Active users; the same user twice counts once, and whoever is required besides does not count.",
    }),
    need: t.int({ required: true, defaultValue: 1, description: "How many of them must take part." }),
  }),
});

const LoopLegAvailabilityInput = builder.inputType("LoopLegAvailabilityInput", {
  description:
    "One interview of a loop: its length, and who takes part. Required interviewers and pool are at most ten people.",
  fields: (t) => ({
    durationMinutes: t.int({ required: true, description: "5 to 1440 minutes." }),
    interviewerIds: t.idList({
      validate: { maxLength: MAX_IDS },
      description: "Who must take part; active users. Can be left out when there is a pool.",
    }),
    pool: t.field({ type: InterviewerPoolInput, description: "Of whom some must take part besides." }),
  }),
});

export const ComputeLoopAvailabilityInput = builder.inputType("ComputeLoopAvailabilityInput", {
  description: "Which interviews are to follow one another, with whom, and between when and when.",
  fields: (t) => ({
    legs: t.field({
      type: [LoopLegAvailabilityInput],
      required: true,
      validate: { maxLength: MAX_IDS },
      description: "2 to 12 interviews, at most 6 when the order is ANY; at most 30 interviewers in all.",
    }),
    order: t.field({
      type: LoopOrder,
      required: true,
      defaultValue: "AS_GIVEN",
      description: "In which order the legs take place.",
    }),
    minGapMinutes: t.int({
      required: true,
      defaultValue: 0,
      description: "Minutes at least between the end of a leg and the start of the next, at most 10080.",
    }),
    maxGapMinutes: t.int({ description: "Minutes at most; as many as there are when left out." }),
    sameDay: t.boolean({
      required: true,
      defaultValue: false,
      description: "Whether all legs begin on one day of the wall clock in `timezone`.",
    }),
    ...windowFields(t),
  }),
});

/** The request that an input is: UUIDs in place of ids. */
export function toLoopRequest(input: typeof ComputeLoopAvailabilityInput.$inferInput): LoopRequest {
  const ids = new SentIds();
  const { order, minGapMinutes, maxGapMinutes, sameDay } = input;
  return {
    ...toWindowRequest(ids, input),
    legs: input.legs.map(({ durationMinutes, interviewerIds, pool }) => ({
      durationMinutes,
      interviewerIds: toUserIds(ids, interviewerIds ?? []),
      pool: pool ? { of: toUserIds(ids, pool.of), need: pool.need } : null,
    })),
    order,
    minGapMinutes,
    maxGapMinutes: maxGapMinutes ?? null,
    sameDay,
  };
}
