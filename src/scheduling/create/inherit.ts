import type { StageActivity } from "../../hiring/load.ts";
import type { Configuration, Inheritance } from "../configuration.ts";
import type { CreateRequest } from "./request.ts";

/** Merges a request with the activity it names; host and calendar visibility are never inherited. */
export function mergeConfiguration(request: CreateRequest, inherited?: Inheritance): Configuration {
  const { fields } = request;
  const activity = inherited?.activity;
  return {
    kind: fields.kind ?? activity?.kind ?? null,
    location: fields.location ?? activity?.location ?? null,
    durationMinutes: fields.durationMinutes ?? activity?.durationMinutes ?? null,
    interviewerIds: [...new Set(fields.interviewerIds ?? inherited?.interviewerIds)],
    officeId: clearable(fields.officeId, activity?.officeId) ?? null,
    hostId: fields.hostId ?? null,
    name: activity ? clearable(fields.name, activity.interviewName ?? undefined) : (fields.name ?? undefined),
    hackerrankTemplateId: clearable(fields.hackerrankTemplateId, activity?.hackerrankTemplateId) ?? null,
    ...mergeTemplates(request, activity),
    ...mergeScorecard(request, activity),
    calendarEventVisibility: fields.calendarEventVisibility ?? "DEFAULT",
    aiNoteTakerEnabled: fields.aiNoteTakerEnabled ?? activity?.aiNoteTakerEnabled ?? false,
    aiScorecardAssistEnabled: fields.aiScorecardAssistEnabled ?? activity?.aiScorecardAssistEnabled ?? false,
  };
}

/** An explicit null clears what would be inherited. */
function clearable(sent: string | null | undefined, inherited: string | null | undefined): string | null | undefined {
  return sent === undefined ? inherited : sent;
}

/** Nothing is ever sent for an external interview, so it takes no templates over. */
function mergeTemplates({ mode, fields }: CreateRequest, activity?: StageActivity) {
  if (mode === "external") return { candidateTemplateId: null, interviewerTemplateId: null };
  return {
    candidateTemplateId: fields.candidateTemplateId ?? activity?.candidateTemplateId ?? null,
    interviewerTemplateId: fields.interviewerTemplateId ?? activity?.interviewerTemplateId ?? null,
  };
}

/** In plan mode the scorecard is the activity's, whatever the caller sent. */
function mergeScorecard({ mode, fields }: CreateRequest, activity?: StageActivity) {
  const sent = mode === "plan" ? null : (fields.scorecardTemplateId ?? null);
  if (sent) {
    return { scorecardTemplateId: sent, scorecardRequired: false, feedbackDescription: null, ratingDescription: null };
  }
  return {
    scorecardTemplateId: activity?.scorecardTemplateId ?? null,
    scorecardRequired: activity?.scorecardRequired ?? false,
    feedbackDescription: activity?.feedbackDescription ?? null,
    ratingDescription: activity?.ratingDescription ?? null,
  };
}
