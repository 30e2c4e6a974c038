import { GraphQLError } from "graphql";
import type { Logger } from "pino";
import { RequestError } from "../core/error.ts";
import { postgresError } from "../db/constraint.ts";
import { currentRequest } from "./request.ts";

/** What HTTP says besides the answer. */
const HTTP: Partial<Record<string, { status: number; headers?: Record<string, string> }>> = {
  UNAUTHENTICATED: { status: 401 },
  FORBIDDEN: { status: 403 },
  DOCUMENT_NOT_TRUSTED: { status: 403 },
  DOCUMENT_NOT_FOUND: { status: 404 },
  KEYS_UNAVAILABLE: { status: 503, headers: { "retry-after": "1" } },
};

const QUERY_CANCELED = "57014";
const TOO_LONG = "The database took too long for this operation. Ask for less of it, or try again later.";
const DEADLINE_EXCEEDED = { code: "DEADLINE_EXCEEDED", http: { status: 504 } };

export type Mask = (error: unknown) => GraphQLError;

/**
 * Decides what a client may see of an error: the request's own faults as they are, anything else as one sentence with the
 * request id under which the log has the rest.
 */
export function createErrorMask(log: Logger): Mask {
  return (error) => {
    const located = error instanceof GraphQLError ? error : undefined;
    const original = located?.originalError ?? error;
    if (postgresError(original)?.code === QUERY_CANCELED) return toGraphQL(TOO_LONG, located, DEADLINE_EXCEEDED);
    if (original instanceof RequestError) return toGraphQL(original.message, located, requestExtensions(original));
    if (located && (!located.originalError || located.originalError instanceof GraphQLError)) return located;

    const requestId = currentRequest()?.requestId ?? "unknown";
    log.error({ requestId, path: located?.path, error: original }, "a request met a bug");
    return toGraphQL(`Unexpected error. Quote request id ${requestId} when you report it.`, located, {
      code: "INTERNAL_SERVER_ERROR",
      requestId,
    });
  };
}

function requestExtensions(error: RequestError): Record<string, unknown> {
  const http = HTTP[error.code];
  return { ...error.extensions, code: error.code, ...(http && { http }) };
}

function toGraphQL(
  message: string,
  located: GraphQLError | undefined,
  extensions: Record<string, unknown>,
): GraphQLError {
  return new GraphQLError(message, { nodes: located?.nodes ?? null, path: located?.path ?? null, extensions });
}

/** An error as a stream or socket carries it: the HTTP status in it is for Yoga alone. */
export function withoutStatus(error: GraphQLError): GraphQLError {
  const { http, ...extensions } = error.extensions;
  if (http === undefined) return error;
  return new GraphQLError(error.message, { nodes: error.nodes ?? null, path: error.path ?? null, extensions });
}
