import { subtract, union } from "../core/interval.ts";
import type { Span } from "../core/interval.ts";
import { zonePieces } from "../core/zone-pieces.ts";
import type { ZonePiece } from "../core/zone-pieces.ts";
import type { ClockSpan, DateOverride, TimeOff, WeeklySpan } from "../db/schema/people.ts";
import type { User } from "./load.ts";

/** When somebody works, by the wall clock where they are. */
export interface WorkingHours {
  /** ISO weekday: 1 is Monday. */
  weekly: readonly WeeklySpan[];
  /** In place of a date's weekly spans. A date without spans is a day off. */
  overrides: readonly DateOverride[];
}

/** What a person has told of their hours. */
type Told = Pick<User, "timezone" | "workingHours" | "workingHoursOverrides" | "timeOff">;

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY = 4;

/** What two parts of a date's spans cover: of the date itself, and past midnight, in milliseconds since the midnight before each. */
interface DaySpans {
  same: Span[];
  next: Span[];
}

/** The same span on every day of the week. */
export const everyDay = (span: ClockSpan): WorkingHours => {
  return { weekly: WEEKDAYS.map((weekday) => ({ weekday, ...span })), overrides: [] };
};

/** Null for a person who has told none: then any time is working time, as it is on dates without an override. */
export function workingHoursOf({ workingHours, workingHoursOverrides: overrides }: Told): WorkingHours | null {
  if (workingHours.length > 0) return { weekly: workingHours, overrides };
  return overrides.length > 0 ? { ...everyDay({ start: "00:00", end: "24:00" }), overrides } : null;
}

/** Whether a person is at work from the start of a span to its end: within their working hours, and not on time off. */
export function isAtWork(person: Told, span: Span): boolean {
  const pieces = zonePieces(person.timezone, span);
  const hours = workingHoursOf(person);
  const working = hours ? workingTime(hours, pieces) : [span];
  return covers(subtract(working, timeOffIn(person.timeOff, pieces)), span);
}

/** Whether the wall clock shows a time within the hours from the start of a span to its end. */
export function isWithinHours(hours: WorkingHours, zone: string, span: Span): boolean {
  return covers(workingTime(hours, zonePieces(zone, span)), span);
}

const covers = (spans: readonly Span[], span: Span) => subtract([span], spans).length === 0;

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
function onWallClock(pieces: readonly ZonePiece[], spansIn: (wall: Span) => readonly Span[]): Span[] {
  const instants = pieces.flatMap(({ start, end, offset }) => {
    const wall = { start: start + offset, end: end + offset };
    return spansIn(wall).map((span) => ({
      start: Math.max(span.start, wall.start) - offset,
      end: Math.min(span.end, wall.end) - offset,
    }));
  });
  return union(instants);
}

/** The instants at which the wall clock shows a time off. */
export function timeOffIn(timeOff: readonly TimeOff[], pieces: readonly ZonePiece[]): Span[] {
  const spans = timeOff.map(({ start, end }) => ({ start: wallOf(start), end: wallOf(end) }));
  return onWallClock(pieces, () => spans);
}

/** The wall clock as if it were UTC. */
const wallOf = (local: string) => Date.parse(`${local}:00Z`);

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
