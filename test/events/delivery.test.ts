import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { sql } from "drizzle-orm";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import type { GraphQLResult } from "../support/client.ts";
import { inAccount } from "../support/directory.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { asOfCursor, eventOf, nextEvent } from "../support/stream.ts";
import { freePort, runGateway, unattended } from "../support/process.ts";

const EVENTS = /* GraphQL */ `
  subscription Events($after: EventCursor) {
    interviewEvents(after: $after) {
      ... on InterviewEvent {
        sequence
        interview {
          id
          organizer {
            name
          }
          interviewers {
            user {
              name
            }
          }
        }
      }
    }
  }
`;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());

const create = (client: Client = app.client) => createInterview(client, adHoc());

/** A hundred subscriptions on each of some sockets. */
async function subscribeHundreds(sockets: number, variables: Record<string, unknown>) {
  const open = await Promise.all(Array.from({ length: sockets }, () => app.client.openSocket()));
  const streams = open.flatMap((socket) =>
    Array.from({ length: 100 }, () => socket.iterate<any>({ query: EVENTS, variables })),
  );
  return {
    next: () => Promise.all(streams.map(async (stream) => eventOf((await stream.next()).value as GraphQLResult))),
    close: async () => {
      for (const socket of open) await socket.dispose();
    },
  };
}

test("an event costs as many statements for 500 subscribers as for one", async () => {
  const after = await asOfCursor(app.client);
  const statementsOf = async (receive: () => Promise<unknown>) => {
    // The first event finds them still subscribing.
    await create();
    await receive();
    app.statements.length = 0;
    app.rawStatements.length = 0;
    await create();
    await receive();
    const reads = app.rawStatements.filter((text) => text.includes("lateral"));
    return { all: app.statements.length, reads: reads.length };
  };
  const alone = await app.client.subscribe(EVENTS, { after });
  const forOne = await statementsOf(() => nextEvent(alone));
  await alone.close();
  const crowd = await subscribeHundreds(5, { after: await asOfCursor(app.client) });
  const forMany = await statementsOf(async () => {
    const events = await crowd.next();
    expect(events).toHaveLength(500);
    expect(new Set(events.map((event) => event.interview.id)).size).toBe(1);
  });
  // A machine that takes longer than a second to deliver executes once more for the rest.
  expect(forMany.all).toBeLessThanOrEqual(3 * forOne.all);
  // One for each wake-up and each second; a slow machine has more of the latter.
  expect(forMany.reads).toBeLessThan(20);
  await crowd.close();
});

test("each event shows the names of its own moment, to those who share it as well", async () => {
  const crowd = await subscribeHundreds(1, { after: await asOfCursor(app.client) });
  const namesIn = async () => new Set((await crowd.next()).map((event) => event.interview.interviewers[0].user.name));
  const rename = (name: string) =>
    app.app.connections.raw`
      update users set name = ${name} where external_id = 'ada' and account_id =
        (select id from accounts where external_id = 'sample')`;
  await rename("Ada before");
  await create();
  expect(await namesIn()).toEqual(new Set(["Ada before"]));
  await rename("Ada after");
  await create();
  expect(await namesIn()).toEqual(new Set(["Ada after"]));
  await crowd.close();
});

test("equal subscriptions of two accounts share nothing, though their events have the same numbers", async () => {
  const clients = [app.client, app.other];
  const streams = await Promise.all(
    clients.map(async (client) => [
      await client.subscribe(EVENTS, { after: await asOfCursor(client) }),
      await client.subscribe(EVENTS, { after: await asOfCursor(client) }),
    ]),
  );
  // The other account catches up with the numbers of the first.
  const behind = (await eventCount("sample")) - (await eventCount("other"));
  for (let count = 0; count < behind; count += 1) await createInterview(app.other, inAccount("other", adHoc()));
  for (let count = 0; count < behind; count += 1) for (const stream of streams[1] ?? []) await nextEvent(stream);
  const ids = await Promise.all([create(), createInterview(app.other, inAccount("other", adHoc()))]);
  for (const [account, followers] of streams.entries()) {
    for (const stream of followers) {
      expect((await nextEvent(stream)).interview.id).toBe(ids[account]);
      await stream.close();
    }
  }
});

async function eventCount(account: string): Promise<number> {
  const [row] = await app.app.connections.raw`
    select last_sequence::float8 as count from event_counters
    where account_id = (select id from accounts where external_id = ${account})`;
  return row?.["count"] ?? 0;
}

test(
  "with the listening connection cut again and again nothing is lost: the poll finds it",
  { timeout: 120_000 },
  async () => {
    const port = await freePort();
    const writing = runGateway([], { DATABASE_URL: app.databaseUrl, ROLE: "gateway", PORT: `${port}` });
    onTestFinished(() => void writing.child.kill("SIGKILL"));
    await writing.logged("started");
    const writer = new Client(`http://127.0.0.1:${port}`, app.client.token);
    const stream = await app.client.subscribe(EVENTS, { after: await asOfCursor(app.client) });

    let cuts = 0;
    const cutting = new AbortController();
    onTestFinished(() => cutting.abort());
    const cut = async () => {
      while (!cutting.signal.aborted) {
        const connections = await app.app.services.db.execute(sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query ilike 'listen %'`);
        cuts += connections.length;
      }
    };
    const cutter = unattended(cut());
    const ids: string[] = [];
    for (let count = 0; count < 20; count += 1) ids.push(await create(writer));
    const seen: string[] = [];
    while (seen.length < ids.length) seen.push((await nextEvent(stream)).interview.id);
    cutting.abort();
    await cutter;

    expect(seen).toEqual(ids);
    expect(cuts).toBeGreaterThan(0);
    await stream.close();
    writing.child.kill("SIGTERM");
    expect(await writing.exit()).toBe(0);
  },
);
