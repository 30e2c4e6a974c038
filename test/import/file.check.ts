import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { StartError } from "../../src/core/error.ts";
import { formatReport, readDirectoryFile } from "../../src/import/file.ts";
import { formatProblems } from "../../src/import/problem.ts";
import type { ImportReport } from "../../src/import/upsert.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "interview-gateway-file-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(content: string | Buffer): Promise<string> {
  const path = join(folder, "directory.json");
  await writeFile(path, content);
  return path;
}

async function refusal(path: string): Promise<string> {
  const error: unknown = await readDirectoryFile(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StartError);
  return error instanceof StartError ? error.message.replace(path, "FILE") : "";
}

test("reads JSON, with or without a byte order mark", async () => {
  expect(await readDirectoryFile(await written('\uFEFF{ "name": "Łukasz" }'))).toEqual({ name: "Łukasz" });
});

test("a missing file is refused with what to do", async () => {
  expect(await refusal(join(folder, "missing.json"))).toBe(
    "FILE cannot be read: there is no such file. Name an existing one.",
  );
});

test("a folder in place of a file is refused with what to do", async () => {
  expect(await refusal(folder)).toBe("FILE cannot be read: it is a folder. Name a file in it.");
});

test("a file in another encoding than UTF-8 is refused with what to do", async () => {
  expect(await refusal(await written(Buffer.from('{ "name": "José" }', "latin1")))).toBe(
    "FILE cannot be read: it is not UTF-8. Save it as UTF-8.",
  );
});

test("a file that is too large is not read", async () => {
  const path = await written("");
  await truncate(path, 64 * 1024 * 1024 + 1);
  expect(await refusal(path)).toBe(
    "FILE is larger than 64 MB. Split it into files that each bring what they refer to.",
  );
});

test.each([
  ["", "Unexpected end of JSON input"],
  ['{\n  "users": [],\n  "jobs": [\n}', `Unexpected token '}', ...""jobs": [ }" is not valid JSON (line 4)`],
  ['{\n  "users": [],\n}', "Expected double-quoted property name in JSON at position 17 (line 3 column 1)"],
  [
    '{\n  "users": nothing,\n  "jobs": []\n}',
    `Unexpected token 'o', ...""users": nothing,   "... is not valid JSON (line 2)`,
  ],
])("text that is not JSON, and where: %j", async (text, where) => {
  expect(await refusal(await written(text))).toBe(`FILE is not JSON: ${where}. Correct the file there.`);
});

test("problems are listed with their paths, at most fifty", () => {
  const problem = { path: "users[0].name", message: "is rude" };
  expect(formatProblems([problem, { path: "", message: "is a mess" }])).toBe(
    "Nothing was imported, because the file has 2 problems:\n  users[0].name: is rude\n  is a mess",
  );
  expect(formatProblems([problem])).toContain("has 1 problem:");
  const many = formatProblems(Array.from({ length: 52 }, () => problem)).split("\n");
  expect(many).toHaveLength(52);
  expect(many.at(-1)).toBe("  and 2 more");
});

test("a report is a table, one line for each table of the database", () => {
  const none = { inserted: 0, updated: 0, retired: 0, revived: 0, deleted: 0, unchanged: 0 };
  const report: ImportReport = {
    accounts: { ...none, unchanged: 1 },
    users: { ...none, inserted: 12, updated: 3 },
    offices: { ...none, retired: 4, revived: 5 },
    emailTemplates: none,
    scorecardTemplates: none,
    jobs: none,
    hiringTeamMembers: { ...none, deleted: 2, unchanged: 100_000 },
    interviewPlans: none,
    stages: none,
    stageActivities: none,
    stageActivityInterviewers: none,
    candidates: none,
    applications: none,
    submittedScorecards: none,
  };
  const lines = formatReport(report).split("\n");
  expect(lines).toHaveLength(16);
  expect([lines[0], lines[1], lines[2], lines[3], lines[7], lines.at(-1)]).toEqual([
    "                               inserted    updated    retired    revived    deleted  unchanged",
    "accounts                              0          0          0          0          0          1",
    "users                                12          3          0          0          0          0",
    "offices                               0          0          4          5          0          0",
    "hiring team members                   0          0          0          0          2     100000",
    "",
  ]);
});
