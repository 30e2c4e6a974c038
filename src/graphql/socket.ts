import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { handleProtocols } from "graphql-ws";
import type { Logger } from "pino";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { REQUEST_ERRORS } from "../core/error.ts";
import type { RequestErrorCode } from "../core/error.ts";
import type { Pipeline } from "./execute.ts";
import { MAX_BODY } from "./limits.ts";
import { isAllowedOrigin } from "./origin.ts";
import { Peer } from "./peer.ts";
import { createProtocol } from "./protocol.ts";
import type { Connection } from "./protocol.ts";
import { Push } from "./push.ts";
import { chooseRequestId } from "./request.ts";
import { Roster } from "./roster.ts";
import type { Member, SocketLimits } from "./roster.ts";

/** Besides those of graphql-transport-ws and WebSocket itself. */
const CLOSE = {
  goingAway: 1001,
  tryAgainLater: 1013,
  forbidden: 4403,
  tooManySockets: 4430,
  tooSlow: 4431,
  bug: 4500,
};

/** How long a closing process waits for clients to take leave as well. */
const FAREWELL_MS = 5_000;

export interface SocketOptions {
  pipeline: Pipeline;
  log: Logger;
  limits: SocketLimits;
}

/**
 * Serves graphql-transport-ws on the same path and through the same pipeline as HTTP.
 * @returns closes every socket with 1001
 */
export function serveSockets(server: Server, options: SocketOptions): () => Promise<void> {
  const { pipeline, limits, log } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_BODY, handleProtocols });
  const roster = new Roster(limits);
  const protocol = createProtocol(pipeline);

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (new URL(request.url ?? "/", "http://gateway").pathname !== "/graphql") return refuse(socket, "404 Not Found");
    if (!isAllowedOrigin(request, limits.allowedOrigins)) return refuse(socket, "403 Forbidden");
    sockets.handleUpgrade(request, socket, head, (client) => open(client, request));
  });

  const open = (socket: WebSocket, request: IncomingMessage) => {
    const requestId = chooseRequestId(request.headers["x-request-id"]);
    const { member, connection } = connect(socket, { roster, pipeline, log: log.child({ requestId }), requestId });
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => member.peer.send(text),
        close: (code, reason) => socket.close(code, reason),
        onMessage(handle) {
          socket.on("message", (data: Buffer) => {
            handle(data.toString()).catch((error: unknown) => {
              log.error({ requestId, error }, "a socket met a bug");
              socket.close(CLOSE.bug, "Internal server error");
            });
          });
        },
      },
      connection,
    );
    // ws answers a broken frame itself, with the code that says what was wrong.
    socket.on("error", () => {});
    socket.once("close", (code, reason) => {
      roster.delete(member);
      void closed(code, String(reason));
    });
  };

  return async () => {
    roster.stop();
    const closed = [...sockets.clients].map((client) => new Promise((resolve) => client.once("close", resolve)));
    for (const client of sockets.clients) client.close(CLOSE.goingAway, "Going away");
    const cutOff = setTimeout(() => {
      for (const client of sockets.clients) client.terminate();
    }, FAREWELL_MS);
    await Promise.all(closed);
    clearTimeout(cutOff);
  };
}

interface Surroundings {
  roster: Roster;
  pipeline: Pipeline;
  log: Logger;
  requestId: string;
}

/** What the roster and what the protocol know of a socket. */
function connect(
  socket: WebSocket,
  { roster, pipeline, log, requestId }: Surroundings,
): { member: Member; connection: Connection } {
  const pushes = new Set<Push>();
  const refuse = (code: RequestErrorCode) =>
    socket.close(REQUEST_ERRORS[code].retryable ? CLOSE.tryAgainLater : CLOSE.forbidden, code);
  const member: Member = {
    peer: new Peer(socket),
    authorization: null,
    tooSlow() {
      for (const push of pushes) push.tooSlow(pipeline.mask);
      socket.close(CLOSE.tooSlow, "SUBSCRIBER_TOO_SLOW");
      log.info("ended a socket whose subscriber reads nothing");
    },
  };
  roster.add(member);
  const connection: Connection = {
    requestId,
    operations: 0,
    admit(authorization, { expiresAt }) {
      const admitted = roster.admit(member, authorization);
      if (!admitted) socket.close(CLOSE.tooManySockets, "TOO_MANY_SOCKETS");
      else if (socket.readyState !== socket.CLOSED)
        socket.once("close", pipeline.watch.add({ authorization, expiresAt, end: ({ code }) => refuse(code) }));
      return admitted;
    },
    refuse,
    push(id, deliveries) {
      const push = new Push(id, deliveries, { peer: member.peer, onEnd: () => pushes.delete(push) });
      pushes.add(push);
      return push;
    },
  };
  return { member, connection };
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
}
