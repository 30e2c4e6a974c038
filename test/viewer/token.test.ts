import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashDocument, registerDocuments } from "../../src/document/registry.ts";
import { decodeId, encodeId } from "../../src/core/id.ts";
import { NOW } from "../support/app.ts";
import { Client } from "../support/client.ts";
import type { TokenClaims } from "../support/issuer.ts";
import { user } from "../support/interview.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
beforeAll(async () => {
  app = await startViewerApp({ worker: false });
});
afterAll(() => app.stop());

const VIEWER = "{ viewer { user { id name } scopes expiresAt account { name } } }";
const ALL = ["interviews:read", "interviews:write", "directory:read"];

describe("a person's token", () => {
  test("names the account and the user, by external id or by id of this API", async () => {
    for (const sub of ["recruiter", user("recruiter")]) {
      expect(await (await app.person(sub)).data(VIEWER)).toEqual({
        viewer: {
          user: { id: user("recruiter"), name: "User recruiter" },
          scopes: ALL,
          expiresAt: new Date(NOW.getTime() + 3_600_000).toISOString(),
          account: { name: "Account sample" },
        },
      });
    }
  });
  test("the same person of another account is another person", async () => {
    const { viewer } = await (await app.person("recruiter", { account: "other" })).data(VIEWER);
    expect(viewer.account).toEqual({ name: "Account other" });
    expect(viewer.user.id).not.toBe(user("recruiter"));
  });
  test.each([
    ["super-admin", ALL],
    ["admin", ALL],
    ["recruiter", ALL],
    ["hiring-manager", ALL],
    ["stranger", ALL],
    ["external-recruiter", ["interviews:read", "interviews:write"]],
  ])("%s has the scopes of the role", async (sub, scopes) => {
    expect((await (await app.person(sub)).data("{ viewer { scopes } }"))["viewer"].scopes).toEqual(scopes);
  });
  test("signed with RS256 is taken as well", async () => {
    const client = new Client(app.url, await app.issuer.sign({ sub: "admin" }, "RS256"));
    expect((await client.data(VIEWER))["viewer"].user.name).toBe("User admin");
  });
  test("an API token stands for the account and does not end", async () => {
    expect((await app.client.data(VIEWER))["viewer"]).toMatchObject({ user: null, expiresAt: null, scopes: ALL });
  });
  test("keys are fetched once", async () => {
    await (await app.person("admin")).data(VIEWER);
    const before = app.issuer.fetches();
    for (let count = 0; count < 5; count += 1) await (await app.person("admin")).data(VIEWER);
    expect(app.issuer.fetches()).toBe(before);
  });
  test.each([
    ["a few seconds after its end", { expiresIn: -4 }],
    ["a few seconds before its start", { notBefore: 4 }],
  ])("is good %s, since clocks differ", async (_when, claims) => {
    expect((await (await app.person("admin", claims)).data(VIEWER))["viewer"].user.name).toBe("User admin");
  });
});

type Refused = [what: string, claims: TokenClaims, how: Parameters<ViewerApp["issuer"]["sign"]>[1], why: string];
const REFUSED: Refused[] = [
  ["expired", { sub: "admin", expiresIn: -5 }, "ES256", "it has expired."],
  ["without an end", { sub: "admin", expiresIn: null }, "ES256", "it must carry the claims sub, account and exp."],
  ["not yet valid", { sub: "admin", notBefore: 6 }, "ES256", "its claim nbf does not hold."],
  ["of another issuer", { sub: "admin", iss: "https://evil.example.com" }, "ES256", "it is of another issuer."],
  ["for another audience", { sub: "admin", aud: "payroll" }, "ES256", "it is for another audience."],
  ["expired, with an unknown key", { sub: "admin", expiresIn: -5 }, "unknown kid", "it has expired."],
  [
    "of another issuer, with an unknown key",
    { sub: "admin", iss: "https://evil.example.com" },
    "unknown kid",
    "it is of another issuer.",
  ],
  [
    "for another audience, with an unknown key",
    { sub: "admin", aud: "payroll" },
    "unknown kid",
    "it is for another audience.",
  ],
  ["signed with another's key", { sub: "admin" }, "wrong key", "its signature is wrong."],
  ["signed with a shared secret", { sub: "admin" }, "HS256", "it is signed in a way that is not accepted."],
  ["not signed", { sub: "admin" }, "none", "it is signed in a way that is not accepted."],
  ["of an inactive user", { sub: "inactive" }, "ES256", "it names no active user of an account."],
  ["of nobody", { sub: "nobody" }, "ES256", "it names no active user of an account."],
  ["of an unknown account", { sub: "admin", account: "nowhere" }, "ES256", "it names no active user of an account."],
  ["without account", { sub: "admin", account: undefined }, "ES256", "it must carry the claims sub, account and exp."],
  ["without subject", {}, "ES256", "it must carry the claims sub, account and exp."],
  ["with a subject that is no text", { sub: 7 }, "ES256", "it must carry the claims sub, account and exp."],
  ["with U+0000", { sub: "a\u0000" }, "ES256", "it must carry the claims sub, account and exp."],
  [
    "of another account's user",
    { sub: user("admin"), account: "other" },
    "ES256",
    "it names no active user of an account.",
  ],
];

describe.each(REFUSED)("a token %s", (_what, claims, how, why) => {
  const message = `This token is not valid: ${why} Get a new one.`;
  test("is refused over HTTP", async () => {
    const client = new Client(app.url, await app.issuer.sign(claims, how));
    const response = await client.post(JSON.stringify({ query: VIEWER }));
    expect(await response.json()).toEqual({ errors: [{ message, extensions: { code: "UNAUTHENTICATED" } }] });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
  });
  test("is refused over server-sent events", async () => {
    const client = new Client(app.url, await app.issuer.sign(claims, how));
    const response = await client.post(JSON.stringify({ query: VIEWER }), { accept: "text/event-stream" });
    expect(await response.text()).toContain(message);
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  });
  test("closes the socket with 4403", async () => {
    const refused = new Client(app.url, await app.issuer.sign(claims, how)).openSocket();
    await expect(refused).rejects.toMatchObject({ code: 4403, reason: "UNAUTHENTICATED" });
  });
});

test.each(["a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.e30.", `${"x".repeat(5000)}.y.z`])(
  "%.40s is malformed",
  async (token) => {
    const { errors } = await new Client(app.url, token).send(VIEWER);
    expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
  },
);

test("a token whose subject is one user's external id and another's id is nobody's", async () => {
  const { raw } = app.app.connections;
  const names = async (externalId: string) => raw`
    update users u set external_id = ${externalId} from accounts a
    where a.id = u.account_id and a.external_id = 'sample' and u.email = 'extra-2@example.com'`;
  await names(user("ada"));
  const { errors } = await (await app.person(user("ada"))).send(VIEWER);
  expect(errors).toMatchObject([
    { extensions: { code: "UNAUTHENTICATED" }, message: expect.stringContaining("names no active user") },
  ]);
  expect((await (await app.person("ada")).data(VIEWER))["viewer"].user.name).toBe("User ada");
  await names("extra-2");
  expect((await (await app.person(user("ada"))).data(VIEWER))["viewer"].user.name).toBe("User ada");
});

test("an id of another noun is no subject", async () => {
  const { id: uuid } = decodeId(user("ada"));
  for (const sub of [encodeId("Office", uuid), uuid, `User:${uuid}`, encodeId("User", uuid.toUpperCase())]) {
    const { errors } = await (await app.person(sub)).send(VIEWER);
    expect(errors, sub).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
  }
});

describe("the client that a token was issued to", () => {
  const text = "{ viewer { scopes } }";
  const clientOf = async (azp: unknown) => app.person("admin", { azp } as TokenClaims);
  const restrict = (account: string, only: boolean) =>
    registerDocuments(app.app.services.db, {
      account,
      clientId: "careers",
      documents: [{ id: hashDocument(text), text }],
      only,
    });

  test("is held to its registered documents, and no other is", async () => {
    await restrict("sample", true);
    const restricted = await clientOf("careers");
    expect(await restricted.data(text)).toEqual({ viewer: { scopes: ALL } });
    expect((await restricted.send(VIEWER)).errors).toMatchObject([{ extensions: { code: "DOCUMENT_NOT_TRUSTED" } }]);
    for (const azp of [undefined, "another"]) {
      expect(await (await clientOf(azp)).data(VIEWER)).toMatchObject({ viewer: { user: { name: "User admin" } } });
    }
    await restrict("sample", false);
  });

  test.each([[["careers"]], [""], [7], [null], ["x".repeat(256)], ["a\u0000"]])(
    "is refused when it is %j",
    async (azp) => {
      expect((await (await clientOf(azp)).send(text)).errors).toMatchObject([
        { extensions: { code: "UNAUTHENTICATED" } },
      ]);
    },
  );
});

test("a user who becomes inactive is out at the next request", async () => {
  const client = await app.person("extra-1");
  await client.data(VIEWER);
  await app.app.connections.raw`update users set active = false where external_id = 'extra-1'`;
  expect((await client.send(VIEWER)).errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
});
