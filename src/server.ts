import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { App } from "./app.ts";
import { CONFERENCE_PATH, findSandboxConference } from "./calendar/sandbox.ts";
import { StartError } from "./core/error.ts";
import { isOutage } from "./db/outage.ts";
import { createPipeline } from "./graphql/execute.ts";
import type { Pipeline } from "./graphql/execute.ts";
import { createJsonPost } from "./graphql/json-post.ts";
import { chooseRequestId, inRequest } from "./graphql/request.ts";
import { serveSockets } from "./graphql/socket.ts";
import { DEMO_QUERY } from "./import/banner.ts";
import { DEMO_TOKEN } from "./import/demo.ts";
import { schema } from "./schema.ts";

const DRAIN_MS = 10_000;

export interface GatewayServer {
  /** @throws StartError when the port cannot be had */
  start(port: number, host: string): Promise<{ port: number }>;
  /**
   * Says for `graceMs` that it is not ready and asks clients to close their connections, while it still answers: a request
   * that meets a closing connection is lost. Then takes nothing new, lets what runs finish, closes the sockets.
   */
  stop(graceMs?: number): Promise<void>;
}

/** Ways past the libraries, each of which can be switched off; both are on unless told otherwise. */
export interface ServerOptions {
  /** Whether ordinary requests go past Yoga's HTTP layer. */
  directPost?: boolean;
  /** Whether queries are executed by a plan of their document. */
  plannedExecution?: boolean;
}

export function buildServer(
  app: App,
  { directPost = true, plannedExecution = true }: ServerOptions = {},
): GatewayServer {
  const { services } = app;
  const { sockets } = app.options;
  const pipeline = openPipeline(app, plannedExecution);
  const answer = directPost ? createJsonPost(pipeline, sockets.allowedOrigins) : pipeline.yoga;
  let draining = false;

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? "/", "http://gateway");
    if (pathname === "/health/live") return sendJson(response, 200, { status: "live" });
    if (pathname === "/health/ready") return sendReadiness(app, response, draining);
    if (pathname.startsWith(CONFERENCE_PATH)) return sendConference(app, response, pathname);
    if (pathname === "/") return redirect(response, "/graphql");
    const { authorization, "last-event-id": last } = request.headers;
    await answer(request, response, { authorization, lastEventId: typeof last === "string" ? last : undefined });
  };

  const server = createServer((request, response) => {
    const requestId = chooseRequestId(request.headers["x-request-id"]);
    response.setHeader("x-request-id", requestId);
    if (draining) response.setHeader("connection", "close");
    inRequest({ requestId }, () => {
      route(request, response).catch((error: unknown) => {
        if (isOutage(error) && !response.headersSent) return sendUnavailable(response);
        services.log.error({ requestId, error }, "a request was not answered");
        response.destroy();
      });
    });
  });
  const closeSockets = serveSockets(server, { pipeline, log: services.log, limits: sockets });

  return {
    async start(port, host) {
      await new Promise<void>((resolve, reject) => {
        server.once("error", (cause) => reject(portError(cause, port, host)));
        server.listen(port, host, resolve);
      });
      return { port: (server.address() as AddressInfo).port };
    },
    async stop(graceMs = 0) {
      draining = true;
      await delay(graceMs);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      pipeline.watch.stop();
      await closeSockets();
      await app.events.stop();
      server.closeIdleConnections();
      const cutOff = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearTimeout(cutOff);
    },
  };
}

function openPipeline({ services, authenticate, resolveDocument, options }: App, plannedExecution: boolean): Pipeline {
  const { sockets, limits } = options;
  const demo = options.demo ? { token: DEMO_TOKEN, query: DEMO_QUERY } : undefined;
  const own = { schema, services, authenticate, resolveDocument, limits, demo, plannedExecution };
  return createPipeline({ ...own, ...sockets });
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

async function sendReadiness(app: App, response: ServerResponse, draining: boolean): Promise<void> {
  const database = await app.isReady();
  const ready = database && !draining;
  sendJson(response, ready ? 200 : 503, { status: ready ? "ready" : "not ready", database, draining });
}

/** The page behind a sandbox meeting's link. */
async function sendConference(app: App, response: ServerResponse, pathname: string): Promise<void> {
  const found = await findSandboxConference(app.services.db, pathname.slice(CONFERENCE_PATH.length));
  if (!found) return sendJson(response, 404, { message: "There is no sandbox conference with this address." });
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(
    `<!doctype html><title>Sandbox conference</title><h1>Sandbox conference</h1><p>A stand-in for a ${found.location} meeting.</p>`,
  );
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function sendUnavailable(response: ServerResponse): void {
  response.setHeader("retry-after", "1");
  sendJson(response, 503, { message: "The database is unavailable. Try again in a moment." });
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location });
  response.end();
}
