import type { z } from "zod";

/** A kind of queued work. The payload holds ids only; the handler loads the objects when it runs. */
export interface TaskDefinition<P extends object> {
  /** Name of the queue. */
  name: string;
  payload: z.ZodType<P>;
  /** How often a failed run is repeated before the task counts as failed. */
  retryLimit: number;
}

export function defineTask<P extends object>(definition: TaskDefinition<P>): TaskDefinition<P> {
  return definition;
}
