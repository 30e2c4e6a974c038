import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// npm run test:reliability [-- --full]: the suite alone, one scenario after the other, and a summary of what it did.
const [size, ...filters] = process.argv.slice(2).includes("--full")
  ? ["full", ...process.argv.slice(2).filter((argument) => argument !== "--full")]
  : ["small", ...process.argv.slice(2)];
const directory = await mkdtemp(join(tmpdir(), "interview-gateway-report-"));
const report = join(directory, "report.jsonl");
const files = filters.length > 0 ? filters : ["test/reliability"];
const run = spawn("vitest", ["run", "--project", "slow", "--maxWorkers", "1", "--reporter", "tree", ...files], {
  stdio: "inherit",
  env: { ...process.env, RELIABILITY_SIZE: size, RELIABILITY_REPORT: report },
});
const [code] = (await once(run, "exit")) as [number | null];

interface Line {
  scenario: string;
  facts: Record<string, string | number>;
}

const lines = (await readFile(report, "utf8").catch(() => "")).trim().split("\n").filter(Boolean);
const scenarios = lines
  .map((line) => JSON.parse(line) as Line)
  .toSorted((one, other) => (one.scenario < other.scenario ? -1 : 1));
process.stdout.write(`\nReliability suite, ${size} size\n`);
for (const { scenario, facts } of scenarios) {
  process.stdout.write(`\n${scenario}\n`);
  for (const [name, fact] of Object.entries(facts)) process.stdout.write(`  ${name.padEnd(28)} ${fact}\n`);
}
await rm(directory, { recursive: true, force: true });
process.exitCode = code ?? 1;
