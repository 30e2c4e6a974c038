import { existing, followSearch } from "../follow.ts";
import { findLoopSearch, statusOf } from "../found.ts";
import { WORK_OF_SEARCH } from "../graphql.ts";
import { READABLE, SEARCH_ID, searchFields } from "../search-graphql.ts";
import type { LoopSearch } from "../load.ts";
import { decodeIdOf } from "../../core/id.ts";
import type { ItemsExtensions, WorkExtensions } from "../../execution/cost.ts";
import { builder } from "../../graphql/builder.ts";
import { requireMutationScopes } from "../../graphql/mutation-scopes.ts";
import { ValidationFailed } from "../../interview/finding.ts";
import { requireScope } from "../../operation/authorize.ts";
import { computeLoopAvailability } from "./compute.ts";
import { finderOf } from "./found.ts";
import { ComputeLoopAvailabilityInput, LoopOrder, toLoopRequest } from "./input-graphql.ts";
import { LoopAvailabilityPerson, LoopAvailabilityResult, LoopLegAvailability } from "./result-graphql.ts";

/** What a search takes, in objects: tens of milliseconds. */
const WORK_OF_RESULT = 2_000;

/** Most loops have fewer people than may be searched. */
const ASSUMED_PEOPLE = 15;

builder.node("LoopAvailabilitySearch", {
  description:
    "A search for times at which the legs of a loop can follow one another. It is seen, shown and deleted like an `AvailabilitySearch`.",
  id: { resolve: ({ id }) => id },
  loadWithoutCache: (id, ctx) => {
    requireScope(ctx, "interviews:read");
    return findLoopSearch(ctx, id);
  },
  fields: (t) => ({
    ...searchFields(t),
    order: t.field({
      type: LoopOrder,
      description: "In which order the legs take place.",
      resolve: ({ loop }) => loop.order,
    }),
    minGapMinutes: t.int({
      description: "Minutes at least between two legs that follow each other.",
      resolve: ({ loop }) => loop.minGapMinutes,
    }),
    maxGapMinutes: t.int({
      nullable: true,
      description: "Minutes at most; null when there may be as many as there are.",
      resolve: ({ loop }) => loop.maxGapMinutes,
    }),
    sameDay: t.boolean({
      description: "Whether all legs begin on one day.",
      resolve: ({ loop }) => loop.sameDay,
    }),
    result: t.field({
      type: LoopAvailabilityResult,
      nullable: true,
      description: `Times and interviewers for all legs, or why there are none. ${READABLE}`,
      extensions: { work: WORK_OF_RESULT } satisfies WorkExtensions,
      args: {
        includeUnknown: t.arg.boolean({
          required: true,
          defaultValue: false,
          description: "Whether people count as free of whom it is not known; `unknown` names them.",
        }),
      },
      resolve: (search, { includeUnknown }, ctx) => {
        const finder = finderOf(search, ctx.now());
        return finder && { ...(includeUnknown ? finder.perhaps() : finder.certain()), timezone: search.timezone };
      },
    }),
    legs: t.field({
      type: [LoopLegAvailability],
      description: "The legs as they were asked for, each by itself.",
      resolve: (search, _args, ctx) => {
        const finder = finderOf(search, ctx.now());
        return search.loop.legs.map(({ durationMinutes }, leg) => {
          return { leg, durationMinutes, summary: () => finder?.legs()[leg] ?? null };
        });
      },
    }),
    people: t.field({
      type: [LoopAvailabilityPerson],
      description:
        "Whose time counts: the interviewers of all legs, then the organizer when they must be free. Empty unless the search has " +
        "SUCCEEDED.",
      extensions: { items: ASSUMED_PEOPLE } satisfies ItemsExtensions,
      resolve: ({ people, organizerId, ...search }, _args, ctx) => {
        if (statusOf({ ...search, people, organizerId }, ctx.now()) !== "SUCCEEDED") return [];
        return (people ?? []).map((person) => ({ ...person, isOrganizer: person.userId === organizerId }));
      },
    }),
  }),
});

const ComputeLoopAvailabilitySuccess = builder
  .objectRef<{ search: LoopSearch }>("ComputeLoopAvailabilitySuccess")
  .implement({
    description: "The search was accepted.",
    fields: (t) => ({
      search: t.expose("search", {
        type: "LoopAvailabilitySearch",
        description: "SUCCEEDED when no calendar has to be asked, PENDING otherwise.",
      }),
    }),
  });

const ComputeLoopAvailabilityResult = builder.errorUnion("ComputeLoopAvailabilityResult", {
  description: "What became of a request to find times for a loop.",
  types: [ComputeLoopAvailabilitySuccess, ValidationFailed],
  resolveType: () => "ComputeLoopAvailabilitySuccess",
});

builder.mutationField("computeLoopAvailability", (t) =>
  t.field({
    type: ComputeLoopAvailabilityResult,
    description:
      "Looks for times and interviewers for several interviews that follow one another. Each leg of a sequence is one that " +
      "`computeAvailability` would find certain once the other legs are booked. Nothing is reserved.",
    extensions: { work: WORK_OF_SEARCH } satisfies WorkExtensions,
    args: {
      input: t.arg({ type: ComputeLoopAvailabilityInput, required: true, description: "What to look for." }),
    },
    resolve: async (_root, { input }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return { search: await computeLoopAvailability(ctx, toLoopRequest(input)) };
    },
  }),
);

builder.queryField("loopAvailabilitySearch", (t) =>
  t.field({
    type: "LoopAvailabilitySearch",
    nullable: true,
    description: "One search for a loop, or null when there is none that the caller may see.",
    args: { id: t.arg.id(SEARCH_ID) },
    resolve: (_root, { id }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return findLoopSearch(ctx, decodeIdOf("LoopAvailabilitySearch", id));
    },
  }),
);

builder.subscriptionField("loopAvailabilityComputed", (t) =>
  t.field({
    type: "LoopAvailabilitySearch",
    description:
      "Delivers the search once, when it has SUCCEEDED or FAILED, and completes. A search that has ended already is delivered at " +
      "once. An unknown id is the error NOT_FOUND.",
    args: { searchId: t.arg.id(SEARCH_ID) },
    subscribe: async (_root, { searchId }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return followSearch(ctx, await existing(findLoopSearch(ctx, decodeIdOf("LoopAvailabilitySearch", searchId))));
    },
    resolve: (_item, { searchId }, ctx) =>
      existing(findLoopSearch(ctx, decodeIdOf("LoopAvailabilitySearch", searchId))),
  }),
);
