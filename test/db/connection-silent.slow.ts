import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { connect } from "../../src/db/client.ts";
import { isConnectionLost } from "../../src/db/outage.ts";
import { startProxy } from "../reliability/support/proxy.ts";
import { createTestDatabase } from "../support/database.ts";

test("connections to a server that vanished without a word are given up, and new ones serve", async () => {
  const database = await createTestDatabase();
  const url = new URL(database.url);
  const network = await startProxy(Number(url.port));
  url.port = String(network.port);
  const { db, lookups, pages, authentication, raw, close } = connect({ url: url.href, statementTimeoutMs: 500 });
  const pools = [db, lookups, pages, authentication];
  const askAll = () => Promise.all([...pools.map((pool) => pool.execute(sql`select 1`)), raw`select 1`]);
  await askAll();

  network.weather = { kind: "black-hole" };
  const lost = await Promise.allSettled([...pools.map((pool) => pool.execute(sql`select 1`)), raw`select 1`]);
  expect(lost.map((result) => result.status === "rejected" && isConnectionLost(result.reason))).toEqual([
    true,
    true,
    true,
    true,
    true,
  ]);
  network.weather = { kind: "fair" };
  await expect.poll(() => askAll().then((answers) => answers.length, String), { timeout: 20_000 }).toBe(5);
  await close();
  await network.close();
  await database.drop();
});

test("a connection on which nothing is asked is kept, however long", async () => {
  const database = await createTestDatabase();
  const { raw, close } = connect({ url: database.url, statementTimeoutMs: 200 });
  const [before] = await raw`select pg_backend_pid() as pid`;
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  const [after] = await raw`select pg_backend_pid() as pid`;
  expect(after).toEqual(before);
  await close();
  await database.drop();
});
