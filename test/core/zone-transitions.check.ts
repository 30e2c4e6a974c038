import { assert, constantFrom, integer, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTime, toLocal } from "../../src/core/zone.ts";

const reasonFor = (local: string, zone: string) => {
  const read = parseTime(local, zone);
  return read.ok ? read.time.instant.toISOString() : read.reason;
};

describe("a time that the clocks skip names both neighbours", () => {
  test.each([
    ["Europe/Berlin", "2027-03-28T02:30:00", "2027-03-28T01:30:00+01:00 or 2027-03-28T03:30:00+02:00"],
    ["America/New_York", "2027-03-14T02:00:00", "2027-03-14T01:00:00-05:00 or 2027-03-14T03:00:00-04:00"],
    ["Australia/Lord_Howe", "2027-10-03T02:15:00", "2027-10-03T01:45:00+10:30 or 2027-10-03T02:45:00+11:00"],
    ["Pacific/Chatham", "2027-09-26T03:00:00", "2027-09-26T02:00:00+12:45 or 2027-09-26T04:00:00+13:45"],
    ["Africa/Casablanca", "2025-04-06T02:30:00", "2025-04-06T01:30:00+00:00 or 2025-04-06T03:30:00+01:00"],
    ["Africa/El_Aaiun", "2025-04-06T02:30:00", "2025-04-06T01:30:00+00:00 or 2025-04-06T03:30:00+01:00"],
    ["America/Nuuk", "2027-03-27T23:30:00", "2027-03-27T22:30:00-02:00 or 2027-03-28T00:30:00-01:00"],
    ["Antarctica/Troll", "2027-03-28T02:00:00", "2027-03-28T00:00:00+00:00 or 2027-03-28T04:00:00+02:00"],
    ["Pacific/Apia", "2011-12-30T12:00:00", "2011-12-29T12:00:00-10:00 or 2011-12-31T12:00:00+14:00"],
  ])("%s %s", (zone, local, choices) => {
    expect(reasonFor(local, zone)).toBe(`${local} does not exist in ${zone}: the clocks change. Send ${choices}.`);
  });
});

describe("a time that comes twice names both", () => {
  test.each([
    ["Europe/Berlin", "2027-10-31T02:30:00", "+02:00", "+01:00"],
    ["America/New_York", "2027-11-07T01:00:00", "-04:00", "-05:00"],
    ["Australia/Lord_Howe", "2027-04-04T01:45:00", "+11:00", "+10:30"],
    ["Pacific/Chatham", "2027-04-04T03:00:00", "+13:45", "+12:45"],
    ["Africa/Casablanca", "2025-02-23T02:30:00", "+01:00", "+00:00"],
    ["Africa/El_Aaiun", "2025-02-23T02:30:00", "+01:00", "+00:00"],
    ["America/Nuuk", "2027-10-30T23:30:00", "-01:00", "-02:00"],
    ["Antarctica/Troll", "2027-10-31T02:00:00", "+02:00", "+00:00"],
  ])("%s %s", (...[zone, local, first, second]) => {
    const choices = `${local}${first} or ${local}${second}`;
    expect(reasonFor(local, zone)).toBe(`${local} exists twice in ${zone}: the clocks change. Send ${choices}.`);
  });
});

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const WEEK = 7 * 24 * 60 * MINUTE;
const CENTRE = Date.UTC(2026, 6, 1);
const FIRST = CENTRE - 2 * 366 * 24 * 60 * MINUTE;
const LAST = CENTRE + 2 * 366 * 24 * 60 * MINUTE;
const ZONES = Intl.supportedValuesOf("timeZone");

/** The wall-clock time as if it were UTC; Intl is asked for it in words, not for an offset. */
type Clock = (instant: number) => number;

function clockOf(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  return (instant) => Date.parse(`${format.format(instant).replace(" ", "T")}Z`);
}

interface Transition {
  /** First instant of the new offset. */
  at: number;
  before: number;
  after: number;
}

/** Coarse samples, then bisection to the second. */
function transitionsOf(clock: Clock): Transition[] {
  const offset = (instant: number) => clock(instant) - instant;
  const found: Transition[] = [];
  for (let sample = FIRST; sample < LAST; sample += WEEK) {
    if (offset(sample) === offset(sample + WEEK)) continue;
    let [low, high] = [sample, sample + WEEK];
    while (high - low > SECOND) {
      const middle = low + Math.floor((high - low) / 2 / SECOND) * SECOND;
      if (offset(middle) === offset(sample)) low = middle;
      else high = middle;
    }
    found.push({ at: high, before: offset(low), after: offset(high) });
  }
  return found;
}

const text = (wall: number) => new Date(wall).toISOString().slice(0, 19);

/** What is wrong with the reading of a wall-clock time that means exactly this instant. */
function misread(zone: string, wall: number, instant: number): string[] {
  const read = parseTime(text(wall), zone);
  const right = read.ok && read.time.instant.getTime() === instant && read.time.local === text(wall);
  return right ? [] : [`${zone} ${text(wall)} is ${new Date(instant).toISOString()}, not ${JSON.stringify(read)}`];
}

/** What is wrong with the refusal of a wall-clock time that has to name exactly these instants. */
function misnamed(zone: string, wall: number, { why, instants }: { why: string; instants: number[] }): string[] {
  const read = parseTime(text(wall), zone);
  const [, reason, first = "", second = ""] =
    (!read.ok && /(does .*|exists .*) in .* Send (\S+) or (\S+)\.$/.exec(read.reason)) || [];
  const named = [first, second].map((choice) => parseTime(choice, zone));
  const right =
    reason === why &&
    named.every((choice, index) => choice.ok && choice.time.instant.getTime() === instants[index]) &&
    named.every((choice, index) => choice.ok && [first, second][index]?.startsWith(choice.time.local));
  return right ? [] : [`${zone} ${text(wall)} ${why}, but: ${JSON.stringify(read)}`];
}

/** Both edges of the gap or fold from outside and from inside, and its middle. */
function faultsAround(zone: string, { at, before, after }: Transition): string[] {
  const [start, end] = [at + Math.min(before, after), at + Math.max(before, after)];
  const inside = [start, (start + end) / 2, end - SECOND];
  const why = before < after ? "does not exist" : "exists twice";
  return [
    ...misread(zone, start - SECOND, start - SECOND - before),
    ...misread(zone, end, end - after),
    ...inside.flatMap((wall) =>
      misnamed(zone, wall, { why, instants: [wall - Math.max(before, after), wall - Math.min(before, after)] }),
    ),
  ];
}

test("every zone reads the edges and the inside of each of its changes", () => {
  let [gaps, folds] = [0, 0];
  for (const zone of ZONES) {
    const clock = clockOf(zone);
    const transitions = transitionsOf(clock);
    gaps += transitions.filter(({ before, after }) => before < after).length;
    folds += transitions.filter(({ before, after }) => before > after).length;
    expect(transitions.flatMap((transition) => faultsAround(zone, transition))).toEqual([]);
    const quiet = transitions.map(({ at }) => at + WEEK / 2).concat(FIRST, CENTRE, LAST);
    expect(quiet.flatMap((instant) => misread(zone, clock(instant), instant))).toEqual([]);
  }
  expect(gaps).toBeGreaterThan(300);
  expect(folds).toBeGreaterThan(300);
});

const anyZone = constantFrom(...ZONES);
const anySecond = integer({ min: FIRST / SECOND, max: LAST / SECOND }).map((second) => second * SECOND);

/** The instant that a wall-clock time is read as, or those that the refusal names. */
function instantsOf(local: string, zone: string): number[] {
  const read = parseTime(local, zone);
  if (read.ok) return [read.time.instant.getTime()];
  const choices = / exists twice .* Send (\S+) or (\S+)\.$/.exec(read.reason) ?? [];
  return choices.slice(1).map((choice) => Date.parse(choice));
}

test("an instant on the wall and back is the same instant, or one of the two that the refusal names", () => {
  assert(
    property(anyZone, anySecond, (zone, instant) => {
      const local = toLocal(new Date(instant), zone);
      expect(local).toBe(text(clockOf(zone)(instant)));
      expect(instantsOf(local, zone)).toContain(instant);
    }),
    { numRuns: 1500 },
  );
});

test("a time on the wall means what a search through all offsets finds", () => {
  const offsets = Array.from({ length: 4 * 28 + 1 }, (_, index) => (14 * 60 - index * 15) * MINUTE);
  assert(
    property(anyZone, anySecond, (zone, wall) => {
      const clock = clockOf(zone);
      const found = offsets.map((offset) => wall - offset).filter((instant) => clock(instant) === wall);
      expect(instantsOf(text(wall), zone)).toEqual(found);
    }),
    { numRuns: 300 },
  );
});
