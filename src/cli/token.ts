import { issueToken, revokeToken } from "../account/issue.ts";
import { StartError } from "../core/error.ts";
import { readArguments } from "./arguments.ts";
import { withDatabase } from "./database.ts";
import { readEnv } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { print } from "./output.ts";
import { USAGE } from "./usage.ts";

/** Prints a new API token of an account, or revokes one. */
export async function issueOrRevokeToken(args: string[], environment: Environment): Promise<void> {
  const [account, ...rest] = args;
  if (account === "--revoke" && rest[0]) return revoke(rest[0], environment);
  if (!account) throw new StartError(USAGE);
  const env = readEnv(environment);
  const { values, positionals: scopes } = readArguments(rest, { client: { type: "string" } });
  const clientId = typeof values["client"] === "string" ? values["client"] : null;
  await withDatabase(env, async (db) => print(`${await issueToken(db, account, { scopes, clientId })}\n`));
}

const revoke = (token: string, environment: Environment): Promise<void> =>
  withDatabase(readEnv(environment), (db) => revokeToken(db, token));
