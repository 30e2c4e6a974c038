import { once } from "node:events";
import { expect } from "vitest";
import { WebSocket } from "ws";
import type { ClientOptions } from "ws";

/** A socket whose messages are written by hand. */
export interface PlainSocket {
  socket: WebSocket;
  send(message: object): void;
  next(): Promise<any>;
  closed: Promise<{ code: number; reason: string }>;
}

/** @param url of the gateway */
export function openPlain(url: string, options: ClientOptions = {}): PlainSocket {
  const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws", options);
  const messages: any[] = [];
  let arrived = () => {};
  socket.on("message", (data: Buffer) => {
    messages.push(JSON.parse(data.toString()));
    arrived();
  });
  return {
    socket,
    send: (message) => socket.send(JSON.stringify(message)),
    async next() {
      while (messages.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
      return messages.shift();
    },
    closed: new Promise((resolve) => socket.once("close", (code, reason) => resolve({ code, reason: String(reason) }))),
  };
}

/** One that has said whose it is, and was let in. */
export async function beginPlain(url: string, authorization: string, options?: ClientOptions): Promise<PlainSocket> {
  const opened = openPlain(url, options);
  await once(opened.socket, "open");
  opened.send({ type: "connection_init", payload: { authorization } });
  expect(await opened.next()).toEqual({ type: "connection_ack" });
  return opened;
}

export async function endPlain({ socket, closed }: PlainSocket): Promise<void> {
  socket.close();
  await closed;
}
