import { GraphQLError, valueFromASTUntyped } from "graphql";
import type { ConstValueNode } from "graphql";
import { parseInstant, zoneName } from "../core/zone.ts";
import { builder } from "./builder.ts";

const MAX_LENGTH = 64;

/** How a scalar is read, from a variable or from the document. GraphQL does not add the place of a literal that we refuse. */
const readBy = <T>(read: (value: unknown) => T) => ({
  coerceInputValue: read,
  coerceInputLiteral: (node: ConstValueNode): T => {
    try {
      return read(valueFromASTUntyped(node));
    } catch (error) {
      throw error instanceof GraphQLError ? new GraphQLError(error.message, { nodes: node }) : error;
    }
  },
});

function text(value: unknown): string {
  if (typeof value !== "string") throw new GraphQLError("A string is expected here.");
  return value;
}

/** Text that a verb reads later, so that a wrong value becomes a finding beside the others. */
function shortText(value: unknown): string {
  const read = text(value);
  if (read.length > MAX_LENGTH) throw new GraphQLError(`At most ${MAX_LENGTH} characters are expected here.`);
  return read;
}

builder.scalarType("DateTime", {
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
  description:
    "An instant in UTC, ISO 8601 with milliseconds: `2027-03-01T09:00:00.000Z`. Sent to this API, any offset will do, and " +
    "seconds may be left out.",
  serialize: (value) => value.toISOString(),
  ...readBy((value) => {
    const instant = parseInstant(shortText(value));
    if (instant) return instant;
    throw new GraphQLError("An instant such as 2027-03-01T09:00:00Z is expected here, on a day that exists.");
  }),
});

builder.scalarType("DateTimeInput", {
  description:
    "ISO 8601 date and time: with an offset or Z an instant (`2027-03-01T10:00+01:00`), without one a wall-clock time " +
    "(`2027-03-01T10:00`) that is read in the time zone beside it.",
  serialize: String,
  ...readBy(shortText),
});

builder.scalarType("LocalDateTime", {
  specifiedByURL: "https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#local-dates-and-times",
  description: "A wall-clock time without offset: `2027-03-01T10:00:00`.",
  serialize: String,
  ...readBy(shortText),
});

builder.scalarType("TimeZone", {
  specifiedByURL: "https://www.iana.org/time-zones",
  description:
    "Name of a zone in the IANA tz database: `Europe/Berlin`. It may be sent in any letter case, and is stored and returned as " +
    "the database spells it.",
  serialize: String,
  // An unknown name is left to the verb, as a wrong time is.
  ...readBy((value) => {
    const name = shortText(value);
    return zoneName(name) ?? name;
  }),
});

builder.scalarType("URL", {
  specifiedByURL: "https://url.spec.whatwg.org/",
  description: "An absolute http or https address.",
  serialize: String,
  ...readBy(text),
});

builder.scalarType("EventCursor", {
  description: "An opaque position in the account's event log. Valid only in the account that received it.",
  serialize: String,
  ...readBy(text),
});
