import { runtimeZones } from "./zone-database.ts";
import type { ZoneDatabase } from "./zone-database.ts";
import { openZoneDirectory, releaseOf, SYSTEM_ZONES } from "./zone-directory.ts";

/** A release of the tz database, and where it comes from. */
export type ZoneRelease = Pick<ZoneDatabase, "release" | "origin">;

/** One that this machine has, used or not. */
export interface AvailableRelease extends ZoneRelease {
  /** What an operator does to use it. */
  instruction: string;
  open(): ZoneDatabase;
}

const RELEASE = /^\d{4}[a-z]{1,2}$/;

/** The newest release on this machine, when it is newer than the one in use: the operating system's or the runtime's. */
export function newerRelease(inUse: ZoneRelease, available = releasesOfMachine()): AvailableRelease | undefined {
  const newer = available.filter(({ release }) => isNewer(release, inUse.release));
  return newer.reduce<AvailableRelease | undefined>(
    (newest, other) => (newest && !isNewer(other.release, newest.release) ? newest : other),
    undefined,
  );
}

/** One line for the log: which release is in use, and how to use a newer one. */
export function describeZones(inUse: ZoneRelease, newer = newerRelease(inUse)): string {
  const used = `time zones: release ${inUse.release} of the tz database, from ${inUse.origin}`;
  if (!newer) return used;
  const { origin, release, instruction } = newer;
  return `${used}; ${origin} has ${release}: ${instruction} to use it, and npm run zones to see which interviews it moves`;
}

/** False for what is not named as releases are, such as a directory that does not say which it is. */
function isNewer(release: string, other: string): boolean {
  if (!RELEASE.test(release) || !RELEASE.test(other)) return false;
  return release.length === other.length ? release > other : release.length > other.length;
}

function releasesOfMachine(): AvailableRelease[] {
  const runtime = runtimeZones();
  const release = releaseOf(SYSTEM_ZONES);
  const system = {
    origin: SYSTEM_ZONES,
    instruction: `set TZ_DATABASE=${SYSTEM_ZONES}`,
    open: () => openZoneDirectory(SYSTEM_ZONES),
  };
  return [
    { ...runtime, instruction: "unset TZ_DATABASE", open: () => runtime },
    ...(release === undefined ? [] : [{ ...system, release }]),
  ];
}
