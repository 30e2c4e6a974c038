import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";

const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
const files = globSync(join(import.meta.dirname, "snippet", "*.ts")).toSorted();

// Relay's documents are those of screen.ts, in the form that its compiler reads.
test.each(files.filter((file) => basename(file) !== "relay-operation.ts"))("the README prints %s as it is", (file) => {
  const name = `snippet/${basename(file)}`;
  expect(readme).toContain(`[\`${name}\`](${name})\n\n\`\`\`ts\n${readFileSync(file, "utf8").trimEnd()}\n\`\`\`\n`);
});
