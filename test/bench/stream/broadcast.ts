import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { BroadcastReport } from "./message.ts";

/** The bound: a server that does nothing but send one text to every socket. */
const server = new WebSocketServer({ port: 0, host: "127.0.0.1" }, () => {
  report({ did: "listen", port: (server.address() as AddressInfo).port });
});
server.on("connection", (socket) => {
  socket.once("message", () => socket.send('{"type":"connection_ack"}'));
});

process.on("message", ({ text }: { text: string }) => {
  const at = String(process.hrtime.bigint());
  for (const socket of server.clients) socket.send(text);
  report({ did: "broadcast", at });
});
process.on("disconnect", () => process.exit());

function report(message: BroadcastReport): void {
  process.send?.(message);
}
