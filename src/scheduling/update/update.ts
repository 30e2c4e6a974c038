import { hasOffset } from "../../core/zone.ts";
import type { InterviewField, StoredInterview } from "../../interview/field.ts";
import { ValidationFailed } from "../../interview/finding.ts";
import type { Context } from "../../operation/context.ts";
import { noticesOf } from "../../provisioning/notice.ts";
import type { Notice } from "../../provisioning/notice.ts";
import { overlapDetail } from "../conflict.ts";
import { consequenceOf } from "./consequence.ts";
import type { Columns, Consequence } from "./consequence.ts";
import { checkEdit, editInterview } from "../edit/edit.ts";
import type { Edited } from "../edit/edit.ts";
import type { Decide, EditRequest, Verb } from "../edit/verb.ts";
import { instantOf, localOf } from "../fingerprint.ts";
import { mergeChanges, mergeExternal } from "./merge.ts";
import type { InterviewChanges } from "./merge.ts";
import { judgeSchedule } from "../time.ts";
import { judge } from "../rules.ts";
import { loadUpdateFacts, participantsOf, referencesOf } from "./update-facts.ts";
import type { UpdateFacts } from "./update-facts.ts";
import { UPDATE_RULES } from "./update-rules.ts";
import type { Update } from "./update-rules.ts";
import { warningsOfTime } from "../warning.ts";
import type { InterviewWarning } from "../warning.ts";

export interface UpdateRequest extends EditRequest {
  changes: InterviewChanges;
  conflictPolicy: "REJECT" | "ALLOW";
  conflictReason: string | null;
  /** Why, for history and for templates. */
  reason: string | null;
  validateOnly: boolean;
  /** Where a field is in the input. */
  pathOf: Update["pathOf"];
}

/** What an update answers beside the interview. */
export interface UpdateAnswer {
  changedFields: InterviewField[];
  notices: Notice[];
  warnings: InterviewWarning[];
}

/**
 * Changes what was sent of an interview, and has the outside follow.
 * @throws InterviewNotFound, ValidationFailed, VersionConflict, InterviewerConflict, IdempotencyKeyReused
 */
export const updateInterview = (ctx: Context, request: UpdateRequest): Promise<Edited<UpdateAnswer>> =>
  request.validateOnly ? checkEdit(ctx, UPDATE, request) : editInterview(ctx, UPDATE, request);

export const UPDATE: Verb<UpdateRequest, UpdateAnswer> = {
  operation: "updateInterview",
  cancelled: "ERR_INTERVIEW_CANCELLED",
  canonical: ({ pathOf: _pathOf, ...request }) => ({ ...request, changes: canonicalChanges(request.changes) }),
  async prepare(ctx, request, snapshot) {
    const facts = await loadUpdateFacts(ctx, request.changes, snapshot);
    return (stored, now) => decide(stored, now, { request, facts });
  },
};

type Known = { request: UpdateRequest; facts: UpdateFacts };

function decide(stored: StoredInterview, now: Date, { request, facts }: Known): ReturnType<Decide<UpdateAnswer>> {
  const change = toUpdate(stored, now, { request, facts });
  if (!change) return null;
  const findings = judge(change, UPDATE_RULES);
  if (findings.length > 0) throw new ValidationFailed(findings);
  const consequence = consequenceOf(stored, {
    columns: columnsOf(change),
    interviewerIds: change.after.interviewerIds,
    conflictPolicy: request.conflictPolicy,
    conflictReason: request.conflictReason,
    reason: request.reason,
  });
  const { changedFields, reconcile, after, reserve } = consequence;
  if (changedFields.length === 0) return { change: null, answer: { changedFields, notices: [], warnings: [] } };
  const participants = participantsOf(facts, after);
  if (!participants) return null;
  const notices = reconcile ? noticesOf(participants, facts.ledger, now) : [];
  const answer = { changedFields, notices, warnings: warningsOfTime(change) };
  return { change: recordChange(consequence, request), reserve, answer };
}

/** @returns null when the interview has become something for which not everything was loaded */
function toUpdate(stored: StoredInterview, now: Date, { request, facts }: Known): Update | null {
  const { changes, ids, conflictPolicy, conflictReason, pathOf } = request;
  const { interview } = stored;
  const after = mergeChanges(stored, changes);
  const references = referencesOf(facts, after);
  if (!references) return null;
  const schedule = judgeSchedule({
    startTime: changes.startTime ?? null,
    timezone: changes.timezone ?? interview.timezone,
    durationMinutes: after.durationMinutes,
    endTime: changes.endTime ?? null,
    pathOf,
    now,
    before: interview,
  });
  const merged = { before: stored, after, external: interview.external, schedule, references, inherited: undefined };
  return { ...merged, sent: changes, ids, conflictPolicy, conflictReason, pathOf };
}

function columnsOf({ before: { interview }, after, schedule, sent }: Update): Columns {
  const { start, endsAt, durationMinutes } = schedule;
  if (!start || !endsAt || durationMinutes === null || !after.kind) throw new Error("The rules let a time pass.");
  const { interviewerIds: _seats, name = null, kind, durationMinutes: _sent, ...parts } = after;
  const unmoved = start.instant.getTime() === interview.startsAt.getTime() && sent.timezone == null;
  return {
    ...parts,
    kind,
    name,
    durationMinutes,
    startsAt: start.instant,
    endsAt,
    timezone: sent.timezone ?? interview.timezone,
    localStart: unmoved ? interview.localStart : start.local,
    ...(interview.external && mergeExternal(interview, sent)),
  };
}

function recordChange({ set, after, reconcile, changedFields }: Consequence, request: UpdateRequest) {
  const moved = changedFields.includes("START") || changedFields.includes("END");
  const type = moved ? ("INTERVIEW_RESCHEDULED" as const) : ("INTERVIEW_UPDATED" as const);
  return {
    set,
    seats: after.seats,
    edited: true,
    reconcile,
    event: { type, reason: request.reason, detail: overlapDetail(request) },
  };
}

/** Times by what they mean; a set of interviewers without repetitions. */
export function canonicalChanges({
  startTime,
  endTime,
  timezone,
  interviewerIds,
  ...changes
}: InterviewChanges): object {
  const meaning = (text: string | null | undefined) => {
    if (text == null) return text;
    const zone = timezone ?? (hasOffset(text) ? "UTC" : null);
    return zone === null ? localOf(text) : instantOf(text, zone);
  };
  return {
    ...changes,
    timezone,
    startTime: meaning(startTime),
    endTime: meaning(endTime),
    interviewerIds: interviewerIds && [...new Set(interviewerIds)],
  };
}
