import {
  executeSubscriptionEvent,
  mapSourceToResponseEvent,
  validateSubscriptionArgs,
  createSourceEventStream,
} from "graphql";
import type { ExecutionArgs, ExecutionResult } from "graphql";
import { createContext } from "../operation/context.ts";
import type { Context } from "../operation/context.ts";

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
  return mapSourceToResponseEvent(validated, source, (event) => {
    const context = event.contextValue as Context;
    return executeSubscriptionEvent({
      ...event,
      contextValue: createContext(context, context.caller, context.requestId),
    });
  });
}
