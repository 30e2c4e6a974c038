import type { SentIds } from "../core/id.ts";
import { Refusal } from "../core/error.ts";
import type { Transaction } from "../db/client.ts";
import { commitChange, lockInterview } from "../interview/commit.ts";
import type { RecordChange } from "../interview/commit.ts";
import type { InterviewField, StoredInterview } from "../interview/field.ts";
import { findToChange } from "../interview/find.ts";
import { finding, InterviewNotFound, ValidationFailed } from "../interview/finding.ts";
import type { FindingCode } from "../interview/finding.ts";
import { fieldsEditedSince } from "../interview/history.ts";
import { interviewersOfInterview } from "../interview/load.ts";
import type { Interview } from "../interview/load.ts";
import { authorizeCaller, managedOf } from "../interview/permission.ts";
import { requireScope } from "../operation/authorize.ts";
import type { Context } from "../operation/context.ts";
import { claimKey, findEarlierCall } from "../operation/idempotency.ts";
import type { KeyUse } from "../operation/idempotency.ts";
import { loaded } from "../read/loader.ts";
import { inTransaction } from "../operation/transaction.ts";
import { assertSeatsFree, reserveSeats, translatingConflicts } from "./conflict.ts";
import type { Seats } from "./conflict.ts";
import { fingerprintOf } from "./fingerprint.ts";

/** What every request to change an interview says. */
export interface EditRequest {
  /** The ids as they were sent. */
  ids: SentIds;
  interviewId: string;
  /** The version that the caller has seen; null when versions are not compared. */
  expectedVersion: number | null;
  idempotencyKey: string | null;
}

/** Another caller changed the interview after the version that this one expected. */
export class VersionConflict extends Refusal {
  readonly code = "ERR_VERSION_CONFLICT";
  readonly interview: Interview;
  readonly changedFields: InterviewField[];

  constructor(interview: Interview, changedFields: InterviewField[]) {
    super(`Somebody else changed the interview: it is at version ${interview.version}. Read it and try again.`);
    this.interview = interview;
    this.changedFields = changedFields;
  }
}

/** What a verb makes of an interview as it is stored. */
export interface Decision<R extends object> {
  /** Null when nothing differs: then nothing is written. */
  change: RecordChange | null;
  /** Seats that must be free. */
  reserve?: Seats | null;
  /** The rest of the answer, as plain JSON: it is kept with the idempotency key. */
  answer: R;
}

/** One way to change an interview. */
export interface Verb<Q extends EditRequest, R extends object> {
  operation: string;
  /** The code under which an interview that is CANCELLED is refused; null when the verb judges it. */
  cancelled: FindingCode | null;
  /** Whether the caller may even without the right to manage the interview; never when left out. */
  permits?: (ctx: Context, request: Q) => boolean;
  /** What a request asks for, in one form for all that mean the same; the request itself when left out. */
  canonical?: (request: Q) => object;
  /**
   * Loads what the decision needs to know beside the interview.
   * @returns judges and decides, without a look at anything else; null when something that it needs was not loaded because
   *   the interview has been changed since
   */
  prepare: (ctx: Context, request: Q, snapshot: StoredInterview) => Promise<Decide<R>>;
}

/** @throws Refusal when the change may not be made */
export type Decide<R extends object> = (stored: StoredInterview, now: Date) => Decision<R> | null;

export interface Edited<R extends object> {
  interview: Interview;
  /** Whether an earlier call under the same key had done it. */
  replayed: boolean;
  answer: R;
}

/**
 * Changes an interview in the order that every verb has: scope, visible, may manage, replay, cancelled, version, then the verb's
 * own rules on the locked record, seats, and one commit.
 * @throws InterviewNotFound, ValidationFailed, VersionConflict, InterviewerConflict, IdempotencyKeyReused; RequestError
 *   FORBIDDEN. Then nothing was written
 */
export async function editInterview<Q extends EditRequest, R extends object>(
  ctx: Context,
  verb: Verb<Q, R>,
  request: Q,
): Promise<Edited<R>> {
  for (;;) {
    const { decide } = await prepareEdit(ctx, verb, request);
    const edited = await inTransaction(ctx, (tx) => editLocked(tx, ctx, { verb, request, decide }));
    ctx.forget();
    if (edited) return edited;
  }
}

/** The same without writing anything. */
export async function checkEdit<Q extends EditRequest, R extends object>(
  ctx: Context,
  verb: Verb<Q, R>,
  request: Q,
): Promise<Edited<R>> {
  const { snapshot, decide } = await prepareEdit(ctx, verb, request);
  await assertEditable(ctx, { verb, request, stored: snapshot });
  const decision = decide(snapshot, ctx.now());
  if (!decision) throw new Error("A snapshot needs something that was not loaded for it.");
  if (decision.reserve) await assertSeatsFree(ctx.db, decision.reserve);
  return { interview: snapshot.interview, replayed: false, answer: decision.answer };
}

/** @throws InterviewNotFound, RequestError FORBIDDEN */
async function prepareEdit<Q extends EditRequest, R extends object>(
  ctx: Context,
  verb: Verb<Q, R>,
  request: Q,
): Promise<{ snapshot: StoredInterview; decide: Decide<R> }> {
  requireScope(ctx, "interviews:write");
  const { ids, interviewId } = request;
  const interview = await findToChange(ctx, interviewId);
  if (!interview) throw new InterviewNotFound(ids.explain("Interview", interviewId));
  if (!verb.permits?.(ctx, request)) await authorizeCaller(ctx, () => managedOf(ctx, interview));
  const snapshot = { interview, seats: await loaded(ctx.load(interviewersOfInterview, interviewId)) };
  return { snapshot, decide: await verb.prepare(ctx, request, snapshot) };
}

interface Call<Q extends EditRequest, R extends object> {
  verb: Verb<Q, R>;
  request: Q;
}

/** @returns null when the interview has become something for which not everything was loaded */
async function editLocked<Q extends EditRequest, R extends object>(
  tx: Transaction,
  ctx: Context,
  { verb, request, decide }: Call<Q, R> & { decide: Decide<R> },
): Promise<Edited<R> | null> {
  const stored = await lockInterview(tx, ctx, request.interviewId);
  if (!stored) throw new InterviewNotFound(request.ids.explain("Interview", request.interviewId));
  const { interview } = stored;
  const use = keyUse(verb, request);
  const earlier = use && (await findEarlierCall(ctx, use, tx));
  if (earlier) return { interview, replayed: true, answer: earlier.result as R };

  await assertEditable(ctx, { verb, request, stored }, tx);
  const decision = decide(stored, ctx.now());
  if (!decision) return null;
  const { change, reserve, answer } = decision;
  if (use) await claimKey(tx, ctx, { use, call: { subjectId: interview.id, result: answer } });
  if (!change) return { interview, replayed: false, answer };
  const commit = () => commitChange(tx, ctx, { before: stored, change });
  if (reserve) await reserveSeats(tx, reserve);
  const after = reserve ? await translatingConflicts(ctx.db, reserve, commit) : await commit();
  return { interview: after.interview, replayed: false, answer };
}

/** @throws ValidationFailed, VersionConflict */
async function assertEditable<Q extends EditRequest, R extends object>(
  ctx: Context,
  { verb, request, stored }: Call<Q, R> & { stored: StoredInterview },
  tx?: Transaction,
): Promise<void> {
  const { interview } = stored;
  if (verb.cancelled && interview.outcome === "CANCELLED") {
    throw new ValidationFailed([finding(verb.cancelled, ["input", "interviewId"])]);
  }
  const { expectedVersion: expected } = request;
  if (expected === null || (interview.editedVersion <= expected && expected <= interview.version)) return;
  throw new VersionConflict(interview, await fieldsEditedSince(tx ?? ctx.db, interview, expected));
}

function keyUse<Q extends EditRequest, R extends object>(
  { operation, canonical = (asked) => asked }: Verb<Q, R>,
  request: Q,
): KeyUse | null {
  const { idempotencyKey: key } = request;
  if (key === null) return null;
  return { operation, key, fingerprint: fingerprintOf({ ...canonical(request), ids: null, idempotencyKey: null }) };
}
