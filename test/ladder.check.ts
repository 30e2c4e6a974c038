import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

/** Imports only point back; rungs of one line may know each other only through their order. */
const LADDER = [
  ["core"],
  ["db"],
  ["read"],
  ["operation"],
  ["listing"],
  ["events", "tasks"],
  ["graphql"],
  ["execution"],
  ["account"],
  ["document"],
  ["people"],
  ["template"],
  ["hiring"],
  ["calendar"],
  ["interview"],
  ["discovery"],
  ["provisioning"],
  ["scheduling"],
  ["stream"],
  ["import"],
  ["demo"],
  ["http"],
  ["gateway"],
  ["socket"],
  ["graphiql"],
  ["schema.ts", "env.ts", "app.ts"],
  ["server.ts", "worker.ts"],
  ["cli"],
  ["main.ts"],
];
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

test("every file stands on a rung, and none under a name that says nothing", () => {
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
