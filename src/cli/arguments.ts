import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import { StartError } from "../core/error.ts";
import { USAGE } from "./usage.ts";

/** @throws StartError with the usage when the arguments do not fit the options */
export function readArguments(args: string[], options: NonNullable<ParseArgsConfig["options"]>) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}
