import { builder } from "../graphql/builder.ts";
import type { FieldBuilder } from "../graphql/builder.ts";
import { defineEnum } from "../graphql/enum.ts";
import { expiryOf, statusOf } from "./found.ts";
import type { SearchStatus } from "./found.ts";
import type { Search } from "./load.ts";

const STATUSES = ["PENDING", "SUCCEEDED", "FAILED", "EXPIRED"] as const satisfies readonly SearchStatus[];
const Status = defineEnum("AvailabilitySearchStatus", STATUSES, {
  description: "How far a search has come.",
  values: {
    PENDING: "Calendars are being asked. A subscription tells when the search has ended, within seconds.",
    SUCCEEDED: "The result can be read.",
    FAILED: "There is no result: see `error`.",
    EXPIRED: "The result is an hour old and can no longer be read. Search again.",
  },
});

interface SearchError {
  code: string;
  message: string;
}

const SearchErrorType = builder.objectRef<SearchError>("AvailabilitySearchError").implement({
  description: "Why a search has no result. A calendar that does not answer is no such reason.",
  fields: (t) => ({
    code: t.exposeString("code", { description: "Stable, in capitals: INTERNAL_ERROR or LOST." }),
    message: t.exposeString("message", { description: "The same for people." }),
  }),
});

const errorOf = ({ errorCode, errorMessage }: Search): SearchError | null =>
  errorCode === null || errorMessage === null ? null : { code: errorCode, message: errorMessage };

export const READABLE = "Null unless the search has SUCCEEDED.";
export const SEARCH_ID = { required: true, description: "Id of the search." } as const;

/** What every search shows, whatever it looks for. */
export const searchFields = <Of extends Search>(t: FieldBuilder<Of>) => ({
  status: t.field({
    type: Status,
    description: "How far it has come.",
    resolve: (search, _args, ctx) => statusOf(search, ctx.now()),
  }),
  createdAt: t.field({
    type: "DateTime",
    description: "When it was asked for.",
    resolve: (search) => search.createdAt,
  }),
  completedAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "When it ended.",
    resolve: (search) => search.completedAt,
  }),
  expiresAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "Until when the result can be read; null when there is none.",
    resolve: (search) => expiryOf(search),
  }),
  error: t.field({
    type: SearchErrorType,
    nullable: true,
    description: "Why it FAILED; null otherwise.",
    resolve: (search) => errorOf(search),
  }),
  from: t.field({
    type: "DateTime",
    description: "From when times were looked for.",
    resolve: ({ startsAt }) => startsAt,
  }),
  to: t.field({ type: "DateTime", description: "Until when.", resolve: ({ endsAt }) => endsAt }),
  timezone: t.field({
    type: "TimeZone",
    description: "The zone in which times are told.",
    resolve: (search) => search.timezone,
  }),
  asOfCursor: t.field({
    type: "EventCursor",
    nullable: true,
    description:
      "The end of the event log when interviews were read. What `interviewEvents` delivers after it may have aged the result. " +
      READABLE,
    resolve: (search, _args, ctx) => (statusOf(search, ctx.now()) === "SUCCEEDED" ? search.asOfCursor : null),
  }),
});
