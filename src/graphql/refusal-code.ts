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
    const ours = originalError && !(originalError instanceof GraphQLError);
    if (ours || path || extensions["code"]) return error;
    const code = codeOf(error) ?? otherwise;
    return new GraphQLError(shortened(message), { nodes: nodes ?? null, extensions: { ...extensions, code } });
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
  return node?.kind === Kind.VARIABLE_DEFINITION ? lastOfPath(error, node.variable.name.value) : nameBefore(node);
}

/** GraphQL tells the path in the words before the inner error's, such as `at .mode.adHoc.interviewerIds[0]`. */
function lastOfPath(error: GraphQLError, variable: string): string | undefined {
  const begin = `Variable "$${variable}" has invalid value at `.length;
  const end = error.message.length - innerError(error).message.length - ": ".length;
  const last = error.message.slice(begin, end).split(".").at(-1);
  return last?.split("[")[0];
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
