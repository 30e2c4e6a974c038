import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import type { Subscription } from "../support/client.ts";
import { createInterview } from "../support/interview.ts";
import { startCluster } from "./support/cluster.ts";
import type { Cluster } from "./support/cluster.ts";
import { externalRequest, openSite } from "./support/site.ts";
import type { Running, Site, Tenant } from "./support/site.ts";

const EVENTS =
  "subscription ($after: EventCursor) { interviewEvents(after: $after) { ... on InterviewEvent { cursor interview { id } } } }";

let cluster: Cluster;
let site: Site;
beforeAll(async () => {
  cluster = await startCluster();
  site = await openSite(cluster.url, 1);
});
afterAll(async () => {
  await site?.close();
  await cluster?.close();
});

const timeline = async () =>
  (await site.sql`select split_part(database_life(), '/', 2)::int as timeline`)[0]?.["timeline"];
const eventOf = async (stream: Subscription) => (await stream.next()).data?.["interviewEvents"];
async function ready({ url }: Running) {
  await expect.poll(async () => (await fetch(`${url}/health/ready`)).status, { timeout: 30_000 }).toBe(200);
}

test("a failover costs no client a second reading: running and new gateways take each other's cursors", async () => {
  const tenant = site.tenants[0] as Tenant;
  const running = await site.gateway();
  const old = new Client(running.url, tenant.token);
  let number = 0;
  const create = (client: Client) => createInterview(client, externalRequest(tenant, (number += 1)));
  const asOfCursor = async (client: Client): Promise<string> =>
    (await client.data("{ interviews(first: 0) { asOfCursor } }"))["interviews"].asOfCursor;
  const first = await asOfCursor(old);
  const open = await old.subscribe(EVENTS, { after: first });
  const ids = [await create(old)];
  const { cursor: former } = await eventOf(open);
  expect(await timeline()).toBe(1);

  await cluster.promote();
  await ready(running);
  expect(await timeline()).toBe(2);
  const started = await site.gateway();
  const young = new Client(started.url, tenant.token);
  ids.push(await create(old), await create(young));

  const told = [await eventOf(open), await eventOf(open)];
  expect(told.map((event) => event.interview.id)).toEqual(ids.slice(1));
  for (const client of [old, young]) {
    for (const [after, expected] of [
      [first, ids],
      [former, ids.slice(1)],
      [told[0].cursor, ids.slice(2)],
    ] as const) {
      const stream = await client.subscribe(EVENTS, { after });
      for (const id of expected) expect((await eventOf(stream)).interview.id).toBe(id);
      await stream.close();
    }
  }
  expect(await asOfCursor(old)).toBe(await asOfCursor(young));
  await open.close();
});
