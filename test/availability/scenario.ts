import * as fc from "fast-check";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** Zones at a change of their clocks, and where the change is at midnight, of half an hour, or backwards in winter. */
const CHANGES: [zone: string, instant: string][] = [
  ["America/New_York", "2027-03-14T07:00Z"],
  ["Europe/Berlin", "2027-10-31T01:00Z"],
  ["Europe/Dublin", "2027-03-28T01:00Z"],
  ["Australia/Lord_Howe", "2027-04-03T15:00Z"],
  ["Africa/Cairo", "2027-04-29T22:00Z"],
  ["America/Santiago", "2027-09-05T04:00Z"],
  ["Pacific/Chatham", "2027-09-25T14:00Z"],
];

/** A zone that changes its clocks, and when. */
export const change = fc.constantFrom(...CHANGES);

const clock = fc.integer({ min: 0, max: 95 }).map((count) => {
  const minutes = count * 15;
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
});
/** The same hours on each day, many of them past midnight, and others on one day. */
const hours = fc
  .tuple(clock, clock, fc.integer({ min: 0, max: 6 }), clock)
  .filter(([start, end, , other]) => start !== end && other !== end)
  .map(([start, end, odd, other]) =>
    Array.from({ length: 7 }, (_, day) => ({ weekday: day + 1, start: day === odd ? other : start, end })),
  );
const override = fc.record({
  days: fc.integer({ min: -1, max: 1 }),
  spans: fc.array(
    fc.record({ start: clock, end: fc.oneof(clock, fc.constant("24:00")) }).filter(({ start, end }) => start !== end),
    { maxLength: 2 },
  ),
});
const away = fc.record({
  days: fc.integer({ min: -1, max: 1 }),
  start: clock,
  length: fc.integer({ min: 0, max: 1 }),
  end: clock,
});

/** What the rules of a person's time are, with dates told by their distance from the day of a change. */
export const rulesOfPerson = fc.record({
  hours: fc.oneof(fc.constant([]), hours),
  buffer: fc.constantFrom(0, 15),
  day: fc.constantFrom(null, 2),
  overrides: fc.uniqueArray(override, { selector: ({ days }) => days, maxLength: 2 }),
  off: fc.array(away, { maxLength: 1 }),
});
type Rules = typeof rulesOfPerson extends fc.Arbitrary<infer R> ? R : never;

/** The same with the dates themselves. */
export function rulesNear(middle: number, rules: Rules | undefined) {
  const date = (days: number) => new Date(middle + days * 24 * HOUR).toISOString().slice(0, 10);
  return {
    ...rules,
    overrides: rules?.overrides.map(({ days, spans }) => ({ date: date(days), spans })),
    off: rules?.off
      .map(({ days, start, length, end }) => ({
        start: `${date(days)}T${start}`,
        end: `${date(days + length)}T${end}`,
      }))
      .filter(({ start, end }) => start < end),
  };
}

/** An interview that somebody sits on, in quarters of an hour from a change. */
export const bookingOf = (people: readonly string[]) =>
  fc.record({
    who: fc.constantFrom(...people),
    quarter: fc.integer({ min: -60, max: 60 }),
    minutes: fc.constantFrom(15, 45, 60, 200),
    external: fc.boolean(),
  });

export const iso = (instant: number) => new Date(instant).toISOString();
