import type { ZoneDatabase } from "../../src/core/zone-database.ts";
import { runtimeZones } from "../../src/core/zone-database.ts";
import { offsetTable, readZoneFile } from "../../src/core/zone-file.ts";

const HEADER = 44;

export interface ZoneSource {
  /** Hours east of UTC before every change. */
  first: number;
  /** ISO 8601, and the hours east of UTC from then on. */
  changes?: [at: string, hours: number][];
  footer: string;
  version?: 1 | 2 | 3 | 4;
  leapSeconds?: number;
}

/** A compiled zone (TZif, RFC 9636), as zic makes them: an empty block of 32-bit times, then that of 64-bit times. */
export function compileZone({ first, changes = [], footer, version = 2, leapSeconds = 0 }: ZoneSource): Buffer {
  const offsets = [...new Set([first, ...changes.map(([, hours]) => hours)])];
  const leaps = Buffer.alloc(leapSeconds * 12);
  const body = Buffer.concat([
    ...changes.map(([at]) => int64(Date.parse(at) / 1000)),
    Buffer.from(changes.map(([, hours]) => offsets.indexOf(hours))),
    ...offsets.map((hours) => Buffer.concat([int32(hours * 3600), Buffer.from([0, 0])])),
    Buffer.from("XXX\0"),
    leaps,
  ]);
  const counts = [0, 0, leapSeconds, changes.length, offsets.length, 4];
  const empty = Buffer.concat([header(version, [0, 0, 0, 0, 1, 1]), Buffer.alloc(7)]);
  return Buffer.concat([empty, header(version, counts), body, Buffer.from(`\n${footer}\n`)]);
}

/** Winnipeg of release 2026e in short: since 2026 it stays at five hours behind UTC. */
export const WINNIPEG: ZoneSource = {
  first: -6,
  changes: [
    ["2025-03-09T08:00Z", -5],
    ["2025-11-02T07:00Z", -6],
    ["2026-03-08T08:00Z", -5],
  ],
  footer: "EST5",
};

/** A release that has one zone from its source, and the others from the runtime. */
export function releaseWith(release: string, name: string, source: ZoneSource): ZoneDatabase {
  const table = offsetTable(readZoneFile(compileZone(source)));
  const zone = {
    name,
    release,
    offsetAt: (instant: number) => table.offsetAt(instant),
    changeAfter: (instant: number) => table.changeAfter(instant),
  };
  const runtime = runtimeZones();
  const find = (text: string) => (text.toLowerCase() === name.toLowerCase() ? zone : runtime.find(text));
  return { release, origin: "a test", find };
}

function header(version: number, counts: number[]): Buffer {
  const bytes = Buffer.alloc(HEADER);
  bytes.write("TZif", 0);
  if (version > 1) bytes.write(String(version), 4);
  for (const [index, count] of counts.entries()) bytes.writeUInt32BE(count, 20 + index * 4);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}
