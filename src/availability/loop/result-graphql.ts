import { READABLE } from "../search-graphql.ts";
import { AvailabilitySummary, asSeats, personFields, timeFields } from "../result-graphql.ts";
import type { Told } from "../result-graphql.ts";
import type { Summary } from "../slots.ts";
import type { StoredPerson } from "../../db/schema/availability.ts";
import type { WorkExtensions } from "../../execution/cost.ts";
import { builder } from "../../graphql/builder.ts";
import { columnsOf } from "../../graphql/columns.ts";
import { defineEnum } from "../../graphql/enum.ts";
import { usersOfSeats } from "../../people/load.ts";
import { OBSTACLES } from "./loop.ts";
import type { FoundLeg, FoundSequence, LoopResult } from "./loop.ts";
import { MAX_SEQUENCES } from "./sequences.ts";

/** What it takes to count the starts of a leg, in objects. */
const WORK_OF_SUMMARY = 100;

const Leg = builder.objectRef<Told<FoundLeg>>("LoopSequenceLeg").implement({
  description:
    "One leg of a sequence: when, and with whom. An interview is created, or a loop scheduled, with it as it is.",
  fields: (t) => ({
    leg: t.exposeInt("leg", { description: "Which leg of the request, from 0 on." }),
    ...timeFields(t),
    interviewers: t.field({
      type: ["User"],
      description: "Who interviews: those who must take part, and as many of the pool as are needed.",
      resolve: ({ interviewers }, _args, ctx, info) => usersOfSeats(ctx, asSeats(interviewers), columnsOf(info)),
    }),
    alternatives: t.field({
      type: ["User"],
      description: "Who else of the pool certainly could, each in the place of one who was chosen from it.",
      resolve: ({ alternatives }, _args, ctx, info) => usersOfSeats(ctx, asSeats(alternatives), columnsOf(info)),
    }),
    unknown: t.field({
      type: ["User"],
      description:
        "Who of the interviewers, and the organizer when they must be free, may be busy, since their calendar has not told; " +
        "empty when it is certain.",
      resolve: ({ unknown }, _args, ctx, info) => usersOfSeats(ctx, asSeats(unknown), columnsOf(info)),
    }),
  }),
});

const Sequence = builder.objectRef<Told<FoundSequence>>("LoopSequence").implement({
  description:
    "Times and interviewers for all legs, which keep to what was asked and to everybody's limits and buffers.",
  fields: (t) => ({
    startTime: t.field({
      type: "DateTime",
      description: "The start of the first leg.",
      resolve: ({ start }) => new Date(start),
    }),
    endTime: t.field({ type: "DateTime", description: "The end of the last.", resolve: ({ end }) => new Date(end) }),
    legs: t.field({
      type: [Leg],
      description: "In the order of time.",
      resolve: ({ legs, timezone }) => legs.map((leg) => ({ ...leg, timezone })),
    }),
  }),
});

const Obstacle = defineEnum("LoopObstacle", OBSTACLES, {
  description: "Why there is no sequence.",
  values: {
    LEG: "A leg cannot take place at any time, even by itself: see `legs`.",
    TIMES: "Each leg can take place by itself, and order, gaps, days and the time that is searched leave no sequence.",
    PEOPLE:
      "Times would fit, but somebody who is needed in several legs would exceed their limit, or lack their buffer.",
    CUT_SHORT: "None was found before the search was cut short. Ask for fewer legs, smaller pools or less time.",
  },
});

export const LoopAvailabilityResult = builder.objectRef<Told<LoopResult>>("LoopAvailabilityResult").implement({
  description: "What was found for a loop.",
  fields: (t) => ({
    sequences: t.field({
      type: [Sequence],
      description:
        `The best, at most ${MAX_SEQUENCES}: the shortest first, from the first start to the last end, and of equal ones the ` +
        "earliest. For each leg that can be the first, at each start, there is the sequence that ends first.",
      args: {
        first: t.arg.int({
          required: true,
          defaultValue: 10,
          validate: { min: 0, max: MAX_SEQUENCES },
          description: `How many, 0 to ${MAX_SEQUENCES}.`,
        }),
      },
      resolve: ({ sequences, timezone }, { first }) =>
        sequences.slice(0, first).map((sequence) => ({ ...sequence, timezone })),
    }),
    complete: t.exposeBoolean("complete", {
      description: "False when the search was cut short: better sequences, or more, may have been missed.",
    }),
    obstacle: t.expose("obstacle", {
      type: Obstacle,
      nullable: true,
      description: "Why there is no sequence; null when there are some.",
    }),
  }),
});

interface ShownLeg {
  leg: number;
  durationMinutes: number;
  summary: () => Summary | null;
}

export const LoopLegAvailability = builder.objectRef<ShownLeg>("LoopLegAvailability").implement({
  description: "A leg of the request, and when it could take place by itself.",
  fields: (t) => ({
    leg: t.exposeInt("leg", { description: "Its place in the request, from 0 on." }),
    durationMinutes: t.exposeInt("durationMinutes", { description: "Its length." }),
    summary: t.field({
      type: AvailabilitySummary,
      nullable: true,
      description: `At how many times it could, and what is in the way. ${READABLE}`,
      extensions: { work: WORK_OF_SUMMARY } satisfies WorkExtensions,
      resolve: ({ summary }) => summary(),
    }),
  }),
});

export const LoopAvailabilityPerson = builder
  .objectRef<StoredPerson & { isOrganizer: boolean }>("LoopAvailabilityPerson")
  .implement({
    description: "A person whose time counts for some leg, and what is in their way besides the other legs.",
    fields: (t) => personFields(t),
  });
