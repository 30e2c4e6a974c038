import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { GraphQLError } from "graphql";
import type { ExecutionArgs } from "graphql";
import type { SubscribePayload } from "graphql-ws";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import { RequestError } from "../core/error.ts";
import { identify } from "./execute.ts";
import type { Pipeline, PipelineOptions } from "./execute.ts";
import { MAX_BODY } from "./limits.ts";
import { chooseRequestId, inRequest } from "./request.ts";

const FORBIDDEN = 4403;

export interface SocketOptions {
  pipeline: Pipeline;
  authenticate: PipelineOptions["authenticate"];
}

/** Envelop's engine for one operation, carried to graphql-ws as the root value. */
type Engine = Pick<ReturnType<Pipeline["getEnveloped"]>, "execute" | "subscribe">;

/**
 * Serves graphql-transport-ws on the same path and through the same pipeline as HTTP.
 * @returns closes every socket with 1001
 */
export function serveSockets(server: Server, { pipeline, authenticate }: SocketOptions): () => Promise<void> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_BODY });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (new URL(request.url ?? "/", "http://gateway").pathname !== "/graphql") {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit("connection", client, request));
  });

  const requestIds = new WeakMap<IncomingMessage, string>();
  let operations = 0;
  const disposable = useServer(
    {
      execute: (args) => (args.rootValue as Engine).execute(args),
      subscribe: (args) => (args.rootValue as Engine).subscribe(args),
      onConnect: async ({ connectionParams, extra }) => {
        requestIds.set(extra.request, chooseRequestId(extra.request.headers["x-request-id"]));
        try {
          await identify(authenticate, authorizationOf(connectionParams));
        } catch (error) {
          if (!(error instanceof RequestError)) throw error;
          extra.socket.close(FORBIDDEN, error.code);
        }
      },
      onSubscribe: (context, _id, payload) => {
        operations += 1;
        const requestId = `${requestIds.get(context.extra.request)}.${operations}`;
        return inRequest({ requestId }, () => prepare(pipeline, authorizationOf(context.connectionParams), payload));
      },
    },
    sockets,
  );
  return async () => disposable.dispose();
}

/** The same text that HTTP carries in its Authorization header, in either letter case. */
function authorizationOf(parameters: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const value = parameters?.["authorization"] ?? parameters?.["Authorization"];
  return typeof value === "string" ? value : undefined;
}

async function prepare(
  pipeline: Pipeline,
  authorization: string | undefined,
  params: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const { schema, parse, validate, contextFactory, execute, subscribe } = pipeline.getEnveloped({
    authorization,
    params,
  });
  try {
    const document = parse(params.query);
    const errors = validate(schema, document);
    if (errors.length > 0) return errors;
    return {
      schema,
      document,
      operationName: params.operationName,
      variableValues: params.variables,
      contextValue: await contextFactory(),
      rootValue: { execute, subscribe },
    };
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}
