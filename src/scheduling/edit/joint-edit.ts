import type { Transaction } from "../../db/client.ts";
import { commitChanges, lockInterviews } from "../../interview/commit.ts";
import type { Edit } from "../../interview/commit.ts";
import type { StoredInterview } from "../../interview/field.ts";
import { findToChange } from "../../interview/find.ts";
import { distinctFindings, finding, InterviewNotFound, ValidationFailed } from "../../interview/finding.ts";
import type { Finding } from "../../interview/finding.ts";
import { fieldsEditedSince } from "../../interview/history.ts";
import { interviewersOfInterview, interviewInAccount } from "../../interview/load.ts";
import type { Interview } from "../../interview/load.ts";
import { authorizeCaller, managedOf } from "../../interview/permission.ts";
import { requireScope } from "../../operation/authorize.ts";
import type { Context } from "../../operation/context.ts";
import { claimKey, findEarlierCall } from "../../operation/idempotency.ts";
import type { KeyUse } from "../../operation/idempotency.ts";
import { loaded } from "../../read/loader.ts";
import { inTransaction } from "../../operation/transaction.ts";
import { assertSeatsFree, reserveSeats, translatingConflicts } from "../conflict.ts";
import type { Seats } from "../conflict.ts";
import { VersionConflict } from "./verb.ts";
import type { Decide, Decision, EditRequest, Verb } from "./verb.ts";

/** Interviews that are changed together, or not at all. */
export interface JointEdit<Q extends EditRequest, R extends object, A extends object> {
  verb: Verb<Q, R>;
  requests: readonly Q[];
  /** Interviews that stay, and on which it depends whether the others may change. */
  dependsOn: readonly string[];
  /** What the caller changes, and under which key. */
  subjectId: string;
  key: KeyUse | null;
  /** What is wrong with all of them, in the order of the requests, and with those that stay, as a whole. */
  judgeTogether: (interviews: readonly Interview[]) => Finding[];
  /** The answer to all of them, in the order of the requests, as plain JSON: it is kept with the idempotency key. */
  answerOf: (answers: readonly Answered<R>[]) => A;
}

/** What a verb answers to one of them. */
export interface Answered<R extends object> {
  interviewId: string;
  answer: R;
}

export interface JointlyEdited<A extends object> {
  /** In the order of the requests. */
  interviews: Interview[];
  /** Whether an earlier call under the same key had done it. */
  replayed: boolean;
  answer: A;
}

/** The same as `editInterview` for several interviews. */
export async function editTogether<Q extends EditRequest, R extends object, A extends object>(
  ctx: Context,
  edit: JointEdit<Q, R, A>,
): Promise<JointlyEdited<A>> {
  for (;;) {
    const { prepared } = await prepare(ctx, edit);
    const edited = await inTransaction(ctx, (tx) => editLocked(tx, ctx, { edit, prepared }));
    ctx.forget();
    if (edited) return edited;
  }
}

/** The same without writing anything. */
export async function checkTogether<Q extends EditRequest, R extends object, A extends object>(
  ctx: Context,
  edit: JointEdit<Q, R, A>,
): Promise<JointlyEdited<A>> {
  const { prepared, snapshots } = await prepare(ctx, edit);
  const decisions = await decideAll(ctx, { edit, prepared, stored: snapshots });
  if (!decisions) throw new Error("A snapshot needs something that was not loaded for it.");
  await assertSeatsFree(ctx.db, wantedSeats(edit, decisions));
  const answer = answerOf(edit, decisions);
  return { interviews: interviewsOf(edit, snapshots), replayed: false, answer };
}

/** A request with what decides about it. */
interface Prepared<Q extends EditRequest, R extends object> {
  request: Q;
  decide: Decide<R>;
}

/** @throws InterviewNotFound, RequestError FORBIDDEN */
async function prepare<Q extends EditRequest, R extends object, A extends object>(
  ctx: Context,
  { verb, requests, dependsOn }: JointEdit<Q, R, A>,
): Promise<{ prepared: Prepared<Q, R>[]; snapshots: Map<string, StoredInterview> }> {
  requireScope(ctx, "interviews:write");
  const snapshots = new Map<string, StoredInterview>();
  const prepared = await Promise.all(
    requests.map(async (request) => {
      const { ids, interviewId } = request;
      const interview = await findToChange(ctx, interviewId);
      if (!interview) throw new InterviewNotFound(ids.explain("Interview", interviewId));
      if (!verb.permits?.(ctx, request)) await authorizeCaller(ctx, () => managedOf(ctx, interview));
      const snapshot = { interview, seats: await loaded(ctx.load(interviewersOfInterview, interviewId)) };
      snapshots.set(interviewId, snapshot);
      return { request, decide: await verb.prepare(ctx, request, snapshot) };
    }),
  );
  const others = await Promise.all(dependsOn.map((id) => loaded(ctx.load(interviewInAccount, id))));
  for (const interview of others) snapshots.set(interview.id, { interview, seats: [] });
  return { prepared, snapshots };
}

interface Call<Q extends EditRequest, R extends object, A extends object> {
  edit: JointEdit<Q, R, A>;
  prepared: readonly Prepared<Q, R>[];
}

/** @returns null when an interview has become something for which not everything was loaded */
async function editLocked<Q extends EditRequest, R extends object, A extends object>(
  tx: Transaction,
  ctx: Context,
  { edit, prepared }: Call<Q, R, A>,
): Promise<JointlyEdited<A> | null> {
  const { requests, dependsOn, key: use, subjectId } = edit;
  const ids = [...requests.map(({ interviewId }) => interviewId), ...dependsOn];
  const locked = await lockInterviews(tx, ctx, ids);
  const stored = new Map(locked.map((record) => [record.interview.id, record]));
  const earlier = use && (await findEarlierCall(ctx, use, tx));
  if (earlier) return { interviews: interviewsOf(edit, stored), replayed: true, answer: earlier.result as A };

  const decisions = await decideAll(ctx, { edit, prepared, stored, tx });
  if (!decisions) return null;
  const answer = answerOf(edit, decisions);
  if (use) await claimKey(tx, ctx, { use, call: { subjectId, result: answer } });
  const wanted = wantedSeats(edit, decisions);
  await reserveSeats(tx, wanted);
  const edits = decisions.flatMap(({ before, change }) => (change ? [{ before, change }] : []));
  for (const after of await translatingConflicts(ctx.db, wanted, () => commitAny(tx, ctx, edits))) {
    stored.set(after.interview.id, after);
  }
  return { interviews: interviewsOf(edit, stored), replayed: false, answer };
}

/** Seats that interviews of the same edit leave are free for each other. */
function wantedSeats<Q extends EditRequest, R extends object, A extends object>(
  { requests }: JointEdit<Q, R, A>,
  decisions: readonly Decision<R>[],
): (Seats | null)[] {
  const besides = requests.map(({ interviewId }) => interviewId);
  return decisions.map(({ reserve }) => (reserve ? { ...reserve, besides } : null));
}

const commitAny = async (tx: Transaction, ctx: Context, edits: readonly Edit[]): Promise<StoredInterview[]> =>
  edits.length === 0 ? [] : commitChanges(tx, ctx, edits);

function interviewsOf<Q extends EditRequest, R extends object, A extends object>(
  { requests }: JointEdit<Q, R, A>,
  stored: ReadonlyMap<string, StoredInterview>,
): Interview[] {
  return requests.map((request) => storedOf(request, stored).interview);
}

function storedOf({ ids, interviewId }: EditRequest, all: ReadonlyMap<string, StoredInterview>): StoredInterview {
  const stored = all.get(interviewId);
  if (!stored) throw new InterviewNotFound(ids.explain("Interview", interviewId));
  return stored;
}

type Decided<R extends object> = Decision<R> & { before: StoredInterview };

const answerOf = <Q extends EditRequest, R extends object, A extends object>(
  edit: JointEdit<Q, R, A>,
  decided: readonly Decided<R>[],
): A => edit.answerOf(decided.map(({ before, answer }) => ({ interviewId: before.interview.id, answer })));

/**
 * @returns null when an interview has become something for which not everything was loaded
 * @throws ValidationFailed for the faults of all of them; VersionConflict
 */
async function decideAll<Q extends EditRequest, R extends object, A extends object>(
  ctx: Context,
  call: Call<Q, R, A> & { stored: ReadonlyMap<string, StoredInterview>; tx?: Transaction },
): Promise<Decided<R>[] | null> {
  const { edit, prepared, stored, tx } = call;
  const decided: (Decided<R> | null)[] = [];
  const findings: Finding[] = [];
  for (const { request, decide } of prepared) {
    const before = storedOf(request, stored);
    try {
      assertNotCancelled(edit.verb, request, before);
      await assertVersion(ctx, { request, before, tx });
      const decision = decide(before, ctx.now());
      decided.push(decision && { ...decision, before });
    } catch (error) {
      if (!(error instanceof ValidationFailed)) throw error;
      findings.push(...error.findings);
    }
  }
  const all = [...edit.requests.map(({ interviewId }) => interviewId), ...edit.dependsOn];
  findings.push(...edit.judgeTogether(all.flatMap((id) => stored.get(id)?.interview ?? [])));
  if (findings.length > 0) throw new ValidationFailed(distinctFindings(findings));
  return decided.every((decision) => decision !== null) ? decided : null;
}

/** @throws ValidationFailed */
function assertNotCancelled<Q extends EditRequest, R extends object>(
  verb: Verb<Q, R>,
  { path }: Q,
  { interview }: StoredInterview,
): void {
  if (!verb.cancelled || interview.outcome !== "CANCELLED") return;
  throw new ValidationFailed([finding(verb.cancelled, [...path, "interviewId"])]);
}

/** @throws VersionConflict */
async function assertVersion(
  ctx: Context,
  { request, before, tx }: { request: EditRequest; before: StoredInterview; tx: Transaction | undefined },
): Promise<void> {
  const { expectedVersion: expected } = request;
  const { interview } = before;
  if (expected === null || (interview.editedVersion <= expected && expected <= interview.version)) return;
  throw new VersionConflict(interview, await fieldsEditedSince(tx ?? ctx.db, interview, expected));
}
