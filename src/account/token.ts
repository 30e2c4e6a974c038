import { hash } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Database } from "../db/client.ts";
import { apiTokens } from "../db/schema/account.ts";
import type { Caller, Scope } from "../operation/context.ts";

/** Tokens are long and random, so one unsalted round is enough; the demo tokens are public anyway. */
export function hashToken(token: string): Buffer {
  return hash("sha256", token, "buffer");
}

/** For how long an answer about a token is used again: a revoked one is refused no later than this. */
export const TOKEN_KEPT_MS = 1_000;
const MOST_KEPT = 10_000;

interface Known {
  caller: Promise<Caller | null>;
  until: number;
}

/**
 * Looks the token up in every account: its hash is what says which account it belongs to. Of the requests that carry a
 * token, one in a second asks the database; tokens that are not valid are asked for every time.
 * @param clock in milliseconds
 */
export function createAuthenticator(
  db: Database,
  clock: () => number = () => performance.now(),
): (token: string) => Promise<Caller | null> {
  const find = db
    .select({ accountId: apiTokens.accountId, scopes: apiTokens.scopes })
    .from(apiTokens)
    .where(sql`${apiTokens.tokenHash} = ${sql.placeholder("hash")} and ${apiTokens.revokedAt} is null`)
    .prepare("find_api_token");
  const known = new Map<string, Known>();

  const look = async (tokenHash: Buffer): Promise<Caller | null> => {
    const [row] = await find.execute({ hash: tokenHash });
    return row ? { accountId: row.accountId, userId: null, scopes: new Set(row.scopes as Scope[]) } : null;
  };

  return async (token) => {
    const tokenHash = hashToken(token);
    const key = tokenHash.toString("base64");
    const kept = known.get(key);
    if (kept && clock() < kept.until) return kept.caller;
    if (known.size >= MOST_KEPT) known.clear();
    const caller = look(tokenHash);
    known.set(key, { caller, until: clock() + TOKEN_KEPT_MS });
    const found = await caller.catch(() => null);
    if (!found) known.delete(key);
    return caller;
  };
}
