import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { baseAt, newestBase } from "./base.ts";

const hasGit = spawnSync("git", ["--version"]).status === 0;

/** A directory under git, in which each step commits. */
function repository() {
  const directory = mkdtempSync(join(tmpdir(), "schema-base-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const git = (...args: string[]) => {
    const env = { ...process.env, GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };
    return execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
      cwd: directory,
      env,
      encoding: "utf8",
      stdio: "pipe",
    });
  };
  git("init", "--quiet");
  const commit = (file: string, text: string) => {
    writeFileSync(join(directory, file), text);
    git("add", file);
    git("commit", "--quiet", "--message", text);
  };
  return { directory, git, commit };
}

test.runIf(hasGit)("the newest release is compared with, whatever was committed since", { timeout: 30_000 }, () => {
  const { directory, git, commit } = repository();
  commit("schema.graphql", "one");
  git("tag", "v1.0.0");
  commit("schema.graphql", "two");
  git("tag", "v1.1.0");
  commit("schema.graphql", "three");
  git("tag", "nightly");
  expect(newestBase("three", directory)).toEqual({ revision: "v1.1.0", sdl: "two" });
  expect(newestBase("two", directory)).toEqual({ revision: "v1.1.0", sdl: "two" });
});

test.runIf(hasGit)(
  "before the first release, the newest version that differs is compared with",
  { timeout: 30_000 },
  () => {
    const { directory, commit } = repository();
    commit("schema.graphql", "one");
    commit("schema.graphql", "two");
    commit("other", "another file");
    expect(newestBase("two", directory)).toMatchObject({ sdl: "one" });
    expect(newestBase("not committed", directory)).toMatchObject({ sdl: "two" });
  },
);

test.runIf(hasGit)("a revision is taken as it is named", { timeout: 30_000 }, () => {
  const { directory, git, commit } = repository();
  commit("schema.graphql", "one");
  git("branch", "release");
  commit("schema.graphql", "two");
  expect(baseAt("release", directory)).toEqual({ revision: "release", sdl: "one" });
  expect(baseAt("nowhere", directory)).toMatchObject({ reason: expect.stringContaining("nowhere:schema.graphql") });
});

test.runIf(hasGit)("where no earlier version is, the reason is told", { timeout: 30_000 }, () => {
  const { directory, git, commit } = repository();
  const none = { reason: expect.stringContaining("No earlier schema.graphql is reachable") };
  commit("schema.graphql", "one");
  commit("schema.graphql", "two");
  git("clone", "--quiet", "--depth", "1", pathToFileURL(directory).href, "shallow");
  expect(newestBase("two", join(directory, "shallow"))).toEqual(none);
  const bare = mkdtempSync(join(tmpdir(), "schema-base-"));
  onTestFinished(() => rmSync(bare, { recursive: true, force: true }));
  expect(newestBase("two", bare)).toMatchObject({ reason: expect.stringMatching(/\S/) });
});
