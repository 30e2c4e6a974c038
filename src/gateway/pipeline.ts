import type { IncomingMessage } from "node:http";
import { executeRootSelectionSet, executeSubscriptionEvent } from "graphql";
import type { GraphQLSchema } from "graphql";
import { createYoga } from "graphql-yoga";
import type { Plugin, YogaServerInstance } from "graphql-yoga";
import { RequestError } from "../core/error.ts";
import { databaseUnavailable, isOutage } from "../db/outage.ts";
import { createContext } from "../operation/context.ts";
import type { ResolveDocument } from "../document/resolve.ts";
import type { Caller, Context, Services } from "../operation/context.ts";
import { addressOf } from "../http/address.ts";
import { createDeadline } from "../execution/deadline.ts";
import { documentRequestOf } from "../document/request.ts";
import { useDocuments } from "../execution/documents.ts";
import { createErrorMask, withStatus } from "../execution/errors.ts";
import type { Mask } from "../execution/errors.ts";
import { useEventStream } from "./event-stream.ts";
import { Fallbacks } from "./fallbacks.ts";
import { createGuard } from "../execution/guard.ts";
import type { Execute, ExecuteValidated, Guard, GuardOptions } from "../execution/guard.ts";
import { createIdentify } from "./identify.ts";
import type { Credentials, Identify } from "./identify.ts";
import { assertStorableVariables, MAX_BODY } from "../execution/limits.ts";
import { executePlanned, executePlannedEvent } from "../execution/planned-execute.ts";
import type { Fallback } from "../execution/planned-execute.ts";
import { currentRequest } from "../execution/request.ts";
import { createRefusalCodes, useRefusalCodes } from "../execution/refusal-code.ts";
import { useParameters } from "./parameters.ts";
import { OpenStreams, subscribeForYoga } from "./results.ts";
import type { EventStreamOptions } from "./results.ts";
import type { Roster } from "./roster.ts";
import { slowDown } from "./slow-down.ts";
import type { ExecuteEvent } from "../execution/share.ts";
import { createSubscribe } from "../execution/subscribe.ts";
import type { Subscribe } from "../execution/subscribe.ts";
import { TokenWatch } from "./token-watch.ts";

const JSON_TYPES = new Set(["application/json", "application/graphql+json"]);

/** What a transport knows of an operation before it runs: the HTTP header, or what the socket said when it opened. */
export interface TransportContext extends Credentials {
  /** The caller that the authorization identifies, once known. */
  caller?: Caller;
  /** The same, as soon as it is asked for: once for a request. */
  admitted?: Promise<Caller>;
  /** Of a browser that reconnects an event stream. */
  lastEventId?: string | undefined;
}

/** The one way from a document to its result, for HTTP, server-sent events and sockets alike. */
export interface Pipeline {
  /** Answers over HTTP and server-sent events, and lends its engine to the sockets. */
  yoga: YogaServerInstance<TransportContext, Context>;
  subscribe: Subscribe;
  mask: Mask;
  /** @throws RequestError DATABASE_UNAVAILABLE or DEADLINE_EXCEEDED, and what `Identify` throws */
  identify: Identify;
  /**
   * Identifies the caller, once for a request, and charges for the request.
   * @throws RequestError RATE_LIMITED while the caller owes points, and what `identify` throws
   */
  admit: (transport: TransportContext) => Promise<Caller>;
  guard: Guard;
  /** The address that a request comes from. */
  addressOf: (request: IncomingMessage) => string;
  resolveDocument: ResolveDocument;
  /** Ends sockets and event streams with their tokens. */
  watch: TokenWatch;
  fallbacks: Fallbacks;
  streams: OpenStreams;
}

export interface PipelineOptions {
  schema: GraphQLSchema;
  services: Services;
  /** The caller that a bearer token identifies, or null when it is not valid. */
  authenticate: (token: string) => Promise<Caller | null>;
  /** How long a subscriber may read nothing of what waits for it. */
  stallMs: number;
  /** How often the tokens of sockets and event streams are checked. */
  reviewMs?: number;
  resolveDocument: ResolveDocument;
  limits: GuardOptions;
  /** How many proxies before the gateway name the client's address; none when left out. */
  trustedProxyHops?: number | undefined;
  /** Whether queries are executed by a plan of their document; all of them by graphql-js when not. */
  plannedExecution: boolean;
  /** Counts event streams with the sockets. */
  roster: Roster;
}

export function createPipeline(options: PipelineOptions): Pipeline {
  const { schema, services, stallMs, roster, trustedProxyHops = 0 } = options;
  const withinDeadline = createDeadline(options.limits.deadlineMs);
  const lookedUp = <T>(found: Promise<T>) => withinDeadline(found).catch(tellOutage);
  const identifyCaller = createIdentify(options.authenticate);
  const identify: Identify = (credentials) => lookedUp(identifyCaller(credentials));
  const resolveDocument: ResolveDocument = (caller, request) => lookedUp(options.resolveDocument(caller, request));
  const mask = createErrorMask(services.log);
  const withCode = createRefusalCodes(schema);
  const guard = createGuard(options.limits);
  const admit: Pipeline["admit"] = (transport) => (transport.admitted ??= admitCaller(identify(transport), guard));
  const watch = watchTokens(options, identify);
  const fallbacks = new Fallbacks(services.log);
  const { execute, executeEvent } = chooseExecutors(options, fallbacks);
  const subscribe = createSubscribe({ executeEvent, mask, withCode, guard, withinDeadline });
  const streams = new OpenStreams();
  const yoga = createYoga<TransportContext, Context>({
    schema,
    graphqlEndpoint: "/graphql",
    extraParamNames: ["documentId"],
    context: async ({ lastEventId = null, params, ...transport }) => {
      const caller = transport.caller ?? (await admit(transport));
      assertStorableVariables(params.variables);
      return createContext(services, caller, { requestId: currentRequest()?.requestId ?? "unknown", lastEventId });
    },
    plugins: [
      useJsonOnly(),
      useParameters(),
      useAuthentication(admit),
      useTrustedDocuments(resolveDocument),
      useDocuments(guard),
      useRefusalCodes(withCode),
      useStatuses(),
      useEventStream({ mask, log: services.log, stallMs }),
      useExecutors(guard.around(execute), { subscribe, watch, mask, roster, streams }),
    ],
    maskedErrors: { maskError: mask },
    parserAndValidationCache: false,
    maxRequestBodySize: MAX_BODY,
    multipart: false,
    cors: false,
    landingPage: false,
    logging: false,
    graphiql: false,
  });
  const ofRequest = (request: IncomingMessage) => addressOf(request, trustedProxyHops);
  const ways = { yoga, subscribe, mask, identify, admit, guard, addressOf: ofRequest, resolveDocument };
  return { ...ways, watch, fallbacks, streams };
}

/** The caller or the document cannot be looked up: clients, sockets and the token watch all see the same code. */
function tellOutage(error: unknown): never {
  throw isOutage(error) && !(error instanceof RequestError) ? databaseUnavailable(error) : error;
}

async function admitCaller(identified: Promise<Caller>, guard: Guard): Promise<Caller> {
  try {
    const caller = await identified;
    guard.admit(caller);
    return caller;
  } catch (error) {
    if (error instanceof RequestError && error.code === "RATE_LIMITED") await slowDown();
    throw error;
  }
}

function watchTokens({ services: { log, now }, reviewMs }: PipelineOptions, identify: Identify) {
  return new TokenWatch({ whyInvalid: (authorization) => reasonOf(identify({ authorization })), log, now, reviewMs });
}

/** Why an authorization is not valid; null when it is, and while it cannot be checked. */
async function reasonOf(identified: Promise<Caller>): Promise<RequestError | null> {
  try {
    await identified;
    return null;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return error.code === "UNAUTHENTICATED" ? error : null;
  }
}

/** Identifies the caller before the document is parsed, so that its errors reveal nothing of the schema. */
function useAuthentication(admit: Pipeline["admit"]): Plugin {
  return {
    async onParams({ context }) {
      const transport: TransportContext = context;
      transport.caller = await admit(transport);
    },
  };
}

/** Replaces the hash of a document by its text, and rejects texts of clients that may send registered documents only. */
function useTrustedDocuments(resolveDocument: ResolveDocument): Plugin {
  return {
    async onParams({ params, setParams, context }) {
      const { caller }: TransportContext = context;
      if (!caller) return;
      const query = await resolveDocument(caller, documentRequestOf(params));
      if (!query)
        throw new RequestError("BAD_REQUEST", "Send an operation as `query`, or the hash of a registered document.");
      if (query !== params.query) setParams({ ...params, query });
    },
  };
}

/** Takes JSON alone: a form, which a page may send without asking, changes nothing. */
function useJsonOnly(): Plugin {
  return {
    onRequestParse({ request, url }) {
      if (request.method === "GET") return ["variables", "extensions"].forEach((name) => assertJson(url, name));
      const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
      if (request.method !== "POST" || JSON_TYPES.has(type)) return;
      throw new RequestError("UNSUPPORTED_MEDIA_TYPE", "Send the request as application/json.");
    },
  };
}

/** @throws RequestError BAD_REQUEST where Yoga would take a text that is no JSON for a bug */
function assertJson({ searchParams }: URL, name: string): void {
  try {
    JSON.parse(searchParams.get(name) || "null");
  } catch {
    throw new RequestError("BAD_REQUEST", `The parameter ${name} is not JSON. Encode it as JSON, and that for a URL.`);
  }
}

/** Gives the errors of a request that was not executed the status of their codes. */
function useStatuses(): Plugin {
  return {
    onExecute: () => ({
      onExecuteDone({ result, setResult }) {
        if (!("errors" in result) || !result.errors || "data" in result) return;
        setResult({ ...result, errors: result.errors.map(withStatus) });
      },
    }),
  };
}

interface Executors {
  execute: ExecuteValidated;
  executeEvent: ExecuteEvent;
}

function chooseExecutors({ plannedExecution }: PipelineOptions, fallbacks: Fallbacks): Executors {
  if (!plannedExecution) return { execute: executeRootSelectionSet, executeEvent: executeSubscriptionEvent };
  const count = ({ reason, fault }: Fallback) => fallbacks.count("plannedExecution", reason, fault);
  return {
    execute: (args) => executePlanned(args, count),
    executeEvent: (args) => executePlannedEvent(args, count),
  };
}

/**
 * Runs operations with our own executors. Envelop's hooks (onParse, onValidate, onContextBuilding, onExecute, onSubscribe) run
 * for HTTP, sockets and direct POSTs; Yoga's own (onRequest, onRequestParse, onParams, onResultProcess, onResponse, CORS) not for
 * sockets and direct POSTs. graphql-js' tracing channels say nothing of what is planned.
 */
function useExecutors(execute: Execute, options: EventStreamOptions): Plugin {
  return {
    onExecute: ({ setExecuteFn }) => setExecuteFn(execute),
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn((args) => subscribeForYoga(args, options)),
  };
}
