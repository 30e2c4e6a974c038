import { Bounds } from "./bounds.ts";
import { choicesOf, Cursor, nearest, nextsOf } from "./cursor.ts";
import { bitsOf, countOf, NEVER, startsFor, STEP } from "./legs.ts";
import type { LegTimes, People, Placed } from "./legs.ts";
import type { LimitBounds } from "./limit-bounds.ts";
import type { Together } from "./together.ts";

export const MAX_SEQUENCES = 50;
/** How many places of a leg are tried, before the search ends with what it has; each first start has its share. */
export const MAX_STEPS = 6_000;
/** How much of that is for one first start from which nothing has been found. */
const MAX_SHARE = 0.1;

export interface Grid {
  /** The first quarter of an hour, in milliseconds, and how many there are. */
  first: number;
  size: number;
  /** For each start the last one on the same day; null when legs may lie on several days. */
  dayEnds: Int32Array | null;
}

export interface SequenceOptions {
  order: "AS_GIVEN" | "ANY";
  maxGap: number | null;
  grid: Grid;
  /** Who can take part, for each leg and start of the grid. */
  able: readonly Int32Array[];
  maxSteps: number;
}

/** A time and people for each leg, in minutes since the grid's first start. */
export interface Sequence {
  /** In the order of time. */
  legs: Placed[];
  start: number;
  end: number;
}

export interface Sequences {
  sequences: Sequence[];
  /** Whether those are all and the best, or what there was time to find. */
  complete: boolean;
  /** Whether times fit, people aside who would come into their own way. */
  timesFit: boolean;
}

/** A start of a leg that can be the first one. */
interface First {
  leg: number;
  index: number;
  start: number;
  end: number;
}

/** The best way to go on: the last leg, which all others hang on. */
type Way = Placed | null;

/**
 * Finds the sequences of legs that fit, the shortest first and of equal ones the earliest: for each leg that can be the first, at each
 * start, the one that ends first. The bounds, which overlook that people may come into their own way, lead a search that does not.
 */
export class SequenceSearch {
  readonly #legs: readonly LegTimes[];
  readonly #together: Together;
  readonly #options: SequenceOptions;
  readonly #bounds: Bounds;
  readonly #limits: LimitBounds;
  /** What was found for a leg and its start, and for whatever of the legs before matters to those that are left. */
  readonly #known = new Map<string, Way>();
  #steps = 0;
  /** Where the search from a first start ends, when it has found a sequence and when it has not. */
  #fairSteps = 0;
  #maxSteps = 0;

  constructor(legs: readonly LegTimes[], together: Together, options: SequenceOptions) {
    const fits = legs.map((leg, index) => startsFor(leg, options.able[index] ?? new Int32Array(0)));
    const { order, maxGap, grid } = options;
    this.#legs = legs;
    this.#together = together;
    this.#options = options;
    this.#limits = together.limitBounds(fits.map(nextsOf));
    this.#bounds = new Bounds(
      legs.map(({ length }, index) => ({ length, fits: fits[index] ?? new Uint8Array(0) })),
      { order, maxGap, dayEnds: grid.dayEnds, gapBetween: (leg, follower) => together.gapBetween(leg, follower) },
    );
  }

  find(): Sequences {
    const { maxSteps } = this.#options;
    const firsts = this.#firsts();
    const found: { first: First; sequence: Sequence }[] = [];
    let complete = true;
    for (const key of firsts) {
      const first = this.#firstOf(key);
      const worst = found[MAX_SEQUENCES - 1];
      if (worst && rank(worst.first, first) <= 0) break;
      if (this.#steps >= maxSteps) {
        complete = false;
        break;
      }
      this.#fairSteps = this.#steps + (maxSteps - this.#steps) / Math.max(1, MAX_SEQUENCES - found.length);
      this.#maxSteps = Math.min(maxSteps, Math.max(this.#fairSteps, this.#steps + maxSteps * MAX_SHARE));
      const last = this.#bestFrom(first, worst ? worst.first.end - worst.first.start : NEVER);
      // One that ends where the bound says is the best, however the search has ended.
      if (this.#steps >= this.#maxSteps && last?.end !== first.end) complete = false;
      if (!last) continue;
      const sequence = { legs: chainOf(last), start: first.start, end: last.end };
      const at = found.findLastIndex((other) => rank(other.first, { ...first, end: last.end }) <= 0) + 1;
      found.splice(at, 0, { first: { ...first, end: last.end }, sequence });
      found.splice(MAX_SEQUENCES);
    }
    return { sequences: found.map(({ sequence }) => sequence), complete, timesFit: firsts.length > 0 };
  }

  /** Those from which a sequence may go on, the most promising first: as numbers that sort like {@link rank}. */
  #firsts(): Float64Array {
    const legs = this.#legs.length;
    const { size } = this.#options.grid;
    const firsts: number[] = [];
    for (let leg = 0; leg < (this.#options.order === "ANY" ? legs : 1); leg += 1) {
      const ends = this.#bounds.endsOf(leg, allBut(legs, leg));
      for (let index = 0; index < size; index += 1) {
        const end = ends[index] ?? NEVER;
        if (end !== NEVER) firsts.push(((end - index * STEP) * size + index) * legs + leg);
      }
    }
    return Float64Array.from(firsts).toSorted();
  }

  #firstOf(key: number): First {
    const legs = this.#legs.length;
    const { size } = this.#options.grid;
    const index = Math.floor(key / legs) % size;
    const start = index * STEP;
    return { leg: key % legs, index, start, end: start + Math.floor(key / legs / size) };
  }

  /** @param longest a longer sequence is not wanted */
  #bestFrom({ leg, index, start, end }: First, longest: number): Way {
    const left = allBut(this.#legs.length, leg);
    let best: Way = null;
    const all = left | (1 << leg);
    const tooLong = (least: number) => least === NEVER || least > start + longest;
    if (tooLong(this.#limits.boundFrom(index, all, this.#lastFrom(index, start, all)))) return null;
    for (const placed of this.#placesAt(leg, index, null)) {
      if (this.#steps >= this.#maxSteps) break;
      this.#steps += 1;
      if (tooLong(this.#limits.boundOf(placed, left, this.#lastFrom(index, placed.end, left)))) continue;
      const way = this.#bestAfter(placed, left);
      if (way && (!best || way.end < best.end)) best = way;
      if (best?.end === end) break;
    }
    return best;
  }

  /** The last leg of the best sequence that goes on from there. */
  #bestAfter(placed: Placed, left: number): Way {
    if (left === 0) {
      this.#maxSteps = Math.min(this.#maxSteps, Math.max(this.#steps, this.#fairSteps));
      return placed;
    }
    const key =
      this.#together.people === 0 ? "" : `${left} ${placed.leg} ${placed.index}${this.#together.stateOf(placed, left)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known && rehang(known, placed);
    let best: Way = null;
    const cursors = this.#cursorsAfter(placed, left);
    for (let cursor = nearest(cursors); cursor && this.#steps < this.#maxSteps; cursor = nearest(cursors)) {
      if (best && cursor.end >= best.end) break;
      this.#steps += 1;
      const way = this.#bestAt(cursor, { placed, left, best });
      if (way) best = way;
      // Without a pool there is one choice of people.
      if (cursor.tried.includes(0) || (cursor.tried.length > 0 && this.#legs[cursor.leg]?.need === 0)) cursor.close();
      else cursor.advance();
    }
    if (key !== "" && this.#steps < this.#maxSteps) this.#known.set(key, best);
    return best;
  }

  /** The best sequence that goes on with a leg at a start, when it is better than the best so far. */
  #bestAt(cursor: Cursor, { placed, left, best: least }: { placed: Placed; left: number; best: Way }): Way {
    let best: Way = null;
    const rest = left & ~(1 << cursor.leg);
    for (const next of this.#placesAt(cursor.leg, cursor.index, placed)) {
      const people = next.seats & this.#together.people;
      if (cursor.tried.some((fewer) => (fewer & people) === fewer)) continue;
      // Without a longest gap whoever can take part at a start may as well do so, as far as later legs go.
      if (this.#options.maxGap === null) cursor.tried.push(people);
      this.#steps += 1;
      const most = best?.end ?? least?.end ?? NEVER;
      if (this.#limits.boundOf(next, rest, this.#lastFrom(next.index, next.end, rest)) >= most) continue;
      const way = this.#bestAfter(next, rest);
      if (way && way.end < most) best = way;
      if (best?.end === cursor.end) break;
    }
    return best;
  }

  /** Up to which start the legs that are left may follow. */
  #lastFrom(index: number, end: number, left: number): number {
    const { grid, maxGap } = this.#options;
    const day = grid.dayEnds?.[index] ?? grid.size - 1;
    if (maxGap === null) return day;
    let latest = end;
    for (const [leg, { length }] of this.#legs.entries()) if ((left & (1 << leg)) !== 0) latest += maxGap + length;
    return Math.min(day, Math.floor(latest / STEP));
  }

  #cursorsAfter(placed: Placed, left: number): Cursor[] {
    return this.#bounds.followersOf(placed.leg, left).map((leg) => {
      const ends = this.#bounds.endsOf(leg, left & ~(1 << leg));
      const [soonest, to] = this.#bounds.reachOf(placed.leg, leg, placed.index);
      const from = Math.max(soonest, this.#together.earliestOf(leg, placed));
      // Without a longest gap an earlier start is never worse.
      return new Cursor(leg, ends, { from, to, inOrder: this.#options.maxGap === null });
    });
  }

  /** A leg at a start, with each choice of people that matters. */
  *#placesAt(leg: number, index: number, previous: Placed | null): Generator<Placed> {
    const times = this.#legs[leg];
    const able = this.#options.able[leg]?.[index] ?? 0;
    if (!times) return;
    const start = index * STEP;
    const at = { leg, index, start, end: start + times.length, seats: times.required };
    const allows = (bit: number, seats: People) => this.#together.allows(bit, { ...at, seats }, previous);
    const place = (chosen: People): Placed => {
      return { ...at, seats: at.seats | chosen, present: times.present | chosen, previous };
    };
    const own = this.#together.people;
    if (!bitsOf(times.present & own).every((bit) => allows(bit, times.required))) return;
    const loose = able & times.pool & ~own;
    const missing = times.need - countOf(loose);
    const free = times.free[index] ?? 0;
    const inOrder = (people: People) => [...bitsOf(people & free), ...bitsOf(people & ~free)];
    if (missing <= 0) {
      yield place(setOf(inOrder(loose).slice(0, times.need)));
      return;
    }
    const others = inOrder(able & times.pool & own).filter((bit) => allows(bit, 1 << bit));
    for (const chosen of choicesOf(others, missing)) yield place(loose | chosen);
  }
}

const allBut = (legs: number, leg: number) => ((1 << legs) - 1) & ~(1 << leg);

/** The shortest first, then the earliest. */
const rank = (one: First, other: First): number =>
  one.end - one.start - (other.end - other.start) || one.start - other.start || one.leg - other.leg;

const setOf = (bits: readonly number[]): People => bits.reduce((people, bit) => people | (1 << bit), 0);

function chainOf(last: Placed): Placed[] {
  const legs: Placed[] = [];
  for (let placed: Placed | null = last; placed; placed = placed.previous) legs.unshift(placed);
  return legs;
}

/** The legs after a place, after an equal one. */
const rehang = (last: Placed, place: Placed): Placed =>
  chainOf(last)
    .filter(({ start }) => start > place.start)
    .reduce((previous, leg) => ({ ...leg, previous }), place);
