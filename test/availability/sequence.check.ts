import * as fc from "fast-check";
import { expect, test } from "vitest";
import { findSequences } from "../../src/availability/sequence.ts";
import type { SequenceOptions } from "../../src/availability/sequence.ts";
import { GRID } from "../../src/availability/slots.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const starts = fc
  .uniqueArray(fc.integer({ min: 0, max: 140 }), { maxLength: 12 })
  .map((all) => all.toSorted((a, b) => a - b));
const options: fc.Arbitrary<SequenceOptions> = fc.record({
  legs: fc.array(fc.record({ length: fc.constantFrom(15, 20, 45, 60).map((minutes) => minutes * MINUTE), starts }), {
    minLength: 1,
    maxLength: 4,
  }),
  order: fc.constantFrom("AS_GIVEN" as const, "ANY" as const),
  minGap: fc.constantFrom(0, 10 * MINUTE, 30 * MINUTE),
  maxGap: fc.constantFrom(null, 30 * MINUTE, 120 * MINUTE),
  sameDay: fc.boolean(),
  offsetAt: fc.constantFrom(0, 2 * 60 * MINUTE, -5 * 60 * MINUTE).map((offset) => () => offset),
});

/** Every choice of a start for each leg that the options allow. */
function everySequence({ legs, order, minGap, maxGap, sameDay, offsetAt }: SequenceOptions): number[][] {
  let choices: number[][] = [[]];
  for (const leg of legs) choices = choices.flatMap((chosen) => leg.starts.map((start) => [...chosen, start]));
  return choices.filter((chosen) => {
    const placed = chosen
      .map((start, leg) => ({ leg, start: start * GRID, end: start * GRID + (legs[leg]?.length ?? 0) }))
      .toSorted((one, other) => one.start - other.start || one.leg - other.leg);
    if (order === "AS_GIVEN" && placed.some(({ leg }, index) => leg !== index)) return false;
    const days = new Set(placed.map(({ start }) => Math.floor((start + offsetAt(start)) / DAY)));
    if (sameDay && days.size > 1) return false;
    return placed.every(({ start }, index) => {
      const before = placed[index - 1];
      if (!before) return true;
      const gap = start - before.end;
      return gap >= minGap && (maxGap === null || gap <= maxGap);
    });
  });
}

const spanOf = (chosen: readonly number[], { legs }: SequenceOptions) =>
  Math.max(...chosen.map((start, leg) => start * GRID + (legs[leg]?.length ?? 0))) - Math.min(...chosen) * GRID;

test("a sequence is found if and only if there is one, each is allowed, and the first is the shortest and earliest", () => {
  fc.assert(
    fc.property(options, (asked) => {
      const every = everySequence(asked);
      const found = findSequences(asked);
      const allowed = new Set(every.map((chosen) => chosen.join()));
      expect(found.length > 0).toBe(every.length > 0);
      for (const { starts: chosen, span } of found) {
        expect(allowed.has(chosen.join())).toBe(true);
        expect(span).toBe(spanOf(chosen, asked));
      }
      const best = every
        .map((chosen) => [spanOf(chosen, asked), Math.min(...chosen)] as const)
        .toSorted((one, other) => one[0] - other[0] || one[1] - other[1])[0];
      expect(found[0] && [found[0].span, Math.min(...found[0].starts)]).toEqual(best);
    }),
    { numRuns: 300 },
  );
});

test("no more than fifty sequences are offered", () => {
  const all = Array.from({ length: 300 }, (_, start) => start);
  const leg = { length: 15 * MINUTE, starts: all };
  const asked = { order: "ANY" as const, minGap: 0, maxGap: null, sameDay: false, offsetAt: () => 0 };
  expect(findSequences({ legs: [leg, leg, leg], ...asked })).toHaveLength(50);
});
