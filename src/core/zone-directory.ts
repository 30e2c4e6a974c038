import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "./error.ts";
import { runtimeZones } from "./zone-database.ts";
import type { Zone, ZoneDatabase } from "./zone-database.ts";
import { offsetTable, readZoneFile, ZoneFileError } from "./zone-file.ts";
import type { CompiledZone } from "./zone-file.ts";
import type { OffsetTable } from "./zone-table.ts";

/** Where operating systems store their compiled tz database. */
export const SYSTEM_ZONES = "/usr/share/zoneinfo";

/** Every zone and region begins with a capital; `posix`, `right`, `localtime` and the tables of text do not. */
const PART_OF_NAME = /^[A-Z][A-Za-z0-9_+-]*$/;
const NOT_ZONES = new Set(["Factory", "SECURITY"]);
const MAX_DEPTH = 3;
const MAX_FILE_BYTES = 65_536;

/** Links of `tzdata.zi`: `L Asia/Kolkata Asia/Calcutta`. Some systems leave out the files of old names. */
const LINK = /^L (\S+) (\S+)$/gm;
const FIRST_LINE = /^# version (\S+)$/m;

/**
 * The zones in a directory of compiled files, and the runtime's for names that it does not have. All are read at once: an update of
 * the directory changes nothing until the next start.
 * @throws StartError that names the file and what is wrong with it
 */
export function openZoneDirectory(directory: string): ZoneDatabase {
  const files = refusing(directory, () => zoneFiles(directory, "", 1));
  const runtime = runtimeZones();
  if (!files.some((name) => runtime.find(name))) {
    throw new StartError(
      `The time zones cannot be used: ${directory} holds none by its whole name, such as Europe/Berlin.`,
    );
  }
  const compiled = files.map((name) => ({ name, zone: readZone(directory, name) }));
  const release = releaseOf(directory) ?? hashOf(directory, files);
  const zones = new Map<string, Zone>();
  for (const { name, zone } of compiled) zones.set(name.toLowerCase(), { name, release, ...offsetsOf(zone) });
  for (const [, target = "", name = ""] of readText(directory, "tzdata.zi").matchAll(LINK)) {
    const zone = zones.get(target.toLowerCase());
    if (zone && !zones.has(name.toLowerCase())) zones.set(name.toLowerCase(), { ...zone, name });
  }
  return { release, origin: directory, find: (name) => zones.get(name.toLowerCase()) ?? runtime.find(name) };
}

/** Release of the tz database in a directory, when it says so: in `tzdata.zi`, or in `+VERSION` as on macOS and BSD. */
export function releaseOf(directory: string): string | undefined {
  return (
    FIRST_LINE.exec(readText(directory, "tzdata.zi"))?.[1] ?? (readText(directory, "+VERSION").trim() || undefined)
  );
}

/** Names of all zones under a directory, from its root on. */
function zoneFiles(directory: string, prefix: string, depth: number): string[] {
  const entries = readdirSync(join(directory, prefix)).toSorted();
  return entries.flatMap((entry) => {
    const name = prefix + entry;
    if (!PART_OF_NAME.test(entry) || NOT_ZONES.has(name)) return [];
    if (!statSync(join(directory, name)).isDirectory()) return [name];
    return depth < MAX_DEPTH ? zoneFiles(directory, `${name}/`, depth + 1) : [];
  });
}

/** Most zones are never asked for, so that the table of one waits for its first question. */
function offsetsOf(zone: CompiledZone): Pick<Zone, "offsetAt" | "changeAfter"> {
  let table: OffsetTable | undefined;
  const made = () => (table ??= offsetTable(zone));
  return {
    offsetAt: (instant) => made().offsetAt(instant),
    changeAfter: (instant) => made().changeAfter(instant),
  };
}

function readZone(directory: string, name: string): CompiledZone {
  const file = join(directory, name);
  return refusing(file, () => {
    const status = statSync(file);
    if (!status.isFile()) throw new ZoneFileError("is not a file");
    const { size } = status;
    if (size > MAX_FILE_BYTES) throw new ZoneFileError(`has ${size} bytes, and no compiled zone is so large`);
    return readZoneFile(readFileSync(file));
  });
}

function refusing<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof ZoneFileError ? error.message : `cannot be read: ${String(error)}`;
    throw new StartError(`The time zones cannot be used: ${path} ${reason}.`, { cause: error });
  }
}

function readText(directory: string, name: string): string {
  try {
    return readFileSync(join(directory, name), "utf8");
  } catch {
    return "";
  }
}

/** Names a release that has no name by what it holds, so that equal directories are called alike. */
function hashOf(directory: string, files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const name of files) hash.update(`${name}\n`).update(readFileSync(join(directory, name)));
  return `sha256:${hash.digest("hex").slice(0, 12)}`;
}
