import { openZoneDirectory } from "../core/zone-directory.ts";
import { useZones } from "../core/zone.ts";
import { parseEnv } from "../env.ts";
import type { Env } from "../env.ts";

/** The variables of the process, as they were set. */
export type Environment = Record<string, string | undefined>;

/** Reads the environment, and has this process read times by the tz database that it names. */
export function readEnv(environment: Environment): Env {
  const env = parseEnv(environment);
  if (env.tzDatabase !== null) useZones(openZoneDirectory(env.tzDatabase));
  return env;
}
