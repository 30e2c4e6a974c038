import { getOperationAST } from "graphql";
import type { ExecutionArgs, ExecutionResult, GraphQLError } from "graphql";
import { makeServer } from "graphql-ws";
import type { Context, OperationResult, Server, SubscribePayload } from "graphql-ws";
import { RequestError } from "../core/error.ts";
import type { RequestErrorCode } from "../core/error.ts";
import { isObject } from "../core/json.ts";
import { subscriberTooSlow } from "../events/failure.ts";
import type { Caller } from "../operation/context.ts";
import { documentRequestOf } from "../document/request.ts";
import { operationUnclear, toGraphQLError, withoutStatus } from "../execution/errors.ts";
import type { Pipeline } from "../gateway/pipeline.ts";
import { bearerToken } from "../gateway/identify.ts";
import { CLOSE } from "./close-code.ts";
import { readMessage } from "./message.ts";
import type { ClientMessage } from "./message.ts";
import { Push } from "./push.ts";
import { bindToRequest, inRequest } from "../execution/request.ts";
import { Deliveries } from "../execution/subscribe.ts";

/** How many operations may be under way on one socket. */
const MAX_OPERATIONS = 100;
/** The subprotocol that sockets must speak. */
export const PROTOCOL = "graphql-transport-ws";
/** Close reason of a socket that sends no token in a known form. */
const SEND_A_TOKEN = 'UNAUTHENTICATED: send {"authorization":"Bearer <token>"} as payload of connection_init';

/** One socket as the protocol sees it. */
export interface Connection {
  requestId: string;
  /** The address that the socket comes from. */
  address: string;
  /** The Authorization header of its handshake. */
  authorization: string | undefined;
  /** Resolves when the text has left the process. */
  send: (text: string) => Promise<void>;
  close: (code: number, reason: string) => void;
  /** Admits the socket until its token ends, or closes it. */
  admit: (authorization: string, caller: Caller) => boolean;
  /** Closes it because its token is refused, or cannot be checked. */
  refuse: (code: RequestErrorCode, reason?: string) => void;
}

type Parameters = Record<string, unknown> | undefined;
type SocketContext = Context<Parameters, Protocol>;
/** Envelop's engine for one operation, carried to graphql-ws as the root value. */
interface Engine extends Pick<ReturnType<Pipeline["yoga"]["getEnveloped"]>, "execute"> {
  subscribe: Pipeline["subscribe"];
}

/** @returns opens the protocol on a socket */
export function createProtocol(pipeline: Pipeline): (connection: Connection) => Protocol {
  const server = makeServer<Parameters, Protocol>({
    onConnect: async ({ connectionParams, extra: { connection } }) => {
      const authorization = authorizationOf(connectionParams, connection);
      try {
        const { address } = connection;
        return connection.admit(authorization ?? "", await pipeline.identify({ authorization, address }));
      } catch (error) {
        const code = pipeline.mask(error).extensions["code"] as RequestErrorCode;
        connection.refuse(code, code === "UNAUTHENTICATED" && !bearerToken(authorization) ? SEND_A_TOKEN : code);
        return false;
      }
    },
    onSubscribe: (context, id, payload) =>
      inRequest({ requestId: context.extra.requestIdOf(id) }, () => prepare(pipeline, context, payload)),
    execute: (args) => (args.rootValue as Engine).execute(args),
    // Deliveries are no results: `onOperation` replaces them.
    subscribe: (args) => (args.rootValue as Engine).subscribe(args) as OperationResult,
    onOperation: (...[{ extra }, id, , , result]) =>
      result instanceof Deliveries ? extra.push(id, result) : withoutStatuses(result as ExecutionResult),
  });
  return (connection) => new Protocol(server, pipeline, connection);
}

/** An operation of a socket: the id that the client chose, and its deliveries. */
interface Operation {
  name: string;
  push: Push | null;
}

/**
 * graphql-transport-ws on one socket. graphql-ws speaks it under internal ids, each of which is used once: a client may use its
 * own again as soon as it has completed it, while the library still ends the operation before. What a client may not say is
 * refused here, so that nothing that it sends makes the library throw.
 */
export class Protocol {
  readonly connection: Connection;
  readonly #pipeline: Pipeline;
  /** Operations under way by our id, and our ids by the client's. */
  readonly #operations = new Map<string, Operation>();
  readonly #ids = new Map<string, string>();
  readonly #closed: (code: number, reason: string) => Promise<void>;
  #receive: (text: string) => Promise<void> = async () => {};
  #count = 0;

  constructor(server: Server<Protocol>, pipeline: Pipeline, connection: Connection) {
    this.connection = connection;
    this.#pipeline = pipeline;
    this.#closed = server.opened(
      {
        protocol: PROTOCOL,
        send: (text) => this.#send(text),
        close: (code = CLOSE.bug, reason = "") => connection.close(code, reason),
        onMessage: (receive) => (this.#receive = receive),
      },
      this,
    );
  }

  async receive(text: string): Promise<void> {
    const message = readMessage(text);
    if (!message) return this.connection.close(CLOSE.badMessage, "Invalid message received");
    if (message.type === "subscribe") return this.#begin(message);
    if (message.type === "complete") return this.#complete(message.id);
    return this.#receive(text);
  }

  requestIdOf(id: string): string {
    return `${this.connection.requestId}.${id}`;
  }

  push(id: string, deliveries: Deliveries): Push {
    const operation = this.#operations.get(id);
    const envelope = `{"id":${JSON.stringify(operation?.name)},"type":"next","payload":`;
    const push = new Push(deliveries, {
      send: async (text) => {
        if (this.#operations.has(id)) await this.connection.send(`${envelope}${text}}`);
      },
      fail: (errors) => this.#send(JSON.stringify({ id, type: "error", payload: errors })),
    });
    if (operation) operation.push = push;
    return push;
  }

  /** Sends each subscription the cursor of the last event that was sent. */
  tooSlow(): void {
    for (const { name, push } of this.#operations.values()) {
      push?.leave((cursor) => this.#pipeline.mask(subscriberTooSlow(cursor)));
      void this.#complete(name).catch(() => {});
    }
  }

  /** Ends everything: the socket is closed. */
  async closed(code: number, reason: string): Promise<void> {
    await this.#closed(code, reason);
  }

  async #begin(message: ClientMessage & { type: "subscribe" }): Promise<void> {
    const { id: name, payload } = message;
    if (this.#ids.has(name)) {
      return this.connection.close(CLOSE.idInUse, `Subscriber for ${name} already exists`);
    }
    if (this.#ids.size >= MAX_OPERATIONS) {
      return this.connection.send(JSON.stringify({ id: name, type: "error", payload: [tooManyOperations()] }));
    }
    this.#count += 1;
    const id = String(this.#count);
    this.#ids.set(name, id);
    this.#operations.set(id, { name, push: null });
    // The library demands a text, which a client that sends a hash may omit.
    await this.#receive(JSON.stringify({ id, type: "subscribe", payload: { ...payload, query: payload.query ?? "" } }));
    this.#free(id);
  }

  async #complete(name: string): Promise<void> {
    const id = this.#ids.get(name);
    if (id === undefined) return;
    this.#free(id);
    await this.#receive(JSON.stringify({ id, type: "complete" }));
  }

  /** Sends the library's messages under the client's own id, and none of an operation that the client has completed. */
  async #send(text: string): Promise<void> {
    const [start = "", id] = OF_OPERATION.exec(text) ?? [];
    if (id === undefined) return this.connection.send(text);
    const operation = this.#operations.get(id);
    if (!operation) return;
    const rest = text.slice(start.length);
    // With its last message an operation frees its id.
    if (!rest.startsWith('"type":"next"')) this.#free(id);
    await this.connection.send(`{"id":${JSON.stringify(operation.name)},${rest}`);
  }

  #free(id: string): void {
    const operation = this.#operations.get(id);
    if (!operation) return;
    this.#operations.delete(id);
    this.#ids.delete(operation.name);
  }
}

/** How the library begins a message of an operation. */
const OF_OPERATION = /^\{"id":"(\d+)",/;

/** What HTTP carries in its Authorization header: in the payload, in its headers, or in the header of the handshake. */
function authorizationOf(payload: Parameters, { authorization }: Connection): string | undefined {
  const headers = isObject(payload?.["headers"]) ? payload["headers"] : {};
  const values = [payload, headers].flatMap((said) => [said?.["authorization"], said?.["Authorization"]]);
  return values.find((value) => typeof value === "string") ?? authorization;
}

async function prepare(
  { yoga, admit, resolveDocument, subscribe, mask }: Pipeline,
  { connectionParams, extra: { connection } }: SocketContext,
  params: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  try {
    const caller = await admit({
      authorization: authorizationOf(connectionParams, connection),
      address: connection.address,
    });
    const { schema, parse, validate, contextFactory, execute } = yoga.getEnveloped({ caller, params });
    const document = parse((await resolveDocument(caller, documentRequestOf(params))) ?? "");
    const errors = validate(schema, document);
    if (errors.length > 0) return errors.map(withoutStatus);
    if (!getOperationAST(document, params.operationName)) throw operationUnclear();
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
