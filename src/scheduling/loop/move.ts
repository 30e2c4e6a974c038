import { encodeId } from "../../core/id.ts";
import { isTimeZone, parseTime } from "../../core/zone.ts";
import type { Interview } from "../../interview/load.ts";
import type { Context } from "../../operation/context.ts";
import { checkTogether, editTogether } from "../edit/joint-edit.ts";
import type { JointEdit } from "../edit/joint-edit.ts";
import { canonicalChanges, UPDATE } from "../update/update.ts";
import type { UpdateAnswer, UpdateRequest } from "../update/update.ts";
import type { InterviewWarning } from "../warning.ts";
import { findLoopToEdit, judgeNames, keyUseOf, noticesToKeep, toLoopNotices } from "./edit.ts";
import type { EditedLoop, KeptNotice, LoopEditRequest, LoopToEdit, NamedLeg } from "./edit.ts";
import { judgeOverlaps } from "./legs.ts";
import type { LegTime } from "./legs.ts";
import { byLeg } from "./refusal.ts";

/** A new start of an interview. */
export interface LegMove extends NamedLeg {
  startTime: string;
  /** The version that the caller has seen; null when versions are not compared. */
  expectedVersion: number | null;
}

export interface MoveLoopRequest extends LoopEditRequest {
  legs: LegMove[];
  /** The zone of all of them from now on; null when each keeps its own. */
  timezone: string | null;
  conflictPolicy: "REJECT" | "ALLOW";
  conflictReason: string | null;
  validateOnly: boolean;
}

export interface MovedLoop extends EditedLoop {
  warnings: InterviewWarning[];
}

interface MoveAnswer {
  notices: KeptNotice[];
  warnings: InterviewWarning[];
}

/**
 * Moves interviews of a loop, which may take each other's place; the others stay.
 * @throws LoopNotFound, ValidationFailed, VersionConflict, LoopConflict, IdempotencyKeyReused; RequestError FORBIDDEN. Then
 *   nothing was written
 */
export async function moveLoop(ctx: Context, request: MoveLoopRequest): Promise<MovedLoop> {
  const found = await findLoopToEdit(ctx, request);
  const edit = editOf(request, found);
  const { interviews, replayed, answer } = await byLeg(
    request.validateOnly ? checkTogether(ctx, edit) : editTogether(ctx, edit),
  );
  const { notices, warnings } = answer;
  return { loop: found.loop, replayed, notices: toLoopNotices(notices, interviews), warnings };
}

function editOf(request: MoveLoopRequest, found: LoopToEdit): JointEdit<UpdateRequest, UpdateAnswer, MoveAnswer> {
  const { legs, ids } = request;
  const misnamed = judgeNames(legs, found, ids);
  const all = found.interviews.map(({ id }) => id);
  const moved = new Map<string, LegMove>();
  for (const leg of legs) {
    if (all.includes(leg.interviewId) && !moved.has(leg.interviewId)) moved.set(leg.interviewId, leg);
  }
  return {
    verb: UPDATE,
    requests: [...moved.values()].map((leg) => toUpdate(request, leg)),
    dependsOn: all.filter((id) => !moved.has(id)),
    subjectId: request.loopId,
    key: keyUseOf("moveLoop", request, canonical(request)),
    judgeTogether: (interviews) => [
      ...misnamed,
      ...judgeOverlaps(interviews.flatMap((interview) => timeOf(interview, moved.get(interview.id), request))),
    ],
    answerOf: (answers) => ({
      notices: noticesToKeep(answers),
      warnings: answers.flatMap(({ answer }) => answer.warnings),
    }),
  };
}

function toUpdate(request: MoveLoopRequest, { interviewId, path, startTime, expectedVersion }: LegMove): UpdateRequest {
  const { ids, timezone, conflictPolicy, conflictReason, reason, validateOnly } = request;
  return {
    ids,
    path,
    interviewId,
    expectedVersion,
    idempotencyKey: null,
    changes: { startTime, timezone: timezone ?? undefined },
    conflictPolicy,
    conflictReason,
    reason,
    validateOnly,
    pathOf: (field) => (field === "timezone" ? ["input", field] : [...path, "startTime"]),
  };
}

/** When an interview is to be held; nothing where the new start cannot be read, or it is not held at all. */
function timeOf(interview: Interview, leg: LegMove | undefined, { timezone }: MoveLoopRequest): LegTime[] {
  const { startsAt, endsAt, outcome } = interview;
  if (outcome === "CANCELLED") return [];
  if (!leg) return [{ name: `${encodeId("Interview", interview.id)}, which stays`, path: null, startsAt, endsAt }];
  const zone = timezone ?? interview.timezone;
  const read = isTimeZone(zone) ? parseTime(leg.startTime, zone) : null;
  if (!read?.ok) return [];
  const start = read.time.instant;
  const end = new Date(start.getTime() + endsAt.getTime() - startsAt.getTime());
  return [{ name: `leg ${leg.path.at(-1)}`, path: [...leg.path, "startTime"], startsAt: start, endsAt: end }];
}

/** Times by what they mean. */
function canonical({ legs, timezone, conflictPolicy, conflictReason }: MoveLoopRequest): object {
  const times = legs.map(({ interviewId, startTime, expectedVersion }) => ({
    interviewId,
    expectedVersion,
    ...canonicalChanges({ startTime, timezone }),
  }));
  return { times, timezone, conflictPolicy, conflictReason };
}
