import { expect, test } from "vitest";
import { questionOf } from "../bench/availability/question.ts";
import { prepare, WAYS } from "../bench/availability/ways.ts";

test.each([
  [1, 7],
  [11, 7],
  [3, 30],
])("the ways that the benchmark compares find the same free starts, for %i people and %i days", (people, days) => {
  const question = questionOf({ people, days });
  const [own = [], ...others] = WAYS.map((way) => prepare(way, question)());
  expect(own.length).toBeGreaterThan(0);
  for (const other of others) expect(other).toEqual(own);
});
