import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildServer } from "../../src/server.ts";
import type { GatewayServer } from "../../src/server.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { openPlain } from "../support/plain-socket.ts";

const LISTED = "https://hiring.example.com";
const ASKED = "authorization,content-type,traceparent,apollographql-client-name";

let app: TestApp;
let yoga: GatewayServer;
const urls: string[] = [];
beforeAll(async () => {
  app = await startTestApp({ worker: false, sockets: { allowedOrigins: [LISTED, "https://other.example.com"] } });
  yoga = buildServer(app.app, { directPost: false });
  urls.push(app.url, `http://127.0.0.1:${(await yoga.start(0, "127.0.0.1")).port}`);
});
afterAll(async () => {
  await yoga.stop();
  await app.stop();
});

const corsOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control")));
const told = () => app.log.filter(({ msg }) => String(msg).startsWith("refused a page"));

const BODY = '{"query":"{ __typename }"}';
/** Answers of every sort, by method and by what goes wrong. */
const REQUESTS: [what: string, init: RequestInit & { path?: string }][] = [
  ["an answer", { method: "POST", body: BODY }],
  ["an answer with an error", { method: "POST", body: '{"query":"{ nothing }"}' }],
  ["what cannot be read", { method: "POST", body: "{" }],
  ["no token", { method: "POST", body: BODY, headers: { authorization: "" } }],
  ["another type", { method: "POST", body: BODY, headers: { "content-type": "text/plain" } }],
  ["an event stream", { method: "POST", body: BODY, headers: { accept: "text/event-stream" } }],
  ["a GET", { method: "GET", path: "?query=%7B__typename%7D" }],
  ["another method", { method: "DELETE" }],
];

describe.each([0, 1])("path %j", (index) => {
  const ask = async (origin: string | undefined, { path = "", headers, ...init }: RequestInit & { path?: string }) => {
    const response = await fetch(`${urls[index]}/graphql${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${app.client.token}`,
        "content-type": "application/json",
        ...(headers as Record<string, string>),
        ...(origin && { origin }),
      },
    });
    await response.arrayBuffer();
    return response;
  };

  test.each(REQUESTS)("%s depends on the origin, and says so whatever the origin", async (_what, init) => {
    for (const origin of [undefined, LISTED, "https://other.example.com", "https://evil.example.com", "null"]) {
      const response = await ask(origin, init);
      expect(response.headers.get("vary")).toContain("Origin");
      const listed = origin === LISTED || origin === "https://other.example.com";
      expect(corsOf(response)).toEqual(
        listed
          ? {
              "access-control-allow-origin": origin,
              "access-control-expose-headers": "retry-after, x-request-id",
            }
          : {},
      );
    }
  });

  test("a listed origin may send any header; another is told nothing", async () => {
    const headers = { "access-control-request-method": "POST", "access-control-request-headers": ASKED };
    const allowed = await ask(LISTED, { method: "OPTIONS", headers });
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("vary")).toBe("Origin, Access-Control-Request-Headers");
    expect(corsOf(allowed)).toEqual({
      "access-control-allow-origin": LISTED,
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": ASKED,
      "access-control-expose-headers": "retry-after, x-request-id",
      "access-control-max-age": "600",
    });
    const refused = await ask("https://evil.example.com", { method: "OPTIONS", headers });
    expect({ status: refused.status, cors: corsOf(refused) }).toEqual({ status: 204, cors: {} });
  });
});

test("a refused origin is logged once in a minute, on whatever way it comes, and no other is", async () => {
  const before = told().length;
  const from = (origin: string) => app.client.post(BODY, { origin });
  for (let count = 0; count < 3; count += 1) await from("https://refused.example.com:8443");
  await once(openPlain(app.url, { headers: { origin: "https://refused.example.com:8443" } }).socket, "error");
  for (const origin of [LISTED, app.url]) await from(origin);
  await app.client.post(BODY);
  expect(told().slice(before)).toMatchObject([{ level: 40, host: "refused.example.com:8443" }]);
});

test("however many origins ask, few are logged", async () => {
  const origins = Array.from({ length: 300 }, (_, index) => `https://many-${index}.example.com`);
  await Promise.all([...origins, "x".repeat(5_000), "null"].map((origin) => app.client.post(BODY, { origin })));
  // Another minute may have begun meanwhile.
  expect(told().length).toBeLessThanOrEqual(200);
  expect(JSON.stringify(told())).not.toContain("xxx");
});
