import { randomBytes } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { StartError } from "../core/error.ts";
import { newId } from "../core/id.ts";
import type { Database } from "../db/client.ts";
import { accounts, apiTokens } from "../db/schema/account.ts";
import { SCOPES } from "../operation/context.ts";
import type { Scope } from "../operation/context.ts";
import { hashToken } from "./token.ts";

/**
 * Makes an API token of the account with this external id. The text returned is the only copy: the database has its hash.
 * @throws StartError for an unknown account or scope
 */
export async function issueToken(
  db: Database,
  account: string,
  { scopes, clientId = null }: { scopes: readonly string[]; clientId?: string | null },
): Promise<string> {
  const unknown = scopes.filter((scope) => !SCOPES.includes(scope as Scope));
  if (unknown.length > 0) {
    throw new StartError(`There is no scope ${unknown.join(", ")}. Choose among ${SCOPES.join(", ")}.`);
  }
  const [owner] = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(eq(accounts.externalId, account.normalize("NFC")));
  if (!owner) throw new StartError(`There is no account ${account}. Import its directory first.`);
  const token = `igw_${randomBytes(32).toString("base64url")}`;
  const granted = scopes.length > 0 ? [...scopes] : [...SCOPES];
  const row = {
    accountId: owner.id,
    id: newId(),
    name: "Issued by hand",
    tokenHash: hashToken(token),
    scopes: granted,
    clientId,
  };
  await db.insert(apiTokens).values(row);
  return token;
}

/**
 * Ends a token for good. Gateways that have just seen it refuse it within a second.
 * @throws StartError when there is no such token in use
 */
export async function revokeToken(db: Database, token: string): Promise<void> {
  const revoked = await db
    .update(apiTokens)
    .set({ revokedAt: new Date() })
    .where(and(eq(apiTokens.tokenHash, hashToken(token)), isNull(apiTokens.revokedAt)))
    .returning({ id: apiTokens.id });
  if (revoked.length === 0) throw new StartError("There is no such token in use.");
}
