import { judgeAround, judgeInterviewers, judgeLength, judgeMinutes, MAX_INTERVIEWERS } from "../request.ts";
import type { JudgedRequest, References, WindowRequest } from "../request.ts";
import type { StoredLoop, StoredLoopLeg } from "../../db/schema/availability.ts";
import { MAX_LEGS, MIN_LEGS } from "../../scheduling/loop/legs.ts";
import { finding } from "../../interview/finding.ts";
import type { Finding } from "../../interview/finding.ts";

/** A request to find times for a loop, with the ids of the tables; each leg has each person once. */
export interface LoopRequest extends WindowRequest, StoredLoop {}

/** Orders grow with the factorial of the legs. */
const MAX_LEGS_IN_ANY_ORDER = 6;
/** Each person of a loop is a bit of an integer, and so is the organizer. */
const MAX_PEOPLE = 30;
const MAX_GAP_MINUTES = 7 * 24 * 60;

const at = (...fields: (string | number)[]) => ["input", ...fields.map(String)];

/** All interviewers of all legs, each once. */
export const interviewerIdsOf = ({ legs }: Pick<StoredLoop, "legs">): string[] => [
  ...new Set(legs.flatMap(({ interviewerIds, pool }) => [...interviewerIds, ...(pool?.of ?? [])])),
];

/** Finds every fault of a request at once. */
export function judgeLoopRequest(request: LoopRequest, references: References, now: Date): JudgedRequest {
  return judgeAround(request, { references, now }, [
    ...judgeCounts(request),
    ...request.legs.flatMap((leg, index) => judgeLeg(leg, request, { references, path: at("legs", index) })),
    ...judgeGaps(request),
  ]);
}

function judgeCounts({ legs, order }: LoopRequest): Finding[] {
  const findings: Finding[] = [];
  const people = interviewerIdsOf({ legs }).length;
  if (legs.length < MIN_LEGS || legs.length > (order === "ANY" ? MAX_LEGS_IN_ANY_ORDER : MAX_LEGS)) {
    findings.push(finding("ERR_LOOP_LEG_COUNT", at("legs"), `Sent: ${legs.length}.`));
  }
  if (people > MAX_PEOPLE) findings.push(finding("ERR_TOO_MANY_INTERVIEWERS", at("legs"), `Sent: ${people}.`));
  return findings;
}

function judgeLeg(
  { durationMinutes, interviewerIds, pool }: StoredLoopLeg,
  request: LoopRequest,
  { references, path }: { references: References; path: string[] },
): Finding[] {
  const pooled = [...path, "pool", "of"];
  const required = [...path, "interviewerIds"];
  return [
    ...judgeLength(durationMinutes, [...path, "durationMinutes"]),
    ...(pool && interviewerIds.length === 0
      ? []
      : judgeInterviewers(interviewerIds, request, { references, path: required })),
    ...(pool ? judgeInterviewers(pool.of, request, { references, path: pooled }) : []),
    ...judgeTogether(interviewerIds, pool, path),
  ];
}

function judgeTogether(interviewerIds: readonly string[], pool: StoredLoopLeg["pool"], path: string[]): Finding[] {
  if (!pool) return [];
  const findings: Finding[] = [];
  const others = pool.of.filter((id) => !interviewerIds.includes(id)).length;
  if (pool.of.length > 0 && (pool.need < 1 || pool.need > others)) {
    findings.push(finding("ERR_POOL_NEED_OUT_OF_RANGE", [...path, "pool", "need"], `It has ${others}.`));
  }
  // Lists that are too long by themselves have been told.
  const parts = Math.max(interviewerIds.length, pool.of.length);
  const all = interviewerIds.length + others;
  if (all > MAX_INTERVIEWERS && parts <= MAX_INTERVIEWERS) {
    findings.push(finding("ERR_TOO_MANY_INTERVIEWERS", path, `Sent: ${all}.`));
  }
  return findings;
}

function judgeGaps({ minGapMinutes, maxGapMinutes }: LoopRequest): Finding[] {
  const shortest = judgeMinutes(minGapMinutes, at("minGapMinutes"), { max: MAX_GAP_MINUTES });
  if (maxGapMinutes === null) return shortest;
  const min = shortest.length === 0 ? minGapMinutes : 0;
  return [...shortest, ...judgeMinutes(maxGapMinutes, at("maxGapMinutes"), { min, max: MAX_GAP_MINUTES })];
}
