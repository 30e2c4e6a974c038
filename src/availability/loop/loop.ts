import { GRID } from "../slots.ts";
import type { Summary } from "../slots.ts";
import { Bounds } from "./bounds.ts";
import { bitsOf, legsOf, MINUTE, NEVER, startsFor } from "./legs.ts";
import type { LegTimes, LoopPerson, LoopQuestion, Placed } from "./legs.ts";
import { MAX_STEPS, SequenceSearch } from "./sequences.ts";
import type { Grid, Sequence, SequenceOptions, Sequences } from "./sequences.ts";
import { Together } from "./together.ts";

const DAY = 24 * 60 * MINUTE;

export const OBSTACLES = ["LEG", "TIMES", "PEOPLE", "CUT_SHORT"] as const;
/** Why there is no sequence. */
export type Obstacle = (typeof OBSTACLES)[number];

/** A leg of a sequence. */
export interface FoundLeg {
  /** Its place in the request. */
  leg: number;
  start: number;
  end: number;
  /** Those who must take part, then those chosen from the pool. */
  interviewers: string[];
  /** Who else of the pool certainly could, in the place of one of them. */
  alternatives: string[];
  /** Of whom it is not known whether they are free. */
  unknown: string[];
}

export interface FoundSequence {
  start: number;
  end: number;
  /** In the order of time. */
  legs: FoundLeg[];
}

export interface LoopResult {
  /** The shortest first, of equal ones the earliest. */
  sequences: FoundSequence[];
  /** Whether no better or further sequence can have been missed. */
  complete: boolean;
  /** Null when there are sequences. */
  obstacle: Obstacle | null;
}

export interface FoundLoop {
  certain: LoopResult;
  /** The same when those count as free of whom it is not known. */
  perhaps: LoopResult;
  /** Of each leg by itself. */
  legs: Summary[];
}

/**
 * Finds times and people for the legs of a loop. Pure; {@link LoopFinder} does the same in parts.
 * @param people each once: all interviewers of all legs, and the organizer when they must be free; at most 31
 * @param maxSteps bounds the cost: after so many steps the search ends with what it has
 */
export function findLoopTimes(
  question: LoopQuestion,
  people: readonly LoopPerson[],
  { maxSteps = MAX_STEPS }: { maxSteps?: number } = {},
): FoundLoop {
  const finder = new LoopFinder(question, people, maxSteps);
  return { certain: finder.certain(), perhaps: finder.perhaps(), legs: finder.legs() };
}

/** What is certain in place of an equal sequence that is not. */
function preferring(certain: LoopResult, perhaps: LoopResult): LoopResult {
  const keyOf = ({ start, end, legs }: FoundSequence) => `${start} ${end} ${legs[0]?.leg}`;
  const known = new Map(certain.sequences.map((sequence) => [keyOf(sequence), sequence]));
  return { ...perhaps, sequences: perhaps.sequences.map((sequence) => known.get(keyOf(sequence)) ?? sequence) };
}

/** Computes the parts of a result when they are asked for, each once. */
export class LoopFinder {
  readonly #people: readonly LoopPerson[];
  readonly #legs: readonly LegTimes[];
  readonly #together: Together;
  readonly #options: Omit<SequenceOptions, "able">;
  readonly #minGap: number;
  #certain: LoopResult | undefined;
  #perhaps: LoopResult | undefined;
  #summaries: Summary[] | undefined;

  constructor(question: LoopQuestion, people: readonly LoopPerson[], maxSteps = MAX_STEPS) {
    const { order, minGapMinutes, maxGapMinutes } = question;
    const grid = gridOf(question);
    this.#people = people;
    this.#legs = legsOf(question, people);
    this.#minGap = minGapMinutes;
    this.#together = new Together(people, this.#legs, { ...grid, minGap: this.#minGap });
    this.#options = { order, maxGap: maxGapMinutes, grid, maxSteps };
  }

  certain(): LoopResult {
    this.#certain ??= this.#resultOf(this.#legs.map(({ free }) => free));
    return this.#certain;
  }

  perhaps(): LoopResult {
    const isCertain = this.#legs.every(({ free, able }) => able.every((people, index) => people === free[index]));
    this.#perhaps ??= isCertain
      ? this.certain()
      : preferring(this.certain(), this.#resultOf(this.#legs.map(({ able }) => able)));
    return this.#perhaps;
  }

  legs(): Summary[] {
    this.#summaries ??= this.#legs.map(({ starts }) => starts.summary());
    return this.#summaries;
  }

  /** @param able who counts as free, for each leg and start */
  #resultOf(able: readonly Int32Array[]): LoopResult {
    const found = new SequenceSearch(this.#legs, this.#together, { ...this.#options, able }).find();
    return {
      sequences: found.sequences.map((sequence) => this.#shown(sequence)),
      complete: found.complete,
      obstacle: this.#obstacleOf(found, able),
    };
  }

  #obstacleOf({ sequences, complete, timesFit }: Sequences, able: readonly Int32Array[]): Obstacle | null {
    if (sequences.length > 0) return null;
    const fits = this.#legs.map((leg, index) => startsFor(leg, able[index] ?? new Int32Array(0)));
    if (fits.some((starts) => !starts.includes(1))) return "LEG";
    if (!complete) return "CUT_SHORT";
    return timesFit || this.#fitWithoutBuffers(fits) ? "PEOPLE" : "TIMES";
  }

  #fitWithoutBuffers(fits: readonly Uint8Array[]): boolean {
    const { order, maxGap, grid } = this.#options;
    const legs = this.#legs.map(({ length }, index) => ({ length, fits: fits[index] ?? new Uint8Array(0) }));
    const bounds = new Bounds(legs, { order, maxGap, dayEnds: grid.dayEnds, gapBetween: () => this.#minGap });
    const all = (1 << legs.length) - 1;
    return [...legs.keys()]
      .slice(0, order === "ANY" ? legs.length : 1)
      .some((leg) => bounds.endsOf(leg, all & ~(1 << leg)).some((end) => end !== NEVER));
  }

  #shown({ legs, start, end }: Sequence): FoundSequence {
    return {
      start: this.#instantOf(start),
      end: this.#instantOf(end),
      legs: legs.map((placed) => this.#shownLeg(placed, legs)),
    };
  }

  #shownLeg(placed: Placed, legs: readonly Placed[]): FoundLeg {
    const { leg, index, start, end, seats, present } = placed;
    const times = this.#legs[leg];
    const required = times?.required ?? 0;
    const free = times?.free[index] ?? 0;
    // The other legs, whatever their order.
    const others = legs
      .filter((other) => other !== placed)
      .reduce<Placed | null>((previous, other) => ({ ...other, previous }), null);
    const could = bitsOf((times?.pool ?? 0) & free & ~seats).filter((bit) =>
      this.#together.allows(bit, { leg, index, start, end, seats: 1 << bit }, others),
    );
    return {
      leg,
      start: this.#instantOf(start),
      end: this.#instantOf(end),
      interviewers: this.#named([...bitsOf(required), ...bitsOf(seats & ~required)]),
      alternatives: this.#named(could),
      unknown: this.#named(bitsOf(present & ~free)),
    };
  }

  #instantOf(minute: number): number {
    return this.#options.grid.first + minute * MINUTE;
  }

  #named(bits: readonly number[]): string[] {
    return bits.flatMap((bit) => this.#people[bit]?.userId ?? []);
  }
}

/** The quarters of an hour at which interviews can begin. */
function gridOf({ window, pieces, sameDay }: LoopQuestion): Grid {
  const first = Math.ceil(window.start / GRID) * GRID;
  const size = Math.max(0, Math.floor((window.end - window.start) / GRID) + 1);
  if (!sameDay) return { first, size, dayEnds: null };
  const days = new Int32Array(size);
  let piece = 0;
  for (let index = 0; index < size; index += 1) {
    const start = first + index * GRID;
    while ((pieces[piece]?.end ?? Number.POSITIVE_INFINITY) <= start) piece += 1;
    days[index] = Math.floor((start + (pieces[piece]?.offset ?? 0)) / DAY);
  }
  const dayEnds = new Int32Array(size);
  for (let index = size - 1; index >= 0; index -= 1) {
    dayEnds[index] = days[index] === days[index + 1] ? (dayEnds[index + 1] ?? index) : index;
  }
  return { first, size, dayEnds };
}
