import { createHash } from "node:crypto";
import { isTimeZone, parseTime } from "../core/zone.ts";

/** SHA-256 of what a value says, whatever the order of its members. */
export const fingerprintOf = (value: object): Buffer =>
  createHash("sha256")
    .update(JSON.stringify(sorted(value)))
    .digest();

/** The instant that a time means in a zone; the text itself where it cannot be read. */
export function instantOf(text: string, timezone: string): string {
  const read = isTimeZone(timezone) ? parseTime(text, timezone) : undefined;
  return read?.ok ? read.time.instant.toISOString() : text;
}

/** The wall-clock time that a text without an offset says; the text itself where it cannot be read. */
export function localOf(text: string): string {
  const read = parseTime(text, "UTC");
  return read.ok ? read.time.local : text;
}

/** The value with the members of every object in the order of their names; undefined members are dropped by JSON. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}
