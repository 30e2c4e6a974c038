import { newId } from "../../core/id.ts";
import { interviewLoops } from "../../db/schema/loop.ts";
import type { Context } from "../../operation/context.ts";
import type { KeyUse } from "../../operation/idempotency.ts";
import type { Creation } from "../create/create-rules.ts";
import { canonicalRequest } from "../create/canonical.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { applicationNotFound, createTogether } from "../create/joint-create.ts";
import type { CreateRequest } from "../create/request.ts";
import type { InterviewWarning } from "../warning.ts";
import { ValidationFailed } from "../../interview/finding.ts";
import { findLoopToChange } from "./find.ts";
import { judgeLegCount, judgeOverlaps, MAX_LEGS } from "./legs.ts";
import type { InterviewLoop } from "./load.ts";
import { byLeg } from "./refusal.ts";

/** A request to schedule a loop, with the ids of the tables. */
export interface LoopRequest {
  name: string | null;
  /** An interview each. What the legs have in common, each of them has. */
  legs: CreateRequest[];
  idempotencyKey: string | null;
  validateOnly: boolean;
}

export interface ScheduledLoop {
  loop: InterviewLoop;
  /** Whether an earlier call under the same key had scheduled it. */
  replayed: boolean;
  warnings: InterviewWarning[];
}

/** A request that asked only to be checked, and would be accepted. */
export type ValidLoop = Pick<ScheduledLoop, "warnings">;

/**
 * Creates a loop with all its interviews.
 * @throws ApplicationNotFound, ValidationFailed, LoopConflict, IdempotencyKeyReused; then nothing was written
 */
export async function scheduleLoop(ctx: Context, request: LoopRequest): Promise<ScheduledLoop | ValidLoop> {
  const { legs, name, validateOnly } = request;
  const [first] = legs;
  const miscounted = judgeLegCount(legs.length);
  if (!first) throw new ValidationFailed(miscounted);
  const loop = {
    accountId: ctx.accountId,
    id: newId(),
    applicationId: first.applicationId,
    name,
    createdAt: ctx.now(),
  };
  const created = await byLeg(
    createTogether(ctx, {
      interviews: legs.slice(0, MAX_LEGS).map((leg) => ({ id: newId(), request: leg })),
      subjectId: loop.id,
      key: keyUse(request),
      validateOnly,
      judgeTogether: (creations) => [...miscounted, ...judgeOverlaps(creations.flatMap(timeOf))],
      async writeBefore(tx) {
        await tx.insert(interviewLoops).values(loop);
        return { loopId: loop.id };
      },
    }),
  );
  if (created.earlier) {
    const existing = await findLoopToChange(ctx, created.earlier.subjectId);
    if (!existing) throw applicationNotFound(first);
    return { loop: existing, replayed: true, ...(created.earlier.result as ValidLoop) };
  }
  const { interviews, warnings } = created;
  return interviews ? { loop, replayed: false, warnings } : { warnings };
}

/** Nothing for a leg whose time was refused. */
function timeOf({ request: { path }, schedule: { start, endsAt } }: Creation) {
  if (!start || !endsAt) return [];
  return [{ name: `leg ${path.at(-1)}`, path: [...path, "startTime"], startsAt: start.instant, endsAt }];
}

function keyUse({ idempotencyKey: key, validateOnly, name, legs }: LoopRequest): KeyUse | null {
  if (key === null || validateOnly) return null;
  return { operation: "scheduleLoop", key, fingerprint: fingerprintOf({ name, legs: legs.map(canonicalRequest) }) };
}
