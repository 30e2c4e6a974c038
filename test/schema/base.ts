import { spawnSync } from "node:child_process";

const FILE = "schema.graphql";

/** An earlier `schema.graphql`: the revision it comes from, and its text. */
export interface Base {
  revision: string;
  sdl: string;
}

/** Why there is nothing to compare with. */
export interface NoBase {
  reason: string;
}

/** `schema.graphql` of a revision of the repository around `directory`. */
export function baseAt(revision: string, directory: string): Base | NoBase {
  const shown = git(directory, ["show", `${revision}:./${FILE}`]);
  return shown.ok ? { revision, sdl: shown.text } : { reason: `git cannot show ${revision}:${FILE}. ${shown.text}` };
}

/**
 * What the working tree is compared with when nobody says: the newest release that HEAD descends from, a tag such as v1.2.0;
 * before the first one, the newest version that differs from the working tree's and was committed or merged here: what a
 * branch had in between was never anybody's.
 */
export function newestBase(current: string, directory: string): Base | NoBase {
  const tag = git(directory, ["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"]);
  if (tag.ok) return baseAt(tag.text.trim(), directory);
  const log = git(directory, ["log", "--first-parent", "--format=%h", "--", FILE]);
  if (!log.ok) return { reason: log.text };
  for (const revision of log.text.split("\n").filter(Boolean)) {
    const base = baseAt(revision, directory);
    if ("sdl" in base && base.sdl !== current) return base;
  }
  return {
    reason: `No earlier ${FILE} is reachable: fetch the history and the tags, or name a revision (SCHEMA_BASE in the tests).`,
  };
}

function git(directory: string, args: string[]): { ok: boolean; text: string } {
  // Inside a git hook these would win over the directory.
  const env = { ...process.env, GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };
  const { status, stdout, stderr, error } = spawnSync("git", args, { cwd: directory, env, encoding: "utf8" });
  if (error) return { ok: false, text: `git could not be started: ${error.message}` };
  return status === 0 ? { ok: true, text: stdout } : { ok: false, text: stderr.trim() };
}
