import { hash } from "node:crypto";
import { sql } from "drizzle-orm";
import { Cache } from "../core/cache.ts";
import type { Database } from "../db/client.ts";
import { apiTokens } from "../db/schema/account.ts";
import type { Caller, Scope } from "../operation/context.ts";

/** Tokens are long and random, so one unsalted round is enough; the demo tokens are public anyway. */
export function hashToken(token: string): Buffer {
  return hash("sha256", token, "buffer");
}

/** The caller that a bearer token identifies, or null when it is not valid. */
export type Authenticate = (token: string) => Promise<Caller | null>;

const JSON_WEB_TOKEN = /^[\w-]+[.][\w-]+[.][\w-]*$/;
/** How long an answer about a token is cached: a revoked one is refused no later than this. */
export const TOKEN_KEPT_MS = 1_000;
const MAX_KNOWN = 10_000;

const keyOf = (tokenHash: Buffer): string => tokenHash.toString("base64");

interface Known {
  caller: Promise<Caller | null>;
  until: number;
}

export interface AuthenticatorOptions {
  /** Takes JSON Web Tokens; null when they are not taken. */
  persons?: Authenticate | null;
  /** Tokens that are not valid here, whatever the database says. */
  refused?: readonly string[];
  /** In milliseconds. */
  clock?: () => number;
}

/**
 * Looks an API token up in every account: its hash is what says which account it belongs to. Of the requests that carry a
 * token, one in a second asks the database; tokens that are not valid are asked for every time.
 */
export function createAuthenticator(
  db: Database,
  { persons = null, refused = [], clock = () => performance.now() }: AuthenticatorOptions = {},
): Authenticate {
  const find = db
    .select({
      accountId: apiTokens.accountId,
      id: apiTokens.id,
      clientId: apiTokens.clientId,
      name: apiTokens.name,
      scopes: apiTokens.scopes,
    })
    .from(apiTokens)
    .where(sql`${apiTokens.tokenHash} = ${sql.placeholder("hash")} and ${apiTokens.revokedAt} is null`)
    .prepare("find_api_token");
  const known = new Cache<Known>({ maxSize: MAX_KNOWN });
  const refusedKeys = new Set(refused.map((token) => keyOf(hashToken(token))));

  const look = async (tokenHash: Buffer): Promise<Caller | null> => {
    const [row] = await find.execute({ hash: tokenHash });
    if (!row) return null;
    return {
      accountId: row.accountId,
      userId: null,
      tokenId: row.id,
      clientId: row.clientId,
      name: row.name,
      scopes: new Set(row.scopes as Scope[]),
      expiresAt: null,
    };
  };

  return async (token) => {
    if (persons && JSON_WEB_TOKEN.test(token)) return persons(token);
    const tokenHash = hashToken(token);
    const key = keyOf(tokenHash);
    if (refusedKeys.has(key)) return null;
    const cached = known.get(key);
    if (cached && clock() < cached.until) return cached.caller;
    const caller = look(tokenHash);
    known.set(key, { caller, until: clock() + TOKEN_KEPT_MS });
    const found = await caller.catch(() => null);
    if (!found) known.delete(key);
    return caller;
  };
}
