import type { ExecutionArgs, ExecutionResult, GraphQLError } from "graphql";
import { makeServer } from "graphql-ws";
import type { Context, OperationResult, Server, SubscribePayload } from "graphql-ws";
import { RequestError } from "../core/error.ts";
import type { RequestErrorCode } from "../core/error.ts";
import type { Caller } from "../operation/context.ts";
import { documentRequestOf } from "./document.ts";
import { toGraphQLError, withoutStatus } from "./errors.ts";
import type { Pipeline } from "./execute.ts";
import type { Push } from "./push.ts";
import { bindToRequest, inRequest } from "./request.ts";
import { Deliveries } from "./subscribe.ts";

/** How many operations may be under way on one socket. */
const MAX_OPERATIONS = 100;

/** One socket as the protocol sees it. */
export interface Connection {
  requestId: string;
  /** Counts its operations, for their request ids. */
  operations: number;
  /** Takes the socket in for this token until the token ends, or closes it. */
  admit(authorization: string, caller: Caller): boolean;
  refuse(code: RequestErrorCode): void;
  push(id: string, deliveries: Deliveries): Push;
}

type Parameters = Record<string, unknown> | undefined;
type SocketContext = Context<Parameters, Connection>;
/** Envelop's engine for one operation, carried to graphql-ws as the root value. */
interface Engine extends Pick<ReturnType<Pipeline["yoga"]["getEnveloped"]>, "execute"> {
  subscribe: Pipeline["subscribe"];
}

/** The graphql-transport-ws protocol over the pipeline. */
export function createProtocol(pipeline: Pipeline): Server<Connection> {
  return makeServer<Parameters, Connection>({
    async onConnect({ connectionParams, extra }) {
      const authorization = authorizationOf(connectionParams);
      try {
        return extra.admit(authorization ?? "", await pipeline.identify(authorization));
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        extra.refuse(error.code);
        return false;
      }
    },
    onSubscribe(context, _id, payload) {
      const { extra, subscriptions } = context;
      if (Object.keys(subscriptions).length > MAX_OPERATIONS) return [tooManyOperations()];
      extra.operations += 1;
      const requestId = `${extra.requestId}.${extra.operations}`;
      return inRequest({ requestId }, () => prepare(pipeline, context, payload));
    },
    execute: (args) => (args.rootValue as Engine).execute(args),
    // Deliveries are no results: `onOperation` replaces them.
    subscribe: (args) => (args.rootValue as Engine).subscribe(args) as OperationResult,
    onOperation: (...[{ extra }, id, , , result]) =>
      result instanceof Deliveries ? extra.push(id, result) : withoutStatuses(result as ExecutionResult),
  });
}

/** The same text that HTTP carries in its Authorization header, in either letter case. */
function authorizationOf(parameters: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const value = parameters?.["authorization"] ?? parameters?.["Authorization"];
  return typeof value === "string" ? value : undefined;
}

async function prepare(
  { yoga, identify, resolveDocument, subscribe, mask }: Pipeline,
  { connectionParams }: SocketContext,
  params: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  try {
    const caller = await identify(authorizationOf(connectionParams));
    const { schema, parse, validate, contextFactory, execute } = yoga.getEnveloped({ caller, params });
    const document = parse((await resolveDocument(caller, documentRequestOf(params))) ?? "");
    const errors = validate(schema, document);
    if (errors.length > 0) return errors.map(withoutStatus);
    return {
      schema,
      document,
      operationName: params.operationName,
      variableValues: params.variables,
      contextValue: await contextFactory(),
      rootValue: { execute: bindToRequest(execute), subscribe: bindToRequest(subscribe) } satisfies Engine,
    };
  } catch (error) {
    return [withoutStatus(mask(error))];
  }
}

function withoutStatuses({ errors, ...rest }: ExecutionResult): ExecutionResult {
  return errors ? { ...rest, errors: errors.map(withoutStatus) } : rest;
}

function tooManyOperations(): GraphQLError {
  const sentence = `A socket carries at most ${MAX_OPERATIONS} operations at a time. End one of them, or open another socket.`;
  return withoutStatus(toGraphQLError(new RequestError("TOO_MANY_OPERATIONS", sentence)));
}
