import type { IncomingMessage, ServerResponse } from "node:http";
import { getOperationAST, Kind } from "graphql";
import type { DocumentNode, ExecutionResult, GraphQLError, OperationDefinitionNode } from "graphql";
import type { GraphQLParams } from "graphql-yoga";
import { RequestError } from "../core/error.ts";
import type { Seal } from "../core/seal.ts";
import type { Services } from "../operation/context.ts";
import { documentRequestOf } from "../document/request.ts";
import { withStatus } from "../execution/errors.ts";
import type { Pipeline, TransportContext } from "./pipeline.ts";
import { isJson, sendResult } from "./json-post.ts";
import type { Answer } from "./json-post.ts";
import { MAX_BODY } from "../execution/limits.ts";
import { readParameters } from "./parameters.ts";

export const TICKET_PATH = "/graphql/ticket";
/** How long a ticket may wait for its first connection. */
const MAX_WAIT_MS = 60_000;
/** Longest ticket: with it an address still passes proxies that take eight kilobytes. */
const MAX_LENGTH = 7_000;

/** What is sealed in a ticket; it is stored nowhere else. */
interface Ticket {
  authorization: string;
  params: GraphQLParams;
  /** Where the stream begins. */
  cursor: string;
  /** In milliseconds since 1970. */
  issuedAt: number;
}

export interface TicketOptions {
  pipeline: Pipeline;
  services: Services;
  seal: Seal;
  /** Answers every other request. */
  answer: Answer;
}

/**
 * Lets a browser's EventSource, which can send no header, follow one subscription: a POST of it to `/graphql/ticket` is
 * answered with a ticket, and a GET of `/graphql?ticket=…` with the stream. A ticket is good for a first connection within a
 * minute. After that it is good only together with the Last-Event-ID of that stream, which is what a reconnection sends, for
 * as long as the token is.
 */
export function withTickets({ pipeline, services, seal, answer }: TicketOptions): Answer {
  return async (request, response, transport) => {
    const { url = "", method } = request;
    try {
      if (url === TICKET_PATH)
        return await issue({ pipeline, services, seal, answer }, { request, response, transport });
      const sealed = method === "GET" && url.includes("ticket=") ? searchOf(url).get("ticket") : null;
      if (sealed === null) return await answer(request, response, transport);
      const { authorization, params, cursor } = readTicket(seal, sealed, { now: services.now(), transport });
      request.url = `/graphql?${toSearch(params)}`;
      const lastEventId = transport.lastEventId || cursor;
      return await pipeline.yoga(request, response, { ...transport, authorization, lastEventId });
    } catch (error) {
      if (response.headersSent) throw error;
      return refuse(response, pipeline.yoga, [pipeline.mask(error)]);
    }
  };
}

/** Errors with the status of their codes. */
const refuse = (response: ServerResponse, yoga: Pipeline["yoga"], errors: readonly GraphQLError[]) =>
  sendResult(response, yoga, {
    result: { errors: errors.map(withStatus) },
    mediaType: "application/graphql-response+json",
  });

const searchOf = (url: string) => new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?")) : "");

function toSearch(params: GraphQLParams): string {
  const said = Object.entries(params).filter(([, value]) => value !== null && value !== undefined);
  return new URLSearchParams(
    said.map(([name, value]): [string, string] => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  ).toString();
}

interface Moment {
  now: Date;
  transport: TransportContext;
}

/** @throws RequestError UNAUTHENTICATED for one that is forged or has waited too long */
function readTicket(seal: Seal, sealed: string, { now, transport }: Moment): Ticket {
  const text = seal.open(sealed);
  const ticket = text === null ? null : (JSON.parse(text) as Ticket);
  const isReconnection = Boolean(transport.lastEventId);
  if (ticket && (isReconnection || now.getTime() - ticket.issuedAt <= MAX_WAIT_MS)) return ticket;
  throw new RequestError(
    "UNAUTHENTICATED",
    "This ticket is not valid, or was not used within a minute. Get another one.",
  );
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  transport: TransportContext;
}

async function issue(options: TicketOptions, { request, response, transport }: Exchange): Promise<void> {
  const { pipeline, services, seal } = options;
  if (request.method !== "POST") {
    response.setHeader("allow", "POST");
    response.writeHead(405).end();
    return;
  }
  // Before the document is parsed, so that its errors reveal nothing of the schema.
  const { accountId } = await pipeline.admit(transport);
  const params = readParameters(await readText(request));
  const tried = await tryOut(pipeline, params, transport);
  response.setHeader("cache-control", "no-store");
  if (!("after" in tried)) return refuse(response, pipeline.yoga, tried.errors ?? []);
  const { after } = tried;
  const { db, events, now } = services;
  const cursor = after ?? (await db.transaction((tx) => events.cursorOfHead(tx, accountId)));
  const issuedAt = now().getTime();
  const ticket: Ticket = { authorization: transport.authorization ?? "", params, cursor, issuedAt };
  const sealed = seal.close(JSON.stringify(ticket));
  if (sealed.length > MAX_LENGTH) throw tooLong();
  const connectBefore = new Date(issuedAt + MAX_WAIT_MS).toISOString();
  const text = JSON.stringify({ url: `/graphql?ticket=${sealed}`, connectBefore });
  response.writeHead(201, { "content-type": "application/json", "content-length": Buffer.byteLength(text) }).end(text);
}

/** Begins the subscription and ends it at once, to report its errors here: an EventSource shows none. */
async function tryOut(
  { yoga, admit, resolveDocument, subscribe }: Pipeline,
  params: GraphQLParams,
  transport: TransportContext,
): Promise<ExecutionResult | { after: string | null }> {
  const caller = await admit(transport);
  const query = await resolveDocument(caller, documentRequestOf(params));
  const engine = yoga.getEnveloped({ ...transport, caller, params });
  const document = engine.parse(query ?? "") as DocumentNode;
  const errors = engine.validate(engine.schema, document) as readonly GraphQLError[];
  if (errors.length > 0) return { errors };
  const { operationName, variables } = params;
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== "subscription") throw notOne();
  const contextValue: unknown = await engine.contextFactory();
  const args = { schema: engine.schema, document, contextValue, variableValues: variables, operationName };
  const subscribed = await subscribe(args);
  if (!(Symbol.asyncIterator in subscribed)) return subscribed;
  await subscribed.return();
  return { after: afterOf(operation, variables) };
}

/** Where a subscription is asked to begin; null for the next event. */
function afterOf({ selectionSet }: OperationDefinitionNode, variables: GraphQLParams["variables"]): string | null {
  const [field] = selectionSet.selections;
  if (field?.kind !== Kind.FIELD) throw notOne();
  const value = field.arguments?.find(({ name }) => name.value === "after")?.value;
  if (value?.kind === Kind.STRING) return value.value;
  const sent: unknown = value?.kind === Kind.VARIABLE ? variables?.[value.name.value] : null;
  return typeof sent === "string" ? sent : null;
}

async function readText(request: IncomingMessage): Promise<string> {
  if (!isJson(request)) throw new RequestError("UNSUPPORTED_MEDIA_TYPE", "Send the subscription as application/json.");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new RequestError("REQUEST_ENTITY_TOO_LARGE", "The body has more than 256 KiB.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const notOne = () =>
  new RequestError("BAD_REQUEST", "A ticket is for one subscription, whose field is in the operation itself.");

const tooLong = () =>
  new RequestError(
    "OPERATION_TOO_LARGE",
    "The subscription is too long for an address. Register it, and send its hash.",
  );
