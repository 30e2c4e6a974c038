import { newId } from "../core/id.ts";
import { recordEvent } from "../events/record.ts";
import type { NewEvent } from "../events/record.ts";
import { seesApplication } from "../hiring/visibility.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { claimKey, findEarlierCall } from "../operation/idempotency.ts";
import type { EarlierCall, KeyUse } from "../operation/idempotency.ts";
import { loaded } from "../operation/loader.ts";
import { inTransaction } from "../operation/transaction.ts";
import { enqueue } from "../tasks/enqueue.ts";
import { assertSeatsFree, reserveSeats, translatingConflicts } from "./conflict.ts";
import { draftInterview, insertInterview } from "./draft.ts";
import { loadFacts } from "./facts.ts";
import { fingerprint } from "./fingerprint.ts";
import { ApplicationNotFound, ValidationFailed } from "./finding.ts";
import { interviewInAccount } from "./load.ts";
import type { CreateRequest, Interview } from "./request.ts";
import { authorizeCaller } from "./permission.ts";
import { judge } from "./rules.ts";
import type { Subject } from "./rules.ts";
import { judgeSchedule } from "./schedule.ts";
import { provisionInterview } from "./tasks.ts";
import { warningsFor } from "./warning.ts";
import type { InterviewWarning } from "./warning.ts";

export interface CreatedInterview {
  interview: Interview;
  /** Whether an earlier call under the same key had created it. */
  replayed: boolean;
  warnings: InterviewWarning[];
}

/** A request that asked only to be checked, and would be accepted. */
export type ValidInterview = Pick<CreatedInterview, "warnings">;

/**
 * Creates an interview and everything that must exist with it: seats, event, idempotency key and, unless it is external,
 * the task that provisions it.
 * @throws ApplicationNotFound, ValidationFailed, InterviewerConflict, IdempotencyKeyReused; then nothing was written
 */
export async function createInterview(
  ctx: Context,
  request: CreateRequest,
): Promise<CreatedInterview | ValidInterview> {
  requireScope(ctx, "interviews:write");
  const use = keyUse(request);
  const earlier = use && (await findEarlierCall(ctx, use));
  if (earlier) return replay(ctx, request, earlier);

  const subject = await judgeRequest(ctx, request);
  const draft = draftInterview(ctx, subject, newId());
  const warnings = warningsFor(subject);
  if (request.validateOnly) {
    if (draft.claim === "EXCLUSIVE") await assertSeatsFree(ctx.db, draft);
    return { warnings };
  }

  const written = await translatingConflicts(ctx.db, draft, () =>
    inTransaction(ctx, async (tx) => {
      const meanwhile = use && (await claimKey(tx, ctx, { use, call: { interviewId: draft.row.id, warnings } }));
      if (meanwhile) return meanwhile;
      if (draft.claim === "EXCLUSIVE") await reserveSeats(tx, draft);
      const interview = await insertInterview(tx, draft);
      if (!interview.external)
        await enqueue(tx, ctx, { task: provisionInterview, payload: { interviewId: interview.id } });
      await recordEvent(tx, ctx, createdEvent(interview, request));
      return interview;
    }),
  );
  return "interviewId" in written ? replay(ctx, request, written) : { interview: written, replayed: false, warnings };
}

/** @throws ApplicationNotFound, ValidationFailed */
async function judgeRequest(ctx: Context, request: CreateRequest): Promise<Subject> {
  const facts = await loadFacts(ctx, request);
  if (!facts || !(await seesApplication(ctx, facts.application))) throw notFound(request);
  await authorizeCaller(ctx, async () => facts);
  const subject = { request, facts, schedule: judgeSchedule(request, facts.configuration, ctx.now()) };
  const findings = judge(subject);
  if (findings.length > 0) throw new ValidationFailed(findings);
  return subject;
}

/** @throws ApplicationNotFound when the caller does not see what another made under the key */
async function replay(
  ctx: Context,
  request: CreateRequest,
  { interviewId, warnings }: EarlierCall,
): Promise<CreatedInterview> {
  const interview = await loaded(ctx.load(interviewInAccount, interviewId));
  if (!(await seesApplication(ctx, interview))) throw notFound(request);
  return { interview, replayed: true, warnings: warnings as InterviewWarning[] };
}

const notFound = ({ ids, applicationId }: CreateRequest): ApplicationNotFound =>
  new ApplicationNotFound(ids.explain("Application", applicationId));

function keyUse(request: CreateRequest): KeyUse | null {
  const { idempotencyKey: key, validateOnly } = request;
  if (key === null || validateOnly) return null;
  return { operation: "createInterview", key, fingerprint: fingerprint(request) };
}

function createdEvent(interview: Interview, { conflictPolicy, conflictReason }: CreateRequest): NewEvent {
  const detail = conflictPolicy === "ALLOW" ? { conflictPolicy, conflictReason } : {};
  return { type: "INTERVIEW_CREATED", interviewId: interview.id, detail };
}
