import { NEVER, STEP } from "./legs.ts";

/** A leg of which it is known at which starts it can take place by itself. */
export interface BoundLeg {
  /** In minutes. */
  length: number;
  /** For each start of the grid 1 or 0. */
  fits: Uint8Array;
}

export interface BoundOptions {
  order: "AS_GIVEN" | "ANY";
  /** The shortest time between the end of a leg and the start of another that follows it, in minutes. */
  gapBetween: (leg: number, follower: number) => number;
  maxGap: number | null;
  /** For each start of the grid the last one on the same day; null when legs may lie on several days. */
  dayEnds: Int32Array | null;
}

/**
 * For a leg at each of its starts the earliest end of a loop that goes on from there, as far as legs by themselves, gaps, order and
 * days allow. Works backwards over sets of legs, so that the cost grows with the starts and not with the sequences.
 */
export class Bounds {
  readonly #legs: readonly BoundLeg[];
  readonly #options: BoundOptions;
  readonly #known = new Map<number, Int32Array>();
  readonly #least = new Map<number, Int32Array>();
  readonly #windows = new Map<string, Int32Array>();

  constructor(legs: readonly BoundLeg[], options: BoundOptions) {
    this.#legs = legs;
    this.#options = options;
  }

  /** @param left as bits, the legs that follow the leg */
  endsOf(leg: number, left: number): Int32Array {
    const key = left * this.#legs.length + leg;
    const known = this.#known.get(key);
    if (known) return known;
    const { length, fits } = this.#legs[leg] ?? { length: 0, fits: new Uint8Array(0) };
    const ends = new Int32Array(fits.length).fill(NEVER);
    if (left === 0) {
      for (let index = 0; index < fits.length; index += 1) {
        if (fits[index]) ends[index] = index * STEP + length;
      }
    }
    const byGap = Map.groupBy(this.followersOf(leg, left), (follower) => this.#options.gapBetween(leg, follower));
    for (const followers of byGap.values()) this.#goOn(ends, leg, { followers, left });
    this.#known.set(key, ends);
    return ends;
  }

  /** The legs that may come next. */
  followersOf(leg: number, left: number): number[] {
    if (left === 0) return [];
    if (this.#options.order === "AS_GIVEN") return [leg + 1];
    return [...this.#legs.keys()].filter((next) => (left & (1 << next)) !== 0);
  }

  /** The first and the last start of the grid at which a leg may follow another. */
  reachOf(leg: number, follower: number, index: number): [from: number, to: number] {
    const { length, fits } = this.#legs[leg] ?? { length: 0, fits: [] };
    const [least, most] = this.#windowOf(length, leg, follower);
    return [index + least, Math.min(index + most, this.#options.dayEnds?.[index] ?? fits.length, fits.length - 1)];
  }

  /** Where a leg fits, and one of the followers after it, the loop ends with the earliest of theirs. */
  #goOn(ends: Int32Array, leg: number, { followers, left }: { followers: readonly number[]; left: number }): void {
    const { fits, length } = this.#legs[leg] ?? { fits: new Uint8Array(0), length: 0 };
    const windows = this.#windowsOf(followers, left, this.#windowOf(length, leg, followers[0] ?? 0));
    for (let index = 0; index < windows.length; index += 1) {
      const end = windows[index] ?? NEVER;
      if (fits[index] === 1 && end < (ends[index] ?? NEVER)) ends[index] = end;
    }
  }

  /** For each start the earliest end after it, which is the same for all legs of a length. */
  #windowsOf(followers: readonly number[], left: number, [least, most]: readonly [least: number, most: number]) {
    const key = `${followers.join()} ${left} ${least} ${most}`;
    const known = this.#windows.get(key);
    if (known) return known;
    const windows = slide(this.#leastOf(followers, left), { least, most, dayEnds: this.#options.dayEnds });
    this.#windows.set(key, windows);
    return windows;
  }

  /** For each start the earliest end of a loop that goes on with any of the legs there. */
  #leastOf(followers: readonly number[], left: number): Int32Array {
    const key = followers.reduce((mask, follower) => mask | (1 << follower), 0) * (1 << this.#legs.length) + left;
    const known = this.#least.get(key);
    if (known) return known;
    const [first, ...others] = followers.map((follower) => this.endsOf(follower, left & ~(1 << follower)));
    if (!first || others.length === 0) return first ?? new Int32Array(0);
    const least = first.slice();
    for (const ends of others) {
      for (let index = 0; index < least.length; index += 1) {
        const end = ends[index] ?? NEVER;
        if (end < (least[index] ?? NEVER)) least[index] = end;
      }
    }
    this.#least.set(key, least);
    return least;
  }

  /** How many starts after a leg's own another may begin, at least and at most. */
  #windowOf(length: number, leg: number, follower: number): [least: number, most: number] {
    const { gapBetween, maxGap } = this.#options;
    const least = Math.ceil((length + gapBetween(leg, follower)) / STEP);
    return [least, maxGap === null ? NEVER : Math.floor((length + maxGap) / STEP)];
  }
}

/** The least number of a window that moves along with the index: those that a later one outdoes leave it. */
function slide(
  numbers: Int32Array,
  { least, most, dayEnds }: { least: number; most: number; dayEnds: Int32Array | null },
): Int32Array {
  const size = numbers.length;
  const found = new Int32Array(size);
  const queue = new Int32Array(size);
  let [head, tail, next] = [0, 0, 0];
  for (let index = 0; index < size; index += 1) {
    const to = Math.min(index + most, dayEnds?.[index] ?? size, size - 1);
    for (; next <= to; next += 1) {
      const number = numbers[next] ?? NEVER;
      if (number === NEVER) continue;
      while (tail > head && (numbers[queue[tail - 1] ?? 0] ?? 0) >= number) tail -= 1;
      queue[tail] = next;
      tail += 1;
    }
    while (head < tail && (queue[head] ?? 0) < index + least) head += 1;
    found[index] = head < tail ? (numbers[queue[head] ?? 0] ?? NEVER) : NEVER;
  }
  return found;
}
