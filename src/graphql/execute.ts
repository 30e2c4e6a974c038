import type { IncomingMessage } from "node:http";
import type { GraphQLSchema } from "graphql";
import { createYoga } from "graphql-yoga";
import type { CORSOptions, Plugin, YogaServerInstance } from "graphql-yoga";
import { RequestError } from "../core/error.ts";
import { createContext } from "../operation/context.ts";
import type { ResolveDocument } from "../operation/document.ts";
import type { Caller, Context, Services } from "../operation/context.ts";
import { addressOf } from "./address.ts";
import { documentRequestOf } from "./document.ts";
import { useDocuments } from "./documents.ts";
import { createErrorMask } from "./errors.ts";
import type { Mask } from "./errors.ts";
import { useEventStream } from "./event-stream.ts";
import { createGuard } from "./guard.ts";
import type { Execute, Guard, GuardOptions } from "./guard.ts";
import { createIdentify } from "./identify.ts";
import type { Credentials, Identify } from "./identify.ts";
import { assertStorableVariables, MAX_BODY } from "./limits.ts";
import { executePlanned } from "./planned-execute.ts";
import { currentRequest } from "./request.ts";
import { createRefusalCodes, useRefusalCodes } from "./refusal-code.ts";
import { slowDown } from "./slow-down.ts";
import { subscribeForYoga } from "./results.ts";
import type { ResultsOptions } from "./results.ts";
import { createSubscribe } from "./subscribe.ts";
import type { Subscribe } from "./subscribe.ts";
import { TokenWatch } from "./token-watch.ts";

const JSON_TYPES = new Set(["application/json", "application/graphql+json"]);

/** What a transport knows of an operation before it runs: the HTTP header, or what the socket said when it opened. */
export interface TransportContext extends Credentials {
  /** Whom the authorization stands for, once that is known. */
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
  identify: Identify;
  /**
   * Identifies the caller, once for a request, and charges for the request.
   * @throws RequestError RATE_LIMITED while the caller owes points, and what `identify` throws
   */
  admit: (transport: TransportContext) => Promise<Caller>;
  /** The address that a request comes from. */
  addressOf: (request: IncomingMessage) => string;
  resolveDocument: ResolveDocument;
  /** Ends sockets and event streams with their tokens. */
  watch: TokenWatch;
}

export interface PipelineOptions {
  schema: GraphQLSchema;
  services: Services;
  /** The caller behind a bearer token, or null when no token of that text is valid. */
  authenticate: (token: string) => Promise<Caller | null>;
  /** How long a subscriber may take nothing of what waits for it. */
  stallMs: number;
  /** How often the tokens of sockets and event streams are checked. */
  reviewMs?: number;
  resolveDocument: ResolveDocument;
  limits: GuardOptions;
  /** How many proxies before the gateway name the client's address; none when left out. */
  trustedProxyHops?: number | undefined;
  /** Origins of pages, besides the gateway's own, that may ask. */
  allowedOrigins: readonly string[];
  /** What GraphiQL begins with. */
  demo?: { token: string; query: string } | undefined;
}

export function createPipeline(options: PipelineOptions): Pipeline {
  const { schema, services, resolveDocument, stallMs, demo, trustedProxyHops = 0 } = options;
  const identify = createIdentify(options.authenticate);
  const mask = createErrorMask(services.log);
  const withCode = createRefusalCodes(schema);
  const guard = createGuard(options.limits);
  const admit: Pipeline["admit"] = (transport) => (transport.admitted ??= admitCaller(identify(transport), guard));
  const subscribe = createSubscribe({ mask, withCode, guard });
  const watch = watchTokens(options, identify);
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
      useAuthentication(admit),
      useTrustedDocuments(resolveDocument),
      useDocuments(guard),
      useRefusalCodes(withCode),
      useEventStream({ mask, log: services.log, stallMs }),
      useExecutors(guard.around(executePlanned), { subscribe, watch, mask }),
    ],
    maskedErrors: { maskError: mask },
    parserAndValidationCache: false,
    maxRequestBodySize: MAX_BODY,
    multipart: false,
    cors: (request) => corsOf(request, options.allowedOrigins),
    landingPage: false,
    logging: false,
    // Nine megabytes of page, loaded when somebody asks for it.
    renderGraphiQL: async (options) => (await import("@graphql-yoga/render-graphiql")).renderGraphiQL(options),
    graphiql: {
      title: "Interview Gateway",
      ...(demo && { headers: authorizationHeader(demo.token), defaultQuery: demo.query }),
    },
  });
  return {
    yoga,
    subscribe,
    mask,
    identify,
    admit,
    addressOf: (request) => addressOf(request, trustedProxyHops),
    resolveDocument,
    watch,
  };
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

/** Why nobody is behind an authorization; null when somebody is, and while that cannot be told. */
async function reasonOf(identified: Promise<Caller>): Promise<RequestError | null> {
  try {
    await identified;
    return null;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return error.code === "UNAUTHENTICATED" ? error : null;
  }
}

/** Lets a listed origin ask with a token of its own; no cookie is ever used. */
function corsOf(request: Request, allowedOrigins: readonly string[]): CORSOptions {
  const origin = request.headers.get("origin");
  if (origin === null || !allowedOrigins.includes(origin)) return false;
  return {
    origin: [origin],
    credentials: false,
    methods: ["GET", "POST"],
    allowedHeaders: ["authorization", "content-type", "last-event-id", "x-request-id"],
    exposedHeaders: ["retry-after", "x-request-id"],
    maxAge: 600,
  };
}

/** Asks who it is before anything of the document is read, so that strangers learn nothing of the schema. */
function useAuthentication(admit: Pipeline["admit"]): Plugin {
  return {
    async onParams({ context }) {
      const transport: TransportContext = context;
      transport.caller = await admit(transport);
    },
  };
}

/** Puts the text in for a document that is sent by its hash, and refuses texts to those who may send hashes only. */
function useTrustedDocuments(resolveDocument: ResolveDocument): Plugin {
  return {
    async onParams({ params, setParams, context }) {
      const { caller }: TransportContext = context;
      if (!caller) return;
      const query = await resolveDocument(caller, documentRequestOf(params));
      if (query !== undefined && query !== params.query) setParams({ ...params, query });
    },
  };
}

/** Takes JSON alone: a form, which a page may send without asking, changes nothing. */
function useJsonOnly(): Plugin {
  return {
    onRequestParse({ request }) {
      const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
      if (request.method !== "POST" || JSON_TYPES.has(type)) return;
      throw new RequestError("UNSUPPORTED_MEDIA_TYPE", "Send the request as application/json.");
    },
  };
}

/** Runs operations with our own executors, between Envelop's hooks. */
function useExecutors(execute: Execute, options: ResultsOptions): Plugin {
  return {
    onExecute: ({ setExecuteFn }) => setExecuteFn(execute),
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn((args) => subscribeForYoga(args, options)),
  };
}

const authorizationHeader = (token: string) => JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);
