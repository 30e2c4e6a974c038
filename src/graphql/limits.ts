import { GraphQLError, parse, visit } from "graphql";
import type { DocumentNode } from "graphql";
import type { Plugin } from "graphql-yoga";
import { RequestError } from "../core/error.ts";
import { unstorable } from "../core/text.ts";

/** Largest body of an HTTP request and largest message of a socket, in bytes. */
export const MAX_BODY = 256 * 1024;
const MAX_TOKENS = 2_000;
const MAX_ALIASES = 100;
const MAX_DIRECTIVES = 100;
/** How deep variables may be nested. The deepest input of the schema needs less than ten levels. */
const MAX_NESTING = 32;

/** Refuses documents with too many tokens, aliases or directives, and strings in them that PostgreSQL could not store. */
export function useLimits(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn(parseWithinLimits);
    },
  };
}

/** @throws RequestError INVALID_INPUT when variables are nested too deep, or a string in them could not be stored */
export function assertStorableVariables(variables: unknown): void {
  assertStorable(variables, "variables");
}

function parseWithinLimits(source: string, options: object): DocumentNode {
  const document = parseWithCode(source, options);
  let aliases = 0;
  let directives = 0;
  visit(document, {
    StringValue: (node) => assertStorable(node.value, "A string of the document"),
    Field: ({ alias }) => {
      if (alias) aliases += 1;
    },
    Directive: () => {
      directives += 1;
    },
  });
  assertAtMost(MAX_ALIASES, { count: aliases, of: "aliases" });
  assertAtMost(MAX_DIRECTIVES, { count: directives, of: "directives" });
  return document;
}

function parseWithCode(source: string, options: object): DocumentNode {
  try {
    return parse(source, { ...options, maxTokens: MAX_TOKENS });
  } catch (error) {
    if (error instanceof GraphQLError) {
      Object.assign(error.extensions, { code: "GRAPHQL_PARSE_FAILED", http: { status: 400 } });
    }
    throw error;
  }
}

function assertAtMost(maximum: number, { count, of }: { count: number; of: string }): void {
  if (count <= maximum) return;
  throw new RequestError(
    "OPERATION_TOO_LARGE",
    `The document has ${count} ${of}, and ${maximum} is the most. Split it into several.`,
    { [of]: count, maximum },
  );
}

/** @throws RequestError INVALID_INPUT that names the place of the first value that cannot be stored */
function assertStorable(value: unknown, place: string, depth = 0): void {
  if (typeof value === "string") {
    const reason = unstorable(value);
    if (reason) throw new RequestError("INVALID_INPUT", `${place} ${reason}. Remove it and send the request again.`);
  } else if (typeof value === "object" && value !== null) {
    if (depth > MAX_NESTING)
      throw new RequestError("INVALID_INPUT", `The variables are nested deeper than ${MAX_NESTING} levels.`);
    for (const [key, item] of Object.entries(value)) assertStorable(item, `${place}.${key}`, depth + 1);
  }
}
