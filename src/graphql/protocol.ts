import { getOperationAST } from "graphql";
import type { ExecutionArgs, ExecutionResult, GraphQLError } from "graphql";
import { RequestError } from "../core/error.ts";
import type { RequestErrorCode } from "../core/error.ts";
import { subscriberTooSlow } from "../events/failure.ts";
import type { Caller } from "../operation/context.ts";
import { documentRequestOf } from "./document.ts";
import { toGraphQLError, withoutStatus } from "./errors.ts";
import type { Pipeline } from "./execute.ts";
import { CLOSE, readMessage } from "./message.ts";
import type { OperationPayload, Parameters } from "./message.ts";
import { inRequest } from "./request.ts";
import { toText } from "./share.ts";
import { Deliveries } from "./subscribe.ts";

/** How many operations may be under way on one socket. */
const MAX_OPERATIONS = 100;
/** How long a socket may wait before it says whose it is. */
const INTRODUCTION_MS = 3_000;

/** One socket as the protocol sees it. */
export interface Connection {
  requestId: string;
  /** Resolves when the text has left the process. */
  send: (text: string) => Promise<void>;
  close: (code: number, reason: string) => void;
  /** Takes the socket in for this token until the token ends, or closes it. */
  admit: (authorization: string, caller: Caller) => boolean;
  /** Closes it because its token is refused, or cannot be judged. */
  refuse: (code: RequestErrorCode) => void;
}

/** One operation of a socket, from its first message to its last. */
interface Operation {
  /** The start of each result's message, which equal subscriptions on other sockets do not share. */
  envelope: string;
  /** What it delivers, for a subscription that has begun. */
  deliveries: Deliveries | null;
  /** The cursor after the last event that was sent. */
  cursor: string | null;
}

/** The server's end of graphql-transport-ws on one socket. What a client sends never makes it throw. */
export class Protocol {
  readonly #pipeline: Pipeline;
  readonly #connection: Connection;
  /** Those under way by the id that the client chose. An id is free again as soon as its operation has ended. */
  readonly #operations = new Map<string, Operation>();
  readonly #introductionDue: NodeJS.Timeout;
  #introduced = false;
  #authorization: string | undefined;
  #acknowledged = false;
  /** Counts operations, for their request ids. */
  #count = 0;

  constructor(pipeline: Pipeline, connection: Connection) {
    this.#pipeline = pipeline;
    this.#connection = connection;
    this.#introductionDue = setTimeout(
      () => connection.close(CLOSE.introductionLate, "Connection initialisation timeout"),
      INTRODUCTION_MS,
    );
  }

  async receive(text: string): Promise<void> {
    const message = readMessage(text);
    const { close } = this.#connection;
    if (!message) return close(CLOSE.badMessage, "Invalid message received");
    switch (message.type) {
      case "connection_init":
        return this.#introduce(message.payload ?? {});
      case "ping":
        return this.#send({ type: "pong", ...(message.payload && { payload: message.payload }) });
      case "subscribe":
        if (!this.#acknowledged) return close(CLOSE.notIntroduced, "Unauthorized");
        if (this.#operations.has(message.id))
          return close(CLOSE.idInUse, `Subscriber for ${message.id} already exists`);
        return this.#begin(message.id, message.payload);
      case "complete":
        return this.#end(message.id);
    }
  }

  /** Tells each subscription where to go on after the last event that was sent. */
  tooSlow(): void {
    for (const [id, { deliveries, cursor, envelope }] of this.#operations) {
      if (deliveries) void this.#connection.send(`${envelope}${this.#failure(subscriberTooSlow(cursor))}}`);
      void this.#end(id);
    }
  }

  /** Ends everything: the socket is closed. */
  async closed(): Promise<void> {
    clearTimeout(this.#introductionDue);
    await Promise.all([...this.#operations.keys()].map((id) => this.#end(id)));
  }

  async #introduce(parameters: Parameters): Promise<void> {
    const { close, admit, refuse } = this.#connection;
    if (this.#introduced) return close(CLOSE.introducedTwice, "Too many initialisation requests");
    this.#introduced = true;
    this.#authorization = authorizationOf(parameters);
    try {
      const caller = await this.#pipeline.identify(this.#authorization);
      clearTimeout(this.#introductionDue);
      if (!admit(this.#authorization ?? "", caller)) return;
      this.#acknowledged = true;
      await this.#send({ type: "connection_ack" });
    } catch (error) {
      refuse(this.#pipeline.mask(error).extensions["code"] as RequestErrorCode);
    }
  }

  async #begin(id: string, payload: OperationPayload): Promise<void> {
    if (this.#operations.size >= MAX_OPERATIONS) return this.#send({ id, type: "error", payload: [tooMany()] });
    const envelope = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    const operation: Operation = { envelope, deliveries: null, cursor: null };
    this.#operations.set(id, operation);
    this.#count += 1;
    const isOpen = () => this.#operations.get(id) === operation;
    await inRequest({ requestId: `${this.#connection.requestId}.${this.#count}` }, async () => {
      const result = await this.#run(payload, isOpen);
      if (!isOpen()) return result instanceof Deliveries ? void (await result.return()) : undefined;
      if (result instanceof Deliveries) {
        operation.deliveries = result;
        return this.#follow(id, operation, isOpen);
      }
      if (Array.isArray(result)) return this.#finish({ id, type: "error", payload: result });
      await this.#connection.send(`${envelope}${toText(result as ExecutionResult)}}`);
      if (isOpen()) await this.#finish({ id, type: "complete" });
    });
  }

  /** The result, what a subscription delivers, or the errors of an operation that is not executed. */
  async #run(
    payload: OperationPayload,
    isWanted: () => boolean,
  ): Promise<ExecutionResult | Deliveries | readonly GraphQLError[]> {
    try {
      const prepared = await prepare(this.#pipeline, this.#authorization, payload);
      if (!("execute" in prepared) || !isWanted()) return "execute" in prepared ? [] : prepared;
      return await prepared.execute(prepared.args);
    } catch (error) {
      return [withoutStatus(this.#pipeline.mask(error))];
    }
  }

  /** Sends each delivery as the text that equal subscribers share, and waits until it has left before the next is made. */
  async #follow(id: string, operation: Operation, isOpen: () => boolean): Promise<void> {
    const { deliveries, envelope } = operation;
    for (;;) {
      const next = await deliveries?.next();
      if (!isOpen() || !next || next.done) return;
      const { text, cursor, result } = next.value;
      if (cursor === null)
        return this.#finish({ id, type: "error", payload: (result.errors ?? []).map(withoutStatus) });
      operation.cursor = cursor;
      await this.#connection.send(`${envelope}${text}}`);
      if (!isOpen()) return;
    }
  }

  /** Frees the id before its last message, with which the client may use it again. */
  async #finish(message: { id: string; type: "complete" | "error"; payload?: readonly GraphQLError[] }): Promise<void> {
    this.#operations.delete(message.id);
    await this.#send(message);
  }

  async #end(id: string): Promise<void> {
    const operation = this.#operations.get(id);
    this.#operations.delete(id);
    await operation?.deliveries?.return();
  }

  #failure(error: RequestError): string {
    return toText({ errors: [this.#pipeline.mask(error)] });
  }

  #send(message: object): Promise<void> {
    return this.#connection.send(JSON.stringify(message));
  }
}

/** The same text that HTTP carries in its Authorization header, in either letter case. */
function authorizationOf(parameters: Parameters): string | undefined {
  const value = parameters["authorization"] ?? parameters["Authorization"];
  return typeof value === "string" ? value : undefined;
}

interface Prepared {
  args: ExecutionArgs;
  execute: (args: ExecutionArgs) => Promise<ExecutionResult | Deliveries>;
}

async function prepare(
  { yoga, identify, resolveDocument, subscribe }: Pipeline,
  authorization: string | undefined,
  payload: OperationPayload,
): Promise<Prepared | readonly GraphQLError[]> {
  const caller = await identify(authorization);
  const engine = yoga.getEnveloped({ caller, params: payload });
  const query = await resolveDocument(caller, documentRequestOf(payload));
  const document = engine.parse(query ?? "");
  const errors = engine.validate(engine.schema, document);
  if (errors.length > 0) return errors.map(withoutStatus);
  const operation = getOperationAST(document, payload.operationName);
  if (!operation) throw new RequestError("OPERATION_RESOLUTION_FAILURE", WHICH_OPERATION);
  return {
    args: {
      schema: engine.schema,
      document,
      operationName: payload.operationName,
      variableValues: payload.variables,
      contextValue: await engine.contextFactory(),
    },
    // Deliveries are pushed as they are: Envelop's subscribe would make results of them.
    execute: operation.operation === "subscription" ? subscribe : (args) => engine.execute(args),
  };
}

const WHICH_OPERATION =
  "The document has several operations, or none of this name. Send operationName with the name of one.";

function tooMany(): GraphQLError {
  const sentence = `A socket carries at most ${MAX_OPERATIONS} operations at a time. End one of them, or open another socket.`;
  return withoutStatus(toGraphQLError(new RequestError("TOO_MANY_OPERATIONS", sentence)));
}
