import { DateTime, Settings } from "luxon";
import { runtimeZones } from "./zone-database.ts";
import type { Zone, ZoneDatabase } from "./zone-database.ts";

/** A point in time together with how it reads on the wall of its zone. */
export interface ZonedTime {
  /** The instant. */
  instant: Date;
  /** Wall-clock time in the zone, `YYYY-MM-DDTHH:MM:SS`, without offset. */
  local: string;
}

export type ParsedTime = { ok: true; time: ZonedTime } | { ok: false; reason: string };

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const FIRST_YEAR = 1970;
/** An interview may end in the year after; one more, and an ISO 8601 year has no four digits for it. */
const LAST_YEAR = 9998;
const UNREADABLE =
  `Send an ISO 8601 date and time of the years ${FIRST_YEAR} to ${LAST_YEAR}, no finer than milliseconds: ` +
  "2027-03-01T10:00, 2027-03-01T10:00+01:00 or 2027-03-01T09:00Z.";

const DATE = String.raw`\d{4}(?:-\d{2}-\d{2}|-\d{3}|-W\d{2}-\d|\d{3,4}|W\d{3})`;
/** Zeros after the milliseconds lose nothing, as in Python's `10:00:00.000000`. */
const SECOND = String.raw`\d{2}(?:[.,]\d{1,3}0*)?`;
const TIME = String.raw`\d{2}(?::\d{2}(?::${SECOND})?|\d{2}(?:${SECOND})?)?`;
const OFFSET = String.raw`Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?`;
const NUMERIC_OFFSET = String.raw`[+-](?:[01]\d|2[0-3]):[0-5]\d`;
const DATE_AND_TIME = new RegExp(`^${DATE}T${TIME}(?<offset>${OFFSET})?$`);

/** The scalar `DateTime`, and so without the rarer notations of ISO 8601. */
const INSTANT = new RegExp(String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:[.]\d{1,3}0*)?)?(?:Z|${NUMERIC_OFFSET})$`);

const MAX_NAME_LENGTH = 64;
const NAME = /^[A-Za-z][A-Za-z0-9_+/-]*$/;

/** Without one luxon asks the runtime, at the first time that it reads; in the first request that takes longer than all its times. */
Settings.defaultLocale = "en-GB";

const runtime = runtimeZones();
let database = runtime;

/** The release of the tz database that every time of this process is read by. */
export function zonesInUse(): ZoneDatabase {
  return database;
}

/** Reads every time from now on by another release; for the start of a process, before the first time is read. */
export function useZones(chosen: ZoneDatabase): void {
  database = chosen;
}

/** The zone's name as the tz database spells it, for a name in any case; a link has its own name. Undefined when there is none. */
export function zoneName(name: string): string | undefined {
  return findZone(name)?.name;
}

/** Release of the tz database that the rules of a zone are from, such as `2026a`. */
export function tzVersion(zone: string): string {
  return zoneOf(zone).release;
}

/** Whether the name, in any case, is a zone of the IANA tz database. Bare offsets such as `+02:00` are not. */
export function isTimeZone(name: string): boolean {
  return findZone(name) !== undefined;
}

/**
 * Reads an ISO 8601 date and time: with an offset or Z it is that instant, without one it is a wall-clock time of `zone`.
 * A wall-clock time that does not exist or exists twice is refused; the reason names both instants it could mean.
 * @param zone a name for which {@link isTimeZone} holds
 */
export function parseTime(text: string, zone: string): ParsedTime {
  const notation = DATE_AND_TIME.exec(text);
  const read = notation && DateTime.fromISO(text, { zone: "utc" });
  if (!read?.isValid || read.year < FIRST_YEAR || read.year > LAST_YEAR) return { ok: false, reason: UNREADABLE };
  if (notation?.groups?.["offset"]) return { ok: true, time: inZone(read.toMillis(), zone) };
  return resolveLocal(read.toMillis(), zone);
}

/** Whether a readable date and time says its offset, so that it is the same instant whatever the zone. */
export function hasOffset(text: string): boolean {
  return DATE_AND_TIME.exec(text)?.groups?.["offset"] !== undefined;
}

/** Reads a date and time with an offset or Z. Undefined when it is no point in time of the years 1 to 9999. */
export function parseInstant(text: string): Date | undefined {
  const read = INSTANT.test(text) ? DateTime.fromISO(text, { zone: "utc" }) : undefined;
  return read?.isValid && read.year >= 1 && read.year <= 9999 ? read.toJSDate() : undefined;
}

/** Wall-clock reading of an instant, `YYYY-MM-DDTHH:MM:SS`. */
export function toLocal(instant: Date, zone: string): string {
  return format(wallTime(instant, zone));
}

/** The wall-clock reading of an instant for people: `Monday, 1 March 2027, 10:00 GMT+1`. */
export function describeLocal(instant: Date, zone: string): string {
  const wall = DateTime.fromMillis(wallTime(instant, zone), { zone: "utc" }).setLocale("en-GB");
  return `${wall.toFormat("cccc, d LLLL yyyy, HH:mm")} ${offsetName(instant, zone)}`;
}

/** Whether the wall clock shows a quarter of an hour, with zero seconds and milliseconds. */
export function isOnQuarterHour(instant: Date, zone: string): boolean {
  return wallTime(instant, zone) % (15 * MINUTE) === 0;
}

/** `wall` is the wall-clock time as if it were UTC, in milliseconds. */
function resolveLocal(wall: number, zone: string): ParsedTime {
  const rules = zoneOf(zone);
  // No zone is a day away from UTC, so that these two instants enclose whatever the wall-clock time can mean.
  const offsets = [rules.offsetAt(wall - DAY), rules.offsetAt(wall + DAY)];
  const readings = [...new Set(offsets)].map((offset) => ({ offset, instant: wall - offset }));
  const real = readings.filter(({ offset, instant }) => rules.offsetAt(instant) === offset);
  const [only] = real;
  if (only && real.length === 1) return { ok: true, time: inZone(only.instant, zone) };

  const instants = readings.map(({ instant }) => instant).toSorted((a, b) => a - b);
  const choices = instants.map((instant) => withOffset(instant, rules.offsetAt(instant)));
  const why = real.length === 0 ? "does not exist" : "exists twice";
  return { ok: false, reason: `${format(wall)} ${why} in ${zone}: the clocks change. Send ${choices.join(" or ")}.` };
}

function inZone(millis: number, zone: string): ZonedTime {
  const instant = new Date(millis);
  return { instant, local: toLocal(instant, zone) };
}

/** The wall-clock time as if it were UTC, in milliseconds. */
function wallTime(instant: Date, zone: string): number {
  return instant.getTime() + zoneOf(zone).offsetAt(instant.getTime());
}

const format = (wall: number) => new Date(wall).toISOString().slice(0, "YYYY-MM-DDTHH:MM:SS".length);

const withOffset = (instant: number, offset: number) =>
  `${format(instant + offset)}${offset < 0 ? "-" : "+"}${format(Math.abs(offset)).slice("YYYY-MM-DDT".length, -":SS".length)}`;

/** `CET` or `GMT+5:45`, as the runtime names it, unless its rules are others: then the name would contradict the time. */
function offsetName(instant: Date, zone: string): string {
  const offset = zoneOf(zone).offsetAt(instant.getTime());
  const agrees = runtime.find(zone)?.offsetAt(instant.getTime()) === offset;
  if (agrees) return DateTime.fromJSDate(instant, { zone }).setLocale("en-GB").toFormat("ZZZZ");
  const [hours, minutes] = withOffset(0, Math.abs(offset)).slice(-"HH:MM".length).split(":");
  return `GMT${offset < 0 ? "-" : "+"}${Number(hours)}${minutes === "00" ? "" : `:${minutes}`}`;
}

function zoneOf(name: string): Zone {
  const zone = findZone(name);
  if (!zone) throw new RangeError(`${name} is no time zone.`);
  return zone;
}

function findZone(name: string): Zone | undefined {
  return name.length <= MAX_NAME_LENGTH && NAME.test(name) ? database.find(name) : undefined;
}
