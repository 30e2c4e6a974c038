import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { App } from "./app.ts";
import { conferencePage } from "./calendar/sandbox-page.ts";
import { CONFERENCE_PATH, findSandboxConference } from "./calendar/sandbox.ts";
import { StartError } from "./core/error.ts";
import { isOutage } from "./db/outage.ts";
import { watchConnections } from "./gateway/connections.ts";
import { createGraphiQL } from "./gateway/graphiql.ts";
import { makePage, sendPage, wantsPage } from "./gateway/page.ts";
import { createPipeline } from "./graphql/execute.ts";
import { createJsonPost } from "./graphql/json-post.ts";
import { Origins } from "./graphql/origin.ts";
import { chooseRequestId, inRequest } from "./graphql/request.ts";
import { Roster } from "./graphql/roster.ts";
import { isSocketRequest, serveSockets } from "./graphql/socket.ts";
import { withTickets } from "./graphql/ticket.ts";
import { readTarget } from "./graphql/target.ts";
import { DEMO_QUERY } from "./import/banner.ts";
import { DEMO_TOKEN } from "./import/demo.ts";
import { schema } from "./schema.ts";

const DRAIN_MS = 10_000;
/** How long a request's headers, and the request as a whole, may take to arrive. */
const ARRIVAL_MS = 60_000;
const ARRIVAL_CHECK_MS = 5_000;
/** How long a connection waits for the next request: longer than a balancer keeps one, or its next request would be lost. */
const KEEP_ALIVE_MS = 65_000;
/** How many connections there may be besides those that sockets and event streams hold. */
const MAX_SHORT_CONNECTIONS = 5_000;

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

const TIMES = {
  keepAliveTimeout: KEEP_ALIVE_MS,
  headersTimeout: ARRIVAL_MS,
  requestTimeout: ARRIVAL_MS,
  connectionsCheckingInterval: ARRIVAL_CHECK_MS,
};

export function buildServer(app: App, shortcuts: ServerOptions = {}): GatewayServer {
  const { log } = app.services;
  const { sockets } = app.options;
  const state = { draining: false, closing: false };
  const roster = new Roster(sockets);
  const origins = new Origins(sockets.allowedOrigins, log);
  const { pipeline, route } = createRoutes(app, { ...shortcuts, roster, origins, isDraining: () => state.draining });
  const server = createServer({ ...TIMES, shouldUpgradeCallback: isSocketRequest }, (request, response) => {
    const requestId = chooseRequestId(request.headers["x-request-id"]);
    guard(request, response, () => log.info({ requestId }, "cut off a client that takes nothing of its answer"));
    response.setHeader("x-request-id", requestId);
    if (state.draining) response.setHeader("connection", "close");
    response.once("close", () => {
      if (state.closing) setImmediate(() => server.closeIdleConnections());
    });
    inRequest({ requestId }, () => {
      route(request, response).catch((error: unknown) => {
        if (isOutage(error) && !response.headersSent) return sendUnavailable(response);
        log.error({ requestId, error }, "a request was not answered");
        response.destroy();
      });
    });
  });
  server.timeout = sockets.stallMs;
  server.maxConnections = sockets.maxInAll + MAX_SHORT_CONNECTIONS;
  server.on("error", (error) => log.error({ error }, "the port met an error"));
  const forgetConnections = watchConnections(server, log);
  const closeSockets = serveSockets(server, { pipeline, roster, origins, log, limits: sockets });

  return {
    start: (port, host) => listen(server, port, host),
    async stop(graceMs = 0) {
      state.draining = true;
      await delay(graceMs);
      state.closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      pipeline.watch.stop();
      pipeline.streams.end();
      await closeSockets();
      const cutOff = setTimeout(() => {
        log.warn("cut off the requests that were still running");
        server.closeAllConnections();
      }, DRAIN_MS);
      await closed;
      clearTimeout(cutOff);
      roster.stop();
      forgetConnections();
      await app.events.stop();
    },
  };
}

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface RouteOptions extends ServerOptions {
  roster: Roster;
  origins: Origins;
  isDraining: () => boolean;
}

function createRoutes(app: App, options: RouteOptions) {
  const { roster, origins, directPost = true, plannedExecution = true, isDraining } = options;
  const { services, authenticate, resolveDocument } = app;
  const { sockets, limits, trustedProxyHops, graphiql = true } = app.options;
  const demo = app.options.demo ? { token: DEMO_TOKEN, query: DEMO_QUERY } : undefined;
  const own = { schema, services, authenticate, resolveDocument, limits, trustedProxyHops, roster, plannedExecution };
  const pipeline = createPipeline({ ...own, ...sockets });
  const plain = directPost ? createJsonPost(pipeline) : pipeline.yoga;
  const answer = withTickets({ pipeline, services, seal: app.ticketSeal, answer: plain });
  const graphiqlPage = createGraphiQL({ demo });

  const route: Route = async (request, response) => {
    const target = readTarget(request);
    if (!target) return sendUnreadable(response);
    const { pathname } = target;
    request.url = pathname + target.search;
    if (pathname === "/health/live") return sendJson(response, 200, { status: "live" });
    if (pathname === "/health/ready") return sendReadiness(app, response, isDraining());
    if (pathname.startsWith(CONFERENCE_PATH)) return sendConference(app, { request, response, pathname });
    if (graphiql && pathname === "/") return redirect(response, "graphql");
    if (graphiql && pathname === "/graphql" && wantsPage(request))
      return sendPage(request, response, await graphiqlPage());
    if (origins.answer(request, response)) return;
    const { authorization, "last-event-id": last } = request.headers;
    // An empty one is no id.
    const lastEventId = typeof last === "string" && last !== "" ? last : undefined;
    await answer(request, response, { authorization, address: pipeline.addressOf(request), lastEventId });
  };
  return { pipeline, route };
}

/** What a client does to its connection ends that connection, and one that reads nothing of its answer is cut off. */
function guard(request: IncomingMessage, response: ServerResponse, onCut: () => void): void {
  request.on("error", () => {});
  response.on("error", () => {});
  // Told after a while without a byte in or out; an answer that is still being made is waited for.
  response.on("timeout", (socket) => {
    if (socket.writableLength === 0) return;
    onCut();
    socket.destroy();
  });
}

async function listen(server: Server, port: number, host: string): Promise<{ port: number }> {
  const failed = Promise.withResolvers<never>();
  const fail = (cause: Error) => failed.reject(portError(cause, port, host));
  server.once("error", fail);
  await Promise.race([failed.promise, new Promise<void>((resolve) => server.listen(port, host, resolve))]);
  server.off("error", fail);
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

async function sendReadiness(app: App, response: ServerResponse, draining: boolean): Promise<void> {
  const database = await app.isReady();
  const ready = database && !draining;
  sendJson(response, ready ? 200 : 503, { status: ready ? "ready" : "not ready", database, draining });
}

interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  pathname: string;
}

/** The page behind a sandbox meeting's link. */
async function sendConference(app: App, { request, response, pathname }: Visit): Promise<void> {
  const found = await findSandboxConference(app.services.db, pathname.slice(CONFERENCE_PATH.length));
  if (!found) return sendJson(response, 404, { message: "There is no sandbox conference with this address." });
  sendPage(request, response, await makePage(conferencePage(found)));
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
    .end(text);
}

function sendUnreadable(response: ServerResponse): void {
  const error = { message: "The request's target or its Host cannot be read.", extensions: { code: "BAD_REQUEST" } };
  response.setHeader("connection", "close");
  sendJson(response, 400, { errors: [error] });
}

function sendUnavailable(response: ServerResponse): void {
  response.setHeader("retry-after", "1");
  sendJson(response, 503, { message: "The database is unavailable. Try again in a moment." });
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location });
  response.end();
}
