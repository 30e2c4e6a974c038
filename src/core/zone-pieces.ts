import type { Span } from "./interval.ts";
import { zonesInUse } from "./zone.ts";

/** A part of time in which a zone keeps one offset. */
export interface ZonePiece extends Span {
  /** What the wall clock is ahead of UTC, in milliseconds. */
  offset: number;
}

/**
 * Cuts a span where the zone changes its offset.
 * @param name of a zone of the release in use
 * @returns in order, without gaps
 */
export function zonePieces(name: string, { start, end }: Span): ZonePiece[] {
  const zone = zonesInUse().find(name);
  if (!zone) throw new RangeError(`${name} is no time zone.`);
  const pieces: ZonePiece[] = [];
  for (let from = start; from < end;) {
    const until = Math.min(end, zone.changeAfter(from));
    pieces.push({ start: from, end: until, offset: zone.offsetAt(from) });
    from = until;
  }
  return pieces;
}
