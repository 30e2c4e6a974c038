import { DateTime, IANAZone } from "luxon";

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
const DATE_AND_TIME = /^\d{4}[-\dW]*T\d{2}(:?\d{2}(:?\d{2}([.,]\d{1,9})?)?)?(Z|[+-]\d{2}(:?\d{2})?)?$/;
const OFFSET = /T.*(Z|[+-]\d{2}(:?\d{2})?)$/;
const WALL = "yyyy-MM-dd'T'HH:mm:ss";

/** Version of the tz database that this runtime resolves local times with, such as `2026a`. */
export const tzVersion: string = process.versions["tz"] ?? "unknown";

/** Whether the name is a zone of the IANA tz database. Bare offsets such as `+02:00` are not. */
export function isTimeZone(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name) && IANAZone.isValidZone(name);
}

/**
 * Reads an ISO 8601 date and time: with an offset or Z it is that instant, without one it is a wall-clock time of `zone`.
 * A wall-clock time that does not exist or exists twice is refused; the reason names both instants it could mean.
 * @param zone a name for which {@link isTimeZone} holds
 */
export function parseTime(text: string, zone: string): ParsedTime {
  const read = DATE_AND_TIME.test(text) ? DateTime.fromISO(text, { zone: "utc" }) : undefined;
  if (!read?.isValid) {
    return {
      ok: false,
      reason: "Send an ISO 8601 date and time: 2027-03-01T10:00, 2027-03-01T10:00+01:00 or 2027-03-01T09:00Z.",
    };
  }
  if (OFFSET.test(text)) return { ok: true, time: inZone(read.toMillis(), zone) };
  return resolveLocal(read.toMillis(), zone);
}

/** Wall-clock reading of an instant. */
export function toLocal(instant: Date, zone: string): string {
  return DateTime.fromJSDate(instant, { zone }).toFormat(WALL);
}

/** The wall-clock reading of an instant for people: `Monday, 1 March 2027, 10:00 GMT+1`. */
export function describeLocal(instant: Date, zone: string): string {
  return DateTime.fromJSDate(instant, { zone }).setLocale("en-GB").toFormat("cccc, d LLLL yyyy, HH:mm ZZZZ");
}

/** Whether the wall clock shows a quarter of an hour, with zero seconds and milliseconds. */
export function isOnQuarterHour(instant: Date, zone: string): boolean {
  const local = DateTime.fromJSDate(instant, { zone });
  return local.minute % 15 === 0 && local.second === 0 && local.millisecond === 0;
}

/** `wall` is the wall-clock time as if it were UTC, in milliseconds. */
function resolveLocal(wall: number, zone: string): ParsedTime {
  const rules = IANAZone.create(zone);
  const offsets = [rules.offset(wall - DAY), rules.offset(wall + DAY)];
  const readings = [...new Set(offsets)].map((offset) => ({ offset, instant: wall - offset * MINUTE }));
  const real = readings.filter(({ offset, instant }) => rules.offset(instant) === offset);
  const [only] = real;
  if (only && real.length === 1) return { ok: true, time: inZone(only.instant, zone) };

  const local = DateTime.fromMillis(wall, { zone: "utc" }).toFormat(WALL);
  const instants = readings.map(({ instant }) => instant).toSorted((a, b) => a - b);
  const choices = instants.map((instant) =>
    DateTime.fromMillis(instant, { zone }).toISO({ suppressMilliseconds: true }),
  );
  const why = real.length === 0 ? "does not exist" : "exists twice";
  return { ok: false, reason: `${local} ${why} in ${zone}: the clocks change. Send ${choices.join(" or ")}.` };
}

function inZone(millis: number, zone: string): ZonedTime {
  const instant = new Date(millis);
  return { instant, local: toLocal(instant, zone) };
}
