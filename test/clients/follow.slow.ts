import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Client } from "../support/client.ts";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { createInterview } from "../support/interview.ts";
import { NOW } from "../support/app.ts";
import { startIssuer } from "../support/issuer.ts";
import type { Issuer } from "../support/issuer.ts";
import { freePort } from "../support/process.ts";
import { externalRequest, openSite } from "../reliability/support/site.ts";
import type { Running, Site, Tenant } from "../reliability/support/site.ts";
import { follow as apollo } from "./snippet/apollo.ts";
import { follow as eventSource } from "./snippet/event-source.ts";
import { follow as graphqlSse } from "./snippet/graphql-sse.ts";
import { follow as graphqlWs } from "./snippet/graphql-ws.ts";
import { follow as relay } from "./snippet/relay.ts";
import { follow as urql } from "./snippet/urql.ts";
import type { Interview, InterviewEvent, Options } from "./snippet/screen.ts";

const CLIENTS: Record<string, (options: Options) => () => void> = {
  "Apollo Client": apollo,
  urql,
  "graphql-ws": graphqlWs,
  "graphql-sse": graphqlSse,
  Relay: relay,
  EventSource: eventSource,
};
const WAIT = { timeout: 90_000, interval: 50 };
/** How long the first token of each client is valid. */
const SHORT_S = 8;

/** One client's page, and what it was told. */
class Page {
  readonly lists: (readonly Interview[])[] = [];
  readonly events: InterviewEvent[] = [];
  tokens = 0;
  stop = () => {};
  show(interviews: readonly Interview[]): void {
    this.lists.push(interviews);
  }
  change(event: InterviewEvent): void {
    this.events.push(event);
  }
}

let database: TestDatabase;
let site: Site;
let issuer: Issuer;
let tenant: Tenant;
/** The one that the clients follow, and another that takes the changes meanwhile. */
let followed: Running;
let writer: Client;
let env: Record<string, string>;
const pages = new Map<string, Page>();
beforeAll(async () => {
  database = await createTestDatabase();
  issuer = await startIssuer();
  const { jwksUrl, issuer: by, audience } = issuer.options;
  env = { PORT: `${await freePort()}`, JWT_JWKS_URL: jwksUrl, JWT_ISSUER: by, JWT_AUDIENCE: audience };
  site = await openSite(database.url, 1);
  tenant = site.tenants[0] as Tenant;
  followed = await site.gateway(env);
  writer = new Client((await site.gateway()).url, tenant.token);
  const begun = Date.now();
  for (const [name, follow] of Object.entries(CLIENTS)) {
    const page = new Page();
    pages.set(name, page);
    const token = () => {
      page.tokens += 1;
      const isFirst = Date.now() < begun + (SHORT_S - 3) * 1_000;
      return sign(isFirst ? begun + SHORT_S * 1_000 : Date.now() + 3_600_000);
    };
    page.stop = follow({ url: `${followed.url}/graphql`, token, screen: page });
  }
  await vi.waitUntil(() => [...pages.values()].every(({ lists }) => lists.length > 0), WAIT);
}, 120_000);
afterAll(async () => {
  for (const { stop } of pages.values()) stop();
  await site?.close();
  await issuer?.stop();
  await database?.drop();
});

/** A token that is valid until then; the issuer of the tests counts from their own clock. */
const sign = (until: number) =>
  issuer.sign({ sub: "admin", account: tenant.name, expiresIn: Math.floor((until - NOW.getTime()) / 1_000) });

const created: string[] = [];
async function create(count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    created.push(await createInterview(writer, externalRequest(tenant, created.length)));
  }
}

/** Waits until every page was told of the newest interview, and compares all that it was told with the log. */
async function expectEachOnce(since = 0): Promise<void> {
  const logged = created.slice(since);
  const told = ({ events }: Page) => events.map(({ interview }) => interview?.id);
  for (const [name, page] of pages) {
    await expect.poll(() => told(page).at(-1), { ...WAIT, message: name }).toBe(logged.at(-1));
    expect(told(page), name).toEqual(logged);
    expect(new Set(page.events.map(({ type }) => type)), name).toEqual(new Set(["INTERVIEW_CREATED"]));
  }
}
const listCounts = () => Object.fromEntries([...pages].map(([name, { lists }]) => [name, lists.length]));
const once = Object.fromEntries(Object.keys(CLIENTS).map((name) => [name, 1]));

describe("every client, in the form of its snippet", () => {
  test("authenticates, reads the list and follows it", { timeout: 120_000 }, async () => {
    await create(3);
    await expectEachOnce();
    expect(listCounts()).toEqual(once);
  });

  test("goes on with a fresh token when its token has expired", { timeout: 120_000 }, async () => {
    const before = [...pages.values()].map(({ tokens }) => tokens);
    const renewed = () => [...pages.values()].every(({ tokens }, index) => tokens > (before[index] ?? 0));
    while (!renewed()) {
      await create(1);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await create(2);
    await expectEachOnce();
    expect(listCounts()).toEqual(once);
  });

  test("misses nothing while its gateway is killed and started again", { timeout: 180_000 }, async () => {
    followed.child.kill("SIGKILL");
    await followed.exit();
    await create(3);
    followed = await site.gateway(env);
    await create(2);
    await expectEachOnce();
    expect(listCounts()).toEqual(once);
  });

  test("misses nothing while its gateway is restarted as planned", { timeout: 180_000 }, async () => {
    followed.child.kill("SIGTERM");
    await create(3);
    expect(await followed.exit()).toBe(0);
    await create(3);
    followed = await site.gateway(env);
    await create(2);
    await expectEachOnce();
    expect(listCounts()).toEqual(once);
  });

  test("reads the list again when its cursor has expired", { timeout: 180_000 }, async () => {
    followed.child.kill("SIGKILL");
    await followed.exit();
    await create(3);
    await site.sql`update event_counters set pruned_sequence = last_sequence where account_id = ${tenant.id}`;
    await site.sql`delete from events where account_id = ${tenant.id}`;
    const known = created.length;
    for (const page of pages.values()) page.events.length = 0;
    followed = await site.gateway(env);
    await expect.poll(listCounts, WAIT).toEqual(Object.fromEntries(Object.keys(CLIENTS).map((name) => [name, 2])));
    for (const { lists } of pages.values()) {
      expect(new Set(lists.at(-1)?.map(({ id }) => id))).toEqual(new Set(created));
    }
    await create(3);
    await expectEachOnce(known);
  });
});
