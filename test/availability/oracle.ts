import type { PersonFacts, BlockOptions } from "../../src/availability/blocks.ts";
import type { Span } from "../../src/core/interval.ts";
import type { ZonePiece } from "../../src/core/zone-pieces.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What a wall clock shows, read from the runtime's own formatter. */
export interface Wall {
  date: string;
  weekday: number;
  /** Minutes since midnight. */
  minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

export function wallAt(instant: number, timeZone: string): Wall {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat("en-CA", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
  formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const date = `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`;
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
  return { date, weekday, minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")) };
}

/** Offsets of a zone, hour by hour, as the runtime tells them. */
export function piecesOf(timeZone: string, { start, end }: Span): ZonePiece[] {
  const offsetAt = (instant: number) => {
    const { date, minute } = wallAt(instant, timeZone);
    return Date.parse(`${date}T00:00:00Z`) + minute * MINUTE - Math.floor(instant / MINUTE) * MINUTE;
  };
  const pieces: ZonePiece[] = [];
  for (let at = start; at < end; at += HOUR / 4) {
    const offset = offsetAt(at);
    const last = pieces.at(-1);
    const until = Math.min(end, at + HOUR / 4);
    if (last?.offset === offset) last.end = until;
    else pieces.push({ start: at, end: until, offset });
  }
  return pieces;
}

const minutesOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
const dayBefore = (date: string) => new Date(Date.parse(`${date}T00:00:00Z`) - 24 * HOUR).toISOString().slice(0, 10);

/** Whether a wall-clock reading lies within the working hours, read off the definition. */
export function works({ date, weekday, minute }: Wall, hours: NonNullable<PersonFacts["workingHours"]>): boolean {
  const spansOn = (day: string, of: number) =>
    hours.overrides.find((override) => override.date === day)?.spans ??
    hours.weekly.filter((span) => span.weekday === of);
  const today = spansOn(date, weekday).some(({ start, end }) => {
    const [from, to] = [minutesOf(start), minutesOf(end)];
    return minute >= from && (to <= from || minute < to);
  });
  if (today || hours.overrides.some((override) => override.date === date)) return today;
  return spansOn(dayBefore(date), weekday === 1 ? 7 : weekday - 1).some(
    ({ start, end }) => minutesOf(end) <= minutesOf(start) && minute < minutesOf(end),
  );
}

/** Whether a person is free in a minute, but for limits; asked minute by minute. */
export function freeAt(
  instant: number,
  facts: PersonFacts & { timeZone: string },
  { buffer, earliest, withinWorkingHours }: BlockOptions,
): boolean {
  const minute = { start: instant, end: instant + MINUTE };
  const touches = (span: Span, by = 0) => span.start - by < minute.end && span.end + by > minute.start;
  if (instant < earliest) return false;
  const own = [...facts.seats, ...facts.ignoredSeats];
  const covered = (at: number) => own.some((seat) => seat.start <= at && at < seat.end);
  const busyMinutes = (span: Span) => {
    for (let at = span.start; at < span.end; at += MINUTE) {
      if (!covered(at) && at - buffer < minute.end && at + MINUTE + buffer > minute.start) return true;
    }
    return false;
  };
  if (facts.seats.some((seat) => touches(seat, buffer))) return false;
  if (facts.busy.some(busyMinutes)) return false;
  const wall = wallAt(instant, facts.timeZone);
  if (withinWorkingHours && facts.workingHours && !works(wall, facts.workingHours)) return false;
  const local = `${wall.date}T${String(Math.floor(wall.minute / 60)).padStart(2, "0")}:${String(wall.minute % 60).padStart(2, "0")}`;
  return !facts.timeOff.some(({ start, end }) => start <= local && local < end);
}
