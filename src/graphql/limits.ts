import { GraphQLError, parse, visit } from "graphql";
import type { DocumentNode } from "graphql";
import type { Plugin } from "graphql-yoga";
import { unstorable } from "../core/text.ts";

/** Largest body of an HTTP request and largest message of a socket, in bytes. */
export const MAX_BODY = 256 * 1024;
const MAX_TOKENS = 2_000;

/** Refuses documents with too many tokens, and strings in them that PostgreSQL could not store. */
export function useLimits(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn(parseWithinLimits);
    },
  };
}

/** @throws GraphQLError when a string in the variables could not be stored */
export function assertStorableVariables(variables: unknown): void {
  assertStorable(variables, "variables");
}

function parseWithinLimits(source: string, options: object): DocumentNode {
  const document = parse(source, { ...options, maxTokens: MAX_TOKENS });
  visit(document, { StringValue: (node) => assertStorable(node.value, "A string of the document") });
  return document;
}

/** @throws GraphQLError that names the place of the first string that cannot be stored */
function assertStorable(value: unknown, place: string): void {
  if (typeof value === "string") {
    const reason = unstorable(value);
    if (reason)
      throw new GraphQLError(`${place} ${reason}. Remove it and send the request again.`, { extensions: badInput });
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) assertStorable(item, `${place}.${key}`);
  }
}

const badInput = { code: "INVALID_INPUT", http: { status: 400 } };
