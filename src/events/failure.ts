import { RequestError } from "../core/error.ts";
import type { LogPosition } from "../operation/event-source.ts";

/** A stream that could not go on for now. Asked again, it goes on after the same position. */
export class StreamInterrupted extends Error {
  readonly position: LogPosition;

  constructor(position: LogPosition, cause: unknown) {
    super("The stream was interrupted.", { cause });
    this.position = position;
  }
}

/** @param oldestCursor the oldest one from which nothing is lost */
export function cursorExpired(oldestCursor: string): RequestError {
  return new RequestError(
    "CURSOR_EXPIRED",
    "The events behind this cursor are no longer kept. Read the list again, and subscribe from its asOfCursor.",
    { oldestCursor },
  );
}

export function tokenExpired(): RequestError {
  return new RequestError(
    "UNAUTHENTICATED",
    "This token has expired. Get a new one, and subscribe after the last cursor.",
  );
}

/** @param cursor of the last event that the subscriber was sent, or of where its stream begins; null before it has begun */
export function subscriberTooSlow(cursor: string | null): RequestError {
  return new RequestError(
    "SUBSCRIBER_TOO_SLOW",
    "This subscriber has fallen too far behind. Subscribe again from the cursor, and read faster or filter more.",
    { cursor },
  );
}

/** @param cursor of the last event that the subscriber was sent, or of where its stream begins; null before it has begun */
export function goingAway(cursor: string | null): RequestError {
  return new RequestError(
    "GOING_AWAY",
    "This process is about to end. Subscribe again from the cursor, and another one answers.",
    { cursor },
  );
}
