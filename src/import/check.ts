import { directory } from "./directory.ts";
import type { Directory } from "./directory.ts";
import { problem } from "./problem.ts";
import type { FileProblem } from "./problem.ts";
import { referenceProblems } from "./references.ts";

export type CheckedDirectory = { ok: true; directory: Directory } | { ok: false; problems: FileProblem[] };

/**
 * Reads a value as a directory and reports everything that is wrong with it, regardless of what is stored: first its shape,
 * then its contradictions, which are looked for even when the shape is wrong, in what can be read.
 */
export function checkDirectory(value: unknown): CheckedDirectory {
  const read = directory.safeParse(value);
  const references = [...referenceProblems(value)];
  if (read.success && references.length === 0) return { ok: true, directory: read.data };
  const shape = read.error?.issues.map(({ path, message }) => problem(path, message)) ?? [];
  return { ok: false, problems: [...shape, ...references] };
}
