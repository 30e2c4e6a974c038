import { isObject, isObjectOrNothing, isTextOrNothing } from "../core/json.ts";
import { documentRequestOf } from "../document/request.ts";

/** What a client says in graphql-transport-ws. */
export type ClientMessage =
  | { type: "connection_init"; payload?: Parameters | null }
  | { type: "ping" | "pong"; payload?: Record<string, unknown> | null }
  | { type: "subscribe"; id: string; payload: OperationPayload }
  | { type: "complete"; id: string };

/** What a client says of itself when it opens a socket. */
export type Parameters = Record<string, unknown>;

/** An operation; its text may be left out when the client sends a hash in its place. */
export interface OperationPayload {
  query?: string | null;
  variables?: Record<string, unknown> | null;
  operationName?: string | null;
  extensions?: Record<string, unknown> | null;
}

/** The message in a frame's text; null for anything that a client may not say. */
export function readMessage(text: string): ClientMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const { type, id, payload } = value;
  if (type === "connection_init" || type === "ping" || type === "pong") {
    return isObjectOrNothing(payload) ? (value as ClientMessage) : null;
  }
  if (typeof id !== "string" || id === "") return null;
  if (type === "complete" || (type === "subscribe" && isOperation(payload))) return value as ClientMessage;
  return null;
}

function isOperation(payload: unknown): payload is OperationPayload {
  if (!isObject(payload)) return false;
  const { query, operationName, variables, extensions } = payload;
  return (
    [query, operationName].every(isTextOrNothing) &&
    [variables, extensions].every(isObjectOrNothing) &&
    (typeof query === "string" || documentRequestOf(payload).documentId !== undefined)
  );
}
