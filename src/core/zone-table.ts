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
    const past = instant - this.#end;
    const within = past < 0 ? instant : instant - (Math.floor(past / CALENDAR_CYCLE) + 1) * CALENDAR_CYCLE;
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? Infinity) <= within) low = middle;
      else high = middle;
    }
    return this.#offsets[low] ?? 0;
  }
}
