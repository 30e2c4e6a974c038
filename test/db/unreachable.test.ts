import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { openClient } from "../../src/db/client.ts";
import { assertServers } from "../../src/db/server.ts";

async function listen(greet: (socket: Socket) => void): Promise<{ url: string; count: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on("error", () => {});
    greet(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return {
    url: `postgres://me:hunter2@127.0.0.1:${(server.address() as AddressInfo).port}/app`,
    count: () => connections,
  };
}

test.each(["disable", "prefer", "require", "verify-full"])(
  "a server that closes each connection at once is asked once for each statement, sslmode %s",
  async (mode) => {
    const { url, count } = await listen((socket) => socket.end());
    const sql = openClient(`${url}?sslmode=${mode}`, { max: 1 });
    const refusal = { code: expect.stringMatching(/CONNECTION_CLOSED|ECONNRESET|EPIPE/) };
    await expect(sql`select 1`).rejects.toMatchObject(refusal);
    await expect(sql`select 1`).rejects.toMatchObject(refusal);
    expect(count()).toBe(2);
    await sql.end();
  },
);

test.each(["disable", "prefer", "require"])("a server that says nothing is given up, sslmode %s", async (mode) => {
  const { url } = await listen(() => {});
  await expect(assertServers({ url: `${url}?sslmode=${mode}&connect_timeout=1` })).rejects.toThrow(
    /^The database 127\.0\.0\.1:\d+\/app cannot be used: .*CONNECT_TIMEOUT.*\. Check DATABASE_URL\.$/,
  );
});

test.each([
  [
    "postgres://me:hunter2@127.0.0.1:1/app",
    /127\.0\.0\.1:1\/app cannot be used: .*ECONNREFUSED.*\. Check DATABASE_URL\.$/,
  ],
  [
    "postgres://me:hunter2@localhost:1/app",
    /localhost:1\/app cannot be used: .*ECONNREFUSED.*\. Check DATABASE_URL\.$/,
  ],
  ["postgres://me:hunter2@nowhere.invalid/app", /nowhere\.invalid:5432\/app cannot be used: .*(ENOTFOUND|EAI_AGAIN)/],
  ["postgres://me:hunter2@/app?host=/nowhere", /\/nowhere\/\.s\.PGSQL\.5432\/app cannot be used: .*ENOENT/],
])("%s is refused in one sentence without its password", async (url, message) => {
  const refused = await assertServers({ url }).catch((error: unknown) =>
    error instanceof Error ? error.message : error,
  );
  expect(refused).toMatch(message);
  expect(refused).not.toContain("hunter2");
});
