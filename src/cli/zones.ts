import { resolve } from "node:path";
import { openZoneDirectory } from "../core/zone-directory.ts";
import { describeZones, newerRelease } from "../core/zone-release.ts";
import { useZones, zonesInUse } from "../core/zone.ts";
import { reportShifts } from "../interview/shifted.ts";
import { withDatabase } from "./database.ts";
import { readEnv } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { print } from "./output.ts";

/** Prints the interviews that a directory, else a newer release of this machine, else the release in use would move. */
export async function printShifts([directory]: string[], environment: Environment): Promise<void> {
  const env = readEnv(environment);
  print(`${describeZones(zonesInUse())}\n`);
  const compared = directory === undefined ? newerRelease(zonesInUse())?.open() : openZoneDirectory(resolve(directory));
  if (compared) useZones(compared);
  await withDatabase(env, async (db) => {
    for await (const line of reportShifts(db, new Date())) print(`${line}\n`);
  });
}
