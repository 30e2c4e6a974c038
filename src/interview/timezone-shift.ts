import { isTimeZone, parseTime, toLocal, tzVersion } from "../core/zone.ts";
import type { Interview } from "./load.ts";

/** What has become of an agreed local time since the rules of its zone changed. */
export interface TimezoneShift {
  /** What the wall clock will show at the interview's start, `YYYY-MM-DDTHH:MM:SS`. */
  localStartTime: string;
  /** When the wall clock will show the agreed time; null when it never does, or twice. */
  startTime: Date | null;
  /** The release that says so. */
  tzVersion: string;
}

/** Null when the wall clock of the zone, by the release in use, shows the agreed time at the start. */
export function timezoneShift({
  startsAt,
  localStart,
  timezone,
}: Pick<Interview, "startsAt" | "localStart" | "timezone">): TimezoneShift | null {
  // The release in use lacks this zone, so it cannot disagree.
  if (!isTimeZone(timezone)) return null;
  const agreed = agreedStart(localStart);
  const localStartTime = toLocal(startsAt, timezone);
  if (localStartTime === agreed) return null;
  const read = parseTime(agreed, timezone);
  return { localStartTime, startTime: read.ok ? read.time.instant : null, tzVersion: tzVersion(timezone) };
}

/** The column as ISO 8601. */
export const agreedStart = (localStart: string): string => localStart.replace(" ", "T");
