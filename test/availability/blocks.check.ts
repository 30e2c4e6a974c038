import * as fc from "fast-check";
import { expect, test } from "vitest";
import { blocksOf } from "../../src/availability/blocks.ts";
import type { PersonFacts } from "../../src/availability/blocks.ts";
import { subtract, union } from "../../src/core/interval.ts";
import type { Span } from "../../src/core/interval.ts";
import { zonePieces } from "../../src/core/zone-pieces.ts";
import { workingTime } from "../../src/people/working-time.ts";
import { freeAt, piecesOf, wallAt } from "./oracle.ts";
import type { Wall } from "./oracle.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(text);

/** Zones and moments around every kind of clock change: an hour, half an hour, backwards in winter, at and around midnight. */
const CHANGES: [zone: string, instant: string][] = [
  ["America/New_York", "2026-03-08T07:00Z"],
  ["America/New_York", "2026-11-01T06:00Z"],
  ["Europe/Berlin", "2027-03-28T01:00Z"],
  ["Europe/Dublin", "2027-10-31T01:00Z"],
  ["Australia/Lord_Howe", "2027-04-03T15:00Z"],
  ["Australia/Lord_Howe", "2027-10-02T15:30Z"],
  ["Africa/Cairo", "2027-04-29T22:00Z"],
  ["Asia/Beirut", "2027-03-27T22:00Z"],
  ["America/Santiago", "2027-09-05T04:00Z"],
  ["Asia/Kathmandu", "2027-06-01T00:00Z"],
  ["Pacific/Chatham", "2027-04-03T14:00Z"],
];

const clock = (step: number) =>
  fc.integer({ min: 0, max: (24 * 60) / step - 1 }).map((count) => {
    const minutes = count * step;
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  });
const clockSpan = fc.record({ start: clock(15), end: fc.oneof(clock(15), fc.constant("24:00")) });

const scenario = fc.constantFrom(...CHANGES).chain(([timeZone, change]) => {
  const middle = at(change);
  const window = { start: middle - 36 * HOUR, end: middle + 36 * HOUR };
  const dateNear = fc
    .integer({ min: -2, max: 2 })
    .map((days) => new Date(middle + days * DAY).toISOString().slice(0, 10));
  const spanNear: fc.Arbitrary<Span> = fc
    .record({ start: fc.integer({ min: -2_400, max: 2_300 }), length: fc.integer({ min: 1, max: 600 }) })
    .map(({ start, length }) => ({ start: middle + start * MINUTE, end: middle + (start + length) * MINUTE }));
  const seat = fc.tuple(spanNear, fc.uuid()).map(([span, interviewId]) => ({ ...span, interviewId }));
  const facts: fc.Arbitrary<PersonFacts & { timeZone: string }> = fc.record({
    timeZone: fc.constant(timeZone),
    pieces: fc.constant(zonePieces(timeZone, { start: window.start - 8 * DAY, end: window.end + 8 * DAY })),
    workingHours: fc.option(
      fc.record({
        weekly: fc.array(
          fc.tuple(clockSpan, fc.integer({ min: 1, max: 7 })).map(([span, weekday]) => ({ ...span, weekday })),
          { maxLength: 8 },
        ),
        overrides: fc.uniqueArray(fc.record({ date: dateNear, spans: fc.array(clockSpan, { maxLength: 2 }) }), {
          selector: ({ date }) => date,
          maxLength: 2,
        }),
      }),
    ),
    timeOff: fc.array(
      fc.tuple(dateNear, clock(15), dateNear, clock(15)).map(([from, start, to, end]) => ({
        start: `${from}T${start}`,
        end: `${to}T${end}`,
      })),
      { maxLength: 2 },
    ),
    seats: fc.array(seat, { maxLength: 3 }),
    ignoredSeats: fc.array(seat, { maxLength: 1 }),
    busy: fc.array(spanNear, { maxLength: 3 }),
    unknown: fc.constant([]),
    maxPerDay: fc.constant(null),
    maxPerWeek: fc.constant(null),
  });
  const options = fc.record({
    window: fc.constant(window),
    earliest: fc.integer({ min: -2_400, max: 0 }).map((minutes) => middle + minutes * MINUTE),
    buffer: fc.constantFrom(0, 5 * MINUTE, 30 * MINUTE, HOUR),
    withinWorkingHours: fc.boolean(),
  });
  return fc.record({ facts, options });
});

test("a person is free in the same minutes as when each minute is asked by itself, around every kind of clock change", () => {
  fc.assert(
    fc.property(scenario, ({ facts, options }) => {
      const blocks = blocksOf(facts, options);
      const free = subtract([options.window], union(blocks));
      const expected: Span[] = [];
      // Minutes that lie on a border in every zone and span: the test's spans have whole minutes.
      for (let minute = options.window.start; minute < options.window.end; minute += MINUTE) {
        if (freeAt(minute, facts, options)) expected.push({ start: minute, end: minute + MINUTE });
      }
      expect(free).toEqual(union(expected));
    }),
    { numRuns: 20 },
  );
});

test("blocks of one reason do not overlap, and all lie within the window, in order", () => {
  fc.assert(
    fc.property(scenario, ({ facts, options }) => {
      const blocks = blocksOf({ ...facts, maxPerDay: 1, maxPerWeek: 2 }, options);
      for (const ofReason of Map.groupBy(blocks, ({ reason }) => reason).values()) {
        for (const [index, { start }] of ofReason.entries()) {
          expect(start).toBeGreaterThanOrEqual(ofReason[index - 1]?.end ?? options.window.start);
        }
      }
      expect(blocks.every(({ start, end }) => start < end && end <= options.window.end)).toBe(true);
      expect(blocks.map(({ start }) => start)).toEqual(blocks.map(({ start }) => start).toSorted((a, b) => a - b));
    }),
    { numRuns: 100 },
  );
});

test("a day or week is full for as long as each minute of it finds as many interviews, over clock changes and a year's end", () => {
  const places = [
    ...CHANGES,
    ["Pacific/Apia", "2026-12-31T12:00Z"],
    ["America/Los_Angeles", "2028-01-02T20:00Z"],
  ] as const;
  const limited = fc.record({
    place: fc.constantFrom(...places),
    starts: fc.array(fc.integer({ min: -14 * 96, max: 14 * 96 }), { minLength: 1, maxLength: 12 }),
    max: fc.integer({ min: 0, max: 4 }),
  });
  const DAYS = 9;
  const monday = ({ date, weekday }: Wall) => at(`${date}T00:00Z`) - (weekday - 1) * DAY;
  fc.assert(
    fc.property(limited, ({ place: [timeZone, change], starts, max }) => {
      const middle = at(change);
      const window = { start: middle - DAYS * DAY, end: middle + DAYS * DAY };
      const around = { start: window.start - 8 * DAY, end: window.end + 8 * DAY };
      const seats = starts.map((quarter, index) => {
        const start = middle + quarter * 15 * MINUTE;
        return { start, end: start + HOUR, interviewId: String(index) };
      });
      const person = { ...facts(timeZone, { seats }), pieces: zonePieces(timeZone, around) };
      const blocks = blocksOf(
        { ...person, maxPerDay: max, maxPerWeek: max },
        { window, earliest: window.start, buffer: 0, withinWorkingHours: true },
      );
      const walls = seats.map(({ start }) => wallAt(start, timeZone));
      const expected: Record<string, Span[]> = { LIMIT_PER_DAY: [], LIMIT_PER_WEEK: [] };
      for (let start = window.start; start < window.end; start += 15 * MINUTE) {
        const wall = wallAt(start, timeZone);
        const quarter = { start, end: start + 15 * MINUTE };
        if (walls.filter(({ date }) => date === wall.date).length >= max) expected["LIMIT_PER_DAY"]?.push(quarter);
        if (walls.filter((one) => monday(one) === monday(wall)).length >= max)
          expected["LIMIT_PER_WEEK"]?.push(quarter);
      }
      for (const [reason, quarters] of Object.entries(expected)) {
        expect(union(blocks.filter((block) => block.reason === reason)), reason).toEqual(union(quarters));
      }
    }),
    { numRuns: 20 },
  );
});

const facts = (timeZone: string, more: Partial<PersonFacts>): PersonFacts => ({
  pieces: piecesOf(timeZone, { start: at("2026-02-20T00:00Z"), end: at("2026-03-31T00:00Z") }),
  workingHours: null,
  timeOff: [],
  seats: [],
  ignoredSeats: [],
  busy: [],
  unknown: [],
  maxPerDay: null,
  maxPerWeek: null,
  ...more,
});
const options = (from: string, to: string) => ({
  window: { start: at(from), end: at(to) },
  earliest: at(from),
  buffer: 0,
  withinWorkingHours: true,
});
const shown = (spans: readonly Span[]) =>
  spans.map(
    ({ start, end }) => `${new Date(start).toISOString().slice(0, 16)} ${new Date(end).toISOString().slice(0, 16)}`,
  );

test("13:00 to 18:00 in New York on the day of the spring change is 17:00 to 22:00 UTC", () => {
  const weekly = [{ weekday: 7, start: "13:00", end: "18:00" }];
  const pieces = piecesOf("America/New_York", { start: at("2026-03-08T00:00Z"), end: at("2026-03-09T00:00Z") });
  expect(shown(workingTime({ weekly, overrides: [] }, pieces))).toEqual(["2026-03-08T17:00 2026-03-08T22:00"]);
});

test("a span past midnight and one that begins at midnight are one", () => {
  const weekly = [
    { weekday: 1, start: "22:30", end: "24:00" },
    { weekday: 2, start: "00:00", end: "02:00" },
  ];
  const pieces = piecesOf("UTC", { start: at("2026-03-02T00:00Z"), end: at("2026-03-04T00:00Z") });
  expect(shown(workingTime({ weekly, overrides: [] }, pieces))).toEqual(["2026-03-02T22:30 2026-03-03T02:00"]);
  const night = [{ weekday: 1, start: "22:30", end: "02:00" }];
  expect(shown(workingTime({ weekly: night, overrides: [] }, pieces))).toEqual(["2026-03-02T22:30 2026-03-03T02:00"]);
});

test("a buffer of an hour around 10:00 to 11:00 blocks 9:00 to 12:00", () => {
  const seats = [{ start: at("2026-03-04T10:00Z"), end: at("2026-03-04T11:00Z"), interviewId: "i" }];
  const blocks = blocksOf(facts("UTC", { seats }), {
    ...options("2026-03-04T00:00Z", "2026-03-05T00:00Z"),
    buffer: HOUR,
  });
  expect(shown(union(blocks))).toEqual(["2026-03-04T09:00 2026-03-04T12:00"]);
  expect(blocks.map(({ reason, interviewId }) => [reason, interviewId])).toEqual([
    ["BUFFER", null],
    ["BUSY_INTERVIEW", "i"],
    ["BUFFER", null],
  ]);
});

test("interviews that overlap are shown in one way, in whatever order they were read", () => {
  const seat = (interviewId: string, end: string) => ({ start: at("2026-03-04T10:00Z"), end: at(end), interviewId });
  const seats = [seat("b", "2026-03-04T11:00Z"), seat("a", "2026-03-04T11:00Z"), seat("c", "2026-03-04T10:30Z")];
  const show = (of: typeof seats) => {
    const blocks = blocksOf(facts("UTC", { seats: of }), options("2026-03-04T00:00Z", "2026-03-05T00:00Z"));
    return blocks.map(({ interviewId }, index) => `${interviewId} ${shown(blocks)[index]}`);
  };
  expect(show(seats)).toEqual(["c 2026-03-04T10:00 2026-03-04T10:30", "a 2026-03-04T10:30 2026-03-04T11:00"]);
  expect(show(seats.toReversed())).toEqual(show(seats));
});

test("a day or week with as many interviews as may be is full, by the person's own calendar", () => {
  const seat = (start: string) => ({ start: at(start), end: at(start) + HOUR, interviewId: start });
  const seats = [seat("2026-03-03T23:30Z"), seat("2026-03-04T14:00Z")];
  const berlin = facts("Europe/Berlin", { seats, maxPerDay: 2, maxPerWeek: 2 });
  const full = (reason: string, from: string, to: string) =>
    shown(blocksOf(berlin, options(from, to)).filter((block) => block.reason === reason));
  expect(full("LIMIT_PER_DAY", "2026-03-01T00:00Z", "2026-03-10T00:00Z")).toEqual([
    "2026-03-03T23:00 2026-03-04T23:00",
  ]);
  expect(full("LIMIT_PER_WEEK", "2026-02-20T00:00Z", "2026-03-15T00:00Z")).toEqual([
    "2026-03-01T23:00 2026-03-08T23:00",
  ]);
});

test("an event of ours in the calendar blocks once, and that of an interview to be moved not at all", () => {
  const seats = [{ start: at("2026-03-04T10:00Z"), end: at("2026-03-04T11:00Z"), interviewId: "kept" }];
  const ignoredSeats = [{ start: at("2026-03-04T12:00Z"), end: at("2026-03-04T13:00Z"), interviewId: "moved" }];
  const busy = [
    { start: at("2026-03-04T10:00Z"), end: at("2026-03-04T11:30Z") },
    { start: at("2026-03-04T12:00Z"), end: at("2026-03-04T13:00Z") },
  ];
  const blocks = blocksOf(
    facts("UTC", { seats, ignoredSeats, busy }),
    options("2026-03-04T00:00Z", "2026-03-05T00:00Z"),
  );
  expect(blocks.map(({ reason }, index) => [reason, shown(blocks)[index]])).toEqual([
    ["BUSY_INTERVIEW", "2026-03-04T10:00 2026-03-04T11:00"],
    ["BUSY_CALENDAR", "2026-03-04T11:00 2026-03-04T11:30"],
  ]);
});
