import type { Transaction } from "../db/client.ts";
import type { RequestError } from "../core/error.ts";
import type { events } from "../db/schema/event.ts";

/** The types of events that a verb emits. */
export const INTERVIEW_EVENT_TYPES = [
  "INTERVIEW_CREATED",
  "INTERVIEW_UPDATED",
  "INTERVIEW_RESCHEDULED",
  "INTERVIEW_CANCELLED",
  "CANDIDATE_NO_SHOW_MARKED",
  "CANDIDATE_NO_SHOW_UNDONE",
  "INTERVIEW_RSVP_CHANGED",
  "INTERVIEW_PROVISIONED",
  "INTERVIEW_PROVISIONING_FAILED",
] as const satisfies readonly Row["type"][];
export type InterviewEventType = (typeof INTERVIEW_EVENT_TYPES)[number];

type Row = typeof events.$inferSelect;
/** One row of the event log. It holds ids; the objects are loaded when the event is delivered. */
export interface InterviewEvent extends Row {
  type: InterviewEventType;
}

/** How far one account's log has been read. */
export interface LogPosition {
  accountId: string;
  /** Number of the last event before it. */
  sequence: number;
}

/** Says how far the log has been read for a subscriber that no event matched. */
export interface Bookmark {
  type: "BOOKMARK";
  accountId: string;
  sequence: number;
  occurredAt: Date;
  /** Whether it is for the transport alone, because the subscription's type has no bookmarks. */
  silent?: boolean | undefined;
}

/** The last item of a stream that cannot continue. */
export interface StreamFailure {
  type: "FAILURE";
  error: RequestError;
}

export type StreamItem = InterviewEvent | Bookmark | StreamFailure;

/** Whether a follower wants to be told of an event. */
export type EventFilter = (event: InterviewEvent) => boolean;

/** Items that a subscriber gets together. */
export interface StreamBatch {
  /** In order. A bookmark or a failure is alone. */
  items: readonly StreamItem[];
  /** Number of the last event that was looked at; what follows it comes next. */
  through: number;
  /** Whether other subscribers of the process get the same objects. */
  shared: boolean;
}

/** One subscriber's way through a log, by position: an item that it reads again is judged again. */
export interface ItemStream extends AsyncIterableIterator<StreamItem> {
  /** Number of the last event before the stream. */
  readonly start: number;
  /** Whether everything has been handed over and nothing can follow; the event log never comes to that. */
  readonly complete?: boolean;
  /** At least one and at most `size` of the items that follow a number; null when the stream has ended. */
  take(after: number, size: number): Promise<StreamBatch | null>;
  return(): Promise<IteratorResult<StreamItem>>;
}

/** One item, for the protocol of iterators. */
export async function nextOf(stream: ItemStream, position: number): Promise<IteratorResult<StreamItem>> {
  const [value] = (await stream.take(position, 1))?.items ?? [];
  return value ? { done: false, value } : { done: true, value: undefined };
}

export type StreamStart = "NEXT" | "OLDEST";

export interface FollowOptions {
  /** A cursor; null for where `from` says. */
  after: string | null;
  /** Where a stream without a cursor begins; with the next event when left out. */
  from?: StreamStart | undefined;
  /** Which events; all when left out. */
  filter?: EventFilter | undefined;
  silentBookmarks?: boolean | undefined;
}

/** The event log as an operation sees it. */
export interface EventSource {
  /**
   * What follows a place in the account's log.
   * @throws RequestError CURSOR_INVALID or CURSOR_EXPIRED
   */
  follow(accountId: string, options: FollowOptions): Promise<ItemStream>;
  cursorOf(position: LogPosition): string;
  /** The cursor of the end of the account's log, as a transaction sees it. */
  cursorOfHead(tx: Transaction, accountId: string): Promise<string>;
}
