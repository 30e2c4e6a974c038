import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import type { CryptoKey } from "jose";
import type { PersonTokens } from "../../src/account/person.ts";
import { NOW } from "./app.ts";

/** What a token says; the rest is what a valid one of the sample account says. */
export interface TokenClaims {
  sub?: unknown;
  account?: unknown;
  iss?: string;
  aud?: string;
  /** Seconds from the tests' now; none when null. */
  expiresIn?: number | null;
  notBefore?: number;
}

/** How an issuer fails that is there: another status, no JSON, no keys, a connection that is cut, silence. */
export type IssuerFault = "status" | "text" | "no keys" | "cut" | "silence";

export interface Issuer {
  options: PersonTokens;
  /** How often the keys were fetched. */
  fetches: () => number;
  /** Publishes the key of `unknown kid` as well. */
  publish(): Promise<void>;
  /** Fails like this from now on; null recovers. */
  fail(fault: IssuerFault | null): void;
  sign(claims: TokenClaims, how?: "ES256" | "RS256" | "unknown kid" | "wrong key" | "HS256" | "none"): Promise<string>;
  stop(): Promise<void>;
}

const ISSUER = "https://login.example.com";
const AUDIENCE = "interview-gateway";

const BODIES: Record<string, string> = { text: "<p>Come back later.</p>", "no keys": "{}" };

/** Somebody who issues tokens for persons and publishes the keys over HTTP. */
export async function startIssuer(): Promise<Issuer> {
  const [ec, rsa, stranger] = await Promise.all([
    generateKeyPair("ES256"),
    generateKeyPair("RS256"),
    generateKeyPair("ES256"),
  ]);
  const publish = async (key: CryptoKey, kid: string, alg: string) => ({
    ...(await exportJWK(key)),
    kid,
    alg,
    use: "sig",
  });
  const keys = [await publish(ec.publicKey, "ec", "ES256"), await publish(rsa.publicKey, "rsa", "RS256")];
  let fetches = 0;
  let fault: IssuerFault | null = null;
  const server = createServer((_request, response) => {
    fetches += 1;
    response.setHeader("content-type", "application/json");
    if (fault === "status") response.statusCode = 503;
    if (fault === "cut") response.destroy();
    else if (fault !== "silence") response.end(BODIES[fault ?? ""] ?? JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const keyOf = {
    ES256: ["ES256", "ec", ec.privateKey],
    RS256: ["RS256", "rsa", rsa.privateKey],
    "unknown kid": ["ES256", "nobody", stranger.privateKey],
    "wrong key": ["ES256", "ec", stranger.privateKey],
    // A classic: the public key as shared secret.
    HS256: ["HS256", "ec", new TextEncoder().encode(JSON.stringify(keys[0]))],
  } as const;
  return {
    options: { jwksUrl: `http://127.0.0.1:${port}/keys`, issuer: ISSUER, audience: AUDIENCE },
    fetches: () => fetches,
    publish: async () => void keys.push(await publish(stranger.publicKey, "nobody", "ES256")),
    fail: (next) => void (fault = next),
    async sign({ expiresIn = 3_600, notBefore, iss = ISSUER, aud = AUDIENCE, ...claims }, how = "ES256") {
      const now = NOW.getTime() / 1000;
      const payload = {
        account: "sample",
        iss,
        aud,
        ...claims,
        ...(expiresIn !== null && { exp: now + expiresIn }),
        ...(notBefore !== undefined && { nbf: now + notBefore }),
      };
      const said = payload as Record<string, unknown>;
      if (how === "none") return new UnsecuredJWT(said).encode();
      const [alg, kid, key] = keyOf[how];
      return new SignJWT(said).setProtectedHeader({ alg, kid }).sign(key);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
