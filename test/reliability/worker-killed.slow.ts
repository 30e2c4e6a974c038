import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { createInterview } from "../support/interview.ts";
import { audit } from "./support/audit.ts";
import { startProvider } from "./support/provider.ts";
import type { Call, ProviderDouble } from "./support/provider.ts";
import { openSite, request } from "./support/site.ts";
import type { Running, Site, Tenant } from "./support/site.ts";
import { full, randomFrom, report, size, timeout } from "./support/size.ts";

const INTERVIEWS = size(120, 1_000);
const KILLS = size(5, 100);
const ROUNDS = 5;
const UNFINISHED = "select id, provisioning_state from interviews where provisioning_state <> 'PROVISIONED' limit 3";
/** Conference, calendar event, three invitations. */
const EFFECTS = 5;

interface Kill {
  worker: string;
  at: number;
}

let database: TestDatabase;
let site: Site;
let provider: ProviderDouble;
beforeAll(async () => {
  database = await createTestDatabase();
  site = await openSite(database.url, size(8, 40));
  provider = await startProvider();
});
afterAll(async () => {
  await site?.close();
  await provider?.close();
  await database?.drop();
});

test(`worker SIGKILLed ${KILLS} times during ${INTERVIEWS} provisionings`, { timeout }, async () => {
  const gateway = await site.gateway();
  const clients = site.tenants.map((tenant) => ({ tenant, client: new Client(gateway.url, tenant.token) }));
  await Promise.all(
    clients.map(async ({ tenant, client }, lane) => {
      for (let number = lane; number < INTERVIEWS; number += clients.length)
        await createInterview(client, request(tenant, number));
    }),
  );

  const random = randomFrom(1);
  const workers = new Map<string, Promise<Running>>();
  const kills: Kill[] = [];
  const start = () => {
    const name = `worker-${workers.size}`;
    workers.set(name, site.worker({ PROVIDER_URL: provider.url(name) }));
  };
  /** A worker dies in the middle of a call: before the effect, or between the effect and its answer. */
  let fatal = { calls: 0, moment: "asked" };
  const planNext = () => {
    const between = (INTERVIEWS * EFFECTS * size(0.5, 0.9)) / KILLS;
    fatal = {
      calls: Math.floor(between * (kills.length + random() * 0.9)),
      moment: random() < 0.5 ? "asked" : "performed",
    };
  };
  planNext();
  provider.moment = async (call, moment) => {
    await delay(random() * 40);
    const dead = kills.some(({ worker }) => worker === call.worker);
    if (kills.length === KILLS || dead || moment !== fatal.moment || provider.calls.length < fatal.calls) return;
    kills.push({ worker: call.worker, at: performance.now() });
    planNext();
    (await workers.get(call.worker))?.child.kill("SIGKILL");
    start();
  };
  start();
  start();
  await site.untilNone(UNFINISHED, size(200, 3_000));

  expect(kills).toHaveLength(KILLS);
  expect(provider.contradictions).toEqual([]);
  expect(provider.effects).toHaveLength(INTERVIEWS * EFFECTS);
  const [counts] = await site.sql`
    select (select count(*)::int from interviews where version = 2) as interviews, (select count(*)::int from events) as events,
      (select count(*)::int from provisionings where attempts > 0) as refusals`;
  expect(counts).toEqual({ interviews: INTERVIEWS, events: 2 * INTERVIEWS, refusals: 0 });
  await report("1a worker SIGKILLed again and again while provisioning", {
    kills: KILLS,
    provisionings: INTERVIEWS,
    calls: provider.calls.length,
    effects: provider.effects.length,
    "visible duplicates": 0,
    ...describe(takeOvers(kills, provider.calls)),
    audit: await audit(database.url, provider.effects),
  });
});

// Five leases to wait for; test/tasks/takeover.slow.ts has one instead.
test.runIf(full)("what a SIGKILLed worker held is taken over by a healthy one", { timeout }, async () => {
  const gateway = await site.gateway();
  const kills: Kill[] = [];
  await site.worker({ PROVIDER_URL: provider.url("healthy") });
  let number = INTERVIEWS;
  for (let round = 0; round < ROUNDS; round += 1) {
    const name = `victim-${round}`;
    const holds = { calls: 0 };
    const dead = Promise.withResolvers<void>();
    provider.moment = async (call) => {
      if (call.worker !== name) return;
      holds.calls += 1;
      await dead.promise;
    };
    const victim = await site.worker({ PROVIDER_URL: provider.url(name) });
    while (holds.calls < 5) {
      number += 1;
      const tenant = site.tenants[number % site.tenants.length] as Tenant;
      await createInterview(new Client(gateway.url, tenant.token), request(tenant, number));
    }
    kills.push({ worker: name, at: performance.now() });
    victim.child.kill("SIGKILL");
    await victim.exit();
    dead.resolve();
    await site.untilNone(UNFINISHED, 600);
  }
  const times = takeOvers(kills, provider.calls);
  expect(times.length).toBeGreaterThanOrEqual(ROUNDS);
  await report("1b worker SIGKILLed beside a healthy one", {
    kills: ROUNDS,
    ...describe(times),
    audit: await audit(database.url, provider.effects),
  });
});

function describe(times: readonly number[]): Record<string, string | number> {
  const sorted = times.toSorted((a, b) => a - b);
  const seconds = (ms: number | undefined) => (ms === undefined ? "none" : `${(ms / 1_000).toFixed(1)} s`);
  return {
    "taken over": sorted.length,
    "take-over, median": seconds(sorted[Math.floor(sorted.length / 2)]),
    "take-over, longest": seconds(sorted.at(-1)),
  };
}

/** For each interview that a killed worker was calling for: how long it was until the next call for it. */
function takeOvers(kills: readonly Kill[], calls: readonly Call[]): number[] {
  const interviewOf = ({ effectKey }: Call) => effectKey.split("/")[0] ?? "";
  const byInterview = Map.groupBy(calls, interviewOf);
  return [...byInterview.values()].flatMap((own) =>
    own.slice(1).flatMap((call, index) => {
      const before = own[index];
      const kill = kills.find(({ worker, at }) => worker === before?.worker && at < call.at && call.worker !== worker);
      return kill ? [call.at - kill.at] : [];
    }),
  );
}
