import { LRUCache } from "lru-cache";
import { statusOf, toBlock } from "../found.ts";
import type { LoopSearch } from "../load.ts";
import { zonePieces } from "../../core/zone-pieces.ts";
import { LoopFinder } from "./loop.ts";

const MINUTE = 60_000;
const MAX_KNOWN = 100;

/** What was found lately: it takes a while to compute, and whoever waits for it reads it more than once. */
const known = new LRUCache<string, LoopFinder>({ max: MAX_KNOWN });

/** The result, for as long as it can be read; null before and after. */
export function finderOf(search: LoopSearch, now: Date): LoopFinder | null {
  if (statusOf(search, now) !== "SUCCEEDED") return null;
  const found = known.get(search.id) ?? toFinder(search);
  known.set(search.id, found);
  return found;
}

type Asked = "people" | "loop" | "organizerId" | "organizerMustBeFree" | "startsAt" | "endsAt" | "timezone";

export function toFinder({
  people,
  loop,
  organizerId,
  organizerMustBeFree,
  startsAt,
  endsAt,
  timezone,
}: Pick<LoopSearch, Asked>): LoopFinder {
  const window = { start: startsAt.getTime(), end: endsAt.getTime() };
  const question = {
    ...loop,
    window,
    pieces: zonePieces(timezone, window),
    organizerId: organizerMustBeFree ? organizerId : null,
  };
  return new LoopFinder(
    question,
    (people ?? []).map(({ userId, blocks, bufferMinutes = 0, limits = [] }) => ({
      userId,
      blocks: blocks.map(toBlock),
      buffer: bufferMinutes * MINUTE,
      limits: limits.map(({ max, periods }) => ({
        max,
        periods: periods.map(([start, number, taken]) => ({ start, number, taken })),
      })),
    })),
  );
}
