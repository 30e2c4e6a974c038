import { GRID, Starts } from "../slots.ts";
import type { Block, Period } from "../blocks.ts";
import type { Span } from "../../core/interval.ts";
import type { ZonePiece } from "../../core/zone-pieces.ts";
import type { StoredLoop, StoredLoopLeg } from "../../db/schema/availability.ts";

export const MINUTE = 60_000;
/**
 * Within the search all times are minutes since the grid's first start: small whole numbers, which the runtime keeps without
 * allocating. This is the step of the grid, and a time that never comes.
 */
export const STEP = GRID / MINUTE;
export const NEVER = 2 ** 30;

/** A person whose time counts, and what their interviews of one loop must keep to. */
export interface LoopPerson {
  userId: string;
  blocks: readonly Block[];
  /** Between two of their interviews, in milliseconds. */
  buffer: number;
  /** How many interviews of theirs may begin in a day or a week. */
  limits: readonly { max: number; periods: readonly Period[] }[];
}

/** What to look for. */
export interface LoopQuestion extends StoredLoop {
  window: Span;
  /** Offsets of the zone whose days count for `sameDay`, all over the window. */
  pieces: readonly ZonePiece[];
  /** Who must be free during all legs, whether they interview or not; null for nobody. */
  organizerId: string | null;
}

/** A set of people: one bit for each, by their place in the list of people. */
export type People = number;

export const peopleOf = (userIds: readonly string[], among: readonly LoopPerson[]): People =>
  among.reduce((people, { userId }, bit) => (userIds.includes(userId) ? people | (1 << bit) : people), 0);

export function countOf(people: People): number {
  let count = 0;
  for (let left = people; left !== 0; left &= left - 1) count += 1;
  return count;
}

/** The places of the people of a set, in order. */
export function bitsOf(people: People): number[] {
  const bits: number[] = [];
  for (let left = people; left !== 0; left &= left - 1) bits.push(31 - Math.clz32(left & -left));
  return bits;
}

/** A leg, and who can take part in it at which start of the grid. */
export interface LegTimes {
  /** In minutes. */
  length: number;
  /** Interviewers who must take part, and the same with the organizer who must be free. */
  required: People;
  present: People;
  /** Of these so many must take part besides. */
  pool: People;
  need: number;
  starts: Starts;
  /** For each start of the grid: who is certainly free, and who is not known to be busy. */
  free: Int32Array;
  able: Int32Array;
}

/** A leg at a time, with its interviewers; the legs before it hang on it. */
export interface Placed {
  leg: number;
  /** The start, by the grid and in minutes. */
  index: number;
  start: number;
  end: number;
  /** Who interviews, and who must be free. */
  seats: People;
  present: People;
  previous: Placed | null;
}

export function legsOf({ legs, ...question }: LoopQuestion, people: readonly LoopPerson[]): LegTimes[] {
  const longest = Math.max(0, Math.floor((question.window.end - question.window.start) / GRID) + 1);
  return legs.map((leg) => legOf(leg, { people, question, size: longest }));
}

function legOf(
  { durationMinutes, interviewerIds, pool }: StoredLoopLeg,
  { people, question, size }: { people: readonly LoopPerson[]; question: Omit<LoopQuestion, "legs">; size: number },
): LegTimes {
  const { window, organizerId } = question;
  const required = peopleOf(interviewerIds, people);
  const pooled = peopleOf(pool?.of ?? [], people);
  const organizer = organizerId === null ? 0 : peopleOf([organizerId], people);
  const places = bitsOf(required | pooled | organizer);
  const participants = places.map((bit) => ({
    userId: people[bit]?.userId ?? "",
    required: ((required | organizer) & (1 << bit)) !== 0,
    interviewer: ((required | pooled) & (1 << bit)) !== 0,
    blocks: people[bit]?.blocks ?? [],
  }));
  const starts = new Starts(
    { window, need: interviewerIds.length + (pool?.need ?? 0), length: durationMinutes * MINUTE },
    participants,
  );
  const free = new Int32Array(size);
  const able = new Int32Array(size);
  for (const [place, bit] of places.entries()) {
    const chances = starts.chancesOf(place);
    chances.certain.flagIn(free, 1 << bit);
    chances.able.flagIn(able, 1 << bit);
  }
  return {
    length: durationMinutes,
    required,
    present: required | organizer,
    pool: pooled,
    need: pool?.need ?? 0,
    starts,
    free,
    able,
  };
}

/** At which starts of the grid a leg can take place with some of the people who can. */
export function startsFor({ present, pool, need }: LegTimes, able: Int32Array): Uint8Array {
  const starts = new Uint8Array(able.length);
  for (let index = 0; index < able.length; index += 1) {
    const people = able[index] ?? 0;
    if (people === 0 || (people & present) !== present) continue;
    if (need === 0 || countOf(people & pool) >= need) starts[index] = 1;
  }
  return starts;
}
