import type { Transaction } from "../db/client.ts";
import type { RequestError } from "../core/error.ts";
import type { events } from "../db/schema/event.ts";

/** One row of the event log. It holds ids; what they stand for is resolved when the event is delivered. */
export type InterviewEvent = typeof events.$inferSelect;
export type InterviewEventType = InterviewEvent["type"];

/** How far one account's log has been read. */
export interface LogPosition {
  accountId: string;
  /** Number of the last event before it. */
  sequence: number;
}

/** Says how far the log has been read for a follower to whom nothing in it mattered. */
export interface Bookmark {
  type: "BOOKMARK";
  accountId: string;
  sequence: number;
  occurredAt: Date;
}

/** The last that a follower hears when its stream cannot go on. */
export interface StreamFailure {
  type: "FAILURE";
  error: RequestError;
}

export type StreamItem = InterviewEvent | Bookmark | StreamFailure;

/** What a follower wants to hear. Lists that are left out match everything; those given must all match. */
export interface EventFilter {
  types?: readonly InterviewEventType[] | undefined;
  jobIds?: readonly string[] | undefined;
  applicationIds?: readonly string[] | undefined;
  organizerIds?: readonly string[] | undefined;
  interviewerIds?: readonly string[] | undefined;
  stageIds?: readonly string[] | undefined;
}

/** The event log as an operation sees it. */
export interface EventSource {
  /**
   * What follows the cursor in the account's log, or what comes from now on when it is null.
   * @throws RequestError CURSOR_INVALID or CURSOR_EXPIRED
   */
  follow(
    accountId: string,
    options: { after: string | null; filter: EventFilter },
  ): Promise<AsyncIterableIterator<StreamItem>>;
  cursorOf(position: LogPosition): string;
  /** The cursor of the end of the account's log, as a transaction sees it. */
  cursorOfHead(tx: Transaction, accountId: string): Promise<string>;
}
