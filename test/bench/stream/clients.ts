import { WebSocket } from "ws";
import type { ClientCommand, ClientReport } from "./message.ts";

const OPENING_AT_ONCE = 50;

type Opening = Extract<ClientCommand, { do: "open" }>;

/** Sockets that are to hear the same; each round is timed by the clock that all processes of the machine share. */
class Crowd {
  readonly #name: string;
  readonly #sockets: WebSocket[] = [];
  #arrivals: bigint[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  async open({ url, count, tokens, query, variables, distinct }: Opening): Promise<void> {
    const indexes = [...Array(count).keys()];
    while (indexes.length > 0) {
      const some = indexes.splice(0, OPENING_AT_ONCE);
      await Promise.all(
        some.map(async (index) => {
          const socket = new WebSocket(url, "graphql-transport-ws", { perMessageDeflate: false });
          const token = tokens[index % tokens.length] ?? "";
          await begin(socket, token, { query: distinct ? `${query} # ${index}` : query, variables });
          socket.on("message", (data) => this.#arrived(data as Buffer));
          this.#sockets.push(socket);
        }),
      );
    }
  }

  close(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners();
      socket.terminate();
    }
  }

  #arrived(data: Buffer): void {
    this.#arrivals.push(process.hrtime.bigint());
    const { length } = this.#sockets;
    if (this.#arrivals.length < length) return;
    const at = (index: number) => String(this.#arrivals[index]);
    report({
      did: "round",
      crowd: this.#name,
      text: String(data),
      first: at(0),
      median: at(length >> 1),
      last: at(length - 1),
    });
    this.#arrivals = [];
  }
}

/** Speaks graphql-transport-ws as far as a subscription needs it. */
function begin(socket: WebSocket, token: string, payload: object): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", (code, reason) => reject(new Error(`closed with ${code} ${String(reason)}`)));
    socket.once("open", () => {
      socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } }));
    });
    socket.once("message", () => {
      socket.send(JSON.stringify({ id: "1", type: "subscribe", payload }));
      resolve();
    });
  });
}

function report(message: ClientReport): void {
  process.send?.(message);
}

const crowds = new Map<string, Crowd>();

async function obey(command: ClientCommand): Promise<void> {
  const { crowd } = command;
  if (command.do === "open") {
    const opened = new Crowd(crowd);
    crowds.set(crowd, opened);
    await opened.open(command);
  } else {
    crowds.get(crowd)?.close();
    crowds.delete(crowd);
  }
  report({ did: command.do, crowd });
}

process.on("message", (command: ClientCommand) => void obey(command));
process.on("disconnect", () => process.exit());
