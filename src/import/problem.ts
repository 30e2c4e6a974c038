/** Something wrong in a directory file. */
export interface Problem {
  /** Where: `jobs[2].hiringTeam[0].user`; empty for the file as a whole. */
  path: string;
  message: string;
}

export type Path = readonly PropertyKey[];

export function problem(path: Path, message: string): Problem {
  return { path: formatPath(path), message };
}

/** A path as one would write it in JavaScript. */
export function formatPath(path: Path): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}
