import type { ServerResponse } from "node:http";
import type { RequestError } from "../core/error.ts";
import { toGraphQLError } from "../execution/errors.ts";

/** Answers that are given outside GraphQL. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
    .end(text);
}

/** In the shape of GraphQL's errors, with the status and headers that the table of codes gives. */
export function sendError(response: ServerResponse, error: RequestError): void {
  const { message, extensions } = toGraphQLError(error);
  const { http, ...shown } = extensions as { http: { status: number; headers: Record<string, string> } };
  for (const [name, value] of Object.entries(http.headers)) response.setHeader(name, value);
  sendJson(response, http.status, { errors: [{ message, extensions: shown }] });
}
