import { createRemoteJWKSet, customFetch, errors } from "jose";
import type { JWTVerifyGetKey } from "jose";
import type { Logger } from "pino";
import { RequestError } from "../core/error.ts";

/** How long a failure is remembered: an issuer that is away is not asked for every request. */
const FAILURE_KEPT_MS = 1_000;
const WARN_EVERY_MS = 5_000;
/** Minimum time between two requests to the issuer, whatever keys tokens name. */
const ANSWER_KEPT_S = 5;
/** What is no fault of the issuer's: it has published its keys, and the token's is not among them. */
const OF_THE_TOKEN = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

export interface IssuerKeysOptions {
  log: Logger;
  /** In milliseconds. */
  clock?: () => number;
}

/**
 * The keys that an issuer publishes, fetched when they are needed and used until they are too old.
 * @returns throws RequestError KEYS_UNAVAILABLE while they are needed and cannot be fetched, and for a key that may have
 *   been published since the issuer was last asked
 */
export function createIssuerKeys(
  jwksUrl: string,
  { log, clock = () => performance.now() }: IssuerKeysOptions,
): JWTVerifyGetKey {
  const url = new URL(jwksUrl);
  let failedUntil = Number.NEGATIVE_INFINITY;
  let quietUntil = Number.NEGATIVE_INFINITY;
  const keys = createRemoteJWKSet(url, {
    cooldownDuration: ANSWER_KEPT_S * 1000,
    [customFetch]: async (address, options) => {
      if (clock() < failedUntil) throw keysUnavailable();
      return fetch(address, options);
    },
  });
  return async (header, token) => {
    const asks = !keys.coolingDown;
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey && !asks) throw keyNotKnown();
      if (error instanceof RequestError || OF_THE_TOKEN.some((type) => error instanceof type)) throw error;
      const now = clock();
      failedUntil = now + FAILURE_KEPT_MS;
      if (now >= quietUntil) {
        quietUntil = now + WARN_EVERY_MS;
        log.warn({ issuer: url.host, reason: reasonOf(error) }, "the issuer's keys cannot be fetched");
      }
      throw keysUnavailable();
    }
  };
}

const keysUnavailable = () =>
  new RequestError(
    "KEYS_UNAVAILABLE",
    "This token could not be checked, since the keys of its issuer cannot be fetched at the moment. Try again shortly.",
  );

const keyNotKnown = () =>
  new RequestError(
    "KEYS_UNAVAILABLE",
    "This token is signed with a key that its issuer had not published when it was asked a moment ago. Try again shortly.",
    { retryAfterSeconds: ANSWER_KEPT_S },
  );

/** The runtime says of a connection only that it failed; its cause has a code that says how. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && "code" in cause && typeof cause.code === "string"
    ? `${message}: ${cause.code}`
    : message;
}
