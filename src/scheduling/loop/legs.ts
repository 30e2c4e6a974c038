import { finding } from "../../interview/finding.ts";
import type { Finding } from "../../interview/finding.ts";

export const MIN_LEGS = 2;
export const MAX_LEGS = 12;
/** Most changes of a loop lead to fewer mails. */
export const ASSUMED_NOTICES = 3 * MAX_LEGS;
const LEGS = ["input", "legs"];

/** Where a leg is in the input. */
export const legPath = (index: number): string[] => [...LEGS, String(index)];

export function judgeLegCount(count: number): Finding[] {
  return count < MIN_LEGS || count > MAX_LEGS ? [finding("ERR_LOOP_LEG_COUNT", LEGS, `Sent: ${count}.`)] : [];
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

/**
 * The candidate can be in one interview at a time. Of two that overlap the later one is at fault, of two that begin together the
 * one that is sent later; an interview that stays never is.
 * @returns faults in the order of the legs
 */
export function judgeOverlaps(legs: readonly LegTime[]): Finding[] {
  return legs.flatMap((leg, place) => {
    const others = legs.filter((other, at) => {
      const isEarlier = other.startsAt < leg.startsAt || (at < place && other.startsAt <= leg.startsAt);
      return (isEarlier || other.path === null) && other.startsAt < leg.endsAt && leg.startsAt < other.endsAt;
    });
    if (!leg.path || others.length === 0) return [];
    const particulars = others.map(({ name }) => `It overlaps ${name}.`).join(" ");
    return [finding("ERR_LOOP_LEGS_OVERLAP", leg.path, particulars)];
  });
}
