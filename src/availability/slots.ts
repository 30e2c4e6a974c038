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

/** One byte for each start of the grid. */
type Marks = Uint8Array;

/** For one person and start: can take part, cannot, or it is not known. */
export const FREE = 0;
export const UNKNOWN = 1;
export const BLOCKED = 2;

/** The starts of a meeting: which of them are free, and what stands in the way at the others. */
export class Starts {
  /** The first start, in quarters of an hour since 1970, and how many there are. */
  readonly first: number;
  readonly count: number;
  readonly #meeting: Meeting;
  readonly #participants: readonly Participant[];
  readonly #states: readonly Marks[];

  constructor(meeting: Meeting, participants: readonly Participant[]) {
    const { window, length } = meeting;
    this.#meeting = meeting;
    this.#participants = participants;
    this.first = Math.ceil(window.start / GRID);
    this.count = Math.max(0, Math.floor((window.end - length) / GRID) - this.first + 1);
    this.#states = participants.map(({ blocks }) => this.#statesOf(blocks));
  }

  /** In the order of time. */
  *slots({ includeUnknown }: { includeUnknown: boolean }): Generator<Slot> {
    for (let index = 0; index < this.count; index += 1) {
      const slot = this.#slotAt(index);
      if (slot && (includeUnknown || slot.unknown.length === 0)) yield slot;
    }
  }

  summary(): Summary {
    let freeStarts = 0;
    let unknownStarts = 0;
    for (let index = 0; index < this.count; index += 1) {
      const state = this.#meetingAt(index);
      if (state === FREE) freeStarts += 1;
      else if (state === UNKNOWN) unknownStarts += 1;
    }
    const reasons = REASONS.map((reason) => ({ reason, starts: this.#startsBlockedBy(reason) }))
      .filter(({ starts }) => starts > 0)
      .toSorted((one, other) => other.starts - one.starts);
    return { candidateStarts: this.count, freeStarts, unknownStarts, reasons };
  }

  /** In the order of the participants. */
  people(): PersonSummary[] {
    const summaries = this.#states.map((states) => ({
      freeStarts: states.filter((state) => state === FREE).length,
      soleObstacleOf: 0,
    }));
    for (let index = 0; index < this.count; index += 1) {
      const sole = this.#soleObstacleAt(index);
      const summary = sole === null ? undefined : summaries[sole];
      if (summary) summary.soleObstacleOf += 1;
    }
    return summaries;
  }

  /** Of a participant at one of the starts: FREE, UNKNOWN or BLOCKED. */
  stateOf(person: number, index: number): number {
    return this.#states[person]?.[index] ?? BLOCKED;
  }

  /** Undefined where the meeting cannot take place. */
  #slotAt(index: number): Slot | undefined {
    const state = this.#meetingAt(index);
    if (state === BLOCKED) return undefined;
    // Whoever is certainly free makes it needless to offer the others, when they are enough.
    const certain = this.#interviewersAt(index, FREE);
    const offered = certain.length < this.#meeting.need ? this.#interviewersAt(index, UNKNOWN) : certain;
    const start = (this.first + index) * GRID;
    return {
      start,
      end: start + this.#meeting.length,
      interviewers: offered.map(({ userId }) => userId),
      unknown: this.#participants
        .filter((one, person) => (one.required || offered.includes(one)) && this.stateOf(person, index) === UNKNOWN)
        .map(({ userId }) => userId),
    };
  }

  /** Interviewers who are free then, or not known to be busy. */
  #interviewersAt(index: number, most: typeof FREE | typeof UNKNOWN): Participant[] {
    return this.#participants.filter(({ interviewer }, person) => interviewer && this.stateOf(person, index) <= most);
  }

  /** Whether the meeting can take place, as of a person. */
  #meetingAt(index: number): number {
    let state = FREE;
    let free = 0;
    let able = 0;
    for (let person = 0; person < this.#participants.length; person += 1) {
      const one = this.#participants[person];
      const theirs = this.stateOf(person, index);
      if (one?.required && theirs > state) state = theirs;
      if (one?.interviewer && theirs === FREE) free += 1;
      if (one?.interviewer && theirs !== BLOCKED) able += 1;
    }
    const { need } = this.#meeting;
    if (able < need) return BLOCKED;
    return free < need ? Math.max(state, UNKNOWN) : state;
  }

  /** The only person without whose block the meeting could take place; null when it can, or more stand in the way. */
  #soleObstacleAt(index: number): number | null {
    const blocked = [...this.#participants.keys()].filter((person) => this.stateOf(person, index) === BLOCKED);
    const interviews = (person: number) => this.#participants[person]?.interviewer === true;
    const required = blocked.filter((person) => this.#participants[person]?.required);
    const missing = blocked.filter(interviews);
    const able = this.#participants.filter(({ interviewer }) => interviewer).length - missing.length;
    const lack = this.#meeting.need - able;
    const [only] = required.length > 0 ? required : missing;
    if (only === undefined || required.length > 1 || lack > (interviews(only) ? 1 : 0)) return null;
    return required.length === 1 || (lack === 1 && missing.length === 1) ? only : null;
  }

  #statesOf(blocks: readonly Block[]): Marks {
    const states = new Uint8Array(this.count);
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
    return [Math.max(0, from - this.first), Math.min(this.count, to - this.first)];
  }

  #startsBlockedBy(reason: Reason): number {
    const marks = new Uint8Array(this.count);
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
