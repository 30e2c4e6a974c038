import { hash } from "node:crypto";
import { RequestError } from "../core/error.ts";
import { Cache } from "../core/cache.ts";
import type { Caller } from "../operation/context.ts";
import { networkOf } from "../http/address.ts";
import { Rate } from "../execution/rate.ts";

/** Wrong tokens that an address may send: in a second, and at once. */
const MAX_FAILURES = { perSecond: 20, most: 200 };
/** How many recently valid tokens are remembered: they are looked up however many wrong ones their address sends. */
const MAX_FAMILIAR = 10_000;

/** What a request says about its caller. */
export interface Credentials {
  authorization?: string | undefined;
  /** The address that it comes from; no limit holds without one. */
  address?: string | undefined;
}

/** @throws RequestError UNAUTHENTICATED, RATE_LIMITED after many wrong tokens, KEYS_UNAVAILABLE when the token cannot be checked */
export type Identify = (credentials: Credentials) => Promise<Caller>;

/** The token in an Authorization header, however it is written. */
export function bearerToken(authorization = ""): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1];
}

/** Finds the caller of a bearer token, and limits how many wrong ones of an address are looked up. */
export function createIdentify(authenticate: (token: string) => Promise<Caller | null>): Identify {
  const failures = new Rate(MAX_FAILURES);
  const familiar = new Cache<true>({ maxSize: MAX_FAMILIAR });
  return async ({ authorization, address }) => {
    const token = bearerToken(authorization);
    if (!token) throw new RequestError("UNAUTHENTICATED", "Send an API token: Authorization: Bearer <token>.");
    const key = hash("sha256", token, "base64");
    const count = (failed: number) => address && failures.spend(networkOf(address), failed, performance.now());
    if (address && !familiar.get(key)) assertFewFailures(failures.wait(networkOf(address), performance.now()));
    // Counted before the look-up, so that many at once are as good as one after the other.
    count(1);
    const caller = await authenticate(token).catch((error: unknown) => {
      if (!isWrongToken(error)) count(-1);
      else familiar.delete(key);
      throw error;
    });
    if (!caller) {
      familiar.delete(key);
      throw new RequestError("UNAUTHENTICATED", "This API token is not valid. Check it, or ask for a new one.");
    }
    count(-1);
    familiar.set(key, true);
    return caller;
  };
}

const isWrongToken = (error: unknown): boolean => error instanceof RequestError && error.code === "UNAUTHENTICATED";

function assertFewFailures(seconds: number): void {
  if (seconds === 0) return;
  throw new RequestError(
    "RATE_LIMITED",
    "Too many wrong tokens came from this address. Check the token before you try again.",
    {
      retryAfterSeconds: Math.ceil(seconds),
    },
  );
}
