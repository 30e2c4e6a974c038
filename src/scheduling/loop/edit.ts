import type { SentIds } from "../../core/id.ts";
import { applicationInAccount } from "../../hiring/load.ts";
import { finding } from "../../interview/finding.ts";
import type { Finding } from "../../interview/finding.ts";
import type { Interview } from "../../interview/load.ts";
import { authorizeCaller, managedOf } from "../../interview/permission.ts";
import { requireScope } from "../../operation/authorize.ts";
import type { Context } from "../../operation/context.ts";
import type { KeyUse } from "../../operation/idempotency.ts";
import type { Notice } from "../../provisioning/notice.ts";
import { loaded } from "../../read/loader.ts";
import type { Answered } from "../edit/joint-edit.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { findLoopToChange } from "./find.ts";
import { interviewsOfLoop } from "./load.ts";
import type { InterviewLoop } from "./load.ts";
import { LoopNotFound } from "./refusal.ts";

/** What every request to change a loop says. */
export interface LoopEditRequest {
  /** The ids as they were sent. */
  ids: SentIds;
  loopId: string;
  /** Why, for history. */
  reason: string | null;
  idempotencyKey: string | null;
}

/** A loop that the caller may change, and its interviews by start. */
export interface LoopToEdit {
  loop: InterviewLoop;
  interviews: Interview[];
}

/** A mail, and the interview that it is about. */
export interface LoopNotice extends Notice {
  interview: Interview;
}

export interface EditedLoop {
  loop: InterviewLoop;
  notices: LoopNotice[];
  /** Whether an earlier call under the same key had done it. */
  replayed: boolean;
}

/** @throws LoopNotFound; RequestError FORBIDDEN */
export async function findLoopToEdit(ctx: Context, { ids, loopId }: LoopEditRequest): Promise<LoopToEdit> {
  requireScope(ctx, "interviews:write");
  const loop = await findLoopToChange(ctx, loopId);
  if (!loop) throw new LoopNotFound(ids.explain("InterviewLoop", loopId));
  const application = await loaded(ctx.load(applicationInAccount, loop.applicationId));
  await authorizeCaller(ctx, () => managedOf(ctx, application));
  return { loop, interviews: await loaded(ctx.load(interviewsOfLoop, loopId)) };
}

/** An interview as a request names it. */
export interface NamedLeg {
  interviewId: string;
  path: string[];
}

/** Faults of the interviews that a request names: it names one of another loop, or one of them twice. */
export function judgeNames(legs: readonly NamedLeg[], { interviews }: LoopToEdit, ids: SentIds): Finding[] {
  const known = new Set(interviews.map(({ id }) => id));
  const named = new Set<string>();
  return legs.flatMap(({ interviewId, path }) => {
    const at = [...path, "interviewId"];
    if (!known.has(interviewId)) return [finding("ERR_LOOP_LEG_NOT_FOUND", at, ids.explain("Interview", interviewId))];
    if (named.has(interviewId)) return [finding("ERR_LOOP_LEG_REPEATED", at)];
    named.add(interviewId);
    return [];
  });
}

/** @param asked what the request says beside loop and reason, in one form for all that mean the same */
export function keyUseOf(operation: string, request: LoopEditRequest, asked: object): KeyUse | null {
  const { idempotencyKey: key, loopId, reason } = request;
  return key === null ? null : { operation, key, fingerprint: fingerprintOf({ loopId, reason, ...asked }) };
}

/** Mails as an answer keeps them: a repetition may find the interviews in another order. */
export interface KeptNotice extends Notice {
  interviewId: string;
}

export const noticesToKeep = (answers: readonly Answered<{ notices: Notice[] }>[]): KeptNotice[] =>
  answers.flatMap(({ interviewId, answer }) => answer.notices.map((notice) => ({ ...notice, interviewId })));

export const toLoopNotices = (notices: readonly KeptNotice[], interviews: readonly Interview[]): LoopNotice[] =>
  notices.flatMap(({ interviewId, ...notice }) => {
    const interview = interviews.find(({ id }) => id === interviewId);
    return interview ? [{ ...notice, interview }] : [];
  });
