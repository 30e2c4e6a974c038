import type { StageActivity } from "../hiring/load.ts";
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

/** The set-up of an interview once request and stage activity are merged; what is still missing is null. */
export interface Configuration {
  kind: InterviewKind | null;
  location: InterviewLocation | null;
  durationMinutes: number | null;
  interviewerIds: string[];
  officeId: string | null;
  hostId: string | null;
  /** Undefined: nobody named it, so it gets the default name. Null: the caller cleared it. */
  name: string | null | undefined;
  hackerrankTemplateId: string | null;
  candidateTemplateId: string | null;
  interviewerTemplateId: string | null;
  scorecardTemplateId: string | null;
  scorecardRequired: boolean;
  feedbackDescription: string | null;
  ratingDescription: string | null;
  calendarEventVisibility: CalendarEventVisibility;
  aiNoteTakerEnabled: boolean;
  aiScorecardAssistEnabled: boolean;
}

/** What an activity hands down: its own columns and its interviewers in their order. */
export interface Inheritance {
  activity: StageActivity;
  interviewerIds: string[];
}
