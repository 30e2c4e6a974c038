import { finding } from "../../interview/finding.ts";
import type { Finding, FindingCode } from "../../interview/finding.ts";
import type { StoredInterview } from "../../interview/field.ts";
import type { Change } from "../change.ts";
import type { InterviewChanges } from "./merge.ts";
import * as rules from "../rules.ts";
import type { Rule } from "../rules.ts";

/** A change of an interview that exists. */
export interface Update extends Change {
  before: StoredInterview;
  sent: InterviewChanges;
}

/** In the order in which findings are reported. */
export const UPDATE_RULES: readonly Rule<Update>[] = [
  fieldsFitOwner,
  noShowIsNotMoved,
  rules.timeIsRight,
  rules.partsAreComplete,
  rules.interviewersFitKind,
  rules.officeExists,
  rules.hostCanHost,
  rules.templatesFit,
  rules.conflictReasonIsGiven,
  rules.externalUrlIsSafe,
];

const OF_MANAGED = [
  "hostId",
  "hackerrankTemplateId",
  "calendarEventVisibility",
  "aiNoteTakerEnabled",
  "aiScorecardAssistEnabled",
  "candidateTemplateId",
  "interviewerTemplateId",
] as const;
const OF_EXTERNAL = ["videoConferencingUrl", "source", "eventId"] as const;

/** What is sent and says nothing else than what is stored is let pass. */
function fieldsFitOwner({ before: { interview }, external, sent, pathOf }: Update): Finding[] {
  const stored = {
    ...interview,
    videoConferencingUrl: interview.externalUrl,
    source: interview.externalSource,
    eventId: interview.externalEventId,
  };
  const [fields, code]: [readonly (keyof typeof stored & keyof InterviewChanges)[], FindingCode] = external
    ? [OF_MANAGED, "ERR_NOT_FOR_EXTERNAL"]
    : [OF_EXTERNAL, "ERR_EXTERNAL_NOT_MANAGED"];
  return fields
    .filter((field) => isSent(sent, field) && sent[field] !== stored[field])
    .map((field) => finding(code, pathOf(field)));
}

const CLEARABLE: readonly (keyof InterviewChanges)[] = ["hostId", "hackerrankTemplateId", ...OF_EXTERNAL];

/** An explicit null reads as left out where it does not clear. */
const isSent = (sent: InterviewChanges, field: keyof InterviewChanges): boolean =>
  CLEARABLE.includes(field) ? sent[field] !== undefined : sent[field] != null;

function noShowIsNotMoved({ before: { interview }, schedule: { start, endsAt }, sent, pathOf }: Update): Finding[] {
  if (interview.outcome !== "CANDIDATE_NO_SHOW" || !start || !endsAt) return [];
  const [sameStart, sameEnd] = [
    start.instant.getTime() === interview.startsAt.getTime(),
    endsAt.getTime() === interview.endsAt.getTime(),
  ];
  if (sameStart && sameEnd) return [];
  if (!sameStart) return [finding("ERR_INTERVIEW_NO_SHOW", pathOf("startTime"))];
  return [finding("ERR_INTERVIEW_NO_SHOW", pathOf(sent.endTime == null ? "durationMinutes" : "endTime"))];
}
