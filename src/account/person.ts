import { and, eq, or, sql } from "drizzle-orm";
import { decodeJwt, errors, jwtVerify } from "jose";
import { z } from "zod";
import { RequestError } from "../core/error.ts";
import { parseId } from "../core/id.ts";
import { unstorable } from "../core/text.ts";
import type { Database } from "../db/client.ts";
import { accounts } from "../db/schema/account.ts";
import { users } from "../db/schema/people.ts";
import { SCOPES } from "../operation/context.ts";
import type { Caller, Scope, Services } from "../operation/context.ts";
import { createIssuerKeys } from "./issuer-keys.ts";

/** Whose tokens are taken for persons. */
export interface PersonTokens {
  /** Where the issuer publishes its keys. */
  jwksUrl: string;
  issuer: string;
  audience: string;
}

/** Only signatures that the issuer alone can make: with a shared secret, or none, everybody could. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
const CLOCK_TOLERANCE_S = 5;
const EXPIRED = "It has expired.";
const OF_ANOTHER_ISSUER = "It is of another issuer.";
const FOR_ANOTHER_AUDIENCE = "It is for another audience.";
/** The last instant that a Date can hold. */
const LAST_SECOND = 8.64e12;

/** In NFC, as the external ids of the directory are. */
const name = z
  .string()
  .normalize("NFC")
  .min(1)
  .max(255)
  .refine((text) => !unstorable(text));
const claims = z.object({ sub: name, account: name, exp: z.number().max(LAST_SECOND), azp: name.optional() });

/** An external collaborator sees what their interviews refer to, and lists no reference data. */
const OUTSIDER: readonly Scope[] = ["interviews:read", "interviews:write"];

/** What a person may ask for at all; what they then see and change depends on the hiring teams they are on. */
export function scopesOfRole(role: (typeof users.$inferSelect)["role"]): readonly Scope[] {
  return role === "EXTERNAL_COLLABORATOR" ? OUTSIDER : SCOPES;
}

/**
 * Reads a person's JSON Web Token: `account` is the account's external id, `sub` the user's external id or id of this API,
 * `azp` the client that the token was issued to, if any.
 * @returns throws RequestError UNAUTHENTICATED that says why, for every token that is not valid, and KEYS_UNAVAILABLE for
 *   one that cannot be checked
 */
export function createPersonAuthenticator(
  { jwksUrl, issuer, audience }: PersonTokens,
  { db, log, now }: Pick<Services, "db" | "log" | "now">,
): (token: string) => Promise<Caller> {
  const keys = createIssuerKeys(jwksUrl, { log });
  const find = prepareFind(db);
  return async (token) => {
    const verified = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: now(),
    }).catch((error: unknown) => {
      if (isAboutKeys(error)) refuseByClaims(token, { issuer, audience, now: now() });
      throw explain(error);
    });
    const read = claims.safeParse(verified.payload);
    if (!read.success) throw refused("It must carry the claims sub, account and exp.");
    const { sub, account, exp, azp = null } = read.data;
    const [user, ...others] = await find.execute({ account, externalId: sub, id: idOf(sub) });
    if (!user?.active || others.length > 0) throw refused("It names no active user of an account.");
    const { accountId, id: userId, role } = user;
    return {
      accountId,
      userId,
      tokenId: null,
      clientId: azp,
      name: user.name,
      scopes: new Set(scopesOfRole(role)),
      expiresAt: new Date(exp * 1000),
    };
  };
}

function prepareFind(db: Database) {
  const { id, accountId, name, role, active, externalId } = users;
  const named = or(eq(externalId, sql.placeholder("externalId")), sql`${id} = ${sql.placeholder("id")}::uuid`);
  return db
    .select({ id, accountId, name, role, active })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, accountId))
    .where(and(eq(accounts.externalId, sql.placeholder("account")), named))
    .prepare("find_person");
}

/** The UUID in an id of this API; null in any other text. */
function idOf(sub: string): string | null {
  const parsed = parseId(sub);
  return parsed?.noun === "User" ? parsed.id : null;
}

const isAboutKeys = (error: unknown): boolean =>
  error instanceof RequestError || error instanceof errors.JWKSNoMatchingKey;

/**
 * Says what is wrong with a token apart from its signature, when its key cannot be fetched.
 * @throws RequestError UNAUTHENTICATED
 */
function refuseByClaims(token: string, expected: { issuer: string; audience: string; now: Date }): void {
  const { iss, aud = [], exp } = decodeJwt(token);
  if (iss !== expected.issuer) throw refused(OF_ANOTHER_ISSUER);
  if (![aud].flat().includes(expected.audience)) throw refused(FOR_ANOTHER_AUDIENCE);
  if (exp !== undefined && exp <= expected.now.getTime() / 1000 - CLOCK_TOLERANCE_S) throw refused(EXPIRED);
}

/** Why a token is not valid; what is no fault of the token stays as it is. */
function explain(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return refused(EXPIRED);
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "iss") return refused(OF_ANOTHER_ISSUER);
    if (error.claim === "aud") return refused(FOR_ANOTHER_AUDIENCE);
    return refused(`Its claim ${error.claim} does not hold.`);
  }
  if (error instanceof errors.JWKSNoMatchingKey)
    return refused("It is signed with a key that the issuer does not publish.");
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused("Its signature is wrong.");
  if (error instanceof errors.JOSEAlgNotAllowed) return refused("It is signed in a way that is not accepted.");
  const malformed = [errors.JWSInvalid, errors.JWTInvalid, errors.JOSENotSupported, errors.JWKSMultipleMatchingKeys];
  if (malformed.some((type) => error instanceof type)) return refused("It is malformed.");
  return error;
}

const refused = (why: string) =>
  new RequestError(
    "UNAUTHENTICATED",
    `This token is not valid: ${why[0]?.toLowerCase()}${why.slice(1)} Get a new one.`,
  );
