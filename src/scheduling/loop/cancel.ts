import { finding } from "../../interview/finding.ts";
import type { Finding } from "../../interview/finding.ts";
import { meetingStatus } from "../../interview/lifecycle.ts";
import type { MeetingStatus } from "../../interview/lifecycle.ts";
import type { Interview } from "../../interview/load.ts";
import type { Context } from "../../operation/context.ts";
import { CANCEL } from "../cancel/cancel.ts";
import type { CancelAnswer, CancelRequest } from "../cancel/cancel.ts";
import { editTogether } from "../edit/joint-edit.ts";
import type { Verb } from "../edit/verb.ts";
import { findLoopToEdit, judgeNames, keyUseOf, noticesToKeep, toLoopNotices } from "./edit.ts";
import type { EditedLoop, LoopEditRequest, NamedLeg } from "./edit.ts";

export interface CancelLoopRequest extends LoopEditRequest {
  /** Versions that the caller has seen; those of other interviews are not compared. */
  expectedVersions: (NamedLeg & { version: number })[];
}

const OVER: readonly MeetingStatus[] = ["ENDED", "CANCELLED", "CANDIDATE_NO_SHOW"];

const isOver = (interview: Interview, now: Date): boolean => OVER.includes(meetingStatus(interview, now));

/** An interview that is over stays as it is. */
const CANCEL_LEG: Verb<CancelRequest, CancelAnswer> = {
  ...CANCEL,
  operation: "cancelLoop",
  cancelled: null,
  async prepare(ctx, request, snapshot) {
    const decide = await CANCEL.prepare(ctx, request, snapshot);
    return (stored, now) =>
      isOver(stored.interview, now) ? { change: null, answer: { notices: [] } } : decide(stored, now);
  },
};

/**
 * Cancels the interviews of a loop that are not over.
 * @throws LoopNotFound, ValidationFailed, VersionConflict, IdempotencyKeyReused; RequestError FORBIDDEN. Then nothing was written
 */
export async function cancelLoop(ctx: Context, request: CancelLoopRequest): Promise<EditedLoop> {
  const { ids, reason, expectedVersions } = request;
  const found = await findLoopToEdit(ctx, request);
  const misnamed = judgeNames(expectedVersions, found, ids);
  const versions = new Map(expectedVersions.map(({ interviewId, version }) => [interviewId, version]));
  const { interviews, replayed, answer } = await editTogether(ctx, {
    verb: CANCEL_LEG,
    requests: found.interviews.map(({ id: interviewId }) => ({
      ids,
      path: ["input"],
      interviewId,
      expectedVersion: versions.get(interviewId) ?? null,
      idempotencyKey: null,
      reason,
    })),
    dependsOn: [],
    subjectId: request.loopId,
    key: keyUseOf("cancelLoop", request, { versions: expectedVersions }),
    judgeTogether: (all) => [...misnamed, ...judgeRest(all, ctx.now())],
    answerOf: (answers) => ({ notices: noticesToKeep(answers) }),
  });
  return { loop: found.loop, replayed, notices: toLoopNotices(answer.notices, interviews) };
}

function judgeRest(interviews: readonly Interview[], now: Date): Finding[] {
  if (interviews.some((interview) => !isOver(interview, now))) return [];
  return [finding("ERR_LOOP_IS_OVER", ["input", "loopId"])];
}
