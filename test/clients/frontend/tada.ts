import { initGraphQLTada } from "gql.tada";
import type { introspection } from "#generated/tada.d.ts";

interface Scalars {
  DateTime: string;
  DateTimeInput: string;
  EventCursor: string;
  LocalDateTime: string;
  TimeZone: string;
  URL: string;
}

// gql.tada makes a plain union of a @oneOf input, to which TypeScript lets two members through at once.
declare const loose: ReturnType<typeof initGraphQLTada<{ introspection: introspection; scalars: Scalars }>>;
type Types = introspection["types"];
type Strict<Union, Key extends PropertyKey = Union extends unknown ? keyof Union : never> = Union extends unknown
  ? Union & { [Other in Exclude<Key, keyof Union>]?: never }
  : never;
type StrictTypes = {
  [Name in keyof Types]: Types[Name] extends { isOneOf: true }
    ? { name: Name; type: Strict<ReturnType<typeof loose.scalar<Name>>> }
    : Types[Name];
};

/** The client of gql.tada. */
export const graphql = initGraphQLTada<{
  introspection: Omit<introspection, "types"> & { types: StrictTypes };
  scalars: Scalars;
}>();
export type { ResultOf, VariablesOf } from "gql.tada";
