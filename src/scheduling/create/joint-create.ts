import type { Transaction } from "../../db/client.ts";
import { seesApplication } from "../../hiring/visibility.ts";
import { commitInterviews } from "../../interview/commit.ts";
import { ApplicationNotFound, distinctFindings, ValidationFailed } from "../../interview/finding.ts";
import type { Finding } from "../../interview/finding.ts";
import type { Interview } from "../../interview/load.ts";
import { authorizeCaller } from "../../interview/permission.ts";
import { requireScope } from "../../operation/authorize.ts";
import type { Context } from "../../operation/context.ts";
import { claimKey, findEarlierCall } from "../../operation/idempotency.ts";
import type { EarlierCall, KeyUse } from "../../operation/idempotency.ts";
import { inTransaction } from "../../operation/transaction.ts";
import { assertSeatsFree, overlapDetail, reserveSeats, translatingConflicts } from "../conflict.ts";
import { CREATE_RULES } from "./create-rules.ts";
import type { Creation } from "./create-rules.ts";
import { draftInterview, seatsOf, wantedSeats } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { loadFacts } from "./facts.ts";
import type { Facts } from "./facts.ts";
import type { CreateRequest } from "./request.ts";
import { modePath } from "./request.ts";
import { judge } from "../rules.ts";
import { judgeSchedule } from "../time.ts";
import { WARNINGS, warningsOfTime } from "../warning.ts";
import type { InterviewWarning } from "../warning.ts";

/** Interviews that are created together, or not at all. */
export interface JointCreation {
  interviews: readonly { id: string; request: CreateRequest }[];
  /** What the caller creates, and under which key. */
  subjectId: string;
  key: KeyUse | null;
  validateOnly: boolean;
  /** What is wrong with the request as a whole. */
  judgeTogether: (creations: readonly Creation[]) => Finding[];
  /** Writes what the interviews belong to, if there is anything, and says which columns name it. */
  writeBefore: (tx: Transaction) => Promise<Pick<Draft["row"], "loopId">>;
}

/** What became of it: an earlier call under the key had done it, or it is done, or it could be done. */
export type JointlyCreated =
  | { earlier: EarlierCall }
  | { earlier: null; interviews: Interview[] | null; warnings: InterviewWarning[] };

/**
 * Creates interviews and everything that must exist with them: seats, events, idempotency key and, of those that are not
 * external, the tasks that provision them.
 * @throws ApplicationNotFound, ValidationFailed, InterviewerConflict, IdempotencyKeyReused; RequestError FORBIDDEN. Then nothing
 *   was written
 */
export async function createTogether(ctx: Context, joint: JointCreation): Promise<JointlyCreated> {
  requireScope(ctx, "interviews:write");
  const { key: use, subjectId } = joint;
  const earlier = use && (await findEarlierCall(ctx, use));
  if (earlier) return { earlier };

  const creations = await judgeAll(ctx, joint);
  const drafts = creations.map(({ creation, id }) => draftInterview(ctx, creation, id));
  const warnings = creations.flatMap(({ creation }) => warningsFor(creation));
  const wanted = drafts.map((draft) => wantedSeats(draft));
  if (joint.validateOnly) {
    await assertSeatsFree(ctx.db, wanted);
    return { earlier: null, interviews: null, warnings };
  }

  return translatingConflicts(ctx.db, wanted, () =>
    inTransaction(ctx, async (tx) => {
      const meanwhile = use && (await claimKey(tx, ctx, { use, call: { subjectId, result: { warnings } } }));
      if (meanwhile) return { earlier: meanwhile };
      await reserveSeats(tx, wanted);
      const columns = await joint.writeBefore(tx);
      const added = drafts.map((draft, index) => ({
        row: { ...draft.row, ...columns },
        seats: seatsOf(draft),
        event: eventOf(joint.interviews[index]?.request),
      }));
      return { earlier: null, interviews: await commitInterviews(tx, ctx, added), warnings };
    }),
  );
}

function eventOf(request: CreateRequest | undefined) {
  return { type: "INTERVIEW_CREATED", detail: request && overlapDetail(request) } as const;
}

/** @throws ApplicationNotFound, ValidationFailed; RequestError FORBIDDEN */
async function judgeAll(ctx: Context, { interviews, judgeTogether }: JointCreation) {
  const judged = await Promise.all(
    interviews.map(async ({ id, request }) => ({ id, ...(await judgeCreation(ctx, request)) })),
  );
  const whole = judgeTogether(judged.map(({ creation }) => creation));
  const findings = distinctFindings([...judged.flatMap((one) => one.findings), ...whole]);
  if (findings.length > 0) throw new ValidationFailed(findings);
  return judged;
}

/**
 * @returns what is to be created, and what is wrong with it
 * @throws ApplicationNotFound; RequestError FORBIDDEN
 */
async function judgeCreation(
  ctx: Context,
  request: CreateRequest,
): Promise<{ creation: Creation; findings: Finding[] }> {
  const facts = await loadFacts(ctx, request);
  if (!facts || !(await seesApplication(ctx, facts.application))) throw applicationNotFound(request);
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

export const applicationNotFound = ({ ids, applicationId }: CreateRequest): ApplicationNotFound =>
  new ApplicationNotFound(ids.explain("Application", applicationId));

/** In a stable order: the request's own first, then interviewer by interviewer. */
function warningsFor(creation: Creation): InterviewWarning[] {
  const { request, pathOf } = creation;
  const ignored = request.mode === "plan" && request.fields.scorecardTemplateId != null;
  const code = "SCORECARD_TEMPLATE_IGNORED";
  const own = { code, path: pathOf("scorecardTemplateId"), message: WARNINGS[code], userId: null } as const;
  return [...(ignored ? [own] : []), ...warningsOfTime(creation)];
}
