import { parseWebUrl } from "../../core/url.ts";
import type { StoredInterview } from "../../interview/field.ts";
import type { Interview } from "../../interview/load.ts";
import type { Configuration } from "../configuration.ts";
import type { InterviewFields } from "../configuration.ts";

/** What of an interview a caller wants to change. `undefined` is left out; null clears where an interview may do without. */
export interface InterviewChanges extends Omit<InterviewFields, "scorecardTemplateId"> {
  startTime?: string | null | undefined;
  timezone?: string | null | undefined;
}

const MINUTE = 60_000;

/** The configuration that an interview has once it is changed. */
export function mergeChanges({ interview, seats }: StoredInterview, changes: InterviewChanges): Configuration {
  const stays = <V>(sent: V | null | undefined, stored: V): V => sent ?? stored;
  return {
    kind: stays(changes.kind, interview.kind),
    location: stays(changes.location, interview.location),
    durationMinutes: stays(changes.durationMinutes, minutesOf(interview)),
    interviewerIds: [
      ...new Set(
        stays(
          changes.interviewerIds,
          seats.map(({ userId }) => userId),
        ),
      ),
    ],
    officeId: cleared(changes.officeId, interview.officeId),
    hostId: cleared(changes.hostId, interview.hostId),
    name: cleared(changes.name, interview.name),
    hackerrankTemplateId: cleared(changes.hackerrankTemplateId, interview.hackerrankTemplateId),
    candidateTemplateId: stays(changes.candidateTemplateId, interview.candidateTemplateId),
    interviewerTemplateId: stays(changes.interviewerTemplateId, interview.interviewerTemplateId),
    scorecardTemplateId: interview.scorecardTemplateId,
    scorecardRequired: interview.scorecardRequired,
    feedbackDescription: interview.feedbackDescription,
    ratingDescription: interview.ratingDescription,
    calendarEventVisibility: stays(changes.calendarEventVisibility, interview.calendarEventVisibility),
    aiNoteTakerEnabled: stays(changes.aiNoteTakerEnabled, interview.aiNoteTakerEnabled),
    aiScorecardAssistEnabled: stays(changes.aiScorecardAssistEnabled, interview.aiScorecardAssistEnabled),
  };
}

/** The external fields that an interview has once it is changed. */
export function mergeExternal(interview: Interview, { videoConferencingUrl, source, eventId }: InterviewChanges) {
  return {
    externalUrl:
      videoConferencingUrl == null
        ? cleared(videoConferencingUrl, interview.externalUrl)
        : parseWebUrl(videoConferencingUrl),
    externalSource: cleared(source, interview.externalSource),
    externalEventId: cleared(eventId, interview.externalEventId),
  };
}

/** What is sent wins, an explicit null too. */
const cleared = <V>(sent: V | null | undefined, stored: V | null): V | null => (sent === undefined ? stored : sent);

const minutesOf = ({ startsAt, endsAt }: Interview): number => (endsAt.getTime() - startsAt.getTime()) / MINUTE;
