import { newId } from "../core/id.ts";
import { tzVersion } from "../core/zone.ts";
import type { Transaction } from "../db/client.ts";
import { interviewers, interviews } from "../db/schema/interview.ts";
import { recordEvent } from "../events/record.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { inTransaction } from "../operation/transaction.ts";
import { enqueue } from "../tasks/enqueue.ts";
import { loadFacts } from "./facts.ts";
import { ApplicationNotFound, ValidationFailed } from "./finding.ts";
import type { CreateRequest, Interview } from "./request.ts";
import { judge } from "./rules.ts";
import type { Subject } from "./rules.ts";
import { judgeSchedule } from "./schedule.ts";
import { provisionInterview } from "./tasks.ts";
import { warningsFor } from "./warning.ts";
import type { InterviewWarning } from "./warning.ts";

export interface CreatedInterview {
  interview: Interview;
  warnings: InterviewWarning[];
}

/**
 * Creates an interview and everything that must exist with it: interviewers, event and, unless it is external, the task
 * that provisions it.
 * @throws ApplicationNotFound, ValidationFailed; then nothing was written
 */
export async function createInterview(ctx: Context, request: CreateRequest): Promise<CreatedInterview> {
  requireScope(ctx, "interviews:write");
  const facts = await loadFacts(ctx, request);
  if (!facts) throw new ApplicationNotFound();
  const schedule = judgeSchedule(request, facts.configuration, ctx.now());
  const subject = { request, facts, schedule };
  const findings = judge(subject);
  if (findings.length > 0) throw new ValidationFailed(findings);

  const row = draftInterview(ctx, subject);
  return inTransaction(ctx, async (tx) => {
    const interview = await insertInterview(tx, row, facts.configuration.interviewerIds);
    if (!row.external) await enqueue(tx, ctx, { task: provisionInterview, payload: { interviewId: row.id } });
    await recordEvent(tx, ctx, { type: "INTERVIEW_CREATED", interviewId: row.id, interviewVersion: 1 });
    return { interview, warnings: warningsFor(request) };
  });
}

/** The row to write, from facts that the rules have found complete. */
function draftInterview(ctx: Context, { request, facts, schedule }: Subject): typeof interviews.$inferInsert {
  const { application, configuration, job, stage } = facts;
  const { interviewerIds: _seats, name, kind, ...parts } = configuration;
  const { start, durationMinutes } = schedule;
  if (!start || !kind || durationMinutes === null) throw new Error("The rules let an incomplete interview pass.");
  const external = request.mode === "external";
  const now = ctx.now();
  return {
    ...parts,
    accountId: ctx.accountId,
    id: newId(),
    applicationId: application.id,
    candidateId: application.candidateId,
    jobId: job.id,
    stageId: stage.id,
    stageActivityId: request.stageActivityId ?? null,
    organizerId: request.organizerId,
    kind,
    name: name === undefined ? `${job.title} – ${stage.name}` : name,
    startsAt: start.instant,
    endsAt: new Date(start.instant.getTime() + durationMinutes * 60_000),
    timezone: request.timezone,
    localStart: start.local,
    durationMinutes,
    tzVersion,
    candidateRsvp: external ? null : "NEEDS_ACTION",
    external,
    externalUrl: request.fields.videoConferencingUrl ?? null,
    externalSource: request.fields.source ?? null,
    externalEventId: request.fields.eventId ?? null,
    provisioningState: external ? "NOT_APPLICABLE" : "PENDING",
    createdAt: now,
    updatedAt: now,
  };
}

async function insertInterview(
  tx: Transaction,
  row: typeof interviews.$inferInsert,
  interviewerIds: string[],
): Promise<Interview> {
  const rsvp = row.external ? null : ("NEEDS_ACTION" as const);
  const seats = interviewerIds.map((userId, position) => ({
    accountId: row.accountId,
    interviewId: row.id,
    userId,
    position,
    rsvp,
  }));
  const [interview] = await tx.insert(interviews).values(row).returning();
  await tx.insert(interviewers).values(seats);
  if (!interview) throw new Error("An insert returned no row.");
  return interview;
}
