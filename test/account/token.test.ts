import { afterAll, beforeAll, expect, test } from "vitest";
import { createDocumentResolver } from "../../src/document/registry.ts";
import { createAuthenticator, hashToken, TOKEN_KEPT_MS } from "../../src/account/token.ts";
import { issueToken, revokeToken } from "../../src/account/issue.ts";
import { newId } from "../../src/core/id.ts";
import type { Caller } from "../../src/operation/context.ts";
import { ACCOUNT, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());

test("a token's hash is SHA-256", () => {
  expect(hashToken("abc").toString("hex")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("a token is asked for once in a second, and refused in the next one when it was revoked", async () => {
  let now = 0;
  const { db } = app.app.services;
  const token = await issueToken(db, ACCOUNT, { scopes: ["interviews:read"] });
  const authenticate = createAuthenticator(db, { clock: () => now });
  const lookups = () =>
    app.queries.filter(({ text }) => text.includes('"token_hash" =') && !text.includes("update")).length;
  const before = lookups();

  const callers = await Promise.all(Array.from({ length: 20 }, () => authenticate(token)));
  expect(new Set(callers).size).toBe(1);
  expect(callers[0]?.scopes).toEqual(new Set(["interviews:read"]));
  expect(lookups()).toBe(before + 1);

  await revokeToken(db, token);
  now = TOKEN_KEPT_MS - 1;
  expect(await authenticate(token)).not.toBeNull();
  expect(lookups()).toBe(before + 1);
  now = TOKEN_KEPT_MS;
  expect(await authenticate(token)).toBeNull();
  expect(lookups()).toBe(before + 2);
});

test("a token that is issued after it was refused works at once", async () => {
  const { db } = app.app.services;
  const authenticate = createAuthenticator(db, { clock: () => 0 });
  const token = await issueToken(db, ACCOUNT, { scopes: [] });
  await db.execute("update api_tokens set revoked_at = now()");
  expect(await authenticate(token)).toBeNull();
  await db.execute("update api_tokens set revoked_at = null");
  expect(await authenticate(token)).not.toBeNull();
});

test("look-ups that fail are told to everybody who waits, left unhandled by nobody, and asked again", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  const { db } = app.app.services;
  const token = await issueToken(db, ACCOUNT, { scopes: [] });
  const authenticate = createAuthenticator(db, { clock: () => 0 });
  const resolve = createDocumentResolver(db);
  const caller = { accountId: newId(), clientId: "web" } as Caller;
  await db.execute("alter table api_tokens rename to hidden; alter table clients rename to hidden_clients");
  const asked = await Promise.allSettled([
    authenticate(token),
    authenticate(token),
    resolve(caller, { query: "{ a }", documentId: undefined }),
    resolve(caller, { query: "{ a }", documentId: undefined }),
  ]);
  await db.execute("alter table hidden rename to api_tokens; alter table hidden_clients rename to clients");
  expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected", "rejected"]);
  expect(await authenticate(token)).not.toBeNull();
  expect(await resolve(caller, { query: "{ a }", documentId: undefined })).toBe("{ a }");
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});
