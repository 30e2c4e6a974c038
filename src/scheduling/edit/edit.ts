import type { Interview } from "../../interview/load.ts";
import type { Context } from "../../operation/context.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { checkTogether, editTogether } from "./joint-edit.ts";
import type { JointEdit, JointlyEdited } from "./joint-edit.ts";
import type { EditRequest, Verb } from "./verb.ts";

export interface Edited<R extends object> extends Omit<JointlyEdited<R>, "interviews"> {
  interview: Interview;
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
  return single(await editTogether(ctx, ofOne(verb, request)));
}

/** The same without writing anything. */
export async function checkEdit<Q extends EditRequest, R extends object>(
  ctx: Context,
  verb: Verb<Q, R>,
  request: Q,
): Promise<Edited<R>> {
  return single(await checkTogether(ctx, ofOne(verb, request)));
}

function ofOne<Q extends EditRequest, R extends object>(verb: Verb<Q, R>, request: Q): JointEdit<Q, R, R> {
  const { operation, canonical = (asked) => asked } = verb;
  const { idempotencyKey: key, interviewId: subjectId } = request;
  const asked = () => ({ ...canonical(request), ids: null, path: undefined, idempotencyKey: null });
  return {
    verb,
    requests: [request],
    dependsOn: [],
    subjectId,
    key: key === null ? null : { operation, key, fingerprint: fingerprintOf(asked()) },
    judgeTogether: () => [],
    answerOf: ([answered]) => given(answered).answer,
  };
}

function single<R extends object>({ interviews: [interview], replayed, answer }: JointlyEdited<R>): Edited<R> {
  return { interview: given(interview), replayed, answer };
}

function given<T>(item: T | undefined): T {
  if (item === undefined) throw new Error("An edit of one interview has none.");
  return item;
}
