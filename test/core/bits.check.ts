import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Bits } from "../../src/core/bits.ts";

const SIZE = 100;
const ranges = fc.array(fc.tuple(fc.integer({ min: 0, max: SIZE }), fc.integer({ min: 0, max: SIZE })), {
  maxLength: 4,
});

/** The same set twice: of bits, and of the language. */
function both(spans: [number, number][]) {
  const bits = Bits.none(SIZE);
  const set = new Set<number>();
  for (const [from, to] of spans) {
    bits.addRange(from, to);
    for (let number = from; number < to; number += 1) set.add(number);
  }
  return { bits, set };
}
const sorted = (set: Set<number>) => [...set].toSorted((one, other) => one - other);

test("bits are the sets that the language has", () => {
  fc.assert(
    fc.property(ranges, ranges, (ones, others) => {
      const [one, other] = [both(ones), both(others)];
      expect(one.bits.numbers()).toEqual(sorted(one.set));
      expect(one.bits.count()).toBe(one.set.size);
      expect(one.bits.and(other.bits).numbers()).toEqual(sorted(one.set.intersection(other.set)));
      expect(one.bits.or(other.bits).numbers()).toEqual(sorted(one.set.union(other.set)));
      expect(one.bits.without(other.bits).numbers()).toEqual(sorted(one.set.difference(other.set)));
      for (let number = 0; number <= SIZE; number += 1) expect(one.bits.has(number)).toBe(one.set.has(number));
    }),
  );
});

test("all is every number below the size, whatever the size", () => {
  for (const size of [0, 1, 31, 32, 33, 64, 2_880]) expect(Bits.all(size).count()).toBe(size);
});
