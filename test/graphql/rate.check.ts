import { expect, test } from "vitest";
import { Rate } from "../../src/execution/rate.ts";

const rate = () => new Rate({ perSecond: 10, most: 100 });

test("what is spent comes back with time, and never more than a bucket holds", () => {
  const buckets = rate();
  expect([buckets.left("a", 0), buckets.wait("a", 0)]).toEqual([100, 0]);
  buckets.spend("a", 60, 0);
  expect(buckets.left("a", 0)).toBe(40);
  expect(buckets.left("a", 2_000)).toBe(60);
  expect(buckets.left("a", 1e9)).toBe(100);
});

test("a bucket that is empty to the point owes nothing, and one point more is owed for its time", () => {
  const buckets = rate();
  buckets.spend("a", 100, 0);
  expect([buckets.left("a", 0), buckets.wait("a", 0)]).toEqual([0, 0]);
  buckets.spend("a", 1, 0);
  expect([buckets.left("a", 0), buckets.wait("a", 0)]).toEqual([0, 0.1]);
});

test("debts are paid before anything is there again", () => {
  const buckets = rate();
  buckets.spend("a", 1_100, 0);
  expect(buckets.wait("a", 0)).toBe(100);
  expect(buckets.wait("a", 99_000)).toBe(1);
  expect([buckets.wait("a", 100_000), buckets.left("a", 100_000)]).toEqual([0, 0]);
  expect(buckets.left("a", 101_000)).toBe(10);
});

test("names do not share a bucket", () => {
  const buckets = rate();
  buckets.spend("a", 1_000, 0);
  expect([buckets.left("b", 0), buckets.wait("b", 0)]).toEqual([100, 0]);
});

test("sixty thousand names are not all remembered, and those seen last are", () => {
  const buckets = rate();
  for (let index = 0; index < 60_000; index += 1) buckets.spend(`${index}`, 50, 0);
  expect([buckets.left("59999", 0), buckets.left("9999", 0)]).toEqual([50, 100]);
});
