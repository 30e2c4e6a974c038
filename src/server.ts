import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { assertValidSchema } from "graphql";
import type { App } from "./app.ts";
import { conferencePage } from "./calendar/sandbox-page.ts";
import { CONFERENCE_PATH, findSandboxConference } from "./calendar/sandbox.ts";
import { RequestError } from "./core/error.ts";
import { databaseUnavailable, isOutage } from "./db/outage.ts";
import { sendError, sendJson } from "./http/answer.ts";
import { createGraphiQL } from "./graphiql/graphiql.ts";
import { makePage, sendPage, wantsPage } from "./graphiql/page.ts";
import { DEMO_PANES, GREETING } from "./graphiql/panes.ts";
import { createPort } from "./http/port.ts";
import type { Port } from "./http/port.ts";
import { createPipeline } from "./gateway/pipeline.ts";
import { createJsonPost } from "./gateway/json-post.ts";
import { Origins } from "./http/origin.ts";
import { chooseRequestId, inRequest } from "./execution/request.ts";
import { Roster } from "./gateway/roster.ts";
import { serveSockets } from "./socket/socket.ts";
import { TICKET_PATH, withTickets } from "./gateway/ticket.ts";
import { warmUp } from "./gateway/warm-up.ts";
import { readTarget } from "./http/target.ts";
import { schema } from "./schema.ts";

const DRAIN_MS = 10_000;
/** How many connections there may be besides those that sockets and event streams hold. */
const MAX_SHORT_CONNECTIONS = 5_000;

export interface GatewayServer {
  /** Does before the first request what would make it slow. */
  warmUp(): Promise<void>;
  /** Binds the port, unless it is bound already, and serves. @throws StartError when the port cannot be had */
  start(port: number, host: string): Promise<{ port: number }>;
  /**
   * Says for `graceMs` that it is not ready and asks clients to close their connections, while it still answers: a request
   * that meets a closing connection is lost. Then takes nothing new, lets what runs finish, closes the sockets.
   */
  stop(graceMs?: number): Promise<void>;
}

/** Shortcuts past the libraries; both are on by default. */
export interface ServerOptions {
  /** Whether ordinary requests go past Yoga's HTTP layer. */
  directPost?: boolean;
  /** Whether queries are executed by a plan of their document. */
  plannedExecution?: boolean;
}

export function buildServer(app: App, options: ServerOptions & { port?: Port } = {}): GatewayServer {
  const { log } = app.services;
  const { port = createPort(log), ...shortcuts } = options;
  // Once in a process; the first request would do it.
  assertValidSchema(schema);
  const { server } = port;
  const { sockets } = app.options;
  const state = { draining: false, closing: false };
  const roster = new Roster(sockets);
  const origins = new Origins(sockets.allowedOrigins, log);
  const { pipeline, route } = createRoutes(app, { ...shortcuts, roster, origins, isDraining: () => state.draining });
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const requestId = chooseRequestId(request.headers["x-request-id"]);
    guard(request, response, () => log.info({ requestId }, "cut off a client that takes nothing of its answer"));
    response.setHeader("x-request-id", requestId);
    if (state.draining) response.setHeader("connection", "close");
    response.once("close", () => {
      if (state.closing) setImmediate(() => server.closeIdleConnections());
    });
    inRequest({ requestId }, () => {
      route(request, response).catch((error: unknown) => {
        if (isOutage(error) && !response.headersSent) return sendError(response, databaseUnavailable(error));
        log.error({ requestId, error }, "a request was not answered");
        response.destroy();
      });
    });
  };
  server.timeout = sockets.stallMs;
  server.maxConnections = sockets.maxInAll + MAX_SHORT_CONNECTIONS;
  const closeSockets = serveSockets(server, { pipeline, roster, origins, log, limits: sockets });

  return {
    warmUp: () => warmUp(pipeline),
    async start(number, host) {
      port.serve(listener);
      return port.listen(number, host);
    },
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
      port.forget();
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
  const own = { schema, services, authenticate, resolveDocument, limits, trustedProxyHops, roster, plannedExecution };
  const pipeline = createPipeline({ ...own, ...sockets });
  const plain = directPost ? createJsonPost(pipeline) : pipeline.yoga;
  const answer = withTickets({ pipeline, services, seal: app.ticketSeal, answer: plain });
  const graphiqlPage = createGraphiQL(app.options.demo ? DEMO_PANES : [GREETING]);

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
    if (pathname !== "/graphql" && pathname !== TICKET_PATH)
      return sendNotFound(response, "There is nothing at this address. The API is at /graphql.");
    if (origins.answer(request, response)) return;
    const { authorization, "last-event-id": last } = request.headers;
    // An empty one is no id.
    const lastEventId = typeof last === "string" && last !== "" ? last : undefined;
    await answer(request, response, { authorization, address: pipeline.addressOf(request), lastEventId });
  };
  return { pipeline, route };
}

/** An error of a client ends its connection, and a client that reads nothing of its answer is cut off. */
function guard(request: IncomingMessage, response: ServerResponse, onCut: () => void): void {
  request.on("error", () => {});
  response.on("error", () => {});
  // Fires after a while without a byte in or out; an answer that is still being made is waited for.
  response.on("timeout", (socket) => {
    if (socket.writableLength === 0) return;
    onCut();
    socket.destroy();
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

/** The page of a sandbox meeting's link. */
async function sendConference(app: App, { request, response, pathname }: Visit): Promise<void> {
  const found = await findSandboxConference(app.services.db, pathname.slice(CONFERENCE_PATH.length));
  if (!found) return sendNotFound(response, "There is no sandbox conference with this address.");
  sendPage(request, response, await makePage(conferencePage(found)));
}

function sendUnreadable(response: ServerResponse): void {
  response.setHeader("connection", "close");
  sendError(response, new RequestError("BAD_REQUEST", "The request's target or its Host cannot be read."));
}

function sendNotFound(response: ServerResponse, message: string): void {
  sendError(response, new RequestError("NOT_FOUND", message));
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location });
  response.end();
}
