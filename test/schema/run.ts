import { readFileSync } from "node:fs";
import { baseAt, newestBase } from "./base.ts";
import { report, unannounced } from "./changelog.ts";
import { compareSchemas } from "./diff.ts";

const [revision] = process.argv.slice(2);
const current = readFileSync("schema.graphql", "utf8");
const base = revision ? baseAt(revision, ".") : newestBase(current, ".");
if ("reason" in base) {
  console.error(base.reason);
  process.exitCode = 2;
} else {
  const changes = await compareSchemas(base.sdl, current);
  const changelog = readFileSync("CHANGELOG.md", "utf8");
  console.log(`schema.graphql since ${base.revision}\n\n${report(changes, changelog)}`);
  process.exitCode = unannounced(changes, changelog).length > 0 ? 1 : 0;
}
