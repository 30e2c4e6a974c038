import { GraphQLError, isInputObjectType } from "graphql";
import type { GraphQLSchema } from "graphql";
import type { Plugin } from "graphql-yoga";

/** On an input field: the code under which its absence is known. */
export interface RequiredExtensions {
  requiredCode: string;
}

const MISSING = /to include required field "(\w+)"/;
const NULL = /non-null type .* not to be null/;
const LAST_OF_PATH = /^Variable .*? invalid value at (?:.*[.])?(\w+)(?:\[\d+\])?: Expected/;
const NAME_BEFORE = /(\w+)\s*:\s*$/;

/** Gives one of GraphQL's own refusals a code; other errors are left as they are. */
export type RefusalCodes = (error: GraphQLError, otherwise: string) => GraphQLError;

/** A required input field that is left out or null has the code it is known by, the rest have the other one. */
export function createRefusalCodes(schema: GraphQLSchema): RefusalCodes {
  const codes = collectCodes(schema);
  return (error, otherwise) => {
    const { message, nodes, path, extensions, originalError } = error;
    const ours = originalError && !(originalError instanceof GraphQLError);
    if (ours || path || extensions["code"]) return error;
    const code = codes.get(missingField(error) ?? "") ?? otherwise;
    return new GraphQLError(message, { nodes: nodes ?? null, extensions: { ...extensions, code } });
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

function collectCodes(schema: GraphQLSchema): Map<string, string> {
  const codes = new Map<string, string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const { requiredCode } = field.extensions as Partial<RequiredExtensions>;
      if (requiredCode) codes.set(field.name, requiredCode);
    }
  }
  return codes;
}

/** GraphQL says which field it is in words only: by name, by the path of the variable, or by the place in the document. */
function missingField({ message, nodes }: GraphQLError): string | undefined {
  const missing = MISSING.exec(message)?.[1];
  if (missing || !NULL.test(message)) return missing;
  const place = nodes?.[0]?.loc;
  return LAST_OF_PATH.exec(message)?.[1] ?? (place && NAME_BEFORE.exec(place.source.body.slice(0, place.start))?.[1]);
}
