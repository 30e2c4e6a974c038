import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Program and arguments of a process, separated by spaces; null when there is none. */
export function commandOf(pid: number): string | null {
  if (!(pid > 0)) return null;
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return execFileSync("ps", ["-ww", "-o", "command=", "-p", `${pid}`], { encoding: "utf8" }).trim();
  } catch {
    return null;
  }
}
