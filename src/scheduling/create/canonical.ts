import { parseWebUrl } from "../../core/url.ts";
import type { InterviewFields } from "../configuration.ts";
import { instantOf } from "../fingerprint.ts";
import type { CreateRequest } from "./request.ts";

/** What a request asks for, in one form for all that mean the same: times by instant, what is left out by its default. */
export function canonicalRequest(request: CreateRequest): object {
  const { ids: _ids, path: _path, idempotencyKey: _key, validateOnly: _dry, fields, ...rest } = request;
  return {
    ...rest,
    startTime: instantOf(request.startTime, request.timezone),
    fields: canonicalFields(request, fields),
  };
}

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
