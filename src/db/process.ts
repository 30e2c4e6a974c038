import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface RunningProcess {
  parent: number;
  /** Program and arguments, separated by spaces. */
  command: string;
}

const SIGKILL_PENDING = 1 << 8;
/** PF_EXITING and PF_SIGNALED of linux/sched.h. */
const EXITING = 0x4 | 0x400;

/** What the system says of a process; null when there is none. */
export function inspectProcess(pid: number): RunningProcess | null {
  if (!(pid > 0)) return null;
  try {
    if (process.platform !== "linux") {
      const shown = execFileSync("ps", ["-ww", "-o", "ppid=,command=", "-p", `${pid}`], { encoding: "utf8" }).trim();
      return { parent: Number.parseInt(shown, 10), command: shown.replace(/^\d+ +/, "") };
    }
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return { parent: Number(readStat(pid)[2]), command };
  } catch {
    return null;
  }
}

/** SIGKILL takes effect when its target next runs; on a busy machine a killed owner looks alive for a while. */
export function isDying(pid: number): boolean {
  const pending = /^SigPnd:.*(\w{3})$/m.exec(readIfPresent(`/proc/${pid}/status`))?.[1] ?? "0";
  return (Number.parseInt(pending, 16) & SIGKILL_PENDING) !== 0 || (Number(readStat(pid)[7]) & EXITING) !== 0;
}

/** From /proc/<pid>/stat the fields after the name: 1 is the state, 2 the parent, 7 the kernel's flags. */
function readStat(pid: number): string[] {
  return (readIfPresent(`/proc/${pid}/stat`).split(")").at(-1) ?? "").split(" ");
}

/** The file's text; empty when it cannot be read. */
export function readIfPresent(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
