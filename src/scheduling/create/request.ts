import type { SentIds } from "../../core/id.ts";
import type { InterviewFields } from "../configuration.ts";

/** A request to create an interview, with the ids of the tables. */
export interface CreateRequest {
  /** The ids as they were sent. */
  ids: SentIds;
  /** Where start and mode are in the input. */
  path: readonly string[];
  applicationId: string;
  organizerId: string;
  startTime: string;
  timezone: string;
  mode: "plan" | "adHoc" | "external";
  stageActivityId: string | undefined;
  fields: InterviewFields;
  conflictPolicy: "REJECT" | "ALLOW";
  conflictReason: string | null;
  idempotencyKey: string | null;
  validateOnly: boolean;
}

/** Where a field of the chosen mode is in the input. */
export function modePath(
  { path, mode }: Pick<CreateRequest, "path" | "mode">,
  field: keyof InterviewFields | "stageActivityId",
): string[] {
  return [...path, "mode", mode, field];
}
