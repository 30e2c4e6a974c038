import { GraphQLError } from "graphql";
import type { Logger } from "pino";
import { REQUEST_ERRORS, RequestError } from "../core/error.ts";
import { postgresError } from "../db/constraint.ts";
import { createOutageLog, databaseUnavailable, isOutage } from "../db/outage.ts";
import { currentRequest } from "./request.ts";

const QUERY_CANCELED = "57014";

export type Mask = (error: unknown) => GraphQLError;

/**
 * Decides what a client sees of an error: the request's own faults as they are, anything else as one sentence with the
 * request id under which the log has the details.
 */
export function createErrorMask(log: Logger): Mask {
  const logOutage = createOutageLog(log);
  return (error) => {
    const located = error instanceof GraphQLError ? error : undefined;
    const original = located?.originalError ?? error;
    if (isOutage(original)) {
      logOutage(original);
      return toGraphQLError(original instanceof RequestError ? original : databaseUnavailable(original), located);
    }
    if (original instanceof RequestError) return toGraphQLError(original, located);
    if (postgresError(original)?.code === QUERY_CANCELED) return toGraphQLError(statementTooLong(), located);
    if (located?.extensions["code"] === "OPERATION_RESOLUTION_FAILURE") return toGraphQLError(operationUnclear());
    if (located && isGraphQLs(located)) return located;
    if (located && isAboutArgument(located)) return withInputCode(located);

    const requestId = currentRequest()?.requestId ?? "unknown";
    log.error({ requestId, path: located?.path, error: original }, "a request met a bug");
    return toGraphQLError(
      new RequestError("INTERNAL_SERVER_ERROR", `Unexpected error. Quote request id ${requestId} when you report it.`, {
        requestId,
      }),
      located,
    );
  };
}

/** Said in the same words on every transport. */
export const operationUnclear = (): RequestError =>
  new RequestError(
    "OPERATION_RESOLUTION_FAILURE",
    "The document has several operations, or none of this name. Send operationName with the name of one.",
  );

/** A refusal of GraphQL.js or of the HTTP layer; one of a resolver's result that has no code is a bug. */
const isGraphQLs = ({ originalError, path, extensions }: GraphQLError): boolean =>
  (!originalError || originalError instanceof GraphQLError) && (!path || extensions["code"] !== undefined);

/** GraphQL.js finds some faults of arguments at their field, such as a null variable whose default is not null. */
const isAboutArgument = ({ originalError, message }: GraphQLError): boolean =>
  (!originalError || originalError instanceof GraphQLError) && message.startsWith('Argument "');

function withInputCode({ message, nodes, path }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { nodes, path, extensions: { code: "INVALID_INPUT" } });
}

/** A request error as GraphQL carries it. Yoga takes the HTTP status and headers from it, and leaves them out of the answer. */
export function toGraphQLError(
  error: RequestError,
  located?: Partial<Pick<GraphQLError, "nodes" | "path">>,
): GraphQLError {
  const { status, retryable } = REQUEST_ERRORS[error.code];
  const { retryAfterSeconds = retryable && status === 503 ? 1 : undefined } = error.extensions;
  // Links take it for an answer, which application/json has only under 200, and ask again.
  const isMiss = error.code === "PERSISTED_QUERY_NOT_FOUND";
  const headers = {
    ...(typeof retryAfterSeconds === "number" && { "retry-after": `${retryAfterSeconds}` }),
    ...(status === 401 && { "www-authenticate": "Bearer" }),
    ...(isMiss && { "cache-control": "no-store" }),
  };
  // What fails at one field leaves the answer's other fields as they are.
  const partial = located?.path && (status === 400 || status === 500);
  return new GraphQLError(error.message, {
    nodes: located?.nodes ?? null,
    path: located?.path ?? null,
    extensions: {
      ...error.extensions,
      code: error.code,
      ...(!partial && { http: { status, headers, ...(isMiss && { spec: true }) } }),
    },
  });
}

/** An error of a request that was not executed, with the status that it has where the media type asks for one. */
export function withStatus(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, path, extensions } = error;
  if (extensions["http"]) return error;
  const kinds: Partial<Record<string, { status: number }>> = REQUEST_ERRORS;
  const http = { spec: true, status: kinds[String(extensions["code"])]?.status ?? 400 };
  return new GraphQLError(message, { nodes, source, positions, path, extensions: { ...extensions, http } });
}

function statementTooLong(): RequestError {
  return new RequestError(
    "DEADLINE_EXCEEDED",
    "The database took too long for this operation. Ask for less of it, or try again later.",
  );
}

/** An error as a stream or socket carries it: the HTTP status in it is for Yoga alone. */
export function withoutStatus(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, path } = error;
  const { http, ...extensions } = error.extensions;
  return http === undefined ? error : new GraphQLError(message, { nodes, source, positions, path, extensions });
}
