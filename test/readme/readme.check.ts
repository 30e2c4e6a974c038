import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { requestErrorsTable } from "../../src/core/error.ts";
import { closeCodesTable } from "../../src/socket/close-code.ts";
import { DEMO_MUTATION, DEMO_SUBSCRIPTION } from "../../src/demo/banner.ts";
import { findingsTable } from "../../src/interview/finding.ts";
import { WARNINGS } from "../../src/scheduling/warning.ts";
import { PLACEHOLDERS } from "../../src/template/render.ts";
import { operationsIn } from "./commands.ts";

const readme = readFileSync("README.md", "utf8");

test("the README shows the operations that the banner prints", () => {
  expect(operationsIn("README.md")).toEqual(expect.arrayContaining([DEMO_SUBSCRIPTION, DEMO_MUTATION]));
});

test("the README has the table of findings that the code prints", () => {
  const table = /<!-- findings -->\n([\s\S]*?)<!-- \/findings -->/.exec(readme)?.[1]?.trim();
  expect(table).toBe(findingsTable());
});

test("the README has the tables of request errors and close codes that the code prints", () => {
  const between = (name: string) => readme.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0]?.trim();
  expect(between("errors")).toBe(requestErrorsTable());
  expect(between("close codes")).toBe(closeCodesTable());
});

test("the README names every warning", () => {
  for (const code of Object.keys(WARNINGS)) expect(readme).toContain(`\`${code}\``);
});

test("the README lists every placeholder", () => {
  for (const placeholder of PLACEHOLDERS) expect(readme).toContain(`\`{{${placeholder}}}\``);
});

test("the map of src names every folder and file at its top", () => {
  const map = /## Map of `src`([\s\S]*?)\n## /.exec(readme)?.[1] ?? "";
  const names = [...map.matchAll(/`(\w+)`/g)].map((match) => match[1]);
  const top = [
    "account",
    "app",
    "calendar",
    "core",
    "db",
    "env",
    "events",
    "graphql",
    "hiring",
    "import",
    "interview",
    "main",
  ];
  expect(names).toEqual(
    expect.arrayContaining([...top, "operation", "people", "schema", "server", "tasks", "template", "worker"]),
  );
});
