import {
  createSourceEventStream,
  executeSubscriptionEvent,
  mapSourceToResponseEvent,
  validateSubscriptionArgs,
} from "graphql";
import type { ExecutionArgs, ExecutionResult } from "graphql";
import { createContext } from "../operation/context.ts";
import type { Context } from "../operation/context.ts";
import type { StreamItem } from "../operation/event-source.ts";
import { rememberCursor } from "./event-stream.ts";

/**
 * GraphQL's subscribe, except that each event is executed in a context of its own: a loader that outlives one event would
 * answer the next from what the last one saw.
 */
export async function subscribeWithFreshContext(
  args: ExecutionArgs,
): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult> {
  const validated = validateSubscriptionArgs(args);
  if (!("schema" in validated)) return { errors: validated };
  const source = await createSourceEventStream(validated);
  if (!(Symbol.asyncIterator in source)) return source;
  return mapSourceToResponseEvent(validated, source, async (event) => {
    const context = event.contextValue as Context;
    const item = event.rootValue as StreamItem;
    const fresh = createContext(context, context.caller, context);
    const result = await executeSubscriptionEvent({ ...event, contextValue: fresh });
    return item.type === "FAILURE" ? result : rememberCursor(result, context.events.cursorOf(item));
  });
}
