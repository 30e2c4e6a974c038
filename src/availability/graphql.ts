import { decodeIdOf } from "../core/id.ts";
import type { ItemsExtensions, WorkExtensions } from "../execution/cost.ts";
import { builder } from "../graphql/builder.ts";
import { requireMutationScopes } from "../graphql/mutation-scopes.ts";
import { InterviewKind } from "../hiring/plan-graphql.ts";
import { ValidationFailed } from "../interview/finding.ts";
import { requireScope } from "../operation/authorize.ts";
import { computeAvailability } from "./compute.ts";
import { existing, followSearch } from "./follow.ts";
import { findSearch, foundOf } from "./found.ts";
import { ComputeAvailabilityInput, toSearchRequest } from "./input-graphql.ts";
import type { InterviewSearch } from "./load.ts";
import { MAX_INTERVIEWERS } from "./request.ts";
import { AvailabilityPerson, AvailabilitySlot, AvailabilitySummary, SlotConnection } from "./result-graphql.ts";
import type { Told } from "./result-graphql.ts";
import { READABLE, SEARCH_ID, searchFields } from "./search-graphql.ts";
import type { Slot } from "./slots.ts";
import type { Page } from "../listing/page.ts";

/** Everybody's facts of a month, and every quarter of an hour in it. */
export const WORK_OF_SEARCH = 100;

builder.node("AvailabilitySearch", {
  description:
    "A search for times at which an interview can take place. It is seen by who asked for it and by admins, needs the scope " +
    "interviews:write, and is deleted within a day. Without interviews:read it shows people and interviews by their ids alone.",
  id: { resolve: ({ id }) => id },
  loadWithoutCache: (id, ctx) => {
    requireScope(ctx, "interviews:read");
    return findSearch(ctx, id);
  },
  fields: (t) => ({
    ...searchFields(t),
    kind: t.expose("kind", {
      type: InterviewKind,
      description: "Whether all interviewers are needed, or one of them.",
    }),
    durationMinutes: t.exposeInt("durationMinutes", { description: "Length of the interview." }),
    slots: t.connection(
      {
        type: AvailabilitySlot,
        nullable: true,
        description: `Times at which the interview can take place, by start. ${READABLE}`,
        args: {
          includeUnknown: t.arg.boolean({
            required: true,
            defaultValue: false,
            description: "Whether slots are told at which somebody is not known to be free; `unknown` names them.",
          }),
        },
        resolve: (search, { includeUnknown, ...page }, ctx) => {
          const found = foundOf(search, ctx.now());
          return found && withZone(found.page(includeUnknown, page), search.timezone);
        },
      },
      SlotConnection,
    ),
    summary: t.field({
      type: AvailabilitySummary,
      nullable: true,
      description: `How many times were found, and why not more. ${READABLE}`,
      resolve: (search, _args, ctx) => foundOf(search, ctx.now())?.summary() ?? null,
    }),
    people: t.field({
      type: [AvailabilityPerson],
      description:
        "Whose time counts: the interviewers as they were sent, then the organizer when they must be free. Empty unless the " +
        "search has SUCCEEDED.",
      extensions: { items: MAX_INTERVIEWERS + 1 } satisfies ItemsExtensions,
      resolve: (search, _args, ctx) => foundOf(search, ctx.now())?.people() ?? [],
    }),
  }),
});

function withZone(page: Page<Slot>, timezone: string): Page<Told<Slot>> {
  return { ...page, edges: page.edges.map(({ cursor, node }) => ({ cursor, node: { ...node, timezone } })) };
}

const ComputeAvailabilitySuccess = builder
  .objectRef<{ search: InterviewSearch }>("ComputeAvailabilitySuccess")
  .implement({
    description: "The search was accepted.",
    fields: (t) => ({
      search: t.expose("search", {
        type: "AvailabilitySearch",
        description: "SUCCEEDED when no calendar has to be asked, PENDING otherwise.",
      }),
    }),
  });

const ComputeAvailabilityResult = builder.errorUnion("ComputeAvailabilityResult", {
  description: "What became of a request to find times.",
  types: [ComputeAvailabilitySuccess, ValidationFailed],
  resolveType: () => "ComputeAvailabilitySuccess",
});

builder.mutationField("computeAvailability", (t) =>
  t.field({
    type: ComputeAvailabilityResult,
    description:
      "Looks for times at which an interview can take place. `createInterview` accepts a certain slot until somebody books or " +
      "changes something, without a warning about working hours unless `withinWorkingHours` is false. Nothing is reserved.",
    args: {
      input: t.arg({ type: ComputeAvailabilityInput, required: true, description: "What to look for." }),
    },
    extensions: { work: WORK_OF_SEARCH } satisfies WorkExtensions,
    resolve: async (_root, { input }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return { search: await computeAvailability(ctx, toSearchRequest(input)) };
    },
  }),
);

builder.queryField("availabilitySearch", (t) =>
  t.field({
    type: "AvailabilitySearch",
    nullable: true,
    description: "One search for times, or null when there is none that the caller may see.",
    args: { id: t.arg.id(SEARCH_ID) },
    resolve: (_root, { id }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return findSearch(ctx, decodeIdOf("AvailabilitySearch", id));
    },
  }),
);

builder.subscriptionField("availabilityComputed", (t) =>
  t.field({
    type: "AvailabilitySearch",
    description:
      "Delivers the search once, when it has SUCCEEDED or FAILED, and completes. A search that has ended already is delivered at " +
      "once, so that nothing is missed after `computeAvailability`. An unknown id is the error NOT_FOUND.",
    args: { searchId: t.arg.id(SEARCH_ID) },
    subscribe: async (_root, { searchId }, ctx, info) => {
      requireMutationScopes(ctx, info);
      return followSearch(ctx, await existing(findSearch(ctx, decodeIdOf("AvailabilitySearch", searchId))));
    },
    resolve: (_item, { searchId }, ctx) => existing(findSearch(ctx, decodeIdOf("AvailabilitySearch", searchId))),
  }),
);
