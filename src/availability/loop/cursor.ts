import { NEVER } from "./legs.ts";
import type { People } from "./legs.ts";

/** Walks over the starts of a leg that may come next, the most promising first. */
export class Cursor {
  readonly leg: number;
  /** People of whom it is enough to try the first start. */
  readonly tried: People[] = [];
  index = 0;
  /** The bound; NEVER when there are no more. */
  end = NEVER;
  readonly #ends: Int32Array;
  readonly #starts: Iterator<number>;

  constructor(leg: number, ends: Int32Array, { from, to, inOrder }: { from: number; to: number; inOrder: boolean }) {
    this.leg = leg;
    this.#ends = ends;
    this.#starts = inOrder ? inTime(ends, from, to) : byEnd(ends, from, to);
    this.advance();
  }

  advance(): void {
    const next = this.#starts.next().value;
    this.index = next ?? 0;
    this.end = next === undefined ? NEVER : (this.#ends[next] ?? NEVER);
  }

  close(): void {
    this.end = NEVER;
  }
}

function* inTime(ends: Int32Array, from: number, to: number): Generator<number, undefined> {
  for (let index = from; index <= to; index += 1) if (ends[index] !== NEVER) yield index;
}

function byEnd(ends: Int32Array, from: number, to: number): Iterator<number, undefined> {
  const endOf = (index: number) => ends[index] ?? NEVER;
  return [...inTime(ends, from, to)].toSorted((one, other) => endOf(one) - endOf(other)).values();
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
