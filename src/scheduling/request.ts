import type { SentIds } from "../core/id.ts";
import type { CalendarEventVisibility, InterviewKind, InterviewLocation } from "../interview/load.ts";

/** What a caller may say of an interview in some mode. `undefined` is left out, `null` is an explicit null. */
export interface InterviewFields {
  kind?: InterviewKind | null | undefined;
  location?: InterviewLocation | null | undefined;
  durationMinutes?: number | null | undefined;
  endTime?: string | null | undefined;
  interviewerIds?: string[] | null | undefined;
  officeId?: string | null | undefined;
  hostId?: string | null | undefined;
  name?: string | null | undefined;
  hackerrankTemplateId?: string | null | undefined;
  candidateTemplateId?: string | null | undefined;
  interviewerTemplateId?: string | null | undefined;
  scorecardTemplateId?: string | null | undefined;
  calendarEventVisibility?: CalendarEventVisibility | null | undefined;
  aiNoteTakerEnabled?: boolean | null | undefined;
  aiScorecardAssistEnabled?: boolean | null | undefined;
  videoConferencingUrl?: string | null | undefined;
  source?: string | null | undefined;
  eventId?: string | null | undefined;
}

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
