import { beginSearch, loadReferences } from "../compute.ts";
import type { LoopSearch } from "../load.ts";
import { requireScope } from "../../operation/authorize.ts";
import type { Context } from "../../operation/context.ts";
import { interviewerIdsOf, judgeLoopRequest } from "./request.ts";
import type { LoopRequest } from "./request.ts";

/**
 * Begins a search for the legs of a loop, and completes it when no calendar has to be asked.
 * @throws ValidationFailed; then nothing was written
 */
export async function computeLoopAvailability(
  ctx: Context,
  { legs, order, minGapMinutes, maxGapMinutes, sameDay, ...request }: LoopRequest,
): Promise<LoopSearch> {
  requireScope(ctx, "interviews:write");
  const loop = { legs: legs.map(withoutRequired), order, minGapMinutes, maxGapMinutes, sameDay };
  const interviewerIds = interviewerIdsOf(loop);
  const references = await loadReferences(ctx, request, interviewerIds);
  const judged = judgeLoopRequest({ ...request, ...loop, legs }, references, ctx.now());
  const asked = { interviewerIds, kind: null, durationMinutes: null, loop };
  return { ...(await beginSearch(ctx, { request, judged }, asked)), ...asked };
}

/** Whoever must take part cannot be chosen from the pool as well. */
function withoutRequired({ pool, ...leg }: LoopRequest["legs"][number]): LoopRequest["legs"][number] {
  return { ...leg, pool: pool && { ...pool, of: pool.of.filter((id) => !leg.interviewerIds.includes(id)) } };
}
