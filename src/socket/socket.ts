import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { REQUEST_ERRORS } from "../core/error.ts";
import type { RequestErrorCode } from "../core/error.ts";
import type { Caller } from "../operation/context.ts";
import type { Pipeline } from "../gateway/pipeline.ts";
import { MAX_BODY } from "../execution/limits.ts";
import { CLOSE } from "./close-code.ts";
import type { Origins } from "../http/origin.ts";
import { Peer } from "./peer.ts";
import { createProtocol, PROTOCOL } from "./protocol.ts";
import type { Connection, Protocol } from "./protocol.ts";
import { chooseRequestId } from "../execution/request.ts";
import type { Member, Roster, SocketLimits } from "../gateway/roster.ts";
import { isSocketRequest, readTarget } from "../http/target.ts";

/** What it takes to read a frame and to answer it, besides the operation in it. */
const POINTS_OF_A_FRAME = 2;
/** Frames that are read from a socket before it authenticates. */
const MAX_STRANGE_FRAMES = 100;
/** How long a client that is disconnected may take to read what was sent: the reason and a cursor are in it. */
const LAST_WORDS_MS = 300_000;
/** How long a closing process waits for the close frames of clients. */
const FAREWELL_MS = 5_000;

export interface SocketOptions {
  pipeline: Pipeline;
  roster: Roster;
  origins: Origins;
  log: Logger;
  limits: SocketLimits;
}

/**
 * Serves graphql-transport-ws on the same path and through the same pipeline as HTTP.
 * @returns closes every socket with 1001
 */
export function serveSockets(server: Server, options: SocketOptions): () => Promise<void> {
  const { pipeline, roster, origins } = options;
  const openProtocol = createProtocol(pipeline);
  const handleProtocols = (offered: Set<string>) => offered.has(PROTOCOL) && PROTOCOL;
  const settings = {
    noServer: true,
    maxPayload: MAX_BODY,
    handleProtocols,
    autoPong: false,
    // One frame of a socket at a time, so that a flood on one does not hold up the others.
    allowSynchronousEvents: false,
    closeTimeout: LAST_WORDS_MS,
  };
  const sockets = new WebSocketServer(settings);
  let closing = false;

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const target = readTarget(request);
    if (!target || !isSocketRequest(request)) return refuse(socket, "400 Bad Request");
    if (target.pathname !== "/graphql") return refuse(socket, "404 Not Found");
    if (!origins.mayOpen(request)) return refuse(socket, "403 Forbidden");
    const member: Member = {};
    if (closing || !roster.add(member)) return refuse(socket, "503 Service Unavailable", "Retry-After: 1\r\n");
    socket.once("close", () => roster.delete(member));
    sockets.handleUpgrade(request, socket, head, (client) =>
      open(client, { member, request, openProtocol, ...options }),
    );
  });

  return async () => {
    closing = true;
    const closed = [...sockets.clients].map((client) => new Promise((resolve) => client.once("close", resolve)));
    for (const client of sockets.clients) client.close(CLOSE.goingAway, "Going away");
    const cutOff = setTimeout(() => {
      for (const client of sockets.clients) client.terminate();
    }, FAREWELL_MS);
    await Promise.all(closed);
    clearTimeout(cutOff);
  };
}

interface Opening extends SocketOptions {
  openProtocol: (connection: Connection) => Protocol;
  member: Member;
  request: IncomingMessage;
}

function open(socket: WebSocket, { member, request, pipeline, openProtocol, roster, log, limits }: Opening): void {
  // ws answers a broken frame itself, with the code that says what was wrong.
  socket.on("error", () => {});
  let caller: Caller | null = null;
  let strange = 0;
  const peer = new Peer(socket, () => {
    if (!caller) return (strange += 1) > MAX_STRANGE_FRAMES ? Number.POSITIVE_INFINITY : 0;
    pipeline.guard.charge(caller, POINTS_OF_A_FRAME);
    return pipeline.guard.wait(caller) * 1_000;
  });
  if (socket.protocol !== PROTOCOL) return peer.close(CLOSE.wrongProtocol, "Subprotocol not acceptable");
  const requestId = chooseRequestId(request.headers["x-request-id"]);
  const refuse = (code: RequestErrorCode, reason: string = code) => peer.close(closeCodeOf(code), reason);
  const protocol = openProtocol({
    requestId,
    address: pipeline.addressOf(request),
    authorization: request.headers.authorization,
    send: (text) => peer.send(text),
    close: (code, reason) => peer.close(code, reason),
    admit(authorization, identified) {
      caller = identified;
      const admitted = roster.admit(member, identified);
      if (!admitted) peer.close(CLOSE.tooManySockets, "TOO_MANY_SOCKETS");
      else if (socket.readyState === socket.CLOSED) roster.delete(member);
      else {
        const end = ({ code }: { code: RequestErrorCode }) => refuse(code);
        socket.once("close", pipeline.watch.add({ authorization, expiresAt: identified.expiresAt, end }));
      }
      return admitted;
    },
    refuse,
  });
  member.refuseStranger = () => refuse("DATABASE_UNAVAILABLE");
  member.sweep = (now) => {
    if (socket.readyState !== socket.OPEN) return;
    if (peer.waitingSince() >= now - limits.stallMs && peer.isAlive(now)) return;
    protocol.tooSlow();
    peer.close(CLOSE.tooSlow, "SUBSCRIBER_TOO_SLOW");
    log.info({ requestId }, "ended a socket whose subscriber reads nothing");
  };
  socket.on("message", (data: Buffer) => {
    if (socket.readyState !== socket.OPEN) return;
    protocol.receive(data.toString()).catch((error: unknown) => {
      log.error({ requestId, error }, "a socket met a bug");
      peer.close(CLOSE.bug, "Internal server error");
    });
  });
  socket.once("close", (code, reason) => void protocol.closed(code, String(reason)).catch(() => {}));
}

/** Codes that clients treat as final are used only where a retry cannot help. */
function closeCodeOf(code: RequestErrorCode): number {
  if (code === "INTERNAL_SERVER_ERROR") return CLOSE.bug;
  return REQUEST_ERRORS[code].retryable ? CLOSE.tryAgainLater : CLOSE.forbidden;
}

/** Answers before the connection is a socket, and closes it whether or not the client does. */
function refuse(socket: Duplex, status: string, headers = ""): void {
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n${headers}Content-Length: 0\r\n\r\n`);
}
