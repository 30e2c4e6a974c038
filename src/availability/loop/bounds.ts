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

  /** Takes the least end within a window that moves along with the starts: those that a later one outdoes leave it. */
  #goOn(ends: Int32Array, leg: number, { followers, left }: { followers: readonly number[]; left: number }): void {
    const after = this.#leastOf(followers, left);
    const { fits, length } = this.#legs[leg] ?? { fits: new Uint8Array(0), length: 0 };
    const { dayEnds } = this.#options;
    const [least, most] = this.#windowOf(length, leg, followers[0] ?? 0);
    const size = after.length;
    const queue = new Int32Array(size);
    let [head, tail, next] = [0, 0, 0];
    for (let index = 0; index < size; index += 1) {
      const to = Math.min(index + most, dayEnds?.[index] ?? size, size - 1);
      for (; next <= to; next += 1) {
        const end = after[next] ?? NEVER;
        if (end === NEVER) continue;
        while (tail > head && (after[queue[tail - 1] ?? 0] ?? 0) >= end) tail -= 1;
        queue[tail] = next;
        tail += 1;
      }
      while (head < tail && (queue[head] ?? 0) < index + least) head += 1;
      if (head < tail && fits[index] === 1) ends[index] = Math.min(ends[index] ?? 0, after[queue[head] ?? 0] ?? 0);
    }
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
    return [least, maxGap === null ? Number.POSITIVE_INFINITY : Math.floor((length + maxGap) / STEP)];
  }
}
