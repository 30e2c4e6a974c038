import { expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { FreeBusyProvider } from "../../src/calendar/free-busy.ts";
import { compute, connectCalendars, search } from "../support/availability.ts";
import { inAccount } from "../support/directory.ts";
import { adHoc, createInterview, user } from "../support/interview.ts";
import { buildWorker } from "../../src/worker.ts";

test("an account with many tasks does not make another wait", { timeout: 60_000 }, async () => {
  const order: string[] = [];
  const conference = {
    putConference: async (_request: object, { accountId }: { accountId: string }) => {
      order.push(accountId);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { url: "https://meet.google.com/abc-defg-hij" };
    },
    removeConference: async () => ({}),
  };
  const app = await startTestApp({ worker: false, now: () => new Date(), providers: { conference } });
  for (let count = 0; count < 200; count += 1) await createInterview(app.client, adHoc({ location: "GOOGLE_MEET" }));
  const stream = await app.other.subscribe("subscription { interviewProvisioned { sequence } }");
  await createInterview(app.other, inAccount("other", adHoc({ location: "GOOGLE_MEET" })));

  const worker = buildWorker(app.app);
  await worker.start();
  await stream.next();
  const [counts] = await app.app.connections.raw`
    select count(*) filter (where provisioning_state = 'PENDING')::int as pending from interviews`;
  expect(counts?.["pending"]).toBeGreaterThan(120);
  expect(new Set(order).size).toBe(2);
  await stream.close();
  worker.stop();
  await app.stop();
});

test("searches whose calendars hang keep no other search waiting", { timeout: 60_000 }, async () => {
  const released = Promise.withResolvers<void>();
  const hanging = new Set<string>();
  const freeBusy: FreeBusyProvider = {
    async query(calendars, _window, { accountId }) {
      if (calendars.some((calendar) => hanging.has(`${accountId} ${calendar}`))) await released.promise;
      return new Map(calendars.map((calendar) => [calendar, { answer: "ANSWERED", busy: [] }]));
    },
  };
  const app = await startTestApp({ now: () => new Date(), providers: { freeBusy } });
  await connectCalendars(app, ["ada", "bob"]);
  const accounts = await app.app.connections.raw`select id from accounts where external_id = 'sample'`;
  const people = await app.app.connections.raw`select calendar_address from users where external_id = 'ada'`;
  hanging.add(`${accounts[0]?.["id"]} ${people[0]?.["calendar_address"]}`);
  const stuck: string[] = [];
  for (let count = 0; count < 12; count += 1) stuck.push((await compute(app.client, search())).id);
  // One of the same account with other people, and one of another account.
  for (const [client, input] of [
    [app.client, search({ interviewerIds: [user("bob")], organizerMustBeFree: false })],
    [app.other, inAccount("other", search())],
  ] as const) {
    const { id } = await compute(client, input);
    const stream = await client.subscribe(`subscription { availabilityComputed(searchId: "${id}") { status } }`);
    expect((await stream.next()).data).toEqual({ availabilityComputed: { status: "SUCCEEDED" } });
    await stream.close();
  }
  const { nodes } = await app.client.data(
    `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on AvailabilitySearch { status } } }`,
    { ids: stuck },
  );
  expect(nodes).toEqual(stuck.map(() => ({ status: "PENDING" })));
  released.resolve();
  await app.stop();
});
