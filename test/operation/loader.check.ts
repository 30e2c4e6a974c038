import { expect, test } from "vitest";
import type { QuickPools } from "../../src/read/quick.ts";
import { createLoaderCache } from "../../src/read/loader.ts";
import type { Loader } from "../../src/read/loader.ts";

test("what fails to load is handled from the start, and told to everybody who waits", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  const broken: Loader<string> = { prepare: () => () => Promise.reject(new Error("no database")) };
  const cache = createLoaderCache({ db: {}, quick: {} } as QuickPools, "account");
  const dropped = [
    cache.load(broken, "1", null),
    cache.load(broken, "2", ["id"]),
    cache.batch("name", "3", () => Promise.reject(new Error("no database"))),
  ];
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
  for (const promise of dropped) await expect(promise).rejects.toThrow("no database");
  await expect(cache.load(broken, "1", null)).rejects.toThrow("no database");
});
