import { subtract, union, widen } from "../core/interval.ts";
import type { Span, Spans } from "../core/interval.ts";
import { timeOffIn, weekdayOf, workingTime } from "../people/working-time.ts";
import type { ZonePiece } from "../core/zone-pieces.ts";
import type { WorkingHours } from "../people/working-time.ts";

export const REASONS = [
  "BUSY_INTERVIEW",
  "BUSY_CALENDAR",
  "BUFFER",
  "OUTSIDE_WORKING_HOURS",
  "TIME_OFF",
  "MINIMUM_NOTICE",
  "LIMIT_PER_DAY",
  "LIMIT_PER_WEEK",
  "UNKNOWN",
] as const;
export type Reason = (typeof REASONS)[number];

/** Why somebody is not free for a while, or is not known to be. */
export interface Block extends Span {
  reason: Reason;
  /** The interview that they sit on; null for every other reason. */
  interviewId: string | null;
}

/** An interview of somebody. */
export interface Seat extends Span {
  interviewId: string;
}

/** Everything about a person that decides when they are free. */
export interface PersonFacts {
  /** Offsets of their zone, from a week before the window to a week behind it. */
  pieces: readonly ZonePiece[];
  /** Null when they have told none: then any time is working time. */
  workingHours: WorkingHours | null;
  /** Wall-clock spans `YYYY-MM-DDTHH:MM` of days or parts of days off. */
  timeOff: readonly { start: string; end: string }[];
  /** Interviews that they sit on, from a week before the window to a week behind it. */
  seats: readonly Seat[];
  /** Interviews whose calendar events do not count: those to be moved, and former times of those that were. */
  ignoredSeats: readonly Seat[];
  /** What their calendar says. */
  busy: readonly Span[];
  /** Where their calendar says nothing. */
  unknown: readonly Span[];
  maxPerDay: number | null;
  maxPerWeek: number | null;
}

export interface BlockOptions {
  window: Span;
  /** Nothing begins before this instant. */
  earliest: number;
  buffer: number;
  withinWorkingHours: boolean;
}

const DAY = 24 * 60 * 60_000;

/** All blocks of a person within the window, in order; those of one reason do not overlap. */
export function blocksOf(facts: PersonFacts, options: BlockOptions): Block[] {
  const { window, buffer } = options;
  const whole = [window];
  const interviews = seatBlocks(facts.seats);
  const own = union([...facts.seats, ...facts.ignoredSeats]);
  // An event of ours is in the calendar as well, and free/busy names no events.
  const calendar = subtract(union(facts.busy), own);
  const busy = union([...interviews, ...calendar]);
  const buffers = buffer > 0 ? subtract(widen(busy, buffer), busy) : [];
  const { workingHours, pieces } = facts;
  const outside = options.withinWorkingHours && workingHours ? subtract(whole, workingTime(workingHours, pieces)) : [];
  const notice = [{ start: window.start, end: options.earliest }];
  const blocks = [
    ...interviews,
    ...of("BUSY_CALENDAR", calendar),
    ...of("BUFFER", buffers),
    ...of("OUTSIDE_WORKING_HOURS", outside),
    ...of("TIME_OFF", timeOffIn(facts.timeOff, pieces)),
    ...of("MINIMUM_NOTICE", notice),
    ...of("LIMIT_PER_DAY", fullSpans(facts, facts.maxPerDay, "LIMIT_PER_DAY")),
    ...of("LIMIT_PER_WEEK", fullSpans(facts, facts.maxPerWeek, "LIMIT_PER_WEEK")),
    ...of("UNKNOWN", union(facts.unknown)),
  ];
  return blocks
    .map((block) => ({ ...block, start: Math.max(block.start, window.start), end: Math.min(block.end, window.end) }))
    .filter(({ start, end }) => start < end)
    .toSorted((one, other) => one.start - other.start || one.end - other.end);
}

const of = (reason: Reason, spans: Spans): Block[] =>
  spans.map(({ start, end }) => ({ start, end, reason, interviewId: null }));

/** Two interviews may overlap where that was allowed; the later one is shown where the earlier has ended. */
function seatBlocks(seats: readonly Seat[]): Block[] {
  let covered = Number.NEGATIVE_INFINITY;
  const byId = (one: Seat, other: Seat) => (one.interviewId < other.interviewId ? -1 : 1);
  return seats
    .toSorted((one, other) => one.start - other.start || one.end - other.end || byId(one, other))
    .flatMap(({ start, end, interviewId }) => {
      const from = Math.max(start, covered);
      covered = Math.max(covered, end);
      return from < end ? [{ start: from, end, reason: "BUSY_INTERVIEW" as const, interviewId }] : [];
    });
}

/** A day or a week of the wall clock: from which instant on it counts, until the next one does. */
export interface Period {
  start: number;
  /** The same for all instants of the day, or the week. */
  number: number;
  /** How many interviews of the person begin in it. */
  taken: number;
}

const NUMBER_OF = {
  LIMIT_PER_DAY: (day: number) => day,
  LIMIT_PER_WEEK: (day: number) => day - weekdayOf(day),
};

/** The days or the weeks of a person, in order. */
export function periodsOf(
  { pieces, seats }: Pick<PersonFacts, "pieces" | "seats">,
  limit: keyof typeof NUMBER_OF,
): Period[] {
  const numberOf = NUMBER_OF[limit];
  const counts = new Map<number, number>();
  for (const { start } of seats) {
    const piece = pieces.find((one) => one.start <= start && start < one.end);
    if (!piece) continue;
    const number = numberOf(Math.floor((start + piece.offset) / DAY));
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  const periods: Period[] = [];
  for (const { start, end, offset } of pieces) {
    for (let day = Math.floor((start + offset) / DAY); day * DAY < end + offset; day += 1) {
      const number = numberOf(day);
      if (periods.at(-1)?.number === number) continue;
      periods.push({ start: Math.max(start, day * DAY - offset), number, taken: counts.get(number) ?? 0 });
    }
  }
  return periods;
}

/** The days or weeks in which as many interviews begin as may. */
function fullSpans(facts: PersonFacts, max: number | null, limit: keyof typeof NUMBER_OF): Span[] {
  if (max === null) return [];
  const end = facts.pieces.at(-1)?.end ?? 0;
  const spans = periodsOf(facts, limit).map(({ start, taken }, index, periods) => {
    return { start, end: taken < max ? start : (periods[index + 1]?.start ?? end) };
  });
  return union(spans);
}
