import { GRID } from "./slots.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Orders grow with the factorial of the legs. */
export const MAX_LEGS_IN_ANY_ORDER = 6;
const MAX_SEQUENCES = 50;

/** One interview of a sequence: at which starts of the grid it can take place. */
export interface Leg {
  /** In milliseconds. */
  length: number;
  /** Starts since 1970, in quarters of an hour, in order. */
  starts: readonly number[];
}

export interface SequenceOptions {
  legs: readonly Leg[];
  order: "AS_GIVEN" | "ANY";
  /** Between the end of a leg and the start of the next, in milliseconds. */
  minGap: number;
  maxGap: number | null;
  /** Whether all legs begin on one day of the wall clock. */
  sameDay: boolean;
  /** What the wall clock is ahead of UTC at an instant, in milliseconds. */
  offsetAt: (instant: number) => number;
}

/** A time for each leg, in the order of the legs. */
export interface Sequence {
  starts: number[];
  /** From the first start to the last end, in milliseconds. */
  span: number;
}

/** A leg at one of its starts, and the best way to go on from there: where the whole sequence then ends. */
interface Placed {
  leg: number;
  start: number;
  end: number;
  next: Placed | null;
}

/** A leg, and as bits the legs that follow it. */
interface Position {
  leg: number;
  left: number;
}

/**
 * Sequences of the legs that fit, the shortest first and of equal ones the earliest: for each first start the one that ends
 * first. Works backwards over sets of legs, so that the cost grows with the starts and not with the sequences.
 */
export function findSequences(options: SequenceOptions): Sequence[] {
  const { legs, order } = options;
  const all = (1 << legs.length) - 1;
  const known = new Map<number, Placed[]>();
  const firsts = order === "AS_GIVEN" ? [0] : [...legs.keys()];
  return firsts
    .flatMap((leg) => placesOf(options, known, { leg, left: all & ~(1 << leg) }))
    .map((placed) => ({ placed, span: placed.end - placed.start * GRID }))
    .toSorted((one, other) => one.span - other.span || one.placed.start - other.placed.start)
    .slice(0, MAX_SEQUENCES)
    .map(({ placed, span }) => ({ starts: startsOf(placed, legs.length), span }));
}

/** The starts of a leg from which the legs that are left still fit, in order. */
function placesOf(options: SequenceOptions, known: Map<number, Placed[]>, { leg, left }: Position): Placed[] {
  const key = left * options.legs.length + leg;
  const done = known.get(key);
  if (done) return done;
  const { length, starts } = options.legs[leg] ?? { length: 0, starts: [] };
  const followers = followersOf(options, { leg, left }).map((next) =>
    placesOf(options, known, { leg: next, left: left & ~(1 << next) }),
  );
  const places: Placed[] = [];
  for (const start of starts) {
    const end = start * GRID + length;
    const next = left === 0 ? null : bestNext(options, { start, end }, followers);
    if (left === 0 || next) places.push({ leg, start, end: next?.end ?? end, next });
  }
  known.set(key, places);
  return places;
}

function followersOf({ order, legs }: SequenceOptions, { leg, left }: Position): number[] {
  if (left === 0) return [];
  return order === "AS_GIVEN" ? [leg + 1] : [...legs.keys()].filter((next) => (left & (1 << next)) !== 0);
}

/** Of the legs that may follow, the one at the start from which the whole ends first. */
function bestNext(
  options: SequenceOptions,
  { start, end }: { start: number; end: number },
  followers: readonly Placed[][],
): Placed | null {
  const { minGap, maxGap, sameDay } = options;
  const from = Math.ceil((end + minGap) / GRID);
  const until = maxGap === null ? Number.POSITIVE_INFINITY : Math.floor((end + maxGap) / GRID);
  const day = sameDay ? dayOf(options, start) : null;
  let best: Placed | null = null;
  for (const places of followers) {
    for (let index = firstFrom(places, from); index < places.length; index += 1) {
      const place = places[index];
      if (!place || place.start > until || (day !== null && dayOf(options, place.start) !== day)) break;
      if (!best || place.end < best.end) best = place;
      // Without a longest gap, whatever follows a later start can follow this one too.
      if (maxGap === null) break;
    }
  }
  return best;
}

const dayOf = ({ offsetAt }: SequenceOptions, start: number) =>
  Math.floor((start * GRID + offsetAt(start * GRID)) / DAY_MS);

function firstFrom(places: readonly Placed[], from: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle]?.start ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function startsOf(first: Placed, count: number): number[] {
  const starts = Array.from({ length: count }, () => 0);
  for (let place: Placed | null = first; place; place = place.next) starts[place.leg] = place.start;
  return starts;
}
