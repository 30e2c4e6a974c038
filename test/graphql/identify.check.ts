import { expect, test } from "vitest";
import type { IncomingMessage } from "node:http";
import { RequestError } from "../../src/core/error.ts";
import { addressOf, networkOf } from "../../src/http/address.ts";
import { bearerToken, createIdentify } from "../../src/gateway/identify.ts";
import { CALLER } from "../support/caller.ts";

const ADDRESS = "192.0.2.1";

/** Counts look-ups; `right` and what begins with it are tokens. */
function setUp() {
  const looked: string[] = [];
  const identify = createIdentify(async (token) => {
    looked.push(token);
    if (token === "broken") throw new Error("away");
    if (token.startsWith("expired")) throw new RequestError("UNAUTHENTICATED", "It has expired.");
    return token.startsWith("right") ? CALLER : null;
  });
  const ask = (token: string, address: string | undefined = ADDRESS) =>
    identify({ authorization: `Bearer ${token}`, address }).then(
      () => "found",
      (error: unknown) => (error instanceof RequestError ? error.code : "bug"),
    );
  const fail = (times: number, address?: string) =>
    Promise.all(Array.from({ length: times }, (_, index) => ask(`wrong${index}`, address)));
  return { looked, ask, fail, identify };
}

test.each(["Bearer x", "bearer x", "BEARER    x"])("%j names the token", (authorization) => {
  expect(bearerToken(authorization)).toBe("x");
});

test.each([undefined, "", "x", "Bearer", "Bearer ", "Bearer a b", "Basic x"])(
  "%j names none",
  async (authorization) => {
    expect(bearerToken(authorization)).toBeUndefined();
    await expect(setUp().identify({ authorization })).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  },
);

test("after 200 wrong tokens at once an address is refused without a look-up, and told when to come again", async () => {
  const { looked, ask, fail, identify } = setUp();
  const answers = await fail(300);
  expect(answers.filter((code) => code === "UNAUTHENTICATED")).toHaveLength(201);
  expect(answers.filter((code) => code === "RATE_LIMITED")).toHaveLength(99);
  expect(looked).toHaveLength(201);
  expect(await ask("right")).toBe("RATE_LIMITED");
  await expect(identify({ authorization: "Bearer x", address: ADDRESS })).rejects.toMatchObject({
    extensions: { retryAfterSeconds: 1 },
  });
  expect(looked).toHaveLength(201);
});

test("tokens that were valid before are looked up all the same, and only as long as they are valid", async () => {
  const { ask, fail } = setUp();
  expect(await ask("right")).toBe("found");
  await fail(300);
  expect(await ask("right")).toBe("found");
  expect(await ask("right-but-new")).toBe("RATE_LIMITED");
});

test("other addresses, and calls without one, are not concerned", async () => {
  const { ask, fail } = setUp();
  await fail(300);
  expect(await ask("right", "192.0.2.2")).toBe("found");
  expect(await ask("right-too", undefined)).toBe("RATE_LIMITED");
});

test("valid tokens and what cannot be told do not count; expired ones do", async () => {
  const { ask } = setUp();
  for (let index = 0; index < 250; index += 1) expect(await ask(`right${index}`)).toBe("found");
  for (let index = 0; index < 250; index += 1) expect(await ask("broken")).toBe("bug");
  const codes = await Promise.all(Array.from({ length: 250 }, (_, index) => ask(`expired${index}`)));
  expect(codes.filter((code) => code === "RATE_LIMITED")).toHaveLength(49);
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::1", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["fe80::1", "fe80:0:0:0"],
])("%s belongs to %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each<[hops: number, forwarded: string | undefined, address: string]>([
  [0, "198.51.100.7", "127.0.0.1"],
  [1, "198.51.100.7", "198.51.100.7"],
  [1, "spoofed, 198.51.100.7", "198.51.100.7"],
  [2, "203.0.113.9, 198.51.100.7", "203.0.113.9"],
  [2, "198.51.100.7", "127.0.0.1"],
  [1, "not an address", "127.0.0.1"],
  [1, "", "127.0.0.1"],
  [1, undefined, "127.0.0.1"],
])("with %i trusted proxies and X-Forwarded-For %j the address is %s", (hops, forwarded, address) => {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  expect(addressOf({ headers, socket: { remoteAddress: "127.0.0.1" } } as IncomingMessage, hops)).toBe(address);
});
