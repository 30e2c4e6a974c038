import { runCommand } from "./cli/command.ts";
import { StartError } from "./core/error.ts";

runCommand(process.argv.slice(2), process.env).catch((error: unknown) => {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
