import { StartError } from "../core/error.ts";
import { directoryJsonSchema } from "../import/directory.ts";
import { formatReport, readDirectoryFile } from "../import/file.ts";
import { importValue } from "../import/upsert.ts";
import { readArguments } from "./arguments.ts";
import { withDatabase } from "./database.ts";
import { readEnv } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { print } from "./output.ts";
import { USAGE } from "./usage.ts";

/** Imports a directory file, or prints the JSON Schema of such files. */
export async function importDirectory(args: string[], environment: Environment): Promise<void> {
  if (args.length === 0) throw new StartError(USAGE);
  if (args[0] === "--schema") return print(`${JSON.stringify(directoryJsonSchema(), null, 2)}\n`);
  const env = readEnv(environment);
  const flag = { type: "boolean", default: false } as const;
  const { values, positionals } = readArguments(args, { "dry-run": flag, create: flag, rename: flag });
  const [file, ...more] = positionals;
  if (!file || more.length > 0) throw new StartError(USAGE);
  const dryRun = values["dry-run"] === true;
  const options = { dryRun, mayCreate: values["create"] === true, mayRename: values["rename"] === true };
  const value = await readDirectoryFile(file);
  await withDatabase(env, async (db) => {
    print(formatReport(await importValue(db, value, options)));
    if (dryRun) print("This was a dry run: nothing was written.\n");
  });
}
