import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { baseAt, newestBase } from "./base.ts";
import { announced, report, unannounced } from "./changelog.ts";
import { compareSchemas } from "./diff.ts";
import type { SchemaChange } from "./diff.ts";

const current = readFileSync("schema.graphql", "utf8");
const revision = process.env["SCHEMA_BASE"];
const base = revision ? baseAt(revision, ".") : newestBase(current, ".");
// A copy without history is a fair place to run the tests in; whoever reads the output learns what was not compared.
const isAlone = "reason" in base && !revision;
if (isAlone) console.warn(`schema.graphql was compared with nothing. ${base.reason}`);

test.skipIf(isAlone)("the changelog announces every breaking change of schema.graphql", async () => {
  if ("reason" in base) throw new Error(base.reason);
  const changes = await compareSchemas(base.sdl, current);
  const changelog = readFileSync("CHANGELOG.md", "utf8");
  expect(unannounced(changes, changelog), `Since ${base.revision}:\n${report(changes, changelog)}`).toEqual([]);
});

const CHANGELOG = `# Changelog

## Unreleased

### Breaking

- \`Interview.name\` is gone, and so is
  \`Query.node(id:)\`.

### Added

- A new field, \`Interview.title\`.

## 0.1.0

### Breaking

- \`Interview.kind\` is gone.
`;

test("the items under Breaking in the unreleased part announce what they name in backticks", () => {
  expect([...announced(CHANGELOG)]).toEqual(["Interview.name", "Query.node(id:)"]);
  expect([...announced("# Changelog\n\n## 0.1.0\n\n### Breaking\n\n- `Interview.kind` is gone.\n")]).toEqual([]);
  expect([...announced("## Unreleased\n\n### Breaking\n\n- `Interview.kind` is gone.")]).toEqual(["Interview.kind"]);
});

const CHANGES: SchemaChange[] = [
  { level: "breaking", coordinate: "Interview.name", message: "It was removed." },
  { level: "breaking", coordinate: "Interview", message: "It was removed." },
  { level: "breaking", coordinate: "Interview.kind", message: "It was removed." },
  { level: "dangerous", coordinate: "Rsvp.MAYBE", message: "It was added." },
  { level: "safe", coordinate: "Interview.title", message: "It was added." },
];

test("a breaking change needs an item of its own: neither a field, nor its type, nor an old release speaks for it", () => {
  expect(unannounced(CHANGES, CHANGELOG).map((change) => change.coordinate)).toEqual(["Interview", "Interview.kind"]);
});

test("the report lists the changes by level and says what the changelog lacks", () => {
  expect(report(CHANGES, CHANGELOG)).toBe(`breaking (3)
  Interview.name: It was removed.
  Interview: It was removed.  [not in the changelog]
  Interview.kind: It was removed.  [not in the changelog]

dangerous (1)
  Rsvp.MAYBE: It was added.

safe (1)
  Interview.title: It was added.

CHANGELOG.md does not announce every breaking change. Under "### Breaking" of "## Unreleased", say what clients do:
  - \`Interview\` …
  - \`Interview.kind\` …`);
  expect(report([], CHANGELOG)).toBe("Nothing changed.");
});
