import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { INNER, LADDER } from "./support/ladder.ts";

const BANNED = ["utils", "helpers", "common", "shared", "services", "managers", "types"];

const files = globSync("src/**/*.ts").toSorted();

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)"|^import "([^"]+)"/gm)].map(
    (match) => match[1] ?? match[2] ?? "",
  );
}

/** Where a file is: the row of its top, and the row of its folder inside of that. */
function placeOf(file: string): [rung: number, inner: number] {
  const [top = "", inner = ""] = relative("src", file).split("/");
  const rows = INNER[top] ?? [];
  return [LADDER.findIndex((names) => names.includes(top)), rows.findIndex((names) => names.includes(inner))];
}

function mayImport(file: string, target: string): boolean {
  const [[rung, inner], [below, innerBelow]] = [placeOf(file), placeOf(target)];
  if (below !== rung) return below < rung;
  return dirname(file) === dirname(target) || innerBelow < inner;
}

test("every file has a place on the ladder, and no name is an empty one", () => {
  expect(files.filter((file) => placeOf(file)[0] < 0)).toEqual([]);
  expect(files.filter((file) => file.split(/[/.]/).some((part) => BANNED.includes(part)))).toEqual([]);
});

test("imports point down the ladder and carry their extension", () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => name.startsWith("."))
      .filter((name) => !name.endsWith(".ts") || !mayImport(file, join(dirname(file), name)))
      .map((name) => `${file} imports ${name}`),
  );
  expect(wrong).toEqual([]);
});
