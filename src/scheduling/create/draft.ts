import { parseWebUrl } from "../../core/url.ts";
import { tzVersion } from "../../core/zone.ts";
import type { interviews } from "../../db/schema/interview.ts";
import type { Context } from "../../operation/context.ts";
import { claimFor } from "../conflict.ts";
import type { Seats } from "../conflict.ts";
import type { Interviewer } from "../../interview/load.ts";
import type { Creation } from "./create-rules.ts";

/** An interview that the rules have found complete, as it will be written. */
export interface Draft extends Seats {
  row: typeof interviews.$inferInsert & { id: string };
  claim: "EXCLUSIVE" | "SHARED";
}

export function draftInterview(ctx: Context, creation: Creation, id: string): Draft {
  const { request, facts, schedule } = creation;
  const { start, durationMinutes, endsAt } = schedule;
  if (!start || durationMinutes === null || !endsAt) throw new Error("The rules let an interview without a time pass.");
  const external = request.mode === "external";
  const startsAt = start.instant;
  const now = ctx.now();
  return {
    accountId: ctx.accountId,
    userIds: facts.configuration.interviewerIds,
    besides: [],
    startsAt,
    endsAt,
    claim: claimFor(external, request),
    row: {
      ...configurationColumns(creation),
      accountId: ctx.accountId,
      id,
      startsAt,
      endsAt,
      timezone: request.timezone,
      localStart: start.local,
      durationMinutes,
      tzVersion: tzVersion(request.timezone),
      organizerId: request.organizerId,
      conflictReason: request.conflictPolicy === "ALLOW" ? request.conflictReason : null,
      candidateRsvp: external ? null : "NEEDS_ACTION",
      external,
      externalUrl: parseWebUrl(request.fields.videoConferencingUrl ?? ""),
      externalSource: request.fields.source ?? null,
      externalEventId: request.fields.eventId ?? null,
      provisioningState: external ? "NOT_APPLICABLE" : "PENDING",
      createdAt: now,
      updatedAt: now,
    },
  };
}

function configurationColumns({ request, facts }: Creation) {
  const { application, configuration, job, stage } = facts;
  const { interviewerIds: _seats, name, kind, ...parts } = configuration;
  if (!kind) throw new Error("The rules let an interview without a kind pass.");
  return {
    ...parts,
    kind,
    name: name === undefined ? `${job.title} – ${stage.name}` : name,
    applicationId: application.id,
    candidateId: application.candidateId,
    jobId: job.id,
    stageId: stage.id,
    stageActivityId: request.stageActivityId ?? null,
  };
}

/** The seats that must be free for it. */
export const wantedSeats = (draft: Draft): Seats | null => (draft.claim === "EXCLUSIVE" ? draft : null);

/** The seats of a new interview. */
export function seatsOf({ row, claim, userIds, accountId, startsAt, endsAt }: Draft): Interviewer[] {
  const rsvp = row.external ? null : ("NEEDS_ACTION" as const);
  const unanswered = { answeredAt: null, answerSequence: null };
  const common = { accountId, interviewId: row.id, startsAt, endsAt, rsvp, ...unanswered, claim, joinedSequence: 0 };
  return userIds.map((userId, position) => ({ ...common, userId, position }));
}
