import type { ExecutionResult } from "graphql";
import { isAsyncIterable } from "graphql-yoga";
import type { Plugin } from "graphql-yoga";

const KEEP_ALIVE_MS = 12_000;
const ENCODER = new TextEncoder();
const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
  connection: "keep-alive",
  "x-accel-buffering": "no",
};

/** The cursor of the event that a result was made of, whether or not the document asked for it. */
const cursors = new WeakMap<object, string>();

export function rememberCursor(result: ExecutionResult, cursor: string): ExecutionResult {
  cursors.set(result, cursor);
  return result;
}

/**
 * Server-sent events whose ids are the cursors of what they carry, so that a browser's own reconnection resumes: it sends
 * the last id back as Last-Event-ID. Otherwise the protocol of graphql-sse: `next` for each result, then `complete`.
 */
export function useEventStream(): Plugin {
  return {
    onResultProcess(payload) {
      const { result, request } = payload;
      if (!isAsyncIterable<ExecutionResult>(result)) return;
      if (!request.headers.get("accept")?.includes("text/event-stream")) return;
      payload.setResultProcessor(
        (_result, api) => new api.Response(toEventStream(result), { headers: HEADERS }),
        "text/event-stream",
      );
    },
  };
}

/** Pulls one result at a time: what the client does not read is not resolved. */
function toEventStream(results: AsyncIterable<ExecutionResult>): ReadableStream<Uint8Array> {
  const iterator = results[Symbol.asyncIterator]();
  let keepAlive: NodeJS.Timeout;
  return new ReadableStream({
    start(controller) {
      const comment = () => (controller.desiredSize ?? 0) > 0 && controller.enqueue(ENCODER.encode(":\n\n"));
      comment();
      keepAlive = setInterval(comment, KEEP_ALIVE_MS);
    },
    async pull(controller) {
      const item = await iterator.next();
      controller.enqueue(ENCODER.encode(item.done ? "event: complete\ndata:\n\n" : message(item.value)));
      if (!item.done) return;
      clearInterval(keepAlive);
      controller.close();
    },
    async cancel() {
      clearInterval(keepAlive);
      await iterator.return?.();
    },
  });
}

function message(result: ExecutionResult): string {
  const cursor = cursors.get(result);
  return `${cursor ? `id: ${cursor}\n` : ""}event: next\ndata: ${JSON.stringify(result)}\n\n`;
}
