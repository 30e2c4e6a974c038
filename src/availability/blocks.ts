import { subtract, union, widen } from "../core/interval.ts";
import type { Span, Spans } from "../core/interval.ts";
import { onWallClock, timeOffIn, weekdayOf, workingTime } from "../people/working-time.ts";
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
    ...of("LIMIT_PER_DAY", fullSpans(facts, facts.maxPerDay, dayStart)),
    ...of("LIMIT_PER_WEEK", fullSpans(facts, facts.maxPerWeek, weekStart)),
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

const dayStart = (day: number) => ({ first: day, days: 1 });
const weekStart = (day: number) => ({ first: day - weekdayOf(day) + 1, days: 7 });

/** The days or weeks, by the wall clock, in which as many interviews begin as may. */
function fullSpans(
  { pieces, seats }: PersonFacts,
  max: number | null,
  periodOf: (day: number) => { first: number; days: number },
): Span[] {
  if (max === null) return [];
  const counts = new Map<number, number>();
  for (const { start } of seats) {
    const piece = pieces.find((one) => one.start <= start && start < one.end);
    if (!piece) continue;
    const { first } = periodOf(Math.floor((start + piece.offset) / DAY));
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  return onWallClock(pieces, (wall) => {
    const full: Span[] = [];
    for (let day = Math.floor(wall.start / DAY); day * DAY < wall.end; day += 1) {
      if ((counts.get(periodOf(day).first) ?? 0) >= max) full.push({ start: day * DAY, end: (day + 1) * DAY });
    }
    return full;
  });
}
