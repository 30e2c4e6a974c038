import { RequestError } from "../core/error.ts";
import { currentRequest } from "./request.ts";

/** Rejects work that has not ended when its request's time is over; the work itself continues. */
export type WithinDeadline = <T>(work: Promise<T>) => Promise<T>;

/** @param deadlineMs counts from the arrival of the request, before the caller is known */
export function createDeadline(deadlineMs: number): WithinDeadline {
  return async (work) => {
    const now = performance.now();
    const left = (currentRequest()?.startedAt ?? now) + deadlineMs - now;
    const over = Promise.withResolvers<never>();
    const timer = setTimeout(() => over.reject(tooLong(deadlineMs)), Math.max(0, left));
    try {
      return await Promise.race([work, over.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function tooLong(deadlineMs: number): RequestError {
  return new RequestError(
    "DEADLINE_EXCEEDED",
    `The operation took longer than ${deadlineMs / 1000} s and was given up. A mutation may still take effect: repeat it with ` +
      "its idempotency key, or read what became of it.",
  );
}
