import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { createInterview } from "../support/interview.ts";
import { audit } from "./support/audit.ts";
import { startBalancer } from "./support/balancer.ts";
import type { Balancer } from "./support/balancer.ts";
import { Follower } from "./support/follower.ts";
import { startProvider } from "./support/provider.ts";
import type { ProviderDouble } from "./support/provider.ts";
import { openSite, request } from "./support/site.ts";
import type { Running, Site, Tenant } from "./support/site.ts";
import { report, size, timeout } from "./support/size.ts";

const ROUNDS = size(1, 4);
const CLIENTS = size(4, 8);
const FOLLOWERS = size(6, 16);

let database: TestDatabase;
let site: Site;
let provider: ProviderDouble;
let balancer: Balancer;
beforeAll(async () => {
  database = await createTestDatabase();
  site = await openSite(database.url, 4);
  provider = await startProvider();
});
afterAll(async () => {
  balancer?.stop();
  await site?.close();
  await provider?.close();
  await database?.drop();
});

test("a rolling restart under load loses no request, socket, event or task", { timeout }, async () => {
  provider.moment = () => delay(20);
  let started = 0;
  const startWorker = () => {
    started += 1;
    return site.worker({ PROVIDER_URL: provider.url(`worker-${started}`) });
  };
  const gateways: Running[] = await Promise.all([site.gateway(GRACE), site.gateway(GRACE)]);
  const workers: Running[] = await Promise.all([startWorker(), startWorker()]);
  balancer = await startBalancer(gateways.map(({ url }) => url));
  const followers = await Promise.all(
    Array.from({ length: FOLLOWERS }, (_, index) =>
      Follower.start({
        tenant: site.tenants[index % site.tenants.length] as Tenant,
        transport: index % 3 === 0 ? "sse" : "socket",
        gateway: balancer.choose,
        keepEvery: 1 + (index % 3),
      }),
    ),
  );

  const load = { over: false, requests: 0, failures: [] as string[] };
  const inFlight = new Map<string, number>();
  const begun = new Map<string, () => void>();
  /** Waits until a request is under way there, so that the signal meets one. */
  const busy = (url: string) =>
    new Promise<void>((resolve) => {
      if ((inFlight.get(url) ?? 0) > 0) resolve();
      else begun.set(url, resolve);
    });
  const client = async (lane: number) => {
    const tenant = site.tenants[lane % site.tenants.length] as Tenant;
    for (let turn = 0; !load.over; turn += 1) {
      const url = balancer.choose();
      inFlight.set(url, (inFlight.get(url) ?? 0) + 1);
      begun.get(url)?.();
      load.requests += 1;
      await createInterview(new Client(url, tenant.token), request(tenant, 100_000 * lane + turn)).catch(
        (error: unknown) => load.failures.push(`${url} ${String(error)} ${String((error as Error).cause)}`),
      );
      inFlight.set(url, (inFlight.get(url) ?? 0) - 1);
      await delay(100 + Math.random() * 200);
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, lane) => client(lane + 1)));

  let interrupted = 0;
  const restart = async ({ child, exit, output }: Running, start: () => Promise<Running>) => {
    child.kill("SIGTERM");
    expect(await exit(), output().stderr).toBe(0);
    return start();
  };
  const answered = async (count: number) => {
    const until = load.requests + count;
    await expect.poll(() => load.requests, { timeout: 60_000 }).toBeGreaterThanOrEqual(until);
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, gateway] of gateways.entries()) {
      await answered(15);
      await busy(gateway.url);
      interrupted += inFlight.get(gateway.url) ?? 0;
      gateways[index] = await restart(gateway, () => site.gateway({ ...GRACE, PORT: String(gateway.port) }));
      await balancer.sees(gateway.url);
    }
    for (const [index, worker] of workers.entries()) workers[index] = await restart(worker, startWorker);
  }
  load.over = true;
  await clients;
  await site.untilNone(
    "select id, provisioning_state from interviews where provisioning_state <> 'PROVISIONED' limit 3",
    size(200, 1_800),
  );

  expect(load.failures).toEqual([]);
  expect(interrupted).toBeGreaterThan(0);
  const [counts] = await site.sql`
    select (select count(*)::int from interviews) as interviews, (select count(*)::int from provisionings where attempts > 0) as refusals`;
  expect(counts).toEqual({ interviews: load.requests, refusals: 0 });
  await Promise.all(followers.map((follower) => follower.compareWithLog(site.sql, 60)));
  await Promise.all(followers.map((follower) => follower.stop()));
  const ends = sum(followers);
  expect(Object.keys(ends).toSorted()).toEqual(["GOING_AWAY", "closed with 1001"]);
  await report("5 rolling restart of two gateways and two workers under load", {
    "gateways restarted": 2 * ROUNDS,
    "workers restarted": 2 * ROUNDS,
    "exit codes other than 0": 0,
    requests: load.requests,
    "in flight at SIGTERM": interrupted,
    "failed requests": load.failures.length,
    "sockets closed with 1001": ends["closed with 1001"] ?? 0,
    "sockets closed otherwise": 0,
    "event streams told to go": ends["GOING_AWAY"] ?? 0,
    "repeats removed": followers.reduce((repeats, follower) => repeats + follower.repeats, 0),
    "streams equal to the log": followers.length,
    audit: await audit(database.url, provider.effects),
  });
});

/** More than the balancer needs to notice on a busy machine. */
const GRACE = { SHUTDOWN_GRACE_MS: "3000" };

function sum(followers: readonly Follower[]): Record<string, number> {
  const ends: Record<string, number> = {};
  for (const follower of followers) for (const [end, count] of follower.ends) ends[end] = (ends[end] ?? 0) + count;
  return ends;
}
