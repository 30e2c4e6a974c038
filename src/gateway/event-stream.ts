import type { ServerResponse } from "node:http";
import { isAsyncIterable, processRegularResult } from "graphql-yoga";
import type { FetchAPI, Plugin } from "graphql-yoga";
import type { ExecutionResult } from "graphql";
import type { Logger } from "pino";
import { RequestError } from "../core/error.ts";
import { subscriberTooSlow } from "../events/failure.ts";
import { toGraphQLError, withStatus } from "../execution/errors.ts";
import type { Mask } from "../execution/errors.ts";
import { currentRequest } from "../execution/request.ts";
import { DELIVERY } from "./results.ts";
import type { DeliveredResult } from "./results.ts";
import { toText } from "../execution/share.ts";

const KEEP_ALIVE_MS = 12_000;
/** Pause between the last message and the cut: a client that gets both at a time may miss one. */
const CUT_AFTER_MS = 100;
/** How long the last message waits for a client that reads nothing. */
const FAREWELL_MS = 30_000;
const TYPE = "text/event-stream";
const COMPLETE = "event: complete\ndata:\n\n";
const ENCODER = new TextEncoder();
const HEADERS = {
  "content-type": TYPE,
  "cache-control": "no-cache",
  connection: "keep-alive",
  "x-accel-buffering": "no",
};

export interface EventStreamOptions {
  mask: Mask;
  log: Logger;
  /** How long a subscriber may read nothing of what waits for it. */
  stallMs: number;
}

interface StreamServerContext {
  res?: ServerResponse | undefined;
  /** Where the stream begins, when its transport says so. */
  lastEventId?: string | undefined;
}

/**
 * Server-sent events whose ids are the cursors of what they carry, so that a browser's own reconnection resumes: it sends
 * the last id back as Last-Event-ID. Otherwise the protocol of graphql-sse: `next` for each result, and `complete` after the
 * one result of an operation that is no subscription.
 */
export function useEventStream(options: EventStreamOptions): Plugin<object, StreamServerContext> {
  return {
    onResultProcess(payload) {
      const { result, request, serverContext } = payload;
      const accepted = typesOf(request.headers.get("accept"));
      if (isAsyncIterable<DeliveredResult>(result)) {
        if (!accepted.some((type) => type === TYPE || type === "*/*" || type === "text/*")) {
          void result[Symbol.asyncIterator]().return?.();
          const refusal = { errors: [toGraphQLError(notAcceptable())] };
          payload.setResult(refusal);
          return payload.setResultProcessor(
            (_result, api) => processRegularResult(refusal, api, "application/json"),
            "application/json",
          );
        }
        const { res, lastEventId } = serverContext;
        payload.setResultProcessor(
          (_result, api) =>
            new api.Response(toEventStream(result, { ...options, res, lastEventId }), { headers: HEADERS }),
          TYPE,
        );
      } else if (wantsEvents(accepted)) {
        payload.setResultProcessor((_result, api) => toSingleEvent(result as ExecutionResult, api), TYPE);
      }
    },
  };
}

const notAcceptable = () =>
  new RequestError("NOT_ACCEPTABLE", "A subscription over HTTP is a stream of events. Send Accept: text/event-stream.");

const typesOf = (accept: string | null): string[] =>
  (accept ?? "*/*").split(",").map((entry) => entry.split(";")[0]?.trim().toLowerCase() ?? "");

const OTHER_TYPES = ["json", "*/*", "application/*", "multipart"];

/** Whether a single result is sent as an event: the client accepts no other type. */
const wantsEvents = (accepted: string[]): boolean =>
  accepted.some((type) => type === TYPE || type === "text/*") &&
  !accepted.some((type) => OTHER_TYPES.some((other) => type.includes(other)));

const TOLD_WITH_AN_ERROR = ["retry-after", "www-authenticate"];

/** One result, with the status of its errors when it has no data, so that clients do not retry a refused request. */
function toSingleEvent(processed: ExecutionResult, api: FetchAPI): Response {
  const { errors } = processed;
  const result = errors && !("data" in processed) ? { ...processed, errors: errors.map(withStatus) } : processed;
  const { status, headers } = processRegularResult(result, api, "application/graphql-response+json");
  const sent = [...headers].filter(([name]) => TOLD_WITH_AN_ERROR.includes(name));
  return new api.Response(`:\n\n${message(result)}${COMPLETE}`, {
    status,
    headers: { ...HEADERS, ...Object.fromEntries(sent) },
  });
}

/** Pulls one result at a time, and disconnects a client that reads nothing. The connection is cut: the stream is not complete. */
function toEventStream(
  results: AsyncIterable<DeliveredResult>,
  { mask, log, stallMs, res, lastEventId }: EventStreamOptions & StreamServerContext,
): ReadableStream<Uint8Array> {
  const iterator = results[Symbol.asyncIterator]();
  let keepAlive: NodeJS.Timeout;
  let cursor: string | null = null;
  let pulledAt = Date.now();
  let ended = false;
  let cutOff: NodeJS.Timeout;
  const end = async () => {
    if (ended) return;
    ended = true;
    clearInterval(keepAlive);
    cutOff = setTimeout(() => res?.destroy(), FAREWELL_MS).unref();
    await iterator.return?.();
  };
  const cut = () => void setTimeout(() => res?.socket?.destroySoon(), CUT_AFTER_MS);
  return new ReadableStream({
    start(controller) {
      const write = (text: string) => controller.enqueue(ENCODER.encode(text));
      // An id without data, so that a browser that reconnects before the first event resumes here.
      write(lastEventId ? `id: ${lastEventId}\n\n` : ":\n\n");
      keepAlive = setInterval(
        () => {
          if ((controller.desiredSize ?? 0) > 0) return write(":\n\n");
          if (Date.now() - pulledAt < stallMs) return;
          write(message({ errors: [mask(subscriberTooSlow(cursor))] }));
          log.info({ requestId: currentRequest()?.requestId }, "ended an event stream whose subscriber reads nothing");
          void end();
        },
        Math.min(KEEP_ALIVE_MS, stallMs),
      );
    },
    async pull(controller) {
      // Asked for after the last message: that has left.
      if (ended) return cut();
      const { done, value } = await iterator.next();
      if (ended) return;
      pulledAt = Date.now();
      if (done) return end().then(cut);
      if (value[DELIVERY]?.complete) {
        controller.enqueue(ENCODER.encode(COMPLETE));
        await end();
        clearTimeout(cutOff);
        return controller.close();
      }
      cursor = value[DELIVERY]?.cursor ?? cursor;
      controller.enqueue(ENCODER.encode(message(value)));
      if (value[DELIVERY]?.cursor === null) await end();
    },
    cancel: () => end().then(() => clearTimeout(cutOff)),
  });
}

function message(result: DeliveredResult): string {
  const { cursor, text } = result[DELIVERY] ?? { cursor: null, text: toText(result) };
  // An id alone is no message to a client, and where its next connection resumes.
  return `${cursor ? `id: ${cursor}\n` : ""}${text && `event: next\ndata: ${text}\n`}\n`;
}
