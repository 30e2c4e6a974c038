import type { ExecutionResult } from "graphql";
import { isAsyncIterable } from "graphql-yoga";
import type { Plugin } from "graphql-yoga";
import { subscriberTooSlow } from "../events/failure.ts";
import type { Mask } from "./errors.ts";
import { toText } from "./share.ts";
import type { Delivery } from "./share.ts";
import type { Subscribe } from "./subscribe.ts";

const KEEP_ALIVE_MS = 12_000;
const ENCODER = new TextEncoder();
const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
  connection: "keep-alive",
  "x-accel-buffering": "no",
};

const DELIVERY = Symbol("delivery");
/** A result on its way through Yoga, with what it was taken from. */
type Carried = ExecutionResult & { [DELIVERY]?: Delivery };

/** Subscribes as Yoga wants it: a stream of results. */
export async function subscribeForYoga(
  subscribe: Subscribe,
  args: Parameters<Subscribe>[0],
): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  const subscribed = await subscribe(args);
  if (!(Symbol.asyncIterator in subscribed)) return subscribed;
  return {
    [Symbol.asyncIterator]: () => ({
      async next(): Promise<IteratorResult<Carried>> {
        const { done, value } = await subscribed.next();
        return done ? { done, value } : { done: false, value: { ...value.result, [DELIVERY]: value } };
      },
      async return() {
        await subscribed.return();
        return { done: true, value: undefined };
      },
    }),
  };
}

/**
 * Server-sent events whose ids are the cursors of what they carry, so that a browser's own reconnection resumes: it sends
 * the last id back as Last-Event-ID. Otherwise the protocol of graphql-sse: `next` for each result, then `complete`.
 */
export function useEventStream(mask: Mask): Plugin {
  return {
    onResultProcess(payload) {
      const { result, request } = payload;
      if (!isAsyncIterable<Carried>(result)) return;
      if (!request.headers.get("accept")?.includes("text/event-stream")) return;
      payload.setResultProcessor(
        (_result, api) => new api.Response(toEventStream(result, mask), { headers: HEADERS }),
        "text/event-stream",
      );
    },
  };
}

/** Pulls one result at a time; a reader that has taken nothing between two comments is ended. */
function toEventStream(results: AsyncIterable<Carried>, mask: Mask): ReadableStream<Uint8Array> {
  const iterator = results[Symbol.asyncIterator]();
  let keepAlive: NodeJS.Timeout;
  let cursor: string | null = null;
  let waiting = false;
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
      keepAlive = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) {
          waiting = false;
          return write(":\n\n");
        }
        if (!waiting) {
          waiting = true;
          return;
        }
        write(message({ errors: [mask(subscriberTooSlow(cursor))] }) + COMPLETE);
        controller.close();
        void end();
      }, KEEP_ALIVE_MS);
    },
    async pull(controller) {
      waiting = false;
      const { done, value } = await iterator.next();
      if (ended) return;
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
