import { once } from "node:events";
import { WebSocket } from "ws";
import { buildServer } from "../../src/server.ts";
import type { GatewayServer, ServerOptions } from "../../src/server.ts";
import type { TestApp } from "./app.ts";
import type { TypedDocument } from "./typed-document.ts";

/** What a way to the gateway answers; sockets have no status. */
export interface Answer {
  status: number | null;
  result: {
    data?: unknown;
    errors?: { message: string; path?: unknown; locations?: unknown; extensions?: Record<string, unknown> }[];
  };
}

/** One way to the same schema and database: its transport, executor and HTTP path. */
export interface Way {
  name: string;
  ask: (document: TypedDocument) => Promise<Answer>;
}

const BOTH = [true, false];

/** Every way: both executors with both HTTP paths by POST, by GET and on a socket. */
export async function openWays(
  app: TestApp,
  token = app.client.token,
): Promise<{ ways: Way[]; close: () => Promise<void> }> {
  const servers: GatewayServer[] = [];
  const sockets: OperationSocket[] = [];
  const ways: Way[] = [];
  for (const plannedExecution of BOTH) {
    const executor = plannedExecution ? "planned" : "graphql-js";
    for (const directPost of BOTH) {
      const url = await start({ directPost, plannedExecution });
      ways.push({
        name: `POST, ${executor}, ${directPost ? "direct" : "Yoga"}`,
        ask: (document) => post(url, document),
      });
      if (!directPost) continue;
      ways.push({ name: `GET, ${executor}`, ask: (document) => get(url, document) });
      const socket = await OperationSocket.open(url, token);
      sockets.push(socket);
      ways.push({ name: `socket, ${executor}`, ask: (document) => socket.ask(document) });
    }
  }

  async function start(options: ServerOptions): Promise<string> {
    const server = buildServer(app.app, options);
    servers.push(server);
    return `http://127.0.0.1:${(await server.start(0, "127.0.0.1")).port}/graphql`;
  }
  const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
  const post = async (url: string, document: TypedDocument) =>
    toAnswer(
      await fetch(url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(document),
      }),
    );
  const get = async (url: string, { query, variables }: TypedDocument) => {
    const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    return toAnswer(await fetch(`${url}?${parameters}`, { headers }));
  };
  return {
    ways,
    async close() {
      for (const socket of sockets) socket.close();
      for (const server of servers) await server.stop();
    },
  };
}

async function toAnswer(response: Response): Promise<Answer> {
  return { status: response.status, result: (await response.json()) as Answer["result"] };
}

interface Message {
  id: string;
  type: string;
  payload: unknown;
}

/** A socket of graphql-transport-ws that asks one operation at a time. */
export class OperationSocket {
  readonly #socket: WebSocket;
  #asked = 0;
  #onMessage = (_message: Message): void => {};
  #onClose = (_code: number): void => {};

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#onMessage(JSON.parse(data.toString()) as Message));
    socket.on("close", (code) => this.#onClose(code));
  }

  static async open(url: string, token: string | undefined): Promise<OperationSocket> {
    const socket = new WebSocket(url.replace("http", "ws"), "graphql-transport-ws");
    await once(socket, "open");
    socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } }));
    await once(socket, "message");
    return new OperationSocket(socket);
  }

  ask({ query, variables }: TypedDocument): Promise<Answer> {
    const id = `${(this.#asked += 1)}`;
    return new Promise((resolve, reject) => {
      let result: Answer["result"] = {};
      this.#onClose = (code) => reject(new Error(`The socket was closed with ${code}.`));
      this.#onMessage = (message) => {
        if (message.id !== id) return;
        if (message.type === "next") result = message.payload as Answer["result"];
        else if (message.type === "complete") resolve({ status: null, result });
        else resolve({ status: null, result: { errors: message.payload as never } });
      };
      this.#socket.send(JSON.stringify({ id, type: "subscribe", payload: { query, variables } }));
    });
  }

  /** Begins an operation and ends it at once, and sees that the socket still answers. */
  async follow({ query, variables }: TypedDocument): Promise<Answer> {
    const id = `${(this.#asked += 1)}`;
    this.#socket.send(JSON.stringify({ id, type: "subscribe", payload: { query, variables } }));
    this.#socket.send(JSON.stringify({ id, type: "complete" }));
    return this.ask({ query: "{ __typename }", variables: {} });
  }

  close(): void {
    this.#socket.close();
  }
}
