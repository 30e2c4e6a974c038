import { isAsyncIterable } from "graphql-yoga";
import type { Plugin } from "graphql-yoga";
import type { Logger } from "pino";
import { subscriberTooSlow } from "../events/failure.ts";
import type { Mask } from "./errors.ts";
import { currentRequest } from "./request.ts";
import { DELIVERY } from "./results.ts";
import type { Carried } from "./results.ts";
import { toText } from "./share.ts";

const KEEP_ALIVE_MS = 12_000;
const ENCODER = new TextEncoder();
const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
  connection: "keep-alive",
  "x-accel-buffering": "no",
};

export interface EventStreamOptions {
  mask: Mask;
  log: Logger;
  /** How long a subscriber may take nothing of what waits for it. */
  stallMs: number;
}

/**
 * Server-sent events whose ids are the cursors of what they carry, so that a browser's own reconnection resumes: it sends
 * the last id back as Last-Event-ID. Otherwise the protocol of graphql-sse: `next` for each result, then `complete`.
 */
export function useEventStream(options: EventStreamOptions): Plugin {
  return {
    onResultProcess(payload) {
      const { result, request } = payload;
      if (!isAsyncIterable<Carried>(result)) return;
      if (!request.headers.get("accept")?.includes("text/event-stream")) return;
      payload.setResultProcessor(
        (_result, api) => new api.Response(toEventStream(result, options), { headers: HEADERS }),
        "text/event-stream",
      );
    },
  };
}

/** Pulls one result at a time, and ends a reader that takes nothing. */
function toEventStream(
  results: AsyncIterable<Carried>,
  { mask, log, stallMs }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const iterator = results[Symbol.asyncIterator]();
  let keepAlive: NodeJS.Timeout;
  let cursor: string | null = null;
  let pulledAt = Date.now();
  let ended = false;
  const end = async () => {
    ended = true;
    clearInterval(keepAlive);
    await iterator.return?.();
  };
  return new ReadableStream({
    start(controller) {
      const write = (text: string) => controller.enqueue(ENCODER.encode(text));
      write(":\n\n");
      keepAlive = setInterval(
        () => {
          if ((controller.desiredSize ?? 0) > 0) return write(":\n\n");
          if (Date.now() - pulledAt < stallMs) return;
          write(message({ errors: [mask(subscriberTooSlow(cursor))] }) + COMPLETE);
          controller.close();
          log.info({ requestId: currentRequest()?.requestId }, "ended an event stream whose subscriber reads nothing");
          void end();
        },
        Math.min(KEEP_ALIVE_MS, stallMs),
      );
    },
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (ended) return;
      pulledAt = Date.now();
      if (!done) {
        cursor = value[DELIVERY]?.cursor ?? cursor;
        return controller.enqueue(ENCODER.encode(message(value)));
      }
      controller.enqueue(ENCODER.encode(COMPLETE));
      controller.close();
      await end();
    },
    cancel: end,
  });
}

const COMPLETE = "event: complete\ndata:\n\n";

function message(result: Carried): string {
  const { cursor, text } = result[DELIVERY] ?? { cursor: null, text: toText(result) };
  return `${cursor ? `id: ${cursor}\n` : ""}event: next\ndata: ${text}\n\n`;
}
