import { existsSync, globSync, readFileSync } from "node:fs";
import { Kind, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { schema } from "../../src/schema.ts";
import { commandsIn, formsOf, operationsIn, readmes, trialOf } from "./commands.ts";

const commands = readmes().flatMap(commandsIn);
const scripts: Record<string, string> = JSON.parse(readFileSync("package.json", "utf8")).scripts;
/** Of these the output is data, into which npm would write its own two lines. */
const NOISY =
  /npm run (?:token -- (?!--revoke)|import -- --schema|documents -- |zones -- |schema:print|findings:print)/;

test("every README is read", () => {
  expect(readmes()).toContain("README.md");
  expect(commands.map(({ text }) => text)).toEqual(
    expect.arrayContaining(["npm ci && npm start", "npm ci && npm test"]),
  );
});

test("every command in a block is tried somewhere, or it is said why not", () => {
  expect(commands.filter((command) => command.isBlock && !trialOf(command))).toEqual([]);
});

test("scripts and files that commands name are there", () => {
  const names = commands.flatMap(({ text }) =>
    [...text.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = ""]) => name),
  );
  expect(names.filter((name) => !(name in scripts))).toEqual([]);
  const files = commands.flatMap(({ text }) => text.match(/(?<=^|\s)(?:src|test)\/[\w/.-]+/g) ?? []);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test("a program that npm installed is run through npm", () => {
  const programs = globSync("node_modules/.bin/*").map((path) => path.replace(/.*\//, ""));
  const bare = commands.filter(({ text }) => programs.includes(text.split(" ")[0] ?? "") || text.startsWith("node "));
  expect(bare).toEqual([]);
});

test("where output is data, npm is told to be silent: in documents, messages and descriptions", () => {
  const files = [...readmes(), "CHANGELOG.md", "schema.graphql", ...globSync("src/**/*.{ts,json}")];
  expect(files.filter((file) => NOISY.test(readFileSync(file, "utf8")))).toEqual([]);
});

test("every operation in a README is one of this schema", () => {
  const wrong = readmes().flatMap((file) =>
    operationsIn(file)
      .map((text) => parse(text))
      .filter(({ definitions }) => definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION))
      .flatMap((document) => validate(schema, document).map(({ message }) => `${file}: ${message}`)),
  );
  expect(wrong).toEqual([]);
});

test("parts in brackets are left out and put in", () => {
  expect(formsOf("token -- A [--x] [S ...]")).toEqual(["token -- A", "token -- A --x S ..."]);
  expect(formsOf("npm start")).toEqual(["npm start"]);
});
