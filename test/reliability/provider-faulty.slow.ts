import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/core/id.ts";
import { Client } from "../support/client.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { createInterview } from "../support/interview.ts";
import { audit } from "./support/audit.ts";
import { startProvider } from "./support/provider.ts";
import type { Call, Fault, ProviderDouble } from "./support/provider.ts";
import { startProxy } from "./support/proxy.ts";
import type { Proxy, Weather } from "./support/proxy.ts";
import { openSite, request } from "./support/site.ts";
import type { Site } from "./support/site.ts";
import { randomFrom, report, size, timeout } from "./support/size.ts";

const INTERVIEWS = size(30, 400);
/** How often the first steps of an interview go wrong; each time costs a longer delay. */
const FAULTS_EACH = size(1, 3);
const ROUNDS_OF_WEATHER = size(1, 10);

const FAULTS: readonly (() => Fault)[] = [
  () => ({ kind: "cut" }),
  () => ({ kind: "perform and cut" }),
  () => ({ kind: "perform and hang" }),
  () => ({ kind: "perform and garble" }),
  () => ({ kind: "status", status: 429, retryAfter: "1" }),
  () => ({ kind: "status", status: 503, retryAfter: new Date(Date.now() + 2_000).toUTCString() }),
  () => ({ kind: "status", status: 500 }),
  () => ({ kind: "status", status: 409 }),
];
const WEATHERS: readonly Weather[] = [
  { kind: "delay", ms: 80 },
  { kind: "trickle", bytes: 64, ms: 5 },
  { kind: "black-hole" },
  { kind: "fair" },
];

let database: TestDatabase;
let site: Site;
let provider: ProviderDouble;
let network: Proxy;
beforeAll(async () => {
  database = await createTestDatabase();
  site = await openSite(database.url, size(3, 20));
  provider = await startProvider();
  network = await startProxy(provider.port);
});
afterAll(async () => {
  await site?.close();
  await network?.close();
  await provider?.close();
  await database?.drop();
});

test(
  "a provider and a network that fail in every way leave nothing twice and nothing undone",
  { timeout },
  async () => {
    const random = randomFrom(4);
    const gateway = await site.gateway();
    for (let number = 0; number < INTERVIEWS; number += 1) {
      const tenant = site.tenants[number % site.tenants.length];
      if (tenant) await createInterview(new Client(gateway.url, tenant.token), request(tenant, number));
    }

    const seen = new Map<string, number>();
    const tally: Record<string, number> = {};
    const refusedForGood = new Set<string>();
    /** The next way to fail for this interview: at a random step, so often and no more; a few are refused for good once. */
    provider.fault = (call) => {
      const interview = interviewOf(call);
      const before = seen.get(interview) ?? 0;
      if (before >= FAULTS_EACH || random() < 0.5) return null;
      seen.set(interview, before + 1);
      const final = before === 0 && call.kind === "conferences" && random() < 0.1;
      const fault = final
        ? ({ kind: "status", status: 422 } as const)
        : FAULTS[Math.floor(random() * FAULTS.length)]?.();
      if (final) refusedForGood.add(interview);
      const name = fault?.kind === "status" ? `status ${fault.status}` : (fault?.kind ?? "");
      tally[name] = (tally[name] ?? 0) + 1;
      return fault ?? null;
    };
    const environment = (name: string) => ({
      PROVIDER_URL: provider.url(name, network.port),
      PROVIDER_TIMEOUT_MS: "1500",
    });
    const workers = await Promise.all([site.worker(environment("one")), site.worker(environment("two"))]);
    let cuts = 0;
    for (let round = 0; round < ROUNDS_OF_WEATHER; round += 1) {
      for (const weather of WEATHERS) {
        network.weather = weather;
        await delay(300 + random() * 400);
        cuts += network.cut(() => random() < 0.5);
      }
    }

    const ended = "select id, provisioning_state from interviews where provisioning_state = 'PENDING' limit 3";
    await site.untilNone(ended, size(200, 1_800));
    const refused = await site.sql<{ id: string; accountId: string }[]>`
    select id, account_id as "accountId" from interviews where provisioning_state = 'FAILED'`;
    for (const { id, accountId } of refused) {
      const tenant = site.tenants.find((one) => one.id === accountId);
      const retry = `mutation ($id: ID!) { retryProvisioning(input: { interviewId: $id }) { __typename } }`;
      const { retryProvisioning } = await new Client(gateway.url, tenant?.token).data(retry, {
        id: encodeId("Interview", id),
      });
      expect(retryProvisioning).toEqual({ __typename: "RetryProvisioningSuccess" });
    }
    await site.untilNone(
      "select id, provisioning_state from interviews where provisioning_state <> 'PROVISIONED' limit 3",
      100,
    );
    for (const { child, exit, output } of workers) {
      child.kill("SIGTERM");
      expect(await exit(), output().stderr).toBe(0);
    }

    expect(refused.filter(({ id }) => !refusedForGood.has(id))).toEqual([]);
    expect(provider.contradictions).toEqual([]);
    expect(provider.effects).toHaveLength(INTERVIEWS * 5);
    const [attempts] = await site.sql`
    select coalesce(sum(attempts), 0)::int as refused, coalesce(max(attempts), 0)::int as most from provisionings`;
    await report("4 provider and network that fail in every way", {
      provisionings: INTERVIEWS,
      calls: provider.calls.length,
      effects: provider.effects.length,
      "visible duplicates": 0,
      ...tally,
      "connections cut": cuts,
      "attempts that failed": attempts?.["refused"] as number,
      "most for one interview": attempts?.["most"] as number,
      "retried on request": refused.length,
      audit: await audit(database.url, provider.effects),
    });
  },
);

const interviewOf = ({ effectKey }: Call) => effectKey.split("/")[0] ?? "";
