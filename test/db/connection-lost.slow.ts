import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { connect } from "../../src/db/client.ts";
import { startProxy } from "../reliability/support/proxy.ts";
import { createTestDatabase } from "../support/database.ts";

test("a transaction whose connection is lost fails, and the pool serves on", { timeout: 60_000 }, async () => {
  const database = await createTestDatabase();
  const { port } = new URL(database.url);
  const network = await startProxy(Number(port));
  const url = new URL(database.url);
  url.port = String(network.port);
  const { db, raw, close } = connect({ url: url.href, sizes: { db: 4 } });

  const work = () =>
    db.transaction(async (tx) => {
      for (let turn = 0; turn < 20; turn += 1) await tx.execute(sql`select pg_sleep(0.001)`);
    });
  let lost = 0;
  for (let round = 0; round < 25; round += 1) {
    const running = [...Array.from({ length: 4 }, work), ...Array.from({ length: 4 }, () => raw`select 1`)];
    const settled = Promise.allSettled(running);
    await delay(round);
    network.cut();
    lost += (await settled).filter(({ status }) => status === "rejected").length;
  }
  expect(lost).toBeGreaterThan(0);
  const askAll = () => Promise.all(Array.from({ length: 16 }, () => db.execute(sql`select 1 as one`)));
  await expect.poll(() => askAll().then((answers) => answers.length, String), { timeout: 20_000 }).toBe(16);
  await close();
  await network.close();
  await database.drop();
});
