import { parse } from "graphql";
import { StartError } from "../core/error.ts";
import { readDocuments } from "../document/files.ts";
import { registerDocuments } from "../document/registry.ts";
import { schema } from "../schema.ts";
import { readArguments } from "./arguments.ts";
import { withDatabase } from "./database.ts";
import { readEnv } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { print } from "./output.ts";
import { USAGE } from "./usage.ts";

/** Registers the documents of a frontend, and prints the id of each. */
export async function registerFrontend(args: string[], environment: Environment): Promise<void> {
  const env = readEnv(environment);
  const { values, positionals } = readArguments(args, {
    account: { type: "string" },
    client: { type: "string" },
    only: { type: "boolean", default: false },
  });
  const { account, client: clientId, only } = values;
  const [path] = positionals;
  if (!path || typeof account !== "string" || typeof clientId !== "string") throw new StartError(USAGE);
  const documents = await readDocuments(path, schema);
  await withDatabase(env, (db) => registerDocuments(db, { account, clientId, documents, only: only === true }));
  for (const { id, text } of documents) print(`${id} ${nameOf(text)}\n`);
}

/** Names of the operations in a document. */
const nameOf = (text: string): string =>
  parse(text)
    .definitions.flatMap((definition) => ("name" in definition && definition.name ? [definition.name.value] : []))
    .join(" ");
