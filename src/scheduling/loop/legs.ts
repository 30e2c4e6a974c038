import { finding } from "../../interview/finding.ts";
import type { Finding } from "../../interview/finding.ts";

export const MIN_LEGS = 2;
export const MAX_LEGS = 12;
const LEGS = ["input", "legs"];

/** Where a leg is in the input. */
export const legPath = (index: number): string[] => [...LEGS, String(index)];

export function judgeLegCount(count: number): Finding[] {
  return count < MIN_LEGS || count > MAX_LEGS ? [finding("ERR_LOOP_LEG_COUNT", LEGS, `These are ${count}.`)] : [];
}

/** When one interview of a loop is to be held. */
export interface LegTime {
  /** What messages call it. */
  name: string;
  /** Where its start is in the input; null when the interview stays at its time. */
  path: string[] | null;
  startsAt: Date;
  endsAt: Date;
}

/** The candidate can be in one interview at a time. What overlaps and stays is not judged. */
export function judgeOverlaps(legs: readonly LegTime[]): Finding[] {
  const findings: Finding[] = [];
  let last: LegTime | undefined;
  for (const leg of legs.toSorted((one, other) => one.startsAt.getTime() - other.startsAt.getTime())) {
    if (last && leg.startsAt < last.endsAt) {
      const [sent, other] = leg.path ? [leg, last] : [last, leg];
      if (sent.path) findings.push(finding("ERR_LOOP_LEGS_OVERLAP", sent.path, `It overlaps ${other.name}.`));
    }
    if (!last || leg.endsAt > last.endsAt) last = leg;
  }
  return findings;
}
