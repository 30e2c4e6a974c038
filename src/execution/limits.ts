import { GraphQLError, parse, visit } from "graphql";
import type { ASTNode, DocumentNode } from "graphql";
import { RequestError } from "../core/error.ts";
import { unstorable } from "../core/text.ts";

/** Largest body of an HTTP request and largest message of a socket, in bytes. */
export const MAX_BODY = 256 * 1024;
const MAX_TOKENS = 2_000;
const MAX_ALIASES = 100;
const MAX_DIRECTIVES = 100;
/** How deep variables may be nested. The deepest input of the schema needs less than ten levels. */
const MAX_NESTING = 32;
const REMOVE_IT = "Remove it and send the request again.";

/** @throws RequestError INVALID_INPUT when variables are nested too deep, or a string in them could not be stored */
export function assertStorableVariables(variables: unknown): void {
  assertStorable(variables, []);
}

/** @throws RequestError for too many tokens, aliases or directives, and for strings that PostgreSQL could not store */
export function parseWithinLimits(source: string): DocumentNode {
  const document = parseWithCode(source);
  const aliases: ASTNode[] = [];
  const directives: ASTNode[] = [];
  visit(document, {
    StringValue: (node) => {
      const reason = unstorable(node.value);
      if (reason) throw at(node, new RequestError("INVALID_INPUT", `This string ${reason}. ${REMOVE_IT}`));
    },
    Field: ({ alias }) => {
      if (alias) aliases.push(alias);
    },
    Directive: (node) => {
      directives.push(node);
    },
  });
  assertAtMost(MAX_ALIASES, { nodes: aliases, of: "aliases" });
  assertAtMost(MAX_DIRECTIVES, { nodes: directives, of: "directives" });
  return document;
}

/** The error with the place in the document that it is about. */
const at = (node: ASTNode, error: RequestError) =>
  new GraphQLError(error.message, { nodes: node, originalError: error });

function parseWithCode(source: string): DocumentNode {
  try {
    return parse(source, { maxTokens: MAX_TOKENS });
  } catch (error) {
    if (error instanceof GraphQLError) {
      Object.assign(error.extensions, { code: "GRAPHQL_PARSE_FAILED", http: { status: 400 } });
    }
    throw error;
  }
}

function assertAtMost(maximum: number, { nodes, of }: { nodes: ASTNode[]; of: string }): void {
  const first = nodes[maximum];
  if (!first) return;
  const message = `The document has ${nodes.length} ${of}, and ${maximum} is the most. Split it into several.`;
  throw at(first, new RequestError("OPERATION_TOO_LARGE", message, { [of]: nodes.length, maximum }));
}

/** @throws RequestError INVALID_INPUT with the path to the first value that cannot be stored */
function assertStorable(value: unknown, path: readonly string[]): void {
  if (typeof value === "string") {
    const reason = unstorable(value);
    if (reason) throw unusable(path, `This string ${reason}. ${REMOVE_IT}`);
  } else if (typeof value === "object" && value !== null) {
    if (path.length > MAX_NESTING)
      throw new RequestError("INVALID_INPUT", `The variables are nested deeper than ${MAX_NESTING} levels.`);
    for (const [key, item] of Object.entries(value)) assertStorable(item, [...path, key]);
  }
}

function unusable(path: readonly string[], message: string): RequestError {
  return new RequestError("INVALID_INPUT", `variables.${path.join(".")}: ${message}`, { issues: [{ path, message }] });
}
