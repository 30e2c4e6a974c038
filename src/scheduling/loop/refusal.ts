import { Refusal } from "../../core/error.ts";
import { InterviewerConflict } from "../conflict.ts";
import type { Conflict } from "../conflict.ts";

/** The loop is unknown, or not visible to the caller. */
export class LoopNotFound extends Refusal {
  readonly code = "ERR_LOOP_NOT_FOUND";

  /** @param explanation quotes the id that was sent */
  constructor(explanation: string) {
    super(`There is no loop with this id. ${explanation}`);
  }
}

/** The clashes of one leg. */
export interface LegConflict {
  /** Its place among the legs of the input. */
  leg: number;
  conflicts: Conflict[];
}

/** Some interviewers of some legs are busy. */
export class LoopConflict extends Refusal {
  readonly code = "ERR_LOOP_CONFLICT";
  readonly legs: LegConflict[];

  constructor(conflicts: readonly Conflict[]) {
    super(
      "Some interviewers are busy at the time of their leg, so nothing was scheduled or moved. Choose other times or interviewers " +
        "for these legs, or send conflictPolicy ALLOW with a reason.",
    );
    this.legs = [...Map.groupBy(conflicts, ({ wanted }) => wanted)].map(([leg, ofLeg]) => ({ leg, conflicts: ofLeg }));
  }
}

/** @throws LoopConflict where `work` meets a conflict of interviewers: the seats that it wants are those of the legs */
export async function byLeg<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof InterviewerConflict ? new LoopConflict(error.conflicts) : error;
  }
}
