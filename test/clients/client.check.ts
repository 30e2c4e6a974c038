import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { CLIENTS, generate } from "./generate.ts";
import type { Client } from "./generate.ts";

const EXPECTATION = "test/clients/frontend/expectation.ts";

beforeAll(async () => {
  const sdl = readFileSync("schema.graphql", "utf8");
  await generate(sdl, "current");
  await generate(sdl.replaceAll(" @oneOf", ""), "without-one-of");
}, 60_000);

test.each(CLIENTS)("%s sees strict unions where the schema has choices", { timeout: 60_000 }, (client) => {
  const { status, output } = compile("current", client);
  expect(status, output).toBe(0);
});

test.each(CLIENTS)("%s would let every wrong choice pass without @oneOf", { timeout: 60_000 }, (client) => {
  const { output } = compile("without-one-of", client);
  const expectation = readFileSync(EXPECTATION, "utf8").split("\n");
  const lines = [...output.matchAll(/^(\S+)\((\d+),\d+\): (.+)$/gm)];
  const passed = lines.map(([, file, line, message]) => [file, expectation[Number(line) - 1]?.trim(), message]);
  const unused = "error TS2578: Unused '@ts-expect-error' directive.";
  expect(passed, output).toEqual([
    [EXPECTATION, "// @ts-expect-error: two modes.", unused],
    [EXPECTATION, "// @ts-expect-error: two modes.", unused],
    [EXPECTATION, "// @ts-expect-error: all modes.", unused],
    [EXPECTATION, "// @ts-expect-error: no mode.", unused],
    [EXPECTATION, "// @ts-expect-error: null is no mode.", unused],
  ]);
});

function compile(folder: string, client: Client): { status: number | null; output: string } {
  const project = `test/clients/generated/${folder}/tsconfig.${client}.json`;
  const compiler = ["node_modules/typescript/bin/tsc", "--project", project, "--pretty", "false"];
  const { status, stdout, stderr } = spawnSync(process.execPath, compiler, { encoding: "utf8" });
  return { status, output: stdout + stderr };
}
