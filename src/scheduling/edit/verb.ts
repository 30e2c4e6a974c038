import { Refusal } from "../../core/error.ts";
import type { SentIds } from "../../core/id.ts";
import type { RecordChange } from "../../interview/commit.ts";
import type { InterviewField, StoredInterview } from "../../interview/field.ts";
import type { FindingCode } from "../../interview/finding.ts";
import type { Interview } from "../../interview/load.ts";
import type { Context } from "../../operation/context.ts";
import type { Seats } from "../conflict.ts";

/** What every request to change an interview says. */
export interface EditRequest {
  /** The ids as they were sent. */
  ids: SentIds;
  /** Where it is in the input. */
  path: readonly string[];
  interviewId: string;
  /** The version that the caller has seen; null when versions are not compared. */
  expectedVersion: number | null;
  idempotencyKey: string | null;
}

/** Another caller changed the interview after the version that this one expected. */
export class VersionConflict extends Refusal {
  readonly code = "ERR_VERSION_CONFLICT";
  readonly interview: Interview;
  readonly changedFields: InterviewField[];

  constructor(interview: Interview, changedFields: InterviewField[]) {
    super(`Somebody else changed the interview: it is at version ${interview.version}. Read it and try again.`);
    this.interview = interview;
    this.changedFields = changedFields;
  }
}

/** What a verb makes of an interview as it is stored. */
export interface Decision<R extends object> {
  /** Null when nothing differs: then nothing is written. */
  change: RecordChange | null;
  /** Seats that must be free. */
  reserve?: Seats | null;
  /** The rest of the answer, as plain JSON: it is kept with the idempotency key. */
  answer: R;
}

/** One way to change an interview. */
export interface Verb<Q extends EditRequest, R extends object> {
  operation: string;
  /** The code under which an interview that is CANCELLED is refused; null when the verb judges it. */
  cancelled: FindingCode | null;
  /** Whether the caller may even without the right to manage the interview; never when left out. */
  permits?: (ctx: Context, request: Q) => boolean;
  /** What a request asks for, in one form for all that mean the same; the request itself when left out. */
  canonical?: (request: Q) => object;
  /**
   * Loads what the decision needs to know beside the interview.
   * @returns judges and decides, without a look at anything else; null when something that it needs was not loaded because
   *   the interview has been changed since
   */
  prepare: (ctx: Context, request: Q, snapshot: StoredInterview) => Promise<Decide<R>>;
}

/** @throws Refusal when the change may not be made */
export type Decide<R extends object> = (stored: StoredInterview, now: Date) => Decision<R> | null;
