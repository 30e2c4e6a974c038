import type { OffsetChange } from "./zone-table.ts";

/** What a zone does after the last change of its table. */
export interface ZoneFooter {
  /** Offset of standard time, in milliseconds east of UTC. */
  standard: number;
  /** Null in a zone without daylight saving time. */
  daylight: { offset: number; start: YearlyDate; end: YearlyDate } | null;
}

/** A day of each year, counted from 1970-01-01, and the time on that day's clock in milliseconds. */
interface YearlyDate {
  day: (year: number) => number;
  time: number;
}

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const FEBRUARY = 59;
const DEFAULT_TIME = "2";
const MAX_OFFSET_HOURS = 24;
const MAX_TIME_HOURS = 167;

const NAME = String.raw`(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)`;
const TIME = String.raw`[+-]?\d{1,3}(?::[0-5]\d){0,2}`;
const DATE = String.raw`(?:M\d{1,2}\.\d\.\d|J?\d{1,3})(?:/${TIME})?`;
const FOOTER = new RegExp(
  `^${NAME}(?<standard>${TIME})(?:${NAME}(?<daylight>${TIME})?,(?<start>${DATE}),(?<end>${DATE}))?$`,
);

/**
 * Reads the text of POSIX's variable TZ, with the extension of RFC 9636 (times of up to a week), as compiled zones end with:
 * `CET-1CEST,M3.5.0,M10.5.0/3`. Undefined when it is none.
 */
export function parseFooter(text: string): ZoneFooter | undefined {
  const parts = FOOTER.exec(text)?.groups;
  const west = millisecondsOf(parts?.["standard"] ?? "", MAX_OFFSET_HOURS);
  if (!parts || west === undefined) return undefined;
  const standard = 0 - west;
  const { daylight, start = "", end = "" } = parts;
  if (!start) return { standard, daylight: null };
  const dates = [parseDate(start), parseDate(end)];
  const shifted = daylight === undefined ? west - 3600 * SECOND : millisecondsOf(daylight, MAX_OFFSET_HOURS);
  const [from, to] = dates;
  if (!from || !to || shifted === undefined) return undefined;
  return { standard, daylight: { offset: 0 - shifted, start: from, end: to } };
}

/** Both changes of a year, each with the clock that is in force before it. */
export function changesOfYear({ standard, daylight }: ZoneFooter, year: number): OffsetChange[] {
  if (!daylight) return [];
  const at = ({ day, time }: YearlyDate, before: number) => day(year) * DAY + time - before;
  return [
    { at: at(daylight.start, standard), offset: daylight.offset },
    { at: at(daylight.end, daylight.offset), offset: standard },
  ];
}

function millisecondsOf(text: string, maxHours: number): number | undefined {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, "").split(":").map(Number);
  if (hours > maxHours) return undefined;
  const distance = ((hours * 60 + minutes) * 60 + seconds) * SECOND;
  return text.startsWith("-") ? -distance : distance;
}

function parseDate(text: string): YearlyDate | undefined {
  const [date = "", clock = DEFAULT_TIME] = text.split("/");
  const time = millisecondsOf(clock, MAX_TIME_HOURS);
  const day = date.startsWith("M") ? weekdayOfMonth(date) : dayOfYear(date);
  return day && time !== undefined ? { day, time } : undefined;
}

const dayNumber = (year: number, month: number, day: number) => Date.UTC(year, month, day) / DAY;

/** `M10.5.0`: the last Sunday of October; the fifth is the last. */
function weekdayOfMonth(text: string): YearlyDate["day"] | undefined {
  const [month = 0, week = 0, weekday = 0] = text.slice(1).split(".").map(Number);
  if (month < 1 || month > 12 || week < 1 || week > 5 || weekday > 6) return undefined;
  return (year) => {
    const first = dayNumber(year, month - 1, 1);
    const next = dayNumber(year, month, 1);
    // The first day of 1970 was a Thursday.
    const day = first + ((((weekday - first - 4) % 7) + 7) % 7) + (week - 1) * 7;
    return day < next ? day : day - 7;
  };
}

/** `J60`: 1 March in every year; `59`: the sixtieth day, whatever the year. */
function dayOfYear(text: string): YearlyDate["day"] | undefined {
  if (!text.startsWith("J")) return Number(text) > 365 ? undefined : (year) => dayNumber(year, 0, 1 + Number(text));
  const count = Number(text.slice(1));
  if (count < 1 || count > 365) return undefined;
  return (year) => {
    const leapDay = count > FEBRUARY && dayNumber(year, 2, 1) - dayNumber(year, 0, 1) > FEBRUARY ? 1 : 0;
    return dayNumber(year, 0, count + leapDay);
  };
}
