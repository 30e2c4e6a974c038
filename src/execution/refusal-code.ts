import { GraphQLError, isInputObjectType, Kind, TokenKind } from "graphql";
import type { ASTNode, GraphQLSchema, Token } from "graphql";
import type { Plugin } from "graphql-yoga";

/** On an input field: the code under which its absence is known. */
export interface RequiredExtensions {
  requiredCode: string;
}

/** GraphQL prints the value that it refuses, which may be as long as the request, once for each error. */
const MAX_MESSAGE = 1_000;

/** Gives one of GraphQL's own refusals a code; other errors are left as they are. */
export type RefusalCodes = (error: GraphQLError, otherwise: string) => GraphQLError;

/** A required input field that is left out or null has the code it is known by, the rest have the other one. */
export function createRefusalCodes(schema: GraphQLSchema): RefusalCodes {
  const required = requiredFields(schema);
  const byName = new Map(required.map(({ name, code }) => [name, code]));
  const codeOf = (error: GraphQLError): string | undefined => {
    // The inner error of a variable's has GraphQL's own words alone.
    const words = innerError(error).message;
    const missing = required.find(({ words: beginning }) => words.startsWith(beginning));
    return missing?.code ?? (isNullError(words) ? byName.get(nullField(error) ?? "") : undefined);
  };
  return (error, otherwise) => {
    const { message, nodes, path, extensions, originalError } = error;
    const isOwn = originalError && !(originalError instanceof GraphQLError);
    if (isOwn || path || extensions["code"]) return error;
    const code = codeOf(error) ?? otherwise;
    const issues = issuesOf(error);
    return new GraphQLError(shortened(message), {
      nodes: nodes ?? null,
      extensions: { ...extensions, code, ...(issues && { issues }) },
    });
  };
}

/** Gives GraphQL's refusals GRAPHQL_VALIDATION_FAILED for a document and INVALID_INPUT for its variables. */
export function useRefusalCodes(withCode: RefusalCodes): Plugin {
  return {
    onValidate:
      () =>
      ({ valid, result, setResult }) => {
        if (valid) return;
        setResult(
          result.map((error) => (error instanceof GraphQLError ? withCode(error, "GRAPHQL_VALIDATION_FAILED") : error)),
        );
      },
    onExecute: () => ({
      onExecuteDone: ({ result, setResult }) => {
        if (!("errors" in result) || !result.errors) return;
        setResult({ ...result, errors: result.errors.map((error) => withCode(error, "INVALID_INPUT")) });
      },
    }),
  };
}

interface RequiredField {
  name: string;
  code: string;
  /** How GraphQL's error begins when the field is left out. */
  words: string;
}

function requiredFields(schema: GraphQLSchema): RequiredField[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isInputObjectType(type))
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap(({ name, extensions }) => {
        const { requiredCode: code } = extensions as Partial<RequiredExtensions>;
        const words = `Expected value of type "${type.name}" to include required field "${name}", `;
        return code ? [{ name, code, words }] : [];
      }),
    );
}

const innerError = (error: GraphQLError): Error => error.originalError ?? error;

const isNullError = (words: string): boolean =>
  words.startsWith("Expected value of non-null type ") && words.endsWith(" not to be null.");

/** The input field that is null: the last of the variable's path, or the name before the literal. */
function nullField(error: GraphQLError): string | undefined {
  const [node] = error.nodes ?? [];
  return node?.kind === Kind.VARIABLE_DEFINITION ? pathOf(error).findLast(isName) : nameBefore(node);
}

const isName = (step: string): boolean => Number.isNaN(Number(step));

/** What is wrong inside a variable, in the form of zod's issues: with the path from the variable on. */
function issuesOf(error: GraphQLError): { path: string[]; message: string }[] | undefined {
  const path = pathOf(error);
  if (path.length === 0) return undefined;
  const { message } = innerError(error);
  const [begin, type, end, field] = message.split('"', 4);
  const isLeftOut = begin === "Expected value of type " && end === " to include required field " && type && field;
  return [{ path: isLeftOut ? [...path, field] : path, message: shortened(message) }];
}

/** GraphQL writes the path before the inner error's message, such as `at .mode.adHoc.interviewerIds[0]`. */
function pathOf(error: GraphQLError): string[] {
  const [node] = error.nodes ?? [];
  if (node?.kind !== Kind.VARIABLE_DEFINITION || !error.originalError) return [];
  const variable = node.variable.name.value;
  const begin = `Variable "$${variable}" has invalid value at .`.length;
  const end = error.message.length - error.originalError.message.length - ": ".length;
  const steps = error.message.slice(begin, end).replaceAll("[", ".").replaceAll("]", "");
  return [variable, ...steps.split(".").filter((step) => step !== "")];
}

function nameBefore(node: ASTNode | undefined): string | undefined {
  const colon = tokenBefore(node?.loc?.startToken);
  return colon?.kind === TokenKind.COLON ? tokenBefore(colon)?.value : undefined;
}

function tokenBefore(token: Token | undefined): Token | undefined {
  let before = token?.prev;
  while (before?.kind === TokenKind.COMMENT) before = before.prev;
  return before ?? undefined;
}

const shortened = (message: string): string =>
  message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…`.toWellFormed() : message;
