import type { Transaction } from "../db/client.ts";
import type { RequestError } from "../core/error.ts";
import type { events } from "../db/schema/event.ts";

/** The types of events that a verb emits. */
export const INTERVIEW_EVENT_TYPES = [
  "INTERVIEW_CREATED",
  "INTERVIEW_UPDATED",
  "INTERVIEW_PROVISIONED",
  "INTERVIEW_PROVISIONING_FAILED",
] as const satisfies readonly Row["type"][];
export type InterviewEventType = (typeof INTERVIEW_EVENT_TYPES)[number];

type Row = typeof events.$inferSelect;
/** One row of the event log. It holds ids; what they stand for is resolved when the event is delivered. */
export interface InterviewEvent extends Row {
  type: InterviewEventType;
}

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
  /** Whether it is for the transport alone, because the subscription's type has no bookmarks. */
  silent?: boolean | undefined;
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

export interface FollowOptions {
  /** A cursor; null for what comes from now on. */
  after: string | null;
  filter: EventFilter;
  silentBookmarks?: boolean | undefined;
}

/** The event log as an operation sees it. */
export interface EventSource {
  /**
   * What follows a place in the account's log.
   * @throws RequestError CURSOR_INVALID or CURSOR_EXPIRED
   */
  follow(accountId: string, options: FollowOptions): Promise<AsyncIterableIterator<StreamItem>>;
  cursorOf(position: LogPosition): string;
  /** The cursor of the end of the account's log, as a transaction sees it. */
  cursorOfHead(tx: Transaction, accountId: string): Promise<string>;
}
