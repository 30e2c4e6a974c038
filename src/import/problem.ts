import { StartError } from "../core/error.ts";

const MAX_SHOWN = 50;

/** Something wrong in a directory file. */
export interface FileProblem {
  /** Where: `jobs[2].hiringTeam[0].user`; empty for the file as a whole. */
  path: string;
  message: string;
}

export type Path = readonly PropertyKey[];

export function problem(path: Path, message: string): FileProblem {
  return { path: formatPath(path), message };
}

/** A path as one would write it in JavaScript. */
export function formatPath(path: Path): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}

/** A directory that was not imported. */
export class DirectoryRefused extends StartError {
  readonly problems: readonly FileProblem[];

  constructor(problems: readonly FileProblem[]) {
    super(formatProblems(problems));
    this.problems = problems;
  }
}

/** What is wrong with a file, one problem on a line. */
export function formatProblems(problems: readonly FileProblem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const shown = problems.slice(0, MAX_SHOWN).map(({ path, message }) => `  ${path ? `${path}: ` : ""}${message}`);
  const more = problems.length - shown.length;
  return [
    `Nothing was imported, because the file has ${count}:`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join("\n");
}
