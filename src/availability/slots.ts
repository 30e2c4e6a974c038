import { Bits } from "../core/bits.ts";
import { REASONS } from "./blocks.ts";
import type { Block, Reason } from "./blocks.ts";
import type { Span } from "../core/interval.ts";

/** Interviews begin on quarters of an hour; so do the offsets of all zones, which makes one grid for everybody. */
export const GRID = 15 * 60_000;

export interface Meeting {
  window: Span;
  /** How many of the interviewers it needs: one, all of them, or those of a pool that it takes beside who is required. */
  need: number;
  /** In milliseconds. */
  length: number;
}

/** A person whose blocks are known. */
export interface Participant {
  userId: string;
  /** Whether the meeting cannot take place without them, whoever else takes part. */
  required: boolean;
  /** Whether they interview. */
  interviewer: boolean;
  blocks: readonly Block[];
}

/** A start at which the meeting can take place. */
export interface Slot extends Span {
  /** Who would interview. */
  interviewers: string[];
  /** Of whom it is not known whether they are free. */
  unknown: string[];
}

export interface Summary {
  /** Starts at which the meeting would lie within the window. */
  candidateStarts: number;
  freeStarts: number;
  /** Starts that are free if everybody of whom it is not known is. */
  unknownStarts: number;
  /** At how many starts each reason stands in somebody's way, most first. */
  reasons: { reason: Reason; starts: number }[];
}

export interface PersonSummary {
  freeStarts: number;
  /** Starts at which this person alone stands in the way. */
  soleObstacleOf: number;
}

/** At which starts somebody, or everybody who is needed, can take part. */
interface Chances {
  /** Certainly, or unless a calendar that has told nothing says otherwise. */
  able: Bits;
  certain: Bits;
}

/** A participant with their chances. */
interface Judged extends Chances, Participant {
  /** Whether the meeting cannot take place without them, as the participants are. */
  needed: boolean;
}

/** The starts of a meeting: which of them are free, and what is in the way at the others. */
export class Starts {
  readonly #meeting: Meeting;
  /** In quarters of an hour since 1970. */
  readonly #first: number;
  /** How many there are. */
  readonly count: number;
  readonly #people: readonly Judged[];
  /** Whether the meeting can take place. */
  readonly #chances: Chances;

  constructor(meeting: Meeting, participants: readonly Participant[]) {
    const { window, length, need } = meeting;
    this.#meeting = meeting;
    this.#first = Math.ceil(window.start / GRID);
    this.count = Math.max(0, Math.floor((window.end - length) / GRID) - this.#first + 1);
    const interviewers = participants.filter(({ interviewer }) => interviewer).length;
    this.#people = participants.map((person) => ({
      ...person,
      ...this.#chancesOf(person),
      needed: person.required || (person.interviewer && interviewers === need),
    }));
    this.#chances = { able: this.#joint(({ able }) => able), certain: this.#joint(({ certain }) => certain) };
  }

  /** At which instants the meeting can begin, in order. */
  starts({ includeUnknown }: { includeUnknown: boolean }): number[] {
    const { able, certain } = this.#chances;
    return (includeUnknown ? able : certain).numbers().map((number) => (this.#first + number) * GRID);
  }

  /** The chances of a participant, by their place: a start is told by its place among all {@link count}. */
  chancesOf(person: number): Chances {
    const { able, certain } = this.#people[person] ?? { able: Bits.none(this.count), certain: Bits.none(this.count) };
    return { able, certain };
  }

  /** @param start one of the {@link starts} */
  slotAt(start: number): Slot {
    const number = start / GRID - this.#first;
    const isCertain = ({ certain }: Judged) => certain.has(number);
    const able = this.#people.filter((person) => person.interviewer && person.able.has(number));
    const certain = able.filter(isCertain);
    // Whoever is certainly free makes it needless to offer the others, when they are enough.
    const offered = certain.length < this.#meeting.need ? able : certain;
    const involved = this.#people.filter((person) => person.required || offered.includes(person));
    return {
      start,
      end: start + this.#meeting.length,
      interviewers: offered.map(({ userId }) => userId),
      unknown: involved.filter((person) => !isCertain(person)).map(({ userId }) => userId),
    };
  }

  summary(): Summary {
    const freeStarts = this.#chances.certain.count();
    const reasons = [...this.#startsByReason()]
      .map(([reason, starts]) => ({ reason, starts: starts.count() }))
      .filter(({ starts }) => starts > 0)
      .toSorted((one, other) => other.starts - one.starts);
    return {
      candidateStarts: this.count,
      freeStarts,
      unknownStarts: this.#chances.able.count() - freeStarts,
      reasons,
    };
  }

  /** In the order of the participants. */
  people(): PersonSummary[] {
    const alone = this.#startsWithOneObstacle();
    const { need } = this.#meeting;
    const ableOf = (person: Chances) => person.able;
    const [enough, enoughButOne] = [this.#enough(ableOf, need), this.#enough(ableOf, need - 1)];
    return this.#people.map(({ able, certain, needed, interviewer }) => {
      // Whoever interviews would be one of those who are needed.
      const others = interviewer ? enoughButOne : enough;
      return { freeStarts: certain.count(), soleObstacleOf: needed ? alone.and(others).without(able).count() : 0 };
    });
  }

  /** Starts at which exactly one of those who are needed cannot take part. */
  #startsWithOneObstacle(): Bits {
    let once = Bits.none(this.count);
    let again = once;
    for (const { needed, able } of this.#people) {
      if (!needed) continue;
      const out = Bits.all(this.count).without(able);
      again = again.or(once.and(out));
      once = once.or(out);
    }
    return once.without(again);
  }

  /** Where everybody who is needed can, and enough of those who interview. */
  #joint(of: (chances: Chances) => Bits): Bits {
    return this.#people
      .filter(({ needed }) => needed)
      .reduce((joint, person) => joint.and(of(person)), this.#enough(of, this.#meeting.need));
  }

  /** Where at least so many of those who interview can. */
  #enough(of: (chances: Chances) => Bits, need: number): Bits {
    /** Where at least as many can as the place says. */
    const atLeast = [Bits.all(this.count), ...Array.from({ length: need }, () => Bits.none(this.count))];
    for (const person of this.#people) {
      if (!person.interviewer) continue;
      for (let number = need; number > 0; number -= 1) {
        const [more, fewer] = [atLeast[number], atLeast[number - 1]];
        if (more && fewer) atLeast[number] = more.or(fewer.and(of(person)));
      }
    }
    return atLeast[need] ?? Bits.none(this.count);
  }

  #chancesOf({ blocks }: Participant): Chances {
    const blocked = Bits.none(this.count);
    const unknown = Bits.none(this.count);
    for (const block of blocks) {
      const [from, to] = this.#startsOf(block);
      (block.reason === "UNKNOWN" ? unknown : blocked).addRange(from, to);
    }
    const able = Bits.all(this.count).without(blocked);
    return { able, certain: able.without(unknown) };
  }

  /** The starts at which a block is in the way: those of meetings that it touches, or for a limit those within it. */
  #startsOf({ start, end, reason }: Block): [from: number, to: number] {
    const limit = reason === "LIMIT_PER_DAY" || reason === "LIMIT_PER_WEEK";
    const from = limit ? Math.ceil(start / GRID) : Math.floor((start - this.#meeting.length) / GRID) + 1;
    const to = Math.ceil(end / GRID);
    return [Math.max(0, from - this.#first), Math.min(this.count, to - this.#first)];
  }

  /** The starts at which each reason is in somebody's way. */
  #startsByReason(): Map<Reason, Bits> {
    const byReason = new Map(REASONS.map((reason) => [reason, Bits.none(this.count)]));
    for (const { blocks } of this.#people) {
      for (const block of blocks) byReason.get(block.reason)?.addRange(...this.#startsOf(block));
    }
    return byReason;
  }
}
