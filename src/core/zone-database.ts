import { OffsetTable } from "./zone-table.ts";
import type { OffsetChange } from "./zone-table.ts";

/** One zone of some release of the tz database. */
export interface Zone {
  /** As the database spells it. */
  name: string;
  /** Release of the tz database that the rules are from: `2026c`. */
  release: string;
  /** Milliseconds east of UTC at an instant. */
  offsetAt(instant: number): number;
  /** The first instant after this one with another offset; Infinity when there is none. */
  changeAfter(instant: number): number;
}

/** A release of the tz database, and where it comes from. */
export interface ZoneDatabase {
  release: string;
  /** For people: `Node.js 26.10.0`, or a directory. */
  origin: string;
  /** The zone of a name in any letter case. */
  find(name: string): Zone | undefined;
}

/** From the first change that is looked for to the last; what lies outside is asked for each time. */
const TABLE_START = Date.UTC(1970);
const TABLE_END = Date.UTC(2100);
const NANOSECONDS = 1e6;

/** The rules that this runtime was built with. */
export function runtimeZones(): ZoneDatabase {
  const release = process.versions["tz"] ?? "unknown";
  const zones = new Map<string, Zone>();
  return {
    release,
    origin: `Node.js ${process.versions.node}`,
    find(name) {
      const key = name.toLowerCase();
      const zone = zones.get(key) ?? runtimeZone(name, release);
      if (zone) zones.set(key, zone);
      return zone;
    },
  };
}

/** Temporal knows the names of the tz database with their spelling, and none of those that only ICU has. */
function runtimeZone(text: string, release: string): Zone | undefined {
  let name: string;
  try {
    name = at(TABLE_START, text).timeZoneId;
  } catch {
    return undefined;
  }
  const table = runtimeTable(name);
  return {
    name,
    release,
    offsetAt: (instant) =>
      instant >= TABLE_START && instant < TABLE_END ? table.offsetAt(instant) : offsetOf(at(instant, name)),
    changeAfter: (instant) => {
      const known = instant >= TABLE_START ? table.changeAfter(instant) : Infinity;
      return known < TABLE_END ? known : nextChange(at(instant, name));
    },
  };
}

function runtimeTable(name: string): OffsetTable {
  const start = at(TABLE_START, name);
  const changes: OffsetChange[] = [];
  for (let next = start.getTimeZoneTransition("next"); next; next = next.getTimeZoneTransition("next")) {
    if (next.epochMilliseconds >= TABLE_END) break;
    changes.push({ at: next.epochMilliseconds, offset: offsetOf(next) });
  }
  return new OffsetTable(offsetOf(start), changes);
}

/** Transitions of other kinds, such as those of the name, keep the offset. */
function nextChange(time: Temporal.ZonedDateTime): number {
  let next = time.getTimeZoneTransition("next");
  while (next && offsetOf(next) === offsetOf(time)) next = next.getTimeZoneTransition("next");
  return next?.epochMilliseconds ?? Infinity;
}

const at = (instant: number, zone: string) => Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
const offsetOf = (time: Temporal.ZonedDateTime) => time.offsetNanoseconds / NANOSECONDS;
