import * as fc from "fast-check";
import { expect, test } from "vitest";
import { subtract, union } from "../../../src/core/interval.ts";
import { toLocal } from "../../../src/core/zone.ts";
import { zonePieces } from "../../../src/core/zone-pieces.ts";
import { findLoopTimes } from "../../../src/availability/loop/loop.ts";
import type { LoopQuestion } from "../../../src/availability/loop/legs.ts";
import { Oracle, personOf } from "./oracle.ts";
import type { Known } from "./oracle.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** Zones at a change of their clocks, and the night before a Monday, when a week begins. */
const TURNS: [zone: string, instant: string][] = [
  ["Europe/Berlin", "2027-10-31T01:00Z"],
  ["America/New_York", "2027-03-14T07:00Z"],
  ["Australia/Lord_Howe", "2027-04-03T15:00Z"],
  ["America/Santiago", "2027-09-05T04:00Z"],
  ["Asia/Kolkata", "2027-05-16T18:30Z"],
];
const NAMES = ["ada", "bob", "eve", "kim"];

const rules = fc.record({
  zone: fc.constantFrom(...TURNS.map(([zone]) => zone)),
  seat: fc.option(fc.record({ quarter: fc.integer({ min: -120, max: 120 }), quarters: fc.constantFrom(1, 4) }), {
    freq: 2,
  }),
  unknown: fc.option(fc.integer({ min: -120, max: 120 }), { freq: 1 }),
  buffer: fc.constantFrom(0, 0, 15, 45, 90),
  maxPerDay: fc.constantFrom(null, null, 1, 2),
  maxPerWeek: fc.constantFrom(null, null, 1, 2, 3),
});
const leg = fc
  .record({
    durationMinutes: fc.constantFrom(15, 20, 45, 60),
    required: fc.oneof(fc.constant<string[]>([]), fc.subarray(NAMES, { maxLength: 2 })),
    pooled: fc.subarray(NAMES, { maxLength: 3 }),
    need: fc.constantFrom(1, 1, 2),
  })
  .map(({ durationMinutes, required, pooled, need }) => {
    const of = pooled.filter((name) => !required.includes(name));
    const pool = of.length === 0 ? null : { of, need: Math.min(need, of.length) };
    return { durationMinutes, pool, interviewerIds: required.length === 0 && !pool ? ["ada"] : required };
  });
const scenario = fc.record({
  turn: fc.constantFrom(...TURNS),
  people: fc.array(rules, { minLength: NAMES.length, maxLength: NAMES.length }),
  legs: fc.array(leg, { minLength: 2, maxLength: 3 }),
  /** When anybody can, in quarters of an hour from the turn on: few and short, since brute force tries everything. */
  open: fc.array(fc.record({ from: fc.integer({ min: -120, max: 120 }), length: fc.integer({ min: 5, max: 12 }) }), {
    minLength: 2,
    maxLength: 3,
  }),
  order: fc.constantFrom("AS_GIVEN" as const, "ANY" as const),
  minGapMinutes: fc.constantFrom(0, 0, 10, 30),
  maxGapMinutes: fc.constantFrom(null, null, 30, 120, 1_440),
  sameDay: fc.boolean(),
  organizerId: fc.constantFrom(null, "ada", "bob"),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer Of> ? Of : never;

const onWall = (instant: number, zone: string) => toLocal(new Date(instant), zone).slice(0, 16);

function knownOf({ turn: [, at], people, open }: Scenario): Known[] {
  const middle = Date.parse(at);
  const around = { start: middle - 2 * WEEK, end: middle + 2 * WEEK };
  const closed = subtract([around], union(open.map(({ from, length }) => spanAt(middle, from, length))));
  return people.map(({ zone, seat, unknown, buffer, ...limits }, index) => ({
    userId: NAMES[index] ?? "",
    buffer: buffer * MINUTE,
    facts: {
      pieces: zonePieces(zone, around),
      workingHours: null,
      timeOff: closed.map(({ start, end }) => ({ start: onWall(start, zone), end: onWall(end, zone) })),
      seats: seat ? [{ ...spanAt(middle, seat.quarter, seat.quarters), interviewId: "booked" }] : [],
      ignoredSeats: [],
      busy: [],
      unknown: unknown === null ? [] : [spanAt(middle, unknown, 8)],
      ...limits,
    },
  }));
}

function spanAt(middle: number, quarter: number, quarters: number) {
  const start = middle + quarter * 15 * MINUTE;
  return { start, end: start + quarters * 15 * MINUTE };
}

function questionOf({ turn: [zone, at], open: _open, people: _people, ...rest }: Scenario): LoopQuestion {
  const window = spanAt(Date.parse(at), -130, 270);
  return { ...rest, window, pieces: zonePieces(zone, window) };
}

test("the sequences are those of brute force, and who takes part, or could, is free once the other legs are booked", () => {
  let withSequences = 0;
  fc.assert(
    fc.property(scenario, (asked) => {
      const question = questionOf(asked);
      const known = knownOf(asked);
      const oracle = new Oracle(question, known);
      const used = new Set(
        question.legs.flatMap(({ interviewerIds, pool }) => [...interviewerIds, ...(pool?.of ?? [])]),
      );
      const people = known
        .filter(({ userId }) => used.has(userId) || userId === question.organizerId)
        .map((one) => personOf(one, question));
      const { certain, perhaps } = findLoopTimes(question, people, { maxSteps: 1_000_000 });
      for (const [result, unknownToo] of [
        [certain, false],
        [perhaps, true],
      ] as const) {
        const { sequences, complete, obstacle } = result;
        expect(complete).toBe(true);
        expect(obstacle === null).toBe(sequences.length > 0);
        const ranking = sequences.map(({ start, end, legs }) => `${end - start} ${start} ${legs[0]?.leg}`);
        expect(ranking).toEqual(oracle.ranking(unknownToo));
        withSequences += sequences.length > 0 ? 1 : 0;
        for (const { legs } of sequences) {
          expect(oracle.peopleFit(legs, unknownToo)).toBe(true);
          expect(legs.every((one, index) => oracle.timesFit(legs.slice(0, index), one))).toBe(true);
          for (const one of legs) {
            const { interviewerIds = [], pool = null } = question.legs[one.leg] ?? {};
            expect(one.interviewers.slice(0, interviewerIds.length).toSorted()).toEqual(interviewerIds.toSorted());
            const chosen = one.interviewers.slice(interviewerIds.length);
            expect(new Set(chosen).size).toBe(pool?.need ?? 0);
            expect(chosen.every((name) => pool?.of.includes(name))).toBe(true);
            const stateOf = (name: string) => oracle.stateOf(name, one, oracle.seatsOf(name, legs, one));
            const replaced = (name: string) =>
              legs.map((leg) =>
                leg === one ? { ...one, interviewers: [...interviewerIds, name, ...chosen.slice(1)] } : leg,
              );
            const others = (pool?.of ?? []).filter(
              (name) =>
                !chosen.includes(name) && stateOf(name) === "free" && oracle.peopleFit(replaced(name), unknownToo),
            );
            expect(one.alternatives.toSorted()).toEqual(others.toSorted());
            const present = new Set([
              ...one.interviewers,
              ...(question.organizerId === null ? [] : [question.organizerId]),
            ]);
            expect(one.unknown.toSorted()).toEqual(
              [...present].filter((name) => stateOf(name) === "unknown").toSorted(),
            );
          }
        }
      }
    }),
    { numRuns: 60 },
  );
  expect(withSequences).toBeGreaterThan(15);
});

test("a search that is cut short says so, and what it has found is right all the same", () => {
  let cutShort = 0;
  fc.assert(
    fc.property(scenario, fc.integer({ min: 1, max: 40 }), (asked, maxSteps) => {
      const question = questionOf(asked);
      const known = knownOf(asked);
      const oracle = new Oracle(question, known);
      const people = known.map((one) => personOf(one, question));
      const { certain } = findLoopTimes(question, people, { maxSteps });
      const exact = findLoopTimes(question, people, { maxSteps: 1_000_000 }).certain;
      expect(certain).toEqual(certain.complete ? exact : { ...certain, complete: false });
      expect(certain.obstacle === "CUT_SHORT").toBe(!certain.complete && certain.sequences.length === 0);
      cutShort += certain.complete ? 0 : 1;
      for (const { legs } of certain.sequences) {
        expect(oracle.peopleFit(legs, false)).toBe(true);
        expect(legs.every((one, index) => oracle.timesFit(legs.slice(0, index), one))).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
  expect(cutShort).toBeGreaterThan(3);
});
