import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { LADDER } from "./support/ladder.ts";

const BANNED = ["utils", "helpers", "common", "shared", "services", "managers", "types"];

const files = globSync("src/**/*.ts").toSorted();

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)"|^import "([^"]+)"/gm)].map(
    (match) => match[1] ?? match[2] ?? "",
  );
}

function rung(file: string): number {
  const top = relative("src", file).split("/")[0] ?? "";
  return LADDER.findIndex((names) => names.includes(top));
}

test("every file has a place on the ladder, and no name is an empty one", () => {
  expect(files.filter((file) => rung(file) < 0)).toEqual([]);
  expect(files.filter((file) => file.split(/[/.]/).some((part) => BANNED.includes(part)))).toEqual([]);
});

test("imports point down the ladder and carry their extension", () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => name.startsWith("."))
      .filter((name) => {
        const target = join(dirname(file), name);
        const sideways = rung(target) === rung(file) && dirname(target) !== dirname(file);
        return !name.endsWith(".ts") || rung(target) > rung(file) || sideways;
      })
      .map((name) => `${file} imports ${name}`),
  );
  expect(wrong).toEqual([]);
});
