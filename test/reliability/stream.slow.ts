import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeId } from "../../src/core/id.ts";
import { openApp } from "../../src/app.ts";
import type { App } from "../../src/app.ts";
import { touchInterview } from "../support/touch.ts";
import { createLog } from "../../src/operation/log.ts";
import { systemContext } from "../../src/operation/context.ts";
import { inTransaction } from "../../src/operation/transaction.ts";
import { Client } from "../support/client.ts";
import { createInterview } from "../support/interview.ts";
import { WIDE } from "../support/limits.ts";
import { audit } from "./support/audit.ts";
import { startCluster } from "./support/cluster.ts";
import type { Cluster } from "./support/cluster.ts";
import { Follower } from "./support/follower.ts";
import { startProxy } from "./support/proxy.ts";
import type { Proxy } from "./support/proxy.ts";
import { externalRequest, openSite, request } from "./support/site.ts";
import type { Site, Tenant } from "./support/site.ts";
import { randomFrom, report, size, timeout } from "./support/size.ts";

const WRITERS = 16;
const WRITES = size(25, 600);
const FOLLOWERS = size(8, 24);
const GATEWAY_KILLS = size(1, 10);
const DATABASE_RESTARTS = size(1, 8);
const ROLLED_BACK = "This writer changed its mind.";

let cluster: Cluster;
let site: Site;
let network: Proxy;
let app: App;
beforeAll(async () => {
  cluster = await startCluster();
  site = await openSite(cluster.url, 2);
  app = await openApp({
    databaseUrl: cluster.url,
    dataDir: "/nowhere",
    publicUrl: "http://writer.test",
    worker: false,
    demo: false,
    ...WIDE,
    eventRetentionMs: 1e12,
    log: createLog("silent", { write: () => {} }),
  });
});
afterAll(async () => {
  await app?.close();
  await site?.close();
  await network?.close();
  await cluster?.close();
});

test("followers miss nothing while writers, network, gateway and database misbehave", { timeout }, async () => {
  const random = randomFrom(3);
  let gateway = await site.gateway();
  network = await startProxy(gateway.port);
  const url = `http://127.0.0.1:${network.port}`;
  const followers = await Promise.all(
    Array.from({ length: FOLLOWERS }, (_, index) =>
      Follower.start({
        tenant: pick(site.tenants, index),
        transport: index % 4 < 2 ? "socket" : "sse",
        gateway: () => url,
        keepEvery: 1 + (index % 7),
      }),
    ),
  );
  const seeds = await Promise.all(
    site.tenants.map(async (tenant) => {
      const client = new Client(gateway.url, tenant.token);
      const ids = await Promise.all([1, 2, 3].map((number) => createInterview(client, request(tenant, number))));
      return ids.map((id) => decodeId(id).id);
    }),
  );

  const count = { committed: 0, rolledBack: 0, failed: 0, cuts: 0 };
  const booked = (error: unknown) => {
    if (error instanceof Error && error.message === ROLLED_BACK) count.rolledBack += 1;
    else count.failed += 1;
  };
  const storm = { over: false };
  const write = async (writer: number) => {
    const lane = writer % site.tenants.length;
    const tenant = pick(site.tenants, lane);
    for (let turn = 0; turn < WRITES || !storm.over; turn += 1) {
      const number = 100_000 * (writer + 1) + turn;
      const work =
        writer % 4 === 0
          ? createInterview(new Client(url, tenant.token), externalRequest(tenant, number))
          : changeInterview(tenant, pick(pick(seeds, lane), turn), random);
      await work.then(() => (count.committed += 1), booked);
      await delay(random() * 50);
    }
  };
  const cutAtRandom = async () => {
    while (!storm.over) {
      await delay(50 + random() * 400);
      count.cuts += network.cut(() => random() < 0.3);
      network.weather = random() < 0.3 ? { kind: "delay", ms: random() * 30 } : { kind: "fair" };
    }
    network.weather = { kind: "fair" };
  };
  const misbehave = async () => {
    for (let round = 0; round < Math.max(GATEWAY_KILLS, DATABASE_RESTARTS); round += 1) {
      await delay(500 + random() * 1_000);
      if (round < GATEWAY_KILLS) {
        gateway.child.kill("SIGKILL");
        await gateway.exit();
        gateway = await site.gateway({ PORT: String(gateway.port) });
      }
      await delay(random() * 1_000);
      if (round < DATABASE_RESTARTS) await cluster.restartImmediately();
    }
  };
  const cutting = cutAtRandom();
  const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  await misbehave();
  storm.over = true;
  await Promise.all([writing, cutting]);

  const logged = await Promise.all(followers.map((follower) => follower.compareWithLog(site.sql, 120)));
  await Promise.all(followers.map((follower) => follower.stop()));
  expect(count.rolledBack).toBeGreaterThan(0);
  expect(count.cuts).toBeGreaterThan(0);
  expect(Math.min(...logged)).toBeGreaterThan(WRITES);
  await report("3 writers, followers, gateway and database in a storm", {
    writers: WRITERS,
    committed: count.committed,
    "rolled back": count.rolledBack,
    "failed or unknown": count.failed,
    "gateway SIGKILLed": GATEWAY_KILLS,
    "database restarted": DATABASE_RESTARTS,
    followers: FOLLOWERS,
    "connections cut": count.cuts,
    connections: followers.reduce((sum, { connections }) => sum + connections, 0),
    "events in the logs": (logged[0] as number) + (logged[1] as number),
    "repeats removed": followers.reduce((sum, { repeats }) => sum + repeats, 0),
    "streams equal to the log": logged.length,
    audit: await audit(cluster.url),
  });
});

/** One change past every verb: a transaction of random length, held open on both sides of its event's number. */
async function changeInterview(tenant: Tenant, interviewId: string, random: () => number): Promise<void> {
  const ctx = systemContext(app.services, tenant.id, "writer");
  const [before, after, keep] = [random() * 0.03, random() < 0.2 ? random() * 0.05 : 0, random() > 0.2];
  await inTransaction(ctx, async (tx) => {
    await tx.execute(sql`select pg_sleep(${before})`);
    await touchInterview(tx, ctx, { type: "INTERVIEW_UPDATED", interviewId, detail: { changed: [] } });
    await tx.execute(sql`select pg_sleep(${after})`);
    if (!keep) throw new Error(ROLLED_BACK);
  });
}

function pick<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error("There is nothing to pick from.");
  return item;
}
