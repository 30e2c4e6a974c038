import { cpuOf } from "./measure.ts";
import { MONTH, prepare } from "./ways.ts";
import type { Task } from "./ways.ts";

/** Run as a process of its own: tells what its first call costs. */
const work = prepare(process.argv[2] as Task, MONTH);
process.send?.(cpuOf(work));
