import { newId } from "../core/id.ts";
import { seesApplication } from "../hiring/visibility.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { claimKey, findEarlierCall } from "../operation/idempotency.ts";
import type { EarlierCall, KeyUse } from "../operation/idempotency.ts";
import { loaded } from "../read/loader.ts";
import { inTransaction } from "../operation/transaction.ts";
import { assertSeatsFree, overlapDetail, reserveSeats, translatingConflicts } from "./conflict.ts";
import { draftInterview, seatsOf } from "./draft.ts";
import { CREATE_RULES } from "./create-rules.ts";
import type { Creation } from "./create-rules.ts";
import { loadFacts } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { fingerprint } from "./fingerprint.ts";
import { commitInterviews } from "../interview/commit.ts";
import { ApplicationNotFound, ValidationFailed } from "../interview/finding.ts";
import type { Finding } from "../interview/finding.ts";
import { interviewInAccount } from "../interview/load.ts";
import type { Interview } from "../interview/load.ts";
import type { CreateRequest } from "./request.ts";
import { authorizeCaller } from "../interview/permission.ts";
import { modePath } from "./request.ts";
import { judge } from "./rules.ts";
import { judgeSchedule } from "./time.ts";
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

  const { creation, findings } = await judgeCreation(ctx, request);
  if (findings.length > 0) throw new ValidationFailed(findings);
  const draft = draftInterview(ctx, creation, newId());
  const warnings = warningsFor(creation);
  if (request.validateOnly) {
    if (draft.claim === "EXCLUSIVE") await assertSeatsFree(ctx.db, [draft]);
    return { warnings };
  }

  const written = await translatingConflicts(ctx.db, [draft], () =>
    inTransaction(ctx, async (tx) => {
      const call = { subjectId: draft.row.id, result: { warnings } };
      const meanwhile = use && (await claimKey(tx, ctx, { use, call }));
      if (meanwhile) return meanwhile;
      if (draft.claim === "EXCLUSIVE") await reserveSeats(tx, [draft]);
      const event = { type: "INTERVIEW_CREATED", detail: overlapDetail(request) } as const;
      return commitInterviews(tx, ctx, [{ row: draft.row, seats: seatsOf(draft), event }]);
    }),
  );
  if ("subjectId" in written) return replay(ctx, request, written);
  const [interview] = written;
  if (!interview) throw new Error("No interview was written.");
  return { interview, replayed: false, warnings };
}

/**
 * @returns what is to be created, and what is wrong with it
 * @throws ApplicationNotFound; RequestError FORBIDDEN
 */
export async function judgeCreation(
  ctx: Context,
  request: CreateRequest,
): Promise<{ creation: Creation; findings: Finding[] }> {
  const facts = await loadFacts(ctx, request);
  if (!facts || !(await seesApplication(ctx, facts.application))) throw notFound(request);
  await authorizeCaller(ctx, async () => facts);
  const creation = toCreation(request, facts, ctx.now());
  return { creation, findings: judge(creation, CREATE_RULES) };
}

function toCreation(request: CreateRequest, facts: Facts, now: Date): Creation {
  const { ids, fields, conflictPolicy, conflictReason, startTime, timezone } = request;
  const pathOf: Creation["pathOf"] = (field) => pathIn(request, field);
  const { durationMinutes } = facts.configuration;
  return {
    before: null,
    after: facts.configuration,
    external: request.mode === "external",
    schedule: judgeSchedule({
      startTime,
      timezone,
      durationMinutes,
      endTime: fields.endTime ?? null,
      pathOf,
      now,
      before: null,
    }),
    references: facts,
    inherited: facts.inherited,
    sent: fields,
    ids,
    conflictPolicy,
    conflictReason,
    pathOf,
    request,
    facts,
  };
}

/** What belongs to the whole request is at its top. */
function pathIn(request: CreateRequest, field: Parameters<Creation["pathOf"]>[0]): string[] {
  if (field === "timezone") return ["input", field];
  return field === "startTime" ? [...request.path, field] : modePath(request, field);
}

/** @throws ApplicationNotFound when the caller does not see what another made under the key */
async function replay(
  ctx: Context,
  request: CreateRequest,
  { subjectId, result }: EarlierCall,
): Promise<CreatedInterview> {
  const interview = await loaded(ctx.load(interviewInAccount, subjectId));
  if (!(await seesApplication(ctx, interview))) throw notFound(request);
  return { interview, replayed: true, ...(result as { warnings: InterviewWarning[] }) };
}

const notFound = ({ ids, applicationId }: CreateRequest): ApplicationNotFound =>
  new ApplicationNotFound(ids.explain("Application", applicationId));

function keyUse(request: CreateRequest): KeyUse | null {
  const { idempotencyKey: key, validateOnly } = request;
  if (key === null || validateOnly) return null;
  return { operation: "createInterview", key, fingerprint: fingerprint(request) };
}
