import { expect, test } from "vitest";
import { Cache } from "../../src/core/cache.ts";

const keysIn = (cache: Cache<string>, ...keys: string[]) => keys.filter((key) => cache.get(key) !== undefined);

test("the least recently used makes room, and sizes are counted", () => {
  const cache = new Cache<string>({ maxSize: 10 });
  for (const key of ["a", "b", "c"]) cache.set(key, key, { size: 3 });
  expect(cache.get("a")).toBe("a");
  cache.set("d", "d", { size: 3 });
  expect(keysIn(cache, "a", "b", "c", "d")).toEqual(["a", "c", "d"]);
  cache.set("e", "e", { size: 7 });
  expect(keysIn(cache, "a", "c", "d", "e")).toEqual(["d", "e"]);
  cache.set("f", "f", { size: 11 });
  expect(cache.get("f")).toBeUndefined();
  expect(keysIn(cache, "d", "e")).toEqual(["d", "e"]);
});

test("who fills their share loses their own entries, and not another's", () => {
  const cache = new Cache<string>({ maxSize: 100, maxSizePerOwner: 10 });
  cache.set("neighbour", "n", { owner: "neighbour", size: 10 });
  for (let index = 0; index < 100; index += 1) cache.set(`${index}`, "x", { owner: "greedy", size: 4 });
  expect(cache.sizeOf("greedy")).toBe(8);
  expect(keysIn(cache, "neighbour", "97", "98", "99")).toEqual(["neighbour", "98", "99"]);
  cache.set("large", "x", { owner: "greedy", size: 11 });
  expect(keysIn(cache, "large", "98", "99")).toEqual(["98", "99"]);
});

test("what is deleted or set again is counted once", () => {
  const cache = new Cache<string>({ maxSize: 10 });
  cache.set("a", "1", { owner: "x", size: 4 });
  cache.set("a", "2", { owner: "y", size: 6 });
  expect([cache.sizeOf("x"), cache.sizeOf("y"), cache.get("a")]).toEqual([0, 6, "2"]);
  cache.delete("a");
  expect([cache.sizeOf("y"), cache.get("a")]).toEqual([0, undefined]);
});

test("where replacing costs something elsewhere, one entry makes room in a while", () => {
  const cache = new Cache<string>({ maxSize: 2, replaceEveryMs: 60_000 });
  for (const key of ["a", "b", "c", "d"]) cache.set(key, key);
  expect(keysIn(cache, "a", "b", "c", "d")).toEqual(["b", "c"]);
  expect(cache.hasRoom()).toBe(false);
});
