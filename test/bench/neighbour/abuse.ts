import { request } from "node:http";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { ABUSES } from "../../support/abuse.ts";
import type { Abuse } from "../../support/abuse.ts";

/** What is done to the gateway, in a process of its own. */
export interface Order {
  kind: Kind;
  port: number;
  token: string;
}

const CONNECTIONS = 16;
const PAGES = 100;
const SOCKETS = 4;
export const KINDS = [
  ...(Object.keys(ABUSES) as (keyof typeof ABUSES)[]),
  "pings on sockets that are not read",
  "pages that are not read",
] as const;
type Kind = (typeof KINDS)[number];

if (process.send) {
  process.once("disconnect", () => process.exit());
  process.once("message", (order: Order) => {
    process.send?.("begun");
    if (order.kind === "pings on sockets that are not read") return floodSockets(order);
    if (order.kind === "pages that are not read") return leavePages(order);
    const bodyOf: (n: number) => Abuse = ABUSES[order.kind];
    for (let index = 0; index < CONNECTIONS; index += 1) post(order, bodyOf, index * 1e9);
  });
}

function post(order: Order, bodyOf: (n: number) => Abuse, n: number): void {
  const { token = order.token, ...body } = bodyOf(n);
  const again = () => post(order, bodyOf, n + 1);
  const sent = request(
    {
      port: order.port,
      path: "/graphql",
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    },
    (answer) => answer.resume().once("close", again),
  );
  sent.on("error", () => setTimeout(again, 10));
  sent.end(JSON.stringify(body));
}

function floodSockets(order: Order): void {
  for (let index = 0; index < SOCKETS; index += 1) floodSocket(order);
}

function floodSocket({ port, token, ...order }: Order): void {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, "graphql-transport-ws");
  const flood = () => {
    if (socket.readyState !== socket.OPEN) return;
    for (let count = 0; count < 200 && socket.bufferedAmount < 1e6; count += 1) socket.send('{"type":"ping"}');
    setImmediate(flood);
  };
  socket.on("error", () => {});
  socket.on("open", () => {
    socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } }));
    socket.pause();
    flood();
  });
  socket.on("close", () => setTimeout(() => floodSocket({ ...order, port, token }), 100));
}

function leavePages({ port }: Order): void {
  const open = () => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write("GET /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n"),
    );
    socket.on("error", () => {});
    socket.on("close", () => setTimeout(open, 100));
    socket.pause();
  };
  for (let index = 0; index < PAGES; index += 1) open();
}
