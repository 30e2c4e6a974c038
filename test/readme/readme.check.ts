import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { requestErrorsTable } from "../../src/core/error.ts";
import { closeCodesTable } from "../../src/socket/close-code.ts";
import { DEMO_MUTATION, DEMO_SUBSCRIPTION } from "../../src/demo/banner.ts";
import { findingsTable } from "../../src/interview/finding.ts";
import { WARNINGS } from "../../src/scheduling/warning.ts";
import { PLACEHOLDERS } from "../../src/template/render.ts";
import { LADDER } from "../support/ladder.ts";
import { operationsIn, readmes } from "./commands.ts";

const textOf = (file: string) => readFileSync(file, "utf8");
const printedIn = (file: string, name: string) =>
  textOf(file).split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0]?.trim();

test("the README is short enough for a newcomer", () => {
  expect(textOf("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(150);
});

test("the README has the headings that readers look for", () => {
  const headings = [...textOf("README.md").matchAll(/^## (.+)$/gm)].map((match) => match[1]);
  expect(headings).toEqual(
    expect.arrayContaining(["Operations", "Architecture", "Configuration", "Errors", "Development"]),
  );
});

test("the README shows the operations that the banner prints", () => {
  expect(operationsIn("README.md")).toEqual(expect.arrayContaining([DEMO_SUBSCRIPTION, DEMO_MUTATION]));
});

test("the README links to every other README", () => {
  const others = readmes().filter((file) => file !== "README.md");
  expect(others.filter((file) => !textOf("README.md").includes(`](${file})`))).toEqual([]);
});

test.each([
  ["findings", "src/scheduling/README.md", findingsTable()],
  ["errors", "src/gateway/README.md", requestErrorsTable()],
  ["close codes", "src/gateway/README.md", closeCodesTable()],
])("the table of %s in %s is the one that the code prints", (name, file, table) => {
  expect(printedIn(file, name)).toBe(table);
});

test("the README of scheduling names every warning", () => {
  for (const code of Object.keys(WARNINGS)) expect(textOf("src/scheduling/README.md")).toContain(`\`${code}\``);
});

test("the README of directory files lists every placeholder", () => {
  for (const placeholder of PLACEHOLDERS) expect(textOf("src/import/README.md")).toContain(`\`{{${placeholder}}}\``);
});

test("the table of folders names everything at the top of src, in the order of imports", () => {
  const table = /## Folders([\s\S]*?)\n## /.exec(textOf("src/README.md"))?.[1] ?? "";
  const rows = [...table.matchAll(/^\| (`.+?) \|/gm)].map(([, names = ""]) => names.match(/(?<=`)[\w.-]+(?=`)/g));
  expect(rows).toEqual(LADDER);
  const top = readdirSync("src").filter((name) => name !== "README.md");
  expect(new Set(rows.flat())).toEqual(new Set(top));
});

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

test.each(readmes())("every link of %s leads to a file and a heading", (file) => {
  const links = [...textOf(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  const broken = links
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? file : join(dirname(file), path);
      if (!existsSync(target)) return true;
      if (anchor === undefined) return false;
      return ![...textOf(target).matchAll(/^#+ (.+)$/gm)].some(([, heading = ""]) => anchorOf(heading) === anchor);
    });
  expect(broken).toEqual([]);
});
