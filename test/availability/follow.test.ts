import { afterAll, beforeAll, expect, test } from "vitest";
import type { FreeBusyProvider } from "../../src/calendar/free-busy.ts";
import { encodeId, newId } from "../../src/core/id.ts";
import { createSearchWatch } from "../../src/availability/watch.ts";
import { failLostSearches, pruneSearches } from "../../src/availability/complete.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { completeOnce, compute, connectCalendars, forgetAnswers, READ, search } from "../support/availability.ts";
import { user } from "../support/interview.ts";
import { untilSomebodyWaits } from "../support/lock.ts";

const FOLLOW = `subscription ($id: ID!) { availabilityComputed(searchId: $id) { id status slots(first: 1) { nodes { startTime } }
  people { calendar } error { code message } } }`;
let app: TestApp;
let now = NOW;
beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => now });
  await connectCalendars(app, ["ada", "bob", "extra-0", "extra-1", "extra-2", "extra-3"]);
});
afterAll(() => app.stop());

const minutesLater = (minutes: number) => {
  now = new Date(now.getTime() + minutes * 60_000);
};
async function pending(more: object = {}): Promise<string> {
  await forgetAnswers(app);
  const { id, status } = await compute(app.client, search(more));
  expect(status).toBe("PENDING");
  return id;
}
const read = async (id: string) => (await app.client.data(READ, { id }))["availabilitySearch"];

test("a search is delivered once, when it has ended, over sockets and event streams, and the subscription completes", async () => {
  const id = await pending();
  const socket = await app.client.subscribe(FOLLOW, { id });
  const stream = await app.client.subscribeSse(FOLLOW, { id });
  // The stream's first id comes before anything is awaited, so that both are subscribed by now.
  await stream.nextBlock();
  const [first, second] = [socket.next(), stream.next()];
  await completeOnce(app, id);
  for (const result of [await first, await second]) {
    expect(result).toEqual({
      data: {
        availabilityComputed: {
          id,
          status: "SUCCEEDED",
          slots: { nodes: [{ startTime: "2027-03-01T08:00:00.000Z" }] },
          people: [{ calendar: "ANSWERED" }, { calendar: "ANSWERED" }],
          error: null,
        },
      },
    });
  }
  await expect(socket.next()).rejects.toThrow("The subscription has ended.");
  expect(await stream.nextBlock()).toBe("event: complete\ndata:");
  await expect(stream.nextBlock()).rejects.toThrow("The event stream has ended.");
  await Promise.all([socket.close(), stream.close()]);
});

test("one that has ended already is delivered at once", async () => {
  const id = await pending();
  await completeOnce(app, id);
  const socket = await app.client.subscribe(FOLLOW, { id });
  expect((await socket.next()).data).toMatchObject({ availabilityComputed: { id, status: "SUCCEEDED" } });
  await socket.close();
});

test("an unknown search, and another account's, is not found", async () => {
  const id = await pending();
  for (const [client, unknown] of [
    [app.client, encodeId("AvailabilitySearch", newId())],
    [app.other, id],
  ] as const) {
    const socket = await client.subscribe(FOLLOW, { id: unknown });
    expect((await socket.next()).errors).toMatchObject([{ extensions: { code: "NOT_FOUND" } }]);
    await socket.close();
    expect(await client.data(READ, { id: unknown })).toEqual({ availabilitySearch: null });
  }
});

test("another process's completion is heard", async () => {
  const id = await pending();
  const [row] = await app.app.connections
    .raw`select account_id, id from availability_searches where state = 'PENDING' order by created_at desc, id desc limit 1`;
  const elsewhere = createSearchWatch(app.app.services.db, app.app.services.log);
  const { ended } = elsewhere.follow({ accountId: row?.["account_id"], id: row?.["id"] });
  await completeOnce(app, id);
  expect(await ended).toBe(true);
  await elsewhere.stop();
});

test("nobody is left waiting when the process ends", async () => {
  const watch = createSearchWatch(app.app.services.db, app.app.services.log);
  await pending();
  const [row] = await app.app.connections
    .raw`select account_id, id from availability_searches where state = 'PENDING' limit 1`;
  const { ended } = watch.follow({ accountId: row?.["account_id"], id: row?.["id"] });
  await watch.stop();
  expect(await ended).toBe(false);
});

test("whatever the calendars do, the search succeeds, and says of whom nothing is known", async () => {
  const names = ["extra-0", "extra-1", "extra-2", "extra-3"];
  const answers: FreeBusyProvider = {
    query: (calendars) =>
      calendars.includes("ada@example.com")
        ? Promise.resolve(
            new Map([
              ["recruiter@example.com", { answer: "ANSWERED", busy: [] }],
              ["ada@example.com", { answer: "REVOKED" }],
              [
                "extra-0@example.com",
                {
                  answer: "PARTLY",
                  busy: [],
                  unknown: [{ start: Date.parse("2027-03-01T15:00Z"), end: Date.parse("2027-03-02T00:00Z") }],
                },
              ],
              ["extra-1@example.com", { answer: "UNREACHABLE" }],
            ]),
          )
        : new Promise(() => {}),
  };
  const id = await pending({ interviewerIds: ["ada", ...names, "extra-4"].map(user), to: "2027-03-01T17:30" });
  await completeOnce(app, id, { freeBusy: answers, deadlineMs: 100 });
  const found = await read(id);
  expect(found.status).toBe("SUCCEEDED");
  expect(found.people.map(({ user: { name }, calendar }: any) => `${name.slice(5)} ${calendar}`)).toEqual([
    "ada REVOKED",
    "extra-0 PARTLY",
    "extra-1 UNREACHABLE",
    "extra-2 UNREACHABLE",
    "extra-3 UNREACHABLE",
    "extra-4 NOT_CONNECTED",
    "recruiter TOO_LATE",
  ]);
  expect(found.people[1].freeStarts).toBeLessThan(found.summary.candidateStarts);
  expect(found.summary).toMatchObject({ freeStarts: 0, reasons: [{ reason: "UNKNOWN" }] });
  expect(found.perhaps.nodes.length).toBe(found.summary.candidateStarts);
});

test("searches of the same people in another order do not fail each other", async () => {
  const orders = [
    ["ada", "bob"],
    ["bob", "ada"],
  ];
  const first = await pending({ interviewerIds: orders[0]?.map(user) });
  await completeOnce(app, first);
  minutesLater(2);
  const ids = await Promise.all(
    orders.map(async (names) => (await compute(app.client, search({ interviewerIds: names.map(user) }))).id),
  );
  const running: Promise<void>[] = [];
  await app.app.connections.raw.begin(async (tx) => {
    await tx`select from free_busy_answers where calendar_address = 'ada@example.com' for update`;
    for (const id of ids) {
      running.push(completeOnce(app, id));
      await untilSomebodyWaits(app, running.length);
    }
  });
  await Promise.all(running);
  for (const id of ids) expect(await read(id)).toMatchObject({ status: "SUCCEEDED" });
});

test("ten thousand busy spans of each of eleven people are answered", async () => {
  const start = Date.parse("2027-03-01T00:00Z");
  const busy = Array.from({ length: 10_000 }, (_, index) => ({
    start: start + index * 240_000,
    end: start + index * 240_000 + 60_000,
  }));
  const freeBusy: FreeBusyProvider = {
    query: (calendars) => Promise.resolve(new Map(calendars.map((name) => [name, { answer: "ANSWERED", busy }]))),
  };
  const id = await pending({ interviewerIds: ["ada", "bob"].map(user), to: "2027-03-30T09:00" });
  await completeOnce(app, id, { freeBusy });
  const { summary, people } = await read(id);
  expect(summary).toMatchObject({ unknownStarts: 0, reasons: [{ reason: "BUSY_CALENDAR" }] });
  expect(people[0].blocks.length).toBeLessThan(1_500);
});

test("a fault of the gateway fails the search, and tells who follows it", async () => {
  const id = await pending();
  const socket = await app.client.subscribe(FOLLOW, { id });
  const told = socket.next();
  await app.app.connections.raw`update users set timezone = 'Mars/Olympus' where external_id = 'ada'`;
  await completeOnce(app, id);
  await app.app.connections.raw`update users set timezone = 'Europe/London' where external_id = 'ada'`;
  expect((await told).data).toMatchObject({
    availabilityComputed: { status: "FAILED", slots: null, people: [], error: { code: "INTERNAL_ERROR" } },
  });
  await socket.close();
});

test("a search whose task is gone fails after a while", async () => {
  const id = await pending();
  minutesLater(4);
  await failLostSearches(app.app.services);
  expect((await read(id)).status).toBe("PENDING");
  minutesLater(2);
  expect(await failLostSearches(app.app.services)).toBeGreaterThan(0);
  expect(await read(id)).toMatchObject({ status: "FAILED", error: { code: "LOST" } });
  await completeOnce(app, id);
  expect((await read(id)).status).toBe("FAILED");
});

test("a result expires an hour after the search has ended, and is deleted a day after it was asked for", async () => {
  const id = await pending();
  await completeOnce(app, id);
  minutesLater(59);
  expect((await read(id)).status).toBe("SUCCEEDED");
  minutesLater(1);
  expect(await read(id)).toMatchObject({ status: "EXPIRED", slots: null, summary: null, people: [], asOfCursor: null });
  await pruneSearches(app.app.services);
  expect(await read(id)).not.toBeNull();
  minutesLater(24 * 60);
  await pruneSearches(app.app.services);
  expect(await read(id)).toBeNull();
});
