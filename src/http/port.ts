import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { RequestError, StartError } from "../core/error.ts";
import { isSocketRequest } from "./target.ts";
import { sendError, sendJson } from "./answer.ts";
import { watchConnections } from "./connections.ts";

/** How long a request's headers, and the request as a whole, may take to arrive. */
const ARRIVAL_MS = 60_000;
const ARRIVAL_CHECK_MS = 5_000;
/** How long a connection waits for the next request: longer than a load balancer holds one, or its next request would be lost. */
const KEEP_ALIVE_MS = 65_000;

const TIMES = {
  keepAliveTimeout: KEEP_ALIVE_MS,
  headersTimeout: ARRIVAL_MS,
  requestTimeout: ARRIVAL_MS,
  connectionsCheckingInterval: ARRIVAL_CHECK_MS,
};

/** The gateway's port. It can be bound before there is anything to serve, so that a port in use is reported at once. */
export interface Port {
  server: Server;
  /** Has no effect when it is bound already. @throws StartError when it cannot be had */
  listen(port: number, host: string): Promise<{ port: number }>;
  /** Until then requests are answered that the gateway is starting, and sockets are refused. */
  serve(listener: RequestListener): void;
  /** Ends what `stop` of a gateway ends, for one that never began to serve. */
  close(): void;
  /** Ends the watch over its connections. */
  forget(): void;
}

export function createPort(log: Logger): Port {
  let listener: RequestListener = answerStarting;
  const shouldUpgradeCallback: typeof isSocketRequest = (request) =>
    listener !== answerStarting && isSocketRequest(request);
  const server = createServer({ ...TIMES, shouldUpgradeCallback }, (request, response) => listener(request, response));
  // `listen` reports a port that cannot be bound.
  server.on("error", (error) => server.listening && log.error({ error }, "the port met an error"));
  const forget = watchConnections(server, log);
  return {
    server,
    listen: (port, host) => listen(server, port, host),
    serve(serving) {
      listener = serving;
    },
    close() {
      server.close();
      server.closeAllConnections();
      forget();
    },
    forget,
  };
}

const answerStarting: RequestListener = (request, response) => {
  request.on("error", () => {});
  response.on("error", () => {});
  const path = request.url?.split("?", 1)[0];
  if (path === "/health/live") return sendJson(response, 200, { status: "live" });
  if (path === "/health/ready")
    return sendJson(response, 503, { status: "not ready", database: false, draining: false });
  sendError(response, new RequestError("DATABASE_UNAVAILABLE", "The gateway is starting. Try again in a moment."));
};

async function listen(server: Server, port: number, host: string): Promise<{ port: number }> {
  if (!server.listening) {
    const failed = Promise.withResolvers<never>();
    const fail = (cause: Error) => failed.reject(portError(cause, port, host));
    server.once("error", fail);
    await Promise.race([failed.promise, new Promise<void>((resolve) => server.listen(port, host, resolve))]);
    server.off("error", fail);
  }
  return { port: (server.address() as AddressInfo).port };
}

function portError(cause: Error, port: number, host: string): StartError {
  const code = "code" in cause ? cause.code : undefined;
  if (code === "EADDRINUSE") {
    return new StartError(`Port ${port} on ${host} is in use. Stop what uses it, or set PORT to another one.`, {
      cause,
    });
  }
  return new StartError(`The gateway cannot listen on ${host}:${port}: ${cause.message}. Check HOST and PORT.`, {
    cause,
  });
}
