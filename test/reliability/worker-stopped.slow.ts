import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { createInterview } from "../support/interview.ts";
import { audit } from "./support/audit.ts";
import { startProvider } from "./support/provider.ts";
import type { ProviderDouble } from "./support/provider.ts";
import { openSite, request } from "./support/site.ts";
import type { Running, Site } from "./support/site.ts";
import { report, size, timeout } from "./support/size.ts";

const EACH = size(4, 60);
/** Small enough to have passed when the worker wakes up, or so large that the answer is read at last. */
const TIMEOUTS = { "late-refusal": "500", "late-answer": "120000" };

let database: TestDatabase;
let site: Site;
let provider: ProviderDouble;
beforeAll(async () => {
  database = await createTestDatabase();
  site = await openSite(database.url, size(2, 8));
  provider = await startProvider();
});
afterAll(async () => {
  await site?.close();
  await provider?.close();
  await database?.drop();
});

test("workers SIGSTOPped past their lease change nothing when they go on", { timeout }, async () => {
  const gateway = await site.gateway();
  let number = 0;
  const createSome = async () => {
    for (let count = 0; count < EACH; count += 1) {
      number += 1;
      const tenant = site.tenants[number % site.tenants.length];
      if (tenant) await createInterview(new Client(gateway.url, tenant.token), request(tenant, number));
    }
  };

  const answers = Promise.withResolvers<void>();
  /** Starts a worker and stops it in the middle of its calls: the provider has performed, and not answered. */
  const stopInTheMiddle = async (name: keyof typeof TIMEOUTS): Promise<Running> => {
    const asked = Promise.withResolvers<void>();
    const moments = provider.moment;
    provider.moment = async (call, moment) => {
      if (call.worker !== name) return moments(call, moment);
      if (moment === "asked") return;
      asked.resolve();
      await answers.promise;
    };
    const worker = await site.worker({ PROVIDER_URL: provider.url(name), PROVIDER_TIMEOUT_MS: TIMEOUTS[name] });
    await asked.promise;
    worker.child.kill("SIGSTOP");
    return worker;
  };

  await createSome();
  const first = await stopInTheMiddle("late-answer");
  await createSome();
  const second = await stopInTheMiddle("late-refusal");
  const held = provider.calls.length;
  await site.worker({ PROVIDER_URL: provider.url("healthy") });
  await site.untilNone("select id from interviews where provisioning_state <> 'PROVISIONED' limit 3", size(200, 900));
  await site.untilNone("select id, state from pgboss.job where state <> 'completed' limit 3", 200);

  const before = await snapshot();
  answers.resolve();
  for (const worker of [first, second]) {
    worker.child.kill("SIGCONT");
    worker.child.kill("SIGTERM");
    expect(await worker.exit(), worker.output().stderr).toBe(0);
  }
  expect(await snapshot()).toEqual(before);
  expect(held).toBeGreaterThanOrEqual(2);
  expect(before.runs.filter((run) => run["attempts"] > 0)).toEqual([]);
  await report("6 workers SIGSTOPped past their lease", {
    provisionings: number,
    "calls held": held,
    calls: provider.calls.length,
    effects: provider.effects.length,
    "changed by late completion": 0,
    audit: await audit(database.url, provider.effects),
  });
});

/** Everything that a late completion could change. */
async function snapshot() {
  const rows = async (query: string) => [...(await site.sql.unsafe(query))];
  return {
    interviews: await rows(
      "select id, version, provisioning_state, conference_url, updated_at from interviews order by id",
    ),
    events: await rows("select account_id, sequence, id, type, subject_version from events order by 1, 2"),
    steps: await rows(
      "select interview_id, artifact, revision, result, ended_at from provisioning_effects order by 1, 2, 3",
    ),
    runs: await rows("select * from provisionings order by interview_id"),
    tasks: await rows("select id, state, retry_count, completed_on from pgboss.job order by id"),
    effects: provider.effects.map(({ effectKey }) => effectKey).toSorted(),
  };
}
