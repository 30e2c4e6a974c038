/** A half-open span of time, in milliseconds since 1970. */
export interface Span {
  start: number;
  end: number;
}

/** In order and apart: no two of them overlap or touch. */
export type Spans = readonly Span[];

/** What any of the spans covers, whatever their order. */
export function union(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const { start, end } of spans.toSorted((one, other) => one.start - other.start)) {
    const last = joined.at(-1);
    if (end <= start) continue;
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}

/** What both cover. */
export function intersect(ones: Spans, others: Spans): Span[] {
  const common: Span[] = [];
  let index = 0;
  for (const one of ones) {
    while (index < others.length && (others[index]?.end ?? 0) <= one.start) index += 1;
    for (let next = index; next < others.length; next += 1) {
      const other = others[next];
      if (!other || other.start >= one.end) break;
      common.push({ start: Math.max(one.start, other.start), end: Math.min(one.end, other.end) });
    }
  }
  return common;
}

/** What the first cover and the second do not. */
export function subtract(spans: Spans, taken: Spans): Span[] {
  const left: Span[] = [];
  let index = 0;
  for (const { start, end } of spans) {
    let from = start;
    while (index < taken.length && (taken[index]?.end ?? 0) <= start) index += 1;
    for (let next = index; next < taken.length; next += 1) {
      const gone = taken[next];
      if (!gone || gone.start >= end) break;
      if (gone.start > from) left.push({ start: from, end: gone.start });
      from = Math.max(from, gone.end);
    }
    if (from < end) left.push({ start: from, end });
  }
  return left;
}

/** Each span longer at both ends. */
export function widen(spans: Spans, by: number): Span[] {
  return union(spans.map(({ start, end }) => ({ start: start - by, end: end + by })));
}
