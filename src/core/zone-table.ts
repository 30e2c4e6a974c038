/** From this instant on a zone is so far east of UTC. Both in milliseconds, as everywhere in these files. */
export interface OffsetChange {
  at: number;
  offset: number;
}

/** The Gregorian calendar repeats itself, weekdays included, after 400 years. */
export const CALENDAR_CYCLE = 146_097 * 24 * 60 * 60 * 1000;

/** The offsets of one zone by instant, found by binary search. */
export class OffsetTable {
  readonly #starts: Float64Array;
  readonly #offsets: Float64Array;
  readonly #end: number;

  /**
   * @param first the offset before every change
   * @param changes in ascending order; those that change nothing are dropped
   * @param end from here on the last 400 years of the table repeat
   */
  constructor(first: number, changes: readonly OffsetChange[], end = Infinity) {
    const effective = [{ at: -Infinity, offset: first }];
    for (const change of changes) if (change.offset !== effective.at(-1)?.offset) effective.push(change);
    this.#starts = Float64Array.from(effective, ({ at }) => at);
    this.#offsets = Float64Array.from(effective, ({ offset }) => offset);
    this.#end = end;
  }

  offsetAt(instant: number): number {
    return this.#offsets[this.#rowOf(instant - this.#cyclesUntil(instant))] ?? 0;
  }

  /** The first instant after this one with another offset; Infinity when there is none. */
  changeAfter(instant: number): number {
    const cycles = this.#cyclesUntil(instant);
    const next = this.#starts[this.#rowOf(instant - cycles) + 1] ?? Infinity;
    if (next < this.#end) return next + cycles;
    if (this.#end === Infinity) return Infinity;
    // The row at the end of the table goes on in its repetition.
    const first = this.#starts[this.#rowOf(this.#end - CALENDAR_CYCLE) + 1] ?? Infinity;
    return first + cycles + CALENDAR_CYCLE;
  }

  /** What lies between an instant and that of the table to which it is equal. */
  #cyclesUntil(instant: number): number {
    const past = instant - this.#end;
    return past < 0 ? 0 : (Math.floor(past / CALENDAR_CYCLE) + 1) * CALENDAR_CYCLE;
  }

  #rowOf(instant: number): number {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? Infinity) <= instant) low = middle;
      else high = middle;
    }
    return low;
  }
}
