import { blocksOf, periodsOf } from "../../../src/availability/blocks.ts";
import type { Block, PersonFacts, Seat } from "../../../src/availability/blocks.ts";
import { GRID } from "../../../src/availability/slots.ts";
import type { LoopPerson, LoopQuestion } from "../../../src/availability/loop/legs.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export interface Known {
  userId: string;
  facts: PersonFacts;
  /** In milliseconds. */
  buffer: number;
}

export interface Choice {
  leg: number;
  start: number;
  end: number;
  interviewers: string[];
}

type State = "free" | "unknown" | "blocked";

/** What the search is given of a person. */
export function personOf({ userId, facts, buffer }: Known, { window }: LoopQuestion): LoopPerson {
  const { maxPerDay, maxPerWeek } = facts;
  const limits = [
    { max: maxPerDay, periods: periodsOf(facts, "LIMIT_PER_DAY") },
    { max: maxPerWeek, periods: periodsOf(facts, "LIMIT_PER_WEEK") },
  ];
  return {
    userId,
    buffer,
    blocks: blocksOf(facts, { window, buffer, earliest: window.start, withinWorkingHours: true }),
    limits: limits.flatMap(({ max, periods }) => (max === null ? [] : [{ max, periods }])),
  };
}

/** Sequences by their definition: each leg is one that a search would find once the other legs are booked. */
export class Oracle {
  readonly #question: LoopQuestion;
  readonly #known: readonly Known[];
  readonly #blocks = new Map<string, Block[]>();

  constructor(question: LoopQuestion, known: readonly Known[]) {
    this.#question = question;
    this.#known = known;
  }

  /** Whether a person can take part from start to end, when they sit on these as well. */
  stateOf(userId: string, { start, end }: { start: number; end: number }, seats: readonly Seat[]): State {
    const touching = this.#blocksOf(userId, seats).filter((block) =>
      block.reason.startsWith("LIMIT")
        ? block.start <= start && start < block.end
        : block.start < end && block.end > start,
    );
    if (touching.some(({ reason }) => reason !== "UNKNOWN")) return "blocked";
    return touching.length > 0 ? "unknown" : "free";
  }

  #blocksOf(userId: string, seats: readonly Seat[]): Block[] {
    const key = `${userId} ${seats
      .map(({ start, end }) => `${start}-${end}`)
      .toSorted()
      .join()}`;
    const person = this.#known.find((one) => one.userId === userId);
    const { window } = this.#question;
    const blocks =
      this.#blocks.get(key) ??
      (person
        ? blocksOf(
            { ...person.facts, seats: [...person.facts.seats, ...seats] },
            { window, buffer: person.buffer, earliest: window.start, withinWorkingHours: true },
          )
        : []);
    this.#blocks.set(key, blocks);
    return blocks;
  }

  /** What a person sits on in the other legs. */
  seatsOf(userId: string, choices: readonly Choice[], but: Choice): Seat[] {
    return choices
      .filter((one) => one !== but && one.interviewers.includes(userId))
      .map(({ start, end, leg }) => ({ start, end, interviewId: String(leg) }));
  }

  peopleFit(choices: readonly Choice[], unknownToo: boolean): boolean {
    const { organizerId } = this.#question;
    return choices.every((choice) =>
      [...new Set([...choice.interviewers, ...(organizerId === null ? [] : [organizerId])])].every((userId) => {
        const state = this.stateOf(userId, choice, this.seatsOf(userId, choices, choice));
        return state === "free" || (unknownToo && state === "unknown");
      }),
    );
  }

  /** Whether the next leg in time may follow the ones before. */
  timesFit(before: readonly Choice[], { leg, start }: { leg: number; start: number }): boolean {
    const { order, minGapMinutes, maxGapMinutes, sameDay } = this.#question;
    const last = before.at(-1);
    if (order === "AS_GIVEN" && leg !== before.length) return false;
    if (before.some((one) => one.leg === leg)) return false;
    if (!last) return true;
    const gap = start - last.end;
    if (gap < minGapMinutes * MINUTE || (maxGapMinutes !== null && gap > maxGapMinutes * MINUTE)) return false;
    return !sameDay || this.#dayOf(start) === this.#dayOf(last.start);
  }

  #dayOf(instant: number): number {
    const piece = this.#question.pieces.find(({ start, end }) => start <= instant && instant < end);
    return Math.floor((instant + (piece?.offset ?? 0)) / DAY);
  }

  /** `span start leg` of the best sequence for each leg that can be the first at each start, the best first. */
  ranking(unknownToo: boolean): string[] {
    const best = new Map<string, [span: number, start: number, leg: number]>();
    for (const sequence of this.#sequences([], unknownToo)) {
      const [first, last] = [sequence[0], sequence.at(-1)];
      if (!first || !last) continue;
      const key = `${first.leg} ${first.start}`;
      const span = last.end - first.start;
      if (span >= (best.get(key)?.[0] ?? Number.POSITIVE_INFINITY)) continue;
      if (this.peopleFit(sequence, unknownToo)) best.set(key, [span, first.start, first.leg]);
    }
    return [...best.values()]
      .toSorted((one, other) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2])
      .slice(0, 50)
      .map((all) => all.join(" "));
  }

  *#sequences(before: readonly Choice[], unknownToo: boolean): Generator<readonly Choice[]> {
    const { legs, window } = this.#question;
    if (before.length === legs.length) {
      yield before;
      return;
    }
    for (const [leg, { durationMinutes }] of legs.entries()) {
      const length = durationMinutes * MINUTE;
      const from = Math.max(window.start, before.at(-1)?.end ?? 0);
      for (let start = Math.ceil(from / GRID) * GRID; start + length <= window.end; start += GRID) {
        if (!this.timesFit(before, { leg, start })) continue;
        for (const interviewers of this.#choicesOf(leg)) {
          const choice = { leg, start, end: start + length, interviewers };
          if (this.peopleFit([choice], unknownToo)) yield* this.#sequences([...before, choice], unknownToo);
        }
      }
    }
  }

  *#choicesOf(leg: number): Generator<string[]> {
    const { interviewerIds = [], pool = null } = this.#question.legs[leg] ?? {};
    for (const chosen of choose(pool?.of ?? [], pool?.need ?? 0)) yield [...interviewerIds, ...chosen];
  }
}

function choose(from: readonly string[], count: number): string[][] {
  if (count === 0) return [[]];
  return from.flatMap((first, index) => choose(from.slice(index + 1), count - 1).map((rest) => [first, ...rest]));
}
