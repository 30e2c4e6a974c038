import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Database } from "../db/client.ts";
import { apiTokens } from "../db/schema/account.ts";
import type { Caller, Scope } from "../operation/context.ts";

/** Tokens are long and random, so one unsalted round is enough; the demo tokens are public anyway. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Looks the token up in every account: its hash is what says which account it belongs to. */
export function createAuthenticator(db: Database): (token: string) => Promise<Caller | null> {
  const find = db
    .select({ accountId: apiTokens.accountId, id: apiTokens.id, scopes: apiTokens.scopes })
    .from(apiTokens)
    .where(sql`${apiTokens.tokenHash} = ${sql.placeholder("hash")} and ${apiTokens.revokedAt} is null`)
    .prepare("find_api_token");
  return async (token) => {
    const [row] = await find.execute({ hash: hashToken(token) });
    if (!row) return null;
    return { accountId: row.accountId, userId: null, tokenId: row.id, scopes: new Set(row.scopes as Scope[]) };
  };
}
