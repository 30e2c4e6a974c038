import { StartError } from "../core/error.ts";
import { registerFrontend } from "./documents.ts";
import type { Environment } from "./environment.ts";
import { importDirectory } from "./import.ts";
import { printErrors, printFindings, printSchema, printUsage } from "./print.ts";
import { start } from "./start.ts";
import { issueOrRevokeToken } from "./token.ts";
import { USAGE } from "./usage.ts";
import { printShifts } from "./zones.ts";

type Command = (args: string[], environment: Environment) => void | Promise<void>;

const COMMANDS = new Map<string, Command>([
  ["start", start],
  ["import", importDirectory],
  ["token", issueOrRevokeToken],
  ["zones", printShifts],
  ["documents", registerFrontend],
  ["schema", printSchema],
  ["findings", printFindings],
  ["errors", printErrors],
  ["help", printUsage],
  ["--help", printUsage],
]);

/**
 * Runs the command that the first argument names; `start` without one.
 * @throws StartError with the sentence to print before the process ends with 1
 */
export async function runCommand([name = "start", ...args]: string[], environment: Environment): Promise<void> {
  const command = COMMANDS.get(name);
  if (!command) throw new StartError(USAGE);
  await command(args, environment);
}
