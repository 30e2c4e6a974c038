import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { CREATE } from "../support/interview.ts";
import { audit } from "./support/audit.ts";
import { externalRequest, openSite, request } from "./support/site.ts";
import type { Running, Site } from "./support/site.ts";
import { randomFrom, report, size, timeout } from "./support/size.ts";

const KEYS = size(150, 3_000);
const KILLS = size(3, 25);
const CLIENTS = 16;
/** After so many keys the next gateway is due to die. */
const EVERY = 20;

let database: TestDatabase;
let site: Site;
beforeAll(async () => {
  database = await createTestDatabase();
  site = await openSite(database.url, 2);
});
afterAll(async () => {
  await site?.close();
  await database?.drop();
});

test("gateways SIGKILLed while clients create with keys and retry", { timeout }, async () => {
  const random = randomFrom(2);
  const gateways: Running[] = await Promise.all([site.gateway(), site.gateway()]);
  const restarts = new Map<number, Promise<void>>();
  const count = { kills: 0, calls: 0, lost: 0, replayed: 0 };
  /** One of the two dies and comes back on its port, unless it is not back from its last death. */
  const killOne = () => {
    const index = random() < 0.5 ? 0 : 1;
    const gateway = gateways[index];
    if (!gateway || restarts.has(index)) return;
    count.kills += 1;
    gateway.child.kill("SIGKILL");
    const restart = async () => {
      await gateway.exit();
      gateways[index] = await site.gateway({ PORT: String(gateway.port) });
      restarts.delete(index);
    };
    restarts.set(index, restart());
  };

  /** The interviews that the answers under each key named. */
  const answers = new Map<string, Set<string>>();
  const createOnce = async (key: string, number: number) => {
    const tenant = site.tenants[number % site.tenants.length];
    const gateway = gateways[count.calls % gateways.length];
    if (!tenant || !gateway) throw new Error("There is no tenant or no gateway.");
    count.calls += 1;
    const make = number % 5 === 0 ? externalRequest : request;
    const input = make(tenant, number, { idempotencyKey: key });
    const { data, errors } = await new Client(gateway.url, tenant.token).send(CREATE, { input });
    if (errors?.some(({ extensions }) => extensions?.["code"] === "DATABASE_UNAVAILABLE")) throw new Starting();
    const created = data?.["createInterview"];
    expect(created, JSON.stringify(errors ?? created)).toMatchObject({ __typename: "CreateInterviewSuccess" });
    if (created.replayed) count.replayed += 1;
    answers.set(key, (answers.get(key) ?? new Set()).add(created.interview.id));
  };
  const loseAnswer = async (error: unknown) => {
    if (!isConnectionLoss(error) && !(error instanceof Starting)) throw error;
    count.lost += 1;
    await delay(20 + random() * 80);
  };
  /** Repeats until there is an answer; now and then once more, as a client whose own memory was lost. */
  const createWithKey = async (number: number) => {
    const key = `reliability-key-${number}`;
    while (!answers.has(key)) await createOnce(key, number).catch(loseAnswer);
    if (random() < 0.1) await createOnce(key, number).catch(loseAnswer);
  };
  let next = 0;
  const lane = async () => {
    while (next < KEYS || count.kills < KILLS) {
      next += 1;
      if (count.kills < KILLS && next % EVERY === 0) setTimeout(killOne, random() * 20);
      await createWithKey(next);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, lane));
  await Promise.all(restarts.values());

  expect(count.lost).toBeGreaterThan(0);
  expect([...answers.values()].filter((ids) => ids.size !== 1)).toEqual([]);
  expect(new Set([...answers.values()].flatMap((ids) => [...ids])).size).toBe(next);
  const [counts] = await site.sql`
    select (select count(*)::int from interviews) as interviews, (select count(*)::int from events) as events,
      (select count(*)::int from idempotency_keys) as keys, (select count(*)::int from pgboss.job) as tasks`;
  expect(counts).toEqual({ interviews: next, events: next, keys: next, tasks: next - Math.floor(next / 5) });
  await report("2 gateways SIGKILLed while clients create with keys", {
    kills: count.kills,
    clients: CLIENTS,
    "distinct keys": next,
    calls: count.calls,
    "without an answer": count.lost,
    replayed: count.replayed,
    interviews: counts?.["interviews"] as number,
    audit: await audit(database.url),
  });
});

/** The gateway has its port already, and no database yet. */
class Starting extends Error {}

/** `fetch` failed, or its answer was cut off. */
const isConnectionLoss = (error: unknown) => error instanceof TypeError || error instanceof SyntaxError;
