import type { GraphQLSchema } from "graphql";
import { createYoga } from "graphql-yoga";
import type { Plugin, YogaServerInstance } from "graphql-yoga";
import { RequestError } from "../core/error.ts";
import { createContext } from "../operation/context.ts";
import type { Caller, Context, Services } from "../operation/context.ts";
import { createErrorMask } from "./errors.ts";
import { useEventStream } from "./event-stream.ts";
import { MAX_BODY, useLimits } from "./limits.ts";
import { executePlanned } from "./planned-execute.ts";
import { currentRequest } from "./request.ts";
import { useRefusalCodes } from "./refusal-code.ts";
import { subscribeWithFreshContext } from "./subscribe.ts";

/** What a transport knows of an operation before it runs: the HTTP header, or what the socket said when it opened. */
export interface TransportContext {
  authorization?: string | undefined;
  /** Of a browser that reconnects an event stream. */
  lastEventId?: string | undefined;
}

export type Pipeline = YogaServerInstance<TransportContext, Context>;

export interface PipelineOptions {
  schema: GraphQLSchema;
  services: Services;
  /** The caller behind a bearer token, or null when no token of that text is valid. */
  authenticate: (token: string) => Promise<Caller | null>;
  /** What GraphiQL begins with. */
  demo?: { token: string; query: string } | undefined;
}

/** The one way from a document to its result, for HTTP, server-sent events and sockets alike. */
export function createPipeline({ schema, services, authenticate, demo }: PipelineOptions): Pipeline {
  return createYoga<TransportContext, Context>({
    schema,
    graphqlEndpoint: "/graphql",
    context: async ({ authorization, lastEventId = null }) => {
      const caller = await identify(authenticate, authorization);
      return createContext(services, caller, { requestId: currentRequest()?.requestId ?? "unknown", lastEventId });
    },
    plugins: [useLimits(), useRefusalCodes(schema), useEventStream(), useGraphQLJs()],
    maskedErrors: { maskError: createErrorMask(services.log) },
    // From its cache, Yoga would throw a parser's error without the code that it gave it the first time.
    parserAndValidationCache: { errorCache: { get: () => undefined, set: () => undefined } },
    maxRequestBodySize: MAX_BODY,
    multipart: false,
    cors: false,
    landingPage: false,
    logging: false,
    // Nine megabytes of page, loaded when somebody asks for it.
    renderGraphiQL: async (options) => (await import("@graphql-yoga/render-graphiql")).renderGraphiQL(options),
    graphiql: {
      title: "Interview Gateway",
      ...(demo && { headers: authorizationHeader(demo.token), defaultQuery: demo.query }),
    },
  });
}

/**
 * @throws RequestError UNAUTHENTICATED when there is no token or no caller behind it
 */
export async function identify(
  authenticate: PipelineOptions["authenticate"],
  authorization: string | undefined,
): Promise<Caller> {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (!token) throw new RequestError("UNAUTHENTICATED", "Send an API token: Authorization: Bearer <token>.");
  const caller = await authenticate(token);
  if (!caller)
    throw new RequestError("UNAUTHENTICATED", "This API token is not valid. Check it, or ask for a new one.");
  return caller;
}

/** Runs operations with graphql-js itself, the reference for `@oneOf`, variables and error locations. */
function useGraphQLJs(): Plugin {
  return {
    onExecute: ({ setExecuteFn }) => setExecuteFn(executePlanned),
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribeWithFreshContext),
  };
}

const authorizationHeader = (token: string) => JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);
