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

/** One byte for each start of the grid. */
type Marks = Uint8Array;

/** For one person and start: can take part, cannot, or it is not known. */
const FREE = 0;
const UNKNOWN = 1;
const BLOCKED = 2;

/** The starts of a meeting: which of them are free, and what stands in the way at the others. */
export class Starts {
  readonly #meeting: Meeting;
  readonly #participants: readonly Participant[];
  readonly #first: number;
  readonly #count: number;
  readonly #states: readonly Marks[];

  constructor(meeting: Meeting, participants: readonly Participant[]) {
    const { window, length } = meeting;
    this.#meeting = meeting;
    this.#participants = participants;
    this.#first = Math.ceil(window.start / GRID);
    this.#count = Math.max(0, Math.floor((window.end - length) / GRID) - this.#first + 1);
    this.#states = participants.map(({ blocks }) => this.#statesOf(blocks));
  }

  /** In the order of time. */
  *slots({ includeUnknown }: { includeUnknown: boolean }): Generator<Slot> {
    for (let index = 0; index < this.#count; index += 1) {
      const slot = this.#slotAt(index);
      if (slot && (includeUnknown || slot.unknown.length === 0)) yield slot;
    }
  }

  summary(): Summary {
    let freeStarts = 0;
    let unknownStarts = 0;
    for (const { unknown } of this.slots({ includeUnknown: true })) {
      if (unknown.length === 0) freeStarts += 1;
      else unknownStarts += 1;
    }
    const reasons = REASONS.map((reason) => ({ reason, starts: this.#startsBlockedBy(reason) }))
      .filter(({ starts }) => starts > 0)
      .toSorted((one, other) => other.starts - one.starts);
    return { candidateStarts: this.#count, freeStarts, unknownStarts, reasons };
  }

  /** In the order of the participants. */
  people(): PersonSummary[] {
    const summaries = this.#states.map((states) => ({
      freeStarts: states.filter((state) => state === FREE).length,
      soleObstacleOf: 0,
    }));
    for (let index = 0; index < this.#count; index += 1) {
      const sole = this.#soleObstacleAt(index);
      const summary = sole === null ? undefined : summaries[sole];
      if (summary) summary.soleObstacleOf += 1;
    }
    return summaries;
  }

  #stateOf(person: number, index: number): number {
    return this.#states[person]?.[index] ?? BLOCKED;
  }

  /** Undefined where somebody who is needed cannot take part. */
  #slotAt(index: number): Slot | undefined {
    const unknown = new Set<string>();
    const able: { userId: string; state: number }[] = [];
    let interviewers = 0;
    for (const [person, { userId, required, interviewer }] of this.#participants.entries()) {
      const state = this.#stateOf(person, index);
      if (interviewer) interviewers += 1;
      if (state === BLOCKED && required) return undefined;
      if (state === UNKNOWN && required) unknown.add(userId);
      if (state !== BLOCKED && interviewer) able.push({ userId, state });
    }
    if (this.#meeting.kind === "PANEL" ? able.length < interviewers : able.length === 0) return undefined;
    const certain = able.filter(({ state }) => state === FREE);
    // One on one, whoever is certainly free makes it needless to offer the others.
    const offered = this.#meeting.kind === "ONE_ON_ONE" && certain.length > 0 ? certain : able;
    for (const { userId, state } of offered) if (state === UNKNOWN) unknown.add(userId);
    const start = (this.#first + index) * GRID;
    return {
      start,
      end: start + this.#meeting.length,
      interviewers: offered.map(({ userId }) => userId),
      unknown: [...unknown],
    };
  }

  /** The only person without whose block the meeting could take place; null when it can, or more stand in the way. */
  #soleObstacleAt(index: number): number | null {
    const everybody = [...this.#participants.keys()];
    const blocked = (person: number) => this.#stateOf(person, index) === BLOCKED;
    const isInterviewer = (person: number) => this.#participants[person]?.interviewer === true;
    const isNeeded = (person: number) =>
      this.#participants[person]?.required === true || (this.#meeting.kind === "PANEL" && isInterviewer(person));
    const interviewers = everybody.filter(isInterviewer);
    const needed = everybody.filter((person) => isNeeded(person) && blocked(person));
    const [first] = needed;
    if (first !== undefined) {
      const others = interviewers.some((person) => person === first || !blocked(person));
      return needed.length === 1 && others ? first : null;
    }
    const [only] = interviewers;
    return interviewers.length === 1 && only !== undefined && blocked(only) ? only : null;
  }

  #statesOf(blocks: readonly Block[]): Marks {
    const states = new Uint8Array(this.#count);
    for (const block of blocks) {
      const state = block.reason === "UNKNOWN" ? UNKNOWN : BLOCKED;
      const [from, to] = this.#startsOf(block);
      for (let index = from; index < to; index += 1) states[index] = Math.max(states[index] ?? 0, state);
    }
    return states;
  }

  /** The starts at which a block stands in the way: those of meetings that it touches, or for a limit those within it. */
  #startsOf({ reason, start, end }: Block): [from: number, to: number] {
    const limit = reason === "LIMIT_PER_DAY" || reason === "LIMIT_PER_WEEK";
    const from = limit ? Math.ceil(start / GRID) : Math.floor((start - this.#meeting.length) / GRID) + 1;
    const to = Math.ceil(end / GRID);
    return [Math.max(0, from - this.#first), Math.min(this.#count, to - this.#first)];
  }

  #startsBlockedBy(reason: Reason): number {
    const marks = new Uint8Array(this.#count);
    for (const { blocks } of this.#participants) {
      for (const block of blocks) {
        if (block.reason !== reason) continue;
        const [from, to] = this.#startsOf(block);
        if (from < to) marks.fill(1, from, to);
      }
    }
    return marks.reduce((sum, mark) => sum + mark, 0);
  }
}
