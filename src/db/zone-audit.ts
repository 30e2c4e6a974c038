import { setImmediate } from "node:timers/promises";
import type postgres from "postgres";

/** A time zone of which this runtime and the database do not think alike. */
export interface DifferingZone {
  zone: string;
  /** A sentence for the log. */
  reason: string;
}

export interface ZoneAuditOptions {
  /** Start of the two years that are compared. */
  from: Date;
  /** Names to compare; without it every zone that the runtime lists. */
  zones?: readonly string[];
  /** Minutes east of UTC; without it the runtime's own. It is asked for all of one zone before the next. */
  offsetAt?: (zone: string, instant: Date) => number;
}

/** The runtime's offset of a zone in the seconds `since` to `until`, both included; all in seconds. */
interface Stretch {
  zone: string;
  since: number;
  until: number;
  offset: number;
}

interface Difference {
  zone: string;
  known: boolean;
  /** First sampled second at which the offsets differ. */
  at: number | null;
  ours: number;
  theirs: number | null;
}

const SECOND = 1000;
const WEEK = 7 * 86_400;
const TWO_YEARS = 731 * 86_400;

/**
 * Compares the zone rules of this runtime with those of the database, at weekly samples and at the seconds around each
 * change of clocks that the runtime knows. Lets other work run between two zones.
 */
export async function findDifferingZones(raw: postgres.Sql, options: ZoneAuditOptions): Promise<DifferingZone[]> {
  const { from, zones = Intl.supportedValuesOf("timeZone"), offsetAt = runtimeOffsets() } = options;
  const start = Math.floor(from.getTime() / SECOND);
  const stretches: Stretch[] = [];
  for (const zone of zones) {
    const offset = (second: number) => Math.round(offsetAt(zone, new Date(second * SECOND)) * 60);
    stretches.push(...stretchesOf(start, offset).map((stretch) => ({ zone, ...stretch })));
    await setImmediate();
  }
  const differences = await compare(raw, stretches);
  return differences.map((difference) => ({ zone: difference.zone, reason: describe(difference) }));
}

/** The two years from `start`, cut where the offset changes. */
function stretchesOf(start: number, offset: (second: number) => number): Omit<Stretch, "zone">[] {
  const stretches: Omit<Stretch, "zone">[] = [];
  const end = start + TWO_YEARS;
  let current = { since: start, offset: offset(start) };
  for (let sampled = start; sampled < end;) {
    const next = Math.min(sampled + WEEK, end);
    if (offset(next) === current.offset) {
      sampled = next;
      continue;
    }
    sampled = changeBetween(sampled, next, (second) => offset(second) !== current.offset);
    stretches.push({ ...current, until: sampled - 1 });
    current = { since: sampled, offset: offset(sampled) };
  }
  return [...stretches, { ...current, until: end }];
}

/** The first second of a change that lies after `before` and not after `after`. */
function changeBetween(before: number, after: number, changed: (second: number) => boolean): number {
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (changed(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Samples are made by the database, so that only stretches travel. An unknown name must not reach `at time zone`. */
function compare(raw: postgres.Sql, stretches: Stretch[]): Promise<Difference[]> {
  return raw<Difference[]>`
    select distinct on (s.zone) s.zone, n.name is not null as known, t.at::float8, s."offset" as ours, t.theirs
    from json_to_recordset(${JSON.stringify(stretches)}::text::json)
      as s(zone text, since bigint, until bigint, "offset" int)
    left join pg_timezone_names n on lower(n.name) = lower(s.zone)
    left join lateral (
      select at, extract(epoch from (to_timestamp(at) at time zone n.name) - (to_timestamp(at) at time zone 'UTC'))::int
        as theirs
      from (select generate_series(s.since, s.until, ${WEEK}::bigint) as at union select s.until) samples
    ) t on n.name is not null
    where n.name is null or t.theirs <> s."offset"
    order by s.zone, t.at`;
}

function describe({ known, at, ours, theirs }: Difference): string {
  if (!known || at === null || theirs === null) return "The database does not know this zone.";
  const instant = new Date(at * SECOND).toISOString();
  return `At ${instant} the runtime has ${signed(ours)}, the database ${signed(theirs)}.`;
}

/** `+05:45`, with seconds where there are any. */
function signed(offset: number): string {
  const clock = new Date(Math.abs(offset) * SECOND)
    .toISOString()
    .slice("YYYY-MM-DDT".length, "YYYY-MM-DDTHH:MM:SS".length);
  return (offset < 0 ? "-" : "+") + clock.replace(/:00$/, "");
}

/** Asks Intl, as luxon does, but keeps no more than one formatter: each takes tens of kilobytes. */
function runtimeOffsets(): (zone: string, instant: Date) => number {
  let current: { zone: string; format: Intl.DateTimeFormat } | undefined;
  return (zone, instant) => {
    if (current?.zone !== zone) current = { zone, format: offsetFormat(zone) };
    const parts = current.format.formatToParts(instant);
    return minutesOf(parts.find(({ type }) => type === "timeZoneName")?.value ?? "");
  };
}

const offsetFormat = (timeZone: string) =>
  new Intl.DateTimeFormat("en-US", { timeZone, hour: "numeric", timeZoneName: "longOffset" });

/** Reads `GMT`, `GMT+05:45` and `GMT-00:44:30`. */
function minutesOf(text: string): number {
  const [, sign, hours = 0, minutes = 0, seconds = 0] = /^GMT(?:([+-])(\d+):(\d+)(?::(\d+))?)?$/.exec(text) ?? [];
  const distance = Number(hours) * 60 + Number(minutes) + Number(seconds) / 60;
  return sign === "-" ? -distance : distance;
}
