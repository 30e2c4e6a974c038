import { createHash } from "node:crypto";
import { parseWebUrl } from "../core/url.ts";
import { isTimeZone, parseTime } from "../core/zone.ts";
import type { CreateRequest, InterviewFields } from "./request.ts";

/** SHA-256 of what a request asks for: the same whatever the order of its fields and the notation of its times. */
export const fingerprint = (request: CreateRequest): Buffer => fingerprintOf(canonicalRequest(request));

/** What a request asks for, in one form for all that mean the same. */
export function canonicalRequest(request: CreateRequest): object {
  const { ids: _ids, path: _path, idempotencyKey: _key, validateOnly: _dry, fields, ...rest } = request;
  return {
    ...rest,
    startTime: instantOf(request.startTime, request.timezone),
    fields: canonicalFields(request, fields),
  };
}

/** SHA-256 of what a value says, whatever the order of its members. */
export const fingerprintOf = (value: object): Buffer =>
  createHash("sha256")
    .update(JSON.stringify(sorted(value)))
    .digest();

/** Left out, null and the default are one where they mean the same. */
function canonicalFields({ mode, stageActivityId, timezone }: CreateRequest, fields: InterviewFields): InterviewFields {
  const inherits = mode === "plan" || stageActivityId !== undefined;
  const clearable = (value: string | null | undefined) => (inherits ? value : (value ?? undefined));
  const flag = (value: boolean | null | undefined) => value ?? (inherits ? undefined : false);
  return {
    ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? undefined])),
    endTime: fields.endTime == null ? undefined : instantOf(fields.endTime, timezone),
    interviewerIds: fields.interviewerIds && [...new Set(fields.interviewerIds)],
    calendarEventVisibility: fields.calendarEventVisibility ?? "DEFAULT",
    videoConferencingUrl: fields.videoConferencingUrl == null ? undefined : parseWebUrl(fields.videoConferencingUrl),
    name: clearable(fields.name),
    officeId: clearable(fields.officeId),
    hackerrankTemplateId: clearable(fields.hackerrankTemplateId),
    aiNoteTakerEnabled: flag(fields.aiNoteTakerEnabled),
    aiScorecardAssistEnabled: flag(fields.aiScorecardAssistEnabled),
  };
}

/** The instant that a time means in a zone; the text itself where it cannot be read. */
export function instantOf(text: string, timezone: string): string {
  const read = isTimeZone(timezone) ? parseTime(text, timezone) : undefined;
  return read?.ok ? read.time.instant.toISOString() : text;
}

/** The value with the members of every object in the order of their names; undefined members are dropped by JSON. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}
