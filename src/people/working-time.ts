import { union } from "../core/interval.ts";
import type { Span } from "../core/interval.ts";
import type { ZonePiece } from "../core/zone-pieces.ts";

/** Wall-clock times `HH:MM` of one day; an end that is not after the start is on the day after, and `24:00` is midnight. */
export interface ClockSpan {
  start: string;
  end: string;
}

/** When somebody works, by the wall clock where they are. */
export interface WorkingHours {
  /** ISO weekday: 1 is Monday. */
  weekly: readonly (ClockSpan & { weekday: number })[];
  /** In place of a date's weekly spans. A date without spans is a day off. */
  overrides: readonly { date: string; spans: readonly ClockSpan[] }[];
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY = 4;

/** What two parts of a date's spans cover: of the date itself, and past midnight, in milliseconds since the midnight before each. */
interface DaySpans {
  same: Span[];
  next: Span[];
}

/**
 * The instants at which the wall clock shows a time within the working hours. Nothing more is to be known of clock changes: a
 * time that is skipped has no instant, and one that is repeated has two.
 * @param pieces in order, without gaps: the part of time that is looked at
 */
export function workingTime({ weekly, overrides }: WorkingHours, pieces: readonly ZonePiece[]): Span[] {
  const byWeekday = Map.groupBy(weekly, ({ weekday }) => weekday);
  const ofWeekday = new Map([...byWeekday].map(([weekday, spans]) => [weekday, splitAtMidnight(spans)]));
  const ofDate = new Map(overrides.map(({ date, spans }) => [dayOf(date), splitAtMidnight(spans)]));
  const spansOf = (day: number): Span[] => {
    const override = ofDate.get(day);
    // A date with an override has what the override says, and nothing of the night before.
    if (override) return override.same;
    const before = ofDate.get(day - 1) ?? ofWeekday.get(weekdayOf(day - 1));
    return [...(ofWeekday.get(weekdayOf(day))?.same ?? []), ...(before?.next ?? [])];
  };
  return onWallClock(pieces, (wall) => {
    const spans: Span[] = [];
    for (let day = Math.floor(wall.start / DAY); day * DAY < wall.end; day += 1) {
      for (const { start, end } of spansOf(day)) spans.push({ start: day * DAY + start, end: day * DAY + end });
    }
    return spans;
  });
}

/**
 * The instants whose wall-clock reading lies in some of the spans.
 * @param spansIn of the wall clock as if it were UTC, that may lie in this part of it
 */
export function onWallClock(pieces: readonly ZonePiece[], spansIn: (wall: Span) => readonly Span[]): Span[] {
  const instants = pieces.flatMap(({ start, end, offset }) => {
    const wall = { start: start + offset, end: end + offset };
    return spansIn(wall).map((span) => ({
      start: Math.max(span.start, wall.start) - offset,
      end: Math.min(span.end, wall.end) - offset,
    }));
  });
  return union(instants);
}

/** Days since 1970 of a date `YYYY-MM-DD`. */
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY;

/** ISO weekday of a day since 1970. */
export const weekdayOf = (day: number): number => ((((day - FIRST_MONDAY) % 7) + 7) % 7) + 1;

function splitAtMidnight(spans: readonly ClockSpan[]): DaySpans {
  const same: Span[] = [];
  const next: Span[] = [];
  for (const { start: from, end: to } of spans) {
    const [start, end] = [clockOf(from), clockOf(to)];
    if (end > start) {
      same.push({ start, end });
    } else {
      same.push({ start, end: DAY });
      next.push({ start: 0, end });
    }
  }
  return { same, next };
}

function clockOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return (hours * 60 + minutes) * MINUTE;
}
