import { changesOfYear, parseFooter } from "./zone-footer.ts";
import type { ZoneFooter } from "./zone-footer.ts";
import { OffsetTable } from "./zone-table.ts";
import type { OffsetChange } from "./zone-table.ts";

/** What is wrong with a compiled zone, as the end of a sentence that begins with the file's name. */
export class ZoneFileError extends Error {}

const SECOND = 1000;
const MAGIC = "TZif";
const HEADER_BYTES = 44;
const TYPE_BYTES = 6;
/** RFC 9636 calls anything further from UTC unlikely, and some readers refuse it. */
const MAX_OFFSET_SECONDS = 26 * 3600;
const CYCLE_YEARS = 400;
/** Some tables have a change at the beginning of the universe and no other. */
const FIRST_RULE = Date.UTC(1900);

/** What a compiled zone says. */
export interface CompiledZone {
  /** Offset before every change. */
  first: number;
  changes: OffsetChange[];
  /** What follows the last change; null when nothing ever changes again. */
  footer: ZoneFooter | null;
}

interface Block {
  version: number;
  changes: number;
  types: number;
  characters: number;
  leapSeconds: number;
  standardFlags: number;
  universalFlags: number;
}

/**
 * Reads a compiled zone (TZif, RFC 9636): its second block, of 64-bit times, and the footer, which says what follows the table.
 * @throws ZoneFileError
 */
export function readZoneFile(bytes: Uint8Array): CompiledZone {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = readHeader(view, 0);
  if (first.version < 2) throw new ZoneFileError("is of version 1 of the format, which ends in 2037");
  const start = HEADER_BYTES + bodyBytes(first, 4);
  const block = readHeader(view, start);
  const body = start + HEADER_BYTES;
  const footerAt = body + bodyBytes(block, 8);
  if (footerAt > view.byteLength) throw tooShort();
  if (block.leapSeconds > 0) throw new ZoneFileError("counts leap seconds, which clocks of this system do not");
  const changes = readChanges(view, body, block);
  return { ...changes, footer: parseFooterAfter(changes, readFooter(bytes.subarray(footerAt))) };
}

/** The table of the file, and the changes of the 400 years and more that follow it. */
export function offsetTable({ first, changes, footer }: CompiledZone): OffsetTable {
  if (!footer?.daylight) return new OffsetTable(first, changes);
  const last = changes.at(-1)?.at ?? -Infinity;
  const lastYear = new Date(Math.max(last, FIRST_RULE)).getUTCFullYear();
  // Dates and times of a rule may reach into the years beside theirs, so that one is left at either end.
  const years = Array.from({ length: CYCLE_YEARS + 3 }, (_, index) => lastYear + index);
  const yearly = years.flatMap((year) => changesOfYear(footer, year)).filter(({ at }) => at > last);
  const end = Date.UTC(lastYear + CYCLE_YEARS + 2, 0, 1);
  return new OffsetTable(first, [...changes, ...yearly.toSorted((a, b) => a.at - b.at)], end);
}

const tooShort = () => new ZoneFileError("ends too early");

function readHeader(view: DataView, start: number): Block {
  const magic = Array.from({ length: MAGIC.length }, (_, index) =>
    start + index < view.byteLength ? String.fromCodePoint(view.getUint8(start + index)) : "",
  ).join("");
  if (magic !== MAGIC && !(start > 0 && magic.length < MAGIC.length)) {
    throw new ZoneFileError("is not a compiled zone (TZif)");
  }
  if (start + HEADER_BYTES > view.byteLength) throw tooShort();
  const version = view.getUint8(start + 4);
  const count = (index: number) => view.getUint32(start + 20 + index * 4);
  return {
    version: version === 0 ? 1 : version - "0".charCodeAt(0),
    universalFlags: count(0),
    standardFlags: count(1),
    leapSeconds: count(2),
    changes: count(3),
    types: count(4),
    characters: count(5),
  };
}

function bodyBytes(block: Block, timeBytes: 4 | 8): number {
  const { changes, types, characters, leapSeconds, standardFlags, universalFlags } = block;
  const entries = changes * (timeBytes + 1) + types * TYPE_BYTES + leapSeconds * (timeBytes + 4);
  return entries + characters + standardFlags + universalFlags;
}

type Changes = Omit<CompiledZone, "footer">;

/** Times, one byte each for the type that begins then, and the types: offset, daylight flag, abbreviation. */
function readChanges(view: DataView, start: number, { changes: count, types }: Block): Changes {
  const typesAt = start + count * 9;
  const offsetOf = (type: number) => {
    if (type >= types) throw new ZoneFileError(`refers to a type of time that it does not have (${type})`);
    const seconds = view.getInt32(typesAt + type * TYPE_BYTES);
    if (Math.abs(seconds) > MAX_OFFSET_SECONDS) throw new ZoneFileError(`is ${seconds} seconds from UTC at some time`);
    return seconds * SECOND;
  };
  const changes = Array.from({ length: count }, (_, index) => ({
    at: Number(view.getBigInt64(start + index * 8)) * SECOND,
    offset: offsetOf(view.getUint8(start + count * 8 + index)),
  }));
  if (changes.some(({ at }, index) => at <= (changes[index - 1]?.at ?? -Infinity))) {
    throw new ZoneFileError("has changes out of order");
  }
  return { first: offsetOf(0), changes };
}

/** The text between two line feeds at the end of the file; it may be empty. */
function readFooter(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  if (!text.startsWith("\n") || text.length < 2 || !text.endsWith("\n")) {
    throw new ZoneFileError("does not end with a line of text, as compiled zones do");
  }
  return text.slice(1, -1);
}

function parseFooterAfter({ first, changes }: Changes, text: string): ZoneFooter | null {
  if (text === "") return null;
  const footer = parseFooter(text);
  if (!footer) throw new ZoneFileError(`ends with ${JSON.stringify(text)}, which is no rule`);
  const last = changes.at(-1)?.offset ?? first;
  if (last !== footer.standard && last !== footer.daylight?.offset) {
    throw new ZoneFileError(`ends with ${text}, which contradicts its last change`);
  }
  return footer;
}
