/**
 * An expected refusal of a well-formed request. Each subclass is a member of some mutation's result union, so it
 * reaches the client as data; throwing it inside a transaction rolls the transaction back.
 */
export abstract class Refusal extends Error {}

export type RequestErrorCode =
  | "UNAUTHENTICATED"
  | "KEYS_UNAVAILABLE"
  | "FORBIDDEN"
  | "INVALID_ID"
  | "INVALID_INPUT"
  | "CURSOR_INVALID"
  | "CURSOR_EXPIRED"
  | "SUBSCRIBER_TOO_SLOW"
  | "DOCUMENT_NOT_FOUND"
  | "DOCUMENT_NOT_TRUSTED";

/** A request that cannot be answered at all: it reaches the client in `errors[]` with its code in `extensions.code`. */
export class RequestError extends Error {
  readonly code: RequestErrorCode;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(code: RequestErrorCode, message: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.extensions = extensions;
  }
}

/** A set-up that cannot work. The message is one sentence for the operator; the process ends with it. */
export class StartError extends Error {}
