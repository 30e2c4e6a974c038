import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/core/id.ts";
import { Client } from "../support/client.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { sampleId } from "../support/directory.ts";
import { createInterview } from "../support/interview.ts";
import { audit } from "./support/audit.ts";
import { startProvider } from "./support/provider.ts";
import type { Fault, ProviderDouble } from "./support/provider.ts";
import { openSite, request } from "./support/site.ts";
import type { Running, Site, Tenant } from "./support/site.ts";
import { randomFrom, report, size, timeout } from "./support/size.ts";

const INTERVIEWS = size(40, 1_000);
const CHANGES = size(240, 4_000);
const LANES = 8;
const KILLS = size(2, 20);
const ZOMBIES = size(1, 5);
const VERBS = /* GraphQL */ `
  mutation update($input: UpdateInterviewInput!) {
    updateInterview(input: $input) {
      __typename
    }
  }
  mutation cancel($input: CancelInterviewInput!) {
    cancelInterview(input: $input) {
      __typename
    }
  }
  mutation answer($input: RecordRsvpInput!) {
    recordRsvp(input: $input) {
      __typename
    }
  }
  mutation retry($input: RetryProvisioningInput!) {
    retryProvisioning(input: $input) {
      __typename
    }
  }
`;

let database: TestDatabase;
let site: Site;
let provider: ProviderDouble;
beforeAll(async () => {
  database = await createTestDatabase();
  site = await openSite(database.url, size(4, 20));
  provider = await startProvider();
});
afterAll(async () => {
  await site?.close();
  await provider?.close();
  await database?.drop();
});

const random = randomFrom(7);
const below = (count: number) => Math.floor(random() * count);
function pick<T>(items: readonly T[]): T {
  const item = items[below(items.length)];
  if (item === undefined) throw new Error("There is nothing to pick from.");
  return item;
}

const FAULTS: readonly Fault[] = [
  { kind: "cut" },
  { kind: "perform and cut" },
  { kind: "perform and hang" },
  { kind: "perform and garble" },
  { kind: "status", status: 429, retryAfter: "1" },
  { kind: "status", status: 503 },
];

const ACCEPTABLE = /Success$|^ValidationFailed$|^told to try again$/;

interface Booked {
  id: string;
  tenant: Tenant;
}

/** One verb with random values. */
function randomVerb({ id: interviewId, tenant }: Booked): { operationName: string; input: object } {
  const own = (type: "User" | "Candidate" | "Office", externalId: string) => sampleId(type, externalId, tenant.name);
  const figure = random();
  if (figure < 0.08) return { operationName: "cancel", input: { interviewId } };
  if (figure < 0.25) {
    const attendee = { candidateId: own("Candidate", "carla") };
    const rsvp = pick(["ACCEPTED", "TENTATIVE", "DECLINED"]);
    return { operationName: "answer", input: { interviewId, attendee, rsvp } };
  }
  const day = new Date(Date.now() + (30 + below(4)) * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  const people = ["ada", "bob", "extra-1", "extra-2", "extra-3"].filter(() => random() < 0.5);
  const changes = pick([
    { startTime: `${day}T${String(8 + below(8)).padStart(2, "0")}:00` },
    { interviewerIds: ["ada", ...people].map((name) => own("User", name)) },
    { location: "ZOOM", hostId: own("User", "ada"), interviewerIds: [own("User", "ada")] },
    { location: pick(["GOOGLE_MEET", "PHONE", "MICROSOFT_TEAMS"]) },
    { name: `Interview ${below(1_000)}` },
  ]);
  const input = { interviewId, changes, conflictPolicy: "ALLOW", conflictReason: "reliability" };
  return { operationName: "update", input };
}

test(
  `${CHANGES} random changes of ${INTERVIEWS} interviews, with faults, kills and workers that wake up late`,
  { timeout },
  async () => {
    const gateway = await site.gateway();
    const ask = async ({ tenant }: Booked, operationName: string, input: object): Promise<string> => {
      const body = JSON.stringify({ query: VERBS, operationName, variables: { input } });
      const answer = (await (await new Client(gateway.url, tenant.token).post(body)).json()) as { data: object };
      const [result] = Object.values(answer.data ?? {}) as { __typename: string }[];
      return result?.__typename ?? JSON.stringify(answer);
    };
    const booked: Booked[] = [];
    for (let number = 0; number < INTERVIEWS; number += 1) {
      const tenant = pick(site.tenants);
      booked.push({
        tenant,
        id: await createInterview(new Client(gateway.url, tenant.token), request(tenant, number)),
      });
    }

    const storm = { over: false, done: 0, faults: 0 };
    const tally: Record<string, number> = {};
    provider.moment = () => delay(random() * 15);
    provider.fault = ({ kind }) => {
      if (storm.over || random() < 0.85) return null;
      storm.faults += 1;
      return kind !== "messages" && random() < 0.05 ? { kind: "status", status: 422 } : pick(FAULTS);
    };
    const workers = new Map<string, Running>();
    let started = 0;
    const start = async () => {
      started += 1;
      const name = `worker-${started}`;
      workers.set(name, await site.worker({ PROVIDER_URL: provider.url(name), PROVIDER_TIMEOUT_MS: "1500" }));
    };
    await Promise.all([start(), start()]);

    const lane = async () => {
      while (storm.done < CHANGES) {
        storm.done += 1;
        const one = pick(booked);
        const { operationName, input } = randomVerb(one);
        const result = await ask(one, operationName, input);
        // A worker that is stopped within a transaction holds the interview until the server ends it.
        const outcome = result.includes("DATABASE_UNAVAILABLE") ? "told to try again" : result;
        expect(outcome).toMatch(ACCEPTABLE);
        tally[outcome] = (tally[outcome] ?? 0) + 1;
        await delay(random() * 150);
      }
    };
    /** Takes a worker out of the running ones. */
    const take = (): Running => {
      const [name, worker] = pick([...workers]);
      workers.delete(name);
      return worker;
    };
    const zombies: Running[] = [];
    const misbehave = async () => {
      const ways = [
        ...Array.from({ length: KILLS }, () => "SIGKILL"),
        ...Array.from({ length: ZOMBIES }, () => "SIGSTOP"),
      ];
      for (const [turn, way] of ways.toSorted(() => random() - 0.5).entries()) {
        const due = ((turn + 0.5) * CHANGES) / ways.length;
        while (storm.done < due) await delay(20);
        const worker = take();
        worker.child.kill(way as NodeJS.Signals);
        if (way === "SIGSTOP") zombies.push(worker);
        else await worker.exit();
        await start();
      }
    };
    await Promise.all([misbehave(), ...Array.from({ length: LANES }, lane)]);
    storm.over = true;
    // One that was stopped between the messages of a statement holds its locks for as long as it sleeps: to the server it is
    // not idle in its transaction.
    for (const { child } of zombies) child.kill("SIGCONT");

    const unsettled = "select id, provisioning_state from interviews where provisioning_state = 'PENDING' limit 3";
    await site.untilNone(unsettled, size(200, 1_800));
    const failed = await site.sql<{ id: string; accountId: string }[]>`
      select id, account_id as "accountId" from interviews where provisioning_state = 'FAILED'`;
    for (const { id, accountId } of failed) {
      const tenant = site.tenants.find((one) => one.id === accountId) as Tenant;
      const interviewId = encodeId("Interview", id);
      expect(await ask({ tenant, id: interviewId }, "retry", { interviewId })).toBe("RetryProvisioningSuccess");
    }
    await site.untilNone(unsettled.replace("= 'PENDING'", "<> 'PROVISIONED'"), size(100, 600));
    const performed = provider.effects.length;
    for (const { child, exit, output } of [...zombies, ...workers.values()]) {
      child.kill("SIGTERM");
      expect(await exit(), output().stderr).toBe(0);
    }

    expect(provider.effects).toHaveLength(performed);
    expect(provider.contradictions).toEqual([]);
    await report("7 random changes, answers and cancellations in a storm", {
      interviews: INTERVIEWS,
      changes: storm.done,
      ...tally,
      "faults of the provider": storm.faults,
      "workers SIGKILLed": KILLS,
      "workers SIGSTOPped": ZOMBIES,
      calls: provider.calls.length,
      effects: performed,
      "refused as stale": provider.stale.length,
      "retried on request": failed.length,
      audit: await audit(database.url, provider.effects),
    });
  },
);
