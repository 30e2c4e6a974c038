import { NEVER } from "./legs.ts";
import type { People } from "./legs.ts";

/** Walks over the starts of a leg that may come next, the most promising first. */
export class Cursor {
  readonly leg: number;
  /** People of whom it is enough to try the first start. */
  readonly tried: People[] = [];
  index = -1;
  /** The bound; NEVER when there are no more. */
  end = -1;
  readonly #ends: Int32Array;
  readonly #reach: { from: number; to: number; inOrder: boolean };

  constructor(leg: number, ends: Int32Array, reach: { from: number; to: number; inOrder: boolean }) {
    this.leg = leg;
    this.#ends = ends;
    this.#reach = reach;
    this.advance();
  }

  /** Looks for the next one, in time or by the bound: hardly any is gone on to often enough to be worth sorting. */
  advance(): void {
    const { from, to, inOrder } = this.#reach;
    const [index, end] = [this.index, this.end];
    this.end = NEVER;
    for (let next = inOrder ? Math.max(from, index + 1) : from; next <= to; next += 1) {
      const other = this.#ends[next] ?? NEVER;
      if (other >= this.end || (!inOrder && (other < end || (other === end && next <= index)))) continue;
      this.index = next;
      this.end = other;
      if (inOrder) return;
    }
  }

  close(): void {
    this.end = NEVER;
  }
}

export function nearest(cursors: readonly Cursor[]): Cursor | null {
  let best: Cursor | null = null;
  for (const cursor of cursors) {
    if (cursor.end !== NEVER && (!best || cursor.end < best.end)) best = cursor;
  }
  return best;
}

/** Each choice of so many, at least one: all numbers of so many bits, by their order. */
export function* choicesOf(bits: readonly number[], count: number): Generator<People> {
  const end = 1 << bits.length;
  for (let choice = (1 << count) - 1; choice < end;) {
    yield bits.reduce((people, bit, place) => ((choice & (1 << place)) !== 0 ? people | (1 << bit) : people), 0);
    const lowest = choice & -choice;
    const carried = choice + lowest;
    choice = carried | (((choice ^ carried) >>> 2) / lowest);
  }
}

/** For each start the first one from there on that is possible. */
export function nextsOf(fits: Uint8Array): Int32Array {
  const nexts = new Int32Array(fits.length);
  let next = fits.length;
  for (let index = fits.length - 1; index >= 0; index -= 1) {
    if (fits[index]) next = index;
    nexts[index] = next;
  }
  return nexts;
}
