import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { getOperationAST } from "graphql";
import type { DocumentNode, ExecutionResult, GraphQLError } from "graphql";
import { processRegularResult } from "graphql-yoga";
import type { GraphQLParams } from "graphql-yoga";
import { RequestError } from "../core/error.ts";
import { isObject, isObjectOrNothing, isTextOrNothing } from "../core/json.ts";
import { documentRequestOf } from "../document/request.ts";
import type { Pipeline, TransportContext } from "./pipeline.ts";
import { MAX_BODY } from "../execution/limits.ts";

export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  transport: TransportContext,
) => void | Promise<void>;

const JSON_TYPE = /^application\/json(?:; ?charset=utf-8)?$/i;
const MEDIA_TYPES = new Map([
  ["*/*", "application/json"],
  ["application/*", "application/json"],
  ["application/json", "application/json"],
  ["application/graphql-response+json", "application/graphql-response+json"],
]);
const PARAMETERS = new Set(["query", "variables", "operationName", "extensions"]);

/** Why a request is left to Yoga. */
type Left = "accept" | "request" | "body" | "document" | "operation";

/**
 * Answers the requests that nearly all clients send, a POST of JSON with a query or mutation, through the same pipeline as
 * Yoga but without its HTTP layer, which would take as long as the rest. Whatever is out of the ordinary before an operation
 * runs is left to Yoga, and what to say of a result with errors is Yoga's as well.
 */
export function createJsonPost(pipeline: Pipeline): Answer {
  const { yoga, fallbacks } = pipeline;
  return async (request, response, transport) => {
    const leave = (reason: Left) => {
      fallbacks.count("directPost", reason);
      return yoga(request, response, transport);
    };
    const mediaType = acceptedType(request);
    if (!mediaType) return leave("accept");
    if (!isPlainPost(request)) return leave("request");
    const limited = await refusalOf(pipeline, transport);
    if (limited) return sendResult(response, yoga, { result: limited, mediaType });
    const body = await readBody(request);
    if (!body) return;
    const params = parseParameters(body);
    const result = params ? await execute(pipeline, params, transport) : "body";
    if (typeof result === "object") return sendResult(response, yoga, { result, mediaType });
    Object.assign(request, { body: Readable.from([body]) });
    return leave(result);
  };
}

/** Requests that come too fast are rejected before their body is read; other errors wait for the body. */
async function refusalOf({ admit, mask }: Pipeline, transport: TransportContext): Promise<ExecutionResult | null> {
  try {
    await admit(transport);
    return null;
  } catch (error) {
    return error instanceof RequestError && error.code === "RATE_LIMITED" ? { errors: [mask(error)] } : null;
  }
}

export const isJson = ({ headers }: IncomingMessage): boolean => JSON_TYPE.test(headers["content-type"] ?? "");

/** A body of known length, on the path itself. */
function isPlainPost(request: IncomingMessage): boolean {
  const { method, url, headers } = request;
  const length = Number(headers["content-length"]);
  return (
    method === "POST" &&
    url === "/graphql" &&
    isJson(request) &&
    headers["content-encoding"] === undefined &&
    length > 0 &&
    length <= MAX_BODY
  );
}

/** The first of the types that the client accepts, as long as it names none but JSON in UTF-8. */
function acceptedType({ headers: { accept = "*/*" } }: IncomingMessage): string | undefined {
  const known = MEDIA_TYPES.get(accept);
  if (known) return known;
  const types = accept
    .replaceAll(/\s/g, "")
    .toLowerCase()
    .split(",")
    .map((entry) => (entry.includes("charset=") && !entry.includes("charset=utf-8") ? "" : (entry.split(";")[0] ?? "")))
    .map((type) => MEDIA_TYPES.get(type));
  return types.includes(undefined) ? undefined : types[0];
}

/** Null when the client has gone. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** Null for what is not a GraphQL request in JSON. */
function parseParameters(body: Buffer): (GraphQLParams & { query: string }) | null {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
  if (!isObject(value) || Object.keys(value).some((key) => !PARAMETERS.has(key))) return null;
  const { query, variables, operationName, extensions } = value;
  const plain =
    typeof query === "string" && isTextOrNothing(operationName) && [variables, extensions].every(isObjectOrNothing);
  return plain ? ({ ...value, query } as GraphQLParams & { query: string }) : null;
}

/** Nothing is executed without a document, for one that cannot be parsed, and for a subscription. */
export async function execute(
  { yoga, admit, resolveDocument, mask }: Pipeline,
  params: GraphQLParams & { query: string },
  transport: TransportContext,
): Promise<ExecutionResult | Left> {
  try {
    const caller = await admit(transport);
    const query = await resolveDocument(caller, documentRequestOf(params));
    const engine = yoga.getEnveloped({ ...transport, caller, params });
    const document = query ? parseOrNull(() => engine.parse(query) as DocumentNode) : null;
    if (!document) return "document";
    const errors = engine.validate(engine.schema, document) as readonly GraphQLError[];
    if (errors.length > 0) return { errors };
    const { operationName, variables } = params;
    const operation = getOperationAST(document, operationName);
    if (!operation || operation.operation === "subscription") return "operation";
    const contextValue: unknown = await engine.contextFactory();
    const args = { schema: engine.schema, document, contextValue, variableValues: variables, operationName };
    return (await engine.execute(args)) as ExecutionResult;
  } catch (error) {
    return { errors: [mask(error)] };
  }
}

function parseOrNull(parse: () => DocumentNode): DocumentNode | null {
  try {
    return parse();
  } catch {
    return null;
  }
}

export async function sendResult(
  response: ServerResponse,
  yoga: Pipeline["yoga"],
  { result, mediaType }: { result: ExecutionResult; mediaType: string },
): Promise<void> {
  if (result.errors) {
    const processed = processRegularResult(result, yoga.fetchAPI, mediaType);
    response.setHeaders(processed.headers);
    response.writeHead(processed.status).end(await processed.text());
    return;
  }
  const text = JSON.stringify(result);
  const length = Buffer.byteLength(text);
  response.writeHead(200, { "content-type": `${mediaType}; charset=utf-8`, "content-length": length }).end(text);
}
