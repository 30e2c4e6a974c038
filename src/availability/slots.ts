import { Bits } from "../core/bits.ts";
import { REASONS } from "./blocks.ts";
import type { Block, Reason } from "./blocks.ts";
import type { Span } from "../core/interval.ts";

/** Interviews begin on quarters of an hour; so do the offsets of all zones, which makes one grid for everybody. */
export const GRID = 15 * 60_000;

export interface Meeting {
  window: Span;
  /** PANEL needs everybody, ONE_ON_ONE one of the interviewers. */
  kind: "PANEL" | "ONE_ON_ONE";
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

/** The starts of a meeting: which of them are free, and what stands in the way at the others. */
export class Starts {
  readonly #meeting: Meeting;
  readonly #first: number;
  readonly #count: number;
  readonly #people: readonly Judged[];
  /** Whether the meeting can take place. */
  readonly #chances: Chances;

  constructor(meeting: Meeting, participants: readonly Participant[]) {
    const { window, length, kind } = meeting;
    this.#meeting = meeting;
    this.#first = Math.ceil(window.start / GRID);
    this.#count = Math.max(0, Math.floor((window.end - length) / GRID) - this.#first + 1);
    const interviewers = participants.filter(({ interviewer }) => interviewer).length;
    this.#people = participants.map((person) => ({
      ...person,
      ...this.#chancesOf(person),
      needed: person.required || (person.interviewer && (kind === "PANEL" || interviewers === 1)),
    }));
    this.#chances = { able: this.#joint(({ able }) => able), certain: this.#joint(({ certain }) => certain) };
  }

  /** At which instants the meeting can begin, in order. */
  starts({ includeUnknown }: { includeUnknown: boolean }): number[] {
    const { able, certain } = this.#chances;
    return (includeUnknown ? able : certain).numbers().map((number) => (this.#first + number) * GRID);
  }

  /** @param start one of the {@link starts} */
  slotAt(start: number): Slot {
    const number = start / GRID - this.#first;
    const isCertain = ({ certain }: Judged) => certain.has(number);
    const able = this.#people.filter((person) => person.interviewer && person.able.has(number));
    // One on one, whoever is certainly free makes it needless to offer the others.
    const offered = this.#meeting.kind === "ONE_ON_ONE" && able.some(isCertain) ? able.filter(isCertain) : able;
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
      candidateStarts: this.#count,
      freeStarts,
      unknownStarts: this.#chances.able.count() - freeStarts,
      reasons,
    };
  }

  /** In the order of the participants. */
  people(): PersonSummary[] {
    const alone = this.#startsWithOneObstacle();
    const anyone = this.#anyInterviewer(({ able }) => able);
    return this.#people.map(({ able, certain, needed, interviewer }) => {
      // Who interviews would do so themselves; without anyone else the organizer's time does not help.
      const sole = interviewer ? alone : alone.and(anyone);
      return { freeStarts: certain.count(), soleObstacleOf: needed ? sole.without(able).count() : 0 };
    });
  }

  /** Starts at which exactly one of those who are needed cannot take part. */
  #startsWithOneObstacle(): Bits {
    let once = Bits.none(this.#count);
    let again = once;
    for (const { needed, able } of this.#people) {
      if (!needed) continue;
      const out = Bits.all(this.#count).without(able);
      again = again.or(once.and(out));
      once = once.or(out);
    }
    return once.without(again);
  }

  /** Where everybody who is needed can, and at least one who interviews. */
  #joint(of: (chances: Chances) => Bits): Bits {
    return this.#people
      .filter(({ needed }) => needed)
      .reduce((joint, person) => joint.and(of(person)), this.#anyInterviewer(of));
  }

  #anyInterviewer(of: (chances: Chances) => Bits): Bits {
    return this.#people
      .filter(({ interviewer }) => interviewer)
      .reduce((any, person) => any.or(of(person)), Bits.none(this.#count));
  }

  #chancesOf({ blocks }: Participant): Chances {
    const blocked = Bits.none(this.#count);
    const unknown = Bits.none(this.#count);
    for (const block of blocks) {
      const [from, to] = this.#startsOf(block);
      (block.reason === "UNKNOWN" ? unknown : blocked).addRange(from, to);
    }
    const able = Bits.all(this.#count).without(blocked);
    return { able, certain: able.without(unknown) };
  }

  /** The starts at which a block stands in the way: those of meetings that it touches, or for a limit those within it. */
  #startsOf({ reason, start, end }: Block): [from: number, to: number] {
    const limit = reason === "LIMIT_PER_DAY" || reason === "LIMIT_PER_WEEK";
    const from = limit ? Math.ceil(start / GRID) : Math.floor((start - this.#meeting.length) / GRID) + 1;
    const to = Math.ceil(end / GRID);
    return [Math.max(0, from - this.#first), Math.min(this.#count, to - this.#first)];
  }

  /** The starts at which each reason stands in somebody's way. */
  #startsByReason(): Map<Reason, Bits> {
    const byReason = new Map(REASONS.map((reason) => [reason, Bits.none(this.#count)]));
    for (const { blocks } of this.#people) {
      for (const block of blocks) byReason.get(block.reason)?.addRange(...this.#startsOf(block));
    }
    return byReason;
  }
}
