import type { Caller } from "../../src/operation/context.ts";

/** Somebody with an API token, for tests without a database. */
export const CALLER: Caller = {
  accountId: "account",
  userId: null,
  tokenId: "token",
  clientId: null,
  name: "token",
  scopes: new Set(),
  expiresAt: null,
};
