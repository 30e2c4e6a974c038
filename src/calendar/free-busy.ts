import { intersect, union } from "../core/interval.ts";
import type { Span, Spans } from "../core/interval.ts";
import { calendarAnswer } from "../db/schema/enum.ts";
import type { CalendarAnswer } from "../db/schema/enum.ts";

/** What a calendar says of a window. Spans may come in any order, overlap and reach beyond it. */
export type FreeBusyAnswer =
  | { answer: "ANSWERED"; busy: readonly Span[] }
  /** Nothing is known of some of the window. */
  | { answer: "PARTLY"; busy: readonly Span[]; unknown: readonly Span[] }
  | { answer: Exclude<CalendarAnswer, "ANSWERED" | "PARTLY"> };

export interface FreeBusyProvider {
  /**
   * When calendars are busy, by their addresses. One that is left out of the answer counts as unreachable.
   * @param signal aborts when nobody waits for the answer any more
   */
  query(
    calendars: readonly string[],
    window: Span,
    effect: { accountId: string; signal: AbortSignal },
  ): Promise<ReadonlyMap<string, FreeBusyAnswer>>;
}

export interface FreeBusyQuestion {
  accountId: string;
  calendars: readonly string[];
  window: Span;
  /** How long all calendars together may take. */
  deadlineMs: number;
}

/** A slow or broken calendar spoils the answers of so many at most. */
const MAX_BATCH = 5;
/** So many meetings do not fit into thirty days; more are told by quarters of an hour. */
const MAX_SPANS = 1_000;
const COARSE = 15 * 60_000;

const UNREACHABLE: FreeBusyAnswer = { answer: "UNREACHABLE" };
const TOO_LATE: FreeBusyAnswer = { answer: "TOO_LATE" };

/** Asks all calendars at a time, in batches, and answers for each of them by the deadline, whatever the provider does. */
export async function askCalendars(
  provider: FreeBusyProvider,
  { accountId, calendars, window, deadlineMs }: FreeBusyQuestion,
): Promise<Map<string, FreeBusyAnswer>> {
  const waiting = new AbortController();
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), deadlineMs);
  const ask = async (batch: readonly string[]) => {
    const asked = query(provider, { calendars: batch, window, accountId, signal: waiting.signal });
    const found = await Promise.race([asked, late.promise]);
    return batch.map((calendar): [string, FreeBusyAnswer] => {
      return [calendar, found === "late" ? TOO_LATE : readSafely(found, { calendar, window })];
    });
  };
  try {
    const batches = await Promise.all(batchesOf(calendars).map(ask));
    return new Map(batches.flat());
  } finally {
    clearTimeout(timer);
    waiting.abort();
  }
}

/** Undefined when the provider fails, at once or later. */
async function query(
  provider: FreeBusyProvider,
  {
    calendars,
    window,
    ...effect
  }: Pick<FreeBusyQuestion, "accountId" | "calendars" | "window"> & { signal: AbortSignal },
): Promise<ReadonlyMap<string, FreeBusyAnswer> | undefined> {
  try {
    return await provider.query(calendars, window, effect);
  } catch {
    return undefined;
  }
}

/** Garbage about one calendar leaves the others as they are. */
function readSafely(
  found: ReadonlyMap<string, FreeBusyAnswer> | undefined,
  { calendar, window }: { calendar: string; window: Span },
): FreeBusyAnswer {
  try {
    return read(found?.get(calendar), window);
  } catch {
    return UNREACHABLE;
  }
}

function read(answer: FreeBusyAnswer | undefined, window: Span): FreeBusyAnswer {
  if (!answer || !calendarAnswer.enumValues.includes(answer.answer)) return UNREACHABLE;
  if (answer.answer !== "ANSWERED" && answer.answer !== "PARTLY") return answer;
  const busy = within(answer.busy, window);
  const unknown = answer.answer === "PARTLY" ? within(answer.unknown, window) : [];
  if (!busy || !unknown) return UNREACHABLE;
  return unknown.length > 0 ? { answer: "PARTLY", busy, unknown } : { answer: "ANSWERED", busy };
}

/** Undefined when the spans are none. Too many become longer and fewer: more is called busy, never less. */
function within(spans: readonly Span[], window: Span): Spans | undefined {
  if (!spans.every(({ start, end }) => Number.isFinite(start) && Number.isFinite(end) && start <= end))
    return undefined;
  const inside = intersect(union(spans), [window]);
  if (inside.length <= MAX_SPANS) return inside;
  const coarse = inside.map(({ start, end }) => {
    return { start: Math.floor(start / COARSE) * COARSE, end: Math.ceil(end / COARSE) * COARSE };
  });
  return intersect(union(coarse), [window]);
}

function batchesOf(calendars: readonly string[]): string[][] {
  const count = Math.ceil(calendars.length / MAX_BATCH);
  return Array.from({ length: count }, (_, index) => calendars.slice(index * MAX_BATCH, (index + 1) * MAX_BATCH));
}
