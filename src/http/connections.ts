import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";

const SWEEP_MS = 1_000;
/** Bytes that all clients together may leave unread. */
const MAX_UNREAD_IN_ALL = 256 * 1024 * 1024;

/**
 * Has an error listener on every connection from start to end, sockets and refused handshakes included, and bounds what all
 * clients together leave unread: the client with the most is cut off first.
 * @returns ends the watch
 */
export function watchConnections(server: Server, log: Logger): () => void {
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    // Its end has an event of its own.
    socket.on("error", () => {});
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  const timer = setInterval(() => {
    const readers = [...open].filter(({ writableLength }) => writableLength > 0);
    let unread = readers.reduce((sum, { writableLength }) => sum + writableLength, 0);
    for (const reader of unread > MAX_UNREAD_IN_ALL ? readers.toSorted(leastRead) : []) {
      if (unread <= MAX_UNREAD_IN_ALL) break;
      const bytes = reader.writableLength;
      unread -= bytes;
      reader.destroy();
      log.warn({ bytes }, "cut off a connection: clients leave too much unread");
    }
  }, SWEEP_MS).unref();
  return () => clearInterval(timer);
}

const leastRead = (a: Socket, b: Socket) => b.writableLength - a.writableLength;
