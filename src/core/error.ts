/** Every code of an expected refusal, with what it means to a client. */
export const PROBLEMS = {
  ERR_APPLICATION_NOT_FOUND: "There is no application with the id that the caller may see.",
  ERR_INTERVIEW_NOT_FOUND: "There is no interview with the id that the caller may see.",
  ERR_LOOP_NOT_FOUND: "There is no loop with the id that the caller may see.",
  ERR_VERSION_CONFLICT: "Another caller changed the interview after `expectedVersion`: see `changedFields`.",
  ERR_VALIDATION_FAILED: "The request has faults: see `findings`.",
  ERR_INTERVIEWER_CONFLICT: "Some interviewers are busy at that time: see `conflicts`.",
  ERR_LOOP_CONFLICT: "Some interviewers of a loop are busy at the time of their leg: see `legs`.",
  ERR_IDEMPOTENCY_KEY_REUSED: "The idempotency key was used for another request.",
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/**
 * An expected refusal of a well-formed request. Each subclass is a member of some mutation's result union, so it
 * reaches the client as data; throwing it inside a transaction rolls the transaction back.
 */
export abstract class Refusal extends Error {
  abstract readonly code: ProblemCode;
}

interface RequestErrorKind {
  /** Status of the HTTP answer. */
  status: number;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  /** When the code is given and what to do, for the documents. */
  meaning: string;
}

/** Every code of `errors[]`, whether this project, GraphQL.js or the HTTP layer finds the error. */
export const REQUEST_ERRORS = {
  BAD_REQUEST: {
    status: 400,
    retryable: false,
    meaning: "The request is not a GraphQL request, or a mutation by GET (status 405). Correct it.",
  },
  GRAPHQL_PARSE_FAILED: { status: 400, retryable: false, meaning: "The document cannot be parsed." },
  GRAPHQL_VALIDATION_FAILED: { status: 400, retryable: false, meaning: "The document does not fit the schema." },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    retryable: false,
    meaning: "The document has several operations, or none of this name. Send `operationName`.",
  },
  INVALID_INPUT: {
    status: 400,
    retryable: false,
    meaning:
      "A variable or an argument does not fit its type, is out of its bounds, or holds text that cannot be stored. " +
      "`extensions.issues` has the path to each fault inside it.",
  },
  INVALID_ID: {
    status: 400,
    retryable: false,
    meaning:
      "An id of a query or subscription was not made by this API, or is another type's. `extensions.issues` lists those of a " +
      "filter. In a mutation's input such an id is refused as an unknown one is.",
  },
  CURSOR_INVALID: {
    status: 400,
    retryable: false,
    meaning: "A cursor is malformed, forged, or belongs to another account, list or order.",
  },
  CURSOR_EXPIRED: {
    status: 400,
    retryable: false,
    meaning: "The event log no longer goes back to this cursor. Read the list again and follow its `asOfCursor`.",
  },
  OPERATION_TOO_LARGE: {
    status: 400,
    retryable: false,
    meaning: "The operation exceeds a limit. Ask for less of it, or split it.",
  },
  UNAUTHENTICATED: {
    status: 401,
    retryable: false,
    meaning: "There is no token, or it is not valid, has expired or was revoked. Get a new one.",
  },
  FORBIDDEN: {
    status: 403,
    retryable: false,
    meaning: "The token lacks a scope (`extensions.requiredScope`), or the person may not manage the application.",
  },
  DOCUMENT_NOT_TRUSTED: {
    status: 403,
    retryable: false,
    meaning: "The client may send its registered documents only. Register this one.",
  },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 404,
    retryable: false,
    meaning:
      "No document is known by this hash or id. Send hash and text, or register the document. Under `application/json` the status is 200, as links expect.",
  },
  NOT_FOUND: {
    status: 404,
    retryable: false,
    meaning: "There is nothing at this address, or nothing with this id that the caller may see.",
  },
  NOT_ACCEPTABLE: {
    status: 406,
    retryable: false,
    meaning: "A subscription over HTTP is a stream of events. Send `Accept: text/event-stream`, or use a socket.",
  },
  REQUEST_ENTITY_TOO_LARGE: { status: 413, retryable: false, meaning: "The body has more than 256 KiB." },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retryable: false, meaning: "Send the request as application/json." },
  RATE_LIMITED: {
    status: 429,
    retryable: true,
    meaning: "Too much was asked in too short a time. Wait for `Retry-After`.",
  },
  TOO_MANY_OPERATIONS: {
    status: 429,
    retryable: true,
    meaning: "The socket carries as many operations as it may. End one, or open another socket.",
  },
  TOO_MANY_STREAMS: {
    status: 429,
    retryable: true,
    meaning: "The token or person, or the process, has as many sockets and event streams open as it may. Close one.",
  },
  SUBSCRIBER_TOO_SLOW: {
    status: 200,
    retryable: true,
    meaning: "The subscriber was disconnected because it read too slowly. Resume after `extensions.cursor`.",
  },
  INTERNAL_SERVER_ERROR: {
    status: 500,
    retryable: false,
    meaning: "A bug of the gateway. Report `extensions.requestId`, under which the log has the rest.",
  },
  GOING_AWAY: {
    status: 503,
    retryable: true,
    meaning: "The process is about to end. Subscribe again after `extensions.cursor`; another process answers.",
  },
  KEYS_UNAVAILABLE: {
    status: 503,
    retryable: true,
    meaning:
      "The token's signing key cannot be fetched from its issuer now. Retry with the same token after `Retry-After`.",
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    meaning: "The database cannot be reached, is full or is locked. Try again after `Retry-After`.",
  },
  DEADLINE_EXCEEDED: {
    status: 504,
    retryable: true,
    meaning: "The operation took longer than `OPERATION_DEADLINE_SECONDS`. A mutation may still take effect.",
  },
} as const satisfies Record<string, RequestErrorKind>;

export type RequestErrorCode = keyof typeof REQUEST_ERRORS;

/** The table as Markdown, for the README of the gateway. */
export function requestErrorsTable(): string {
  const rows = Object.entries(REQUEST_ERRORS).map(
    ([code, { status, retryable, meaning }]) => `| ${code} | ${status} | ${retryable ? "yes" : "no"} | ${meaning} |`,
  );
  return ["| code | status | retryable | meaning |", "| --- | ---: | --- | --- |", ...rows].join("\n");
}

/** A request that cannot be answered at all: it reaches the client in `errors[]` with its code in `extensions.code`. */
export class RequestError extends Error {
  readonly code: RequestErrorCode;
  /** Further extensions. `retryAfterSeconds` is sent as `Retry-After` as well. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(code: RequestErrorCode, message: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.extensions = extensions;
  }
}

/** A set-up that cannot work. The message is one sentence for the operator; the process ends with it. */
export class StartError extends Error {}
