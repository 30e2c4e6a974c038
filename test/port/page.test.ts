import { once } from "node:events";
import { gunzipSync } from "node:zlib";
import { request } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openApp } from "../../src/app.ts";
import type { App, AppOptions } from "../../src/app.ts";
import { buildServer } from "../../src/server.ts";
import type { GatewayServer } from "../../src/server.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { WIDE } from "../support/limits.ts";
import { createLog } from "../../src/operation/log.ts";
import { exchange, openRaw } from "../support/raw.ts";

const SECURITY = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "interview-gateway-page-"));
});
afterAll(async () => {
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

interface Gateway {
  app: App;
  server: GatewayServer;
  url: string;
}

async function start(options: Partial<AppOptions> = {}): Promise<Gateway> {
  const app = await openApp({
    ...WIDE,
    databaseUrl: database.url,
    dataDir,
    publicUrl: "http://gateway.test",
    worker: false,
    demo: false,
    eventRetentionMs: 1_000_000,
    log: createLog("silent", { write: () => {} }),
    ...options,
  });
  const server = buildServer(app);
  const { port } = await server.start(0, "127.0.0.1");
  return { app, server, url: `http://127.0.0.1:${port}` };
}

async function stop({ app, server }: Gateway): Promise<void> {
  await server.stop();
  await app.close();
}

/** Fetches without a client's own ideas of compression. */
async function get(url: string, headers: OutgoingHttpHeaders = {}, method = "GET") {
  const sent = request(url, { method, headers: { accept: "text/html", connection: "close", ...headers } }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

describe("GraphiQL's page", () => {
  let gateway: Gateway;
  let page: string;
  beforeAll(async () => {
    gateway = await start();
    page = `${gateway.url}/graphql`;
  });
  afterAll(() => stop(gateway));

  test("is compressed, may be kept, and protects itself", async () => {
    const { status, headers, body } = await get(page, { "accept-encoding": "br, gzip" });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      ...SECURITY,
      "content-type": "text/html; charset=utf-8",
      "content-encoding": "gzip",
      "cache-control": "private, no-cache",
      vary: "accept, accept-encoding",
    });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|https?:/);
    expect(body.length).toBeLessThan(3_500_000);

    const plain = await get(page);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(plain.body.equals(gunzipSync(body))).toBe(true);
    expect(plain.headers.etag).toBe(headers.etag);
    expect((await get(page, { "accept-encoding": "gzip;q=0, br" })).headers["content-encoding"]).toBeUndefined();

    const known = await get(page, { "if-none-match": `W/"x", ${headers.etag}` });
    expect({ status: known.status, length: known.body.length }).toEqual({ status: 304, length: 0 });
    const head = await get(page, {}, "HEAD");
    expect({ status: head.status, length: head.body.length }).toEqual({ status: 200, length: 0 });
  });

  test("is where the root leads, relative to a prefix of a proxy", async () => {
    const { status, headers } = await get(`${gateway.url}/`);
    expect({ status, location: headers.location }).toEqual({ status: 302, location: "graphql" });
  });

  test("is one text in memory for all who load it, and a reader that takes nothing is cut off", async () => {
    const cut: string[] = [];
    const log = createLog("info", { write: (line) => void (line.includes("cut off a c") && cut.push(line)) });
    const impatient = await start({ log, sockets: { ...WIDE.sockets, stallMs: 500 } });
    const { body } = await get(`${impatient.url}/graphql`);
    const before = process.memoryUsage().arrayBuffers;
    const readers = await Promise.all(Array.from({ length: 40 }, () => openRaw(impatient.url)));
    // More than the kernel keeps for a reader that takes nothing.
    const asked = 4;
    const request = "GET /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n";
    for (const socket of readers) socket.write(request.repeat(asked));
    await expect.poll(() => cut.length, { timeout: 20_000 }).toBe(readers.length);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * body.length);
    for (const socket of readers) {
      const closed = once(socket, "close");
      socket.resume();
      await closed;
      expect(socket.bytesRead).toBeLessThan(asked * body.length);
    }
    await stop(impatient);
  });
});

test("GraphiQL can be turned off", async () => {
  const gateway = await start({ graphiql: false });
  expect((await get(`${gateway.url}/`)).status).toBe(404);
  const { status, body } = await get(`${gateway.url}/graphql`);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(body.length).toBeLessThan(1_000);
  await stop(gateway);
});

test("a page that is not found says nothing of the file system", async () => {
  const gateway = await start();
  const answer = await exchange(
    gateway.url,
    "GET /sandbox/conferences/nope HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  );
  expect(answer).toContain("404");
  await stop(gateway);
});

test("what is answered outside GraphQL has the shape of GraphQL's errors", async () => {
  const gateway = await start({ graphiql: false });
  const read = async (path: string) => {
    const response = await fetch(`${gateway.url}${path}`);
    return { status: response.status, body: await response.json() };
  };
  const shaped = (message: string, code: string) => ({ errors: [{ message, extensions: { code } }] });
  for (const path of ["/", "/graphiql", "/health", "/graphql/stream"])
    expect(await read(path)).toEqual({
      status: 404,
      body: shaped("There is nothing at this address. The API is at /graphql.", "NOT_FOUND"),
    });
  expect(await read("/sandbox/conferences/nope")).toEqual({
    status: 404,
    body: shaped("There is no sandbox conference with this address.", "NOT_FOUND"),
  });
  await gateway.app.connections.close();
  expect(await read("/sandbox/conferences/nope")).toEqual({
    status: 503,
    body: shaped("The database is unavailable. Try again in a moment.", "DATABASE_UNAVAILABLE"),
  });
  await stop(gateway);
});
