import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Database } from "../db/client.ts";
import { apiTokens } from "../db/schema/account.ts";
import type { Caller, Scope } from "../operation/context.ts";

/** Tokens are long and random, so one unsalted round is enough; the demo tokens are public anyway. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** The caller behind a bearer token, or null when no token of that text is valid. */
export type Authenticate = (token: string) => Promise<Caller | null>;

const JSON_WEB_TOKEN = /^[\w-]+[.][\w-]+[.][\w-]*$/;

/**
 * Looks an API token up in every account: its hash is what says which account it belongs to.
 * @param persons takes JSON Web Tokens; null when they are not taken
 */
export function createAuthenticator(db: Database, persons: Authenticate | null = null): Authenticate {
  const find = db
    .select({ accountId: apiTokens.accountId, id: apiTokens.id, scopes: apiTokens.scopes })
    .from(apiTokens)
    .where(sql`${apiTokens.tokenHash} = ${sql.placeholder("hash")} and ${apiTokens.revokedAt} is null`)
    .prepare("find_api_token");
  return async (token) => {
    if (persons && JSON_WEB_TOKEN.test(token)) return persons(token);
    const [row] = await find.execute({ hash: hashToken(token) });
    if (!row) return null;
    return {
      accountId: row.accountId,
      userId: null,
      tokenId: row.id,
      scopes: new Set(row.scopes as Scope[]),
      expiresAt: null,
    };
  };
}
