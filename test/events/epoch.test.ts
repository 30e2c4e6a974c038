import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RequestError } from "../../src/core/error.ts";
import { ensureInstallation, readInstallation } from "../../src/db/installation.ts";
import { createEventLog } from "../../src/events/log.ts";
import { pruneEvents } from "../../src/events/prune.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { copyDatabase, createTestDatabase } from "../support/database.ts";
import { adHoc, createInterview } from "../support/interview.ts";

const EVENTS =
  "subscription ($after: EventCursor) { interviewEvents(after: $after) { ... on InterviewEvent { cursor sequence interview { id } } } }";

let app: TestApp;
let accountId: string;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  const [account] = await app.app.connections.raw`select id from accounts where external_id = 'sample'`;
  accountId = account?.["id"];
});
afterAll(() => app.stop());

const create = () => createInterview(app.client, adHoc());
const asOfCursor = async (): Promise<string> =>
  (await app.client.data("{ interviews(first: 0) { asOfCursor } }"))["interviews"].asOfCursor;
/** What a promotion or a restored dump does: the same rows are another server's. */
const moveElsewhere = () => app.app.connections.raw`update installations set life = 'another server'`;
/** What a recovery to an earlier moment does: the newest events were never there. */
const loseNewest = (count: number) =>
  app.app.connections.raw.begin(async (tx) => {
    await tx`delete from events where account_id = ${accountId} and sequence >
      (select last_sequence - ${count} from event_counters where account_id = ${accountId})`;
    await tx`update event_counters set last_sequence = last_sequence - ${count} where account_id = ${accountId}`;
    await tx`update installations set life = 'another server'`;
  });
const headNow = async (): Promise<number> => {
  const { raw } = app.app.connections;
  const [row] = await raw`select last_sequence::int as head from event_counters where account_id = ${accountId}`;
  return row?.["head"] ?? 0;
};
const formerEpochs = () =>
  app.app.connections.raw`select epoch, last_sequence::int from former_epochs where account_id = ${accountId}`;
/** The event log of another process. */
async function openLog(raw = app.app.connections.raw) {
  return createEventLog({ raw, log: app.app.services.log, ...(await readInstallation(raw)) });
}
/** The numbers that follow a cursor at once. */
async function follow(events: Pick<TestApp["app"]["events"], "follow">, after: string, count: number) {
  const stream = await events.follow(accountId, { after });
  const sequences: unknown[] = [];
  while (sequences.length < count) sequences.push(((await stream.next()).value as { sequence: number }).sequence);
  await stream.return?.();
  return sequences;
}

test("the epoch stays while the database does", async () => {
  const { raw } = app.app.connections;
  const before = await readInstallation(raw);
  await create();
  await ensureInstallation(raw);
  expect(await readInstallation(raw)).toEqual(before);
  expect(await formerEpochs()).toEqual([]);
});

describe("when the database goes on elsewhere with all of its events", () => {
  test.each(["an event", "a follower", "a process that starts"])("%s begins the next epoch, once", async (first) => {
    const { raw } = app.app.connections;
    await create();
    const [former, head] = [await readInstallation(raw), await headNow()];
    await moveElsewhere();
    if (first === "an event") await create();
    else if (first === "a follower") await (await app.app.events.follow(accountId, { after: null })).return?.();
    else await Promise.all([1, 2, 3].map(() => ensureInstallation(raw)));
    const { epoch } = await readInstallation(raw);
    expect(epoch).not.toBe(former.epoch);
    await create();
    expect((await readInstallation(raw)).epoch).toBe(epoch);
    expect(await formerEpochs()).toContainEqual({ epoch: former.epoch, last_sequence: head });
  });

  test("every cursor is still good, in processes that keep running and in new ones, whoever gave it", async () => {
    const [before, head] = [await asOfCursor(), await headNow()];
    await create();
    const last = await asOfCursor();
    await moveElsewhere();
    await create();
    const [started, keeps] = [await openLog(), app.app.events];
    const fromRunning = await asOfCursor();
    const fromStarted = started.cursorOf({ accountId, sequence: head + 2 });
    expect(fromRunning).toBe(fromStarted);
    for (const log of [started, keeps]) {
      expect(await follow(log, before, 2)).toEqual([head + 1, head + 2]);
      expect(await follow(log, last, 1)).toEqual([head + 2]);
    }
    await create();
    for (const log of [started, keeps]) expect(await follow(log, fromRunning, 1)).toEqual([head + 3]);
    await started.stop();
  });

  test("streams go on without a gap, and their cursors are the new epoch's", async () => {
    const head = await headNow();
    const streams = [
      await app.client.subscribe(EVENTS, { after: await asOfCursor() }),
      await app.client.subscribeSse(EVENTS, { after: await asOfCursor() }),
    ];
    const deliver = async () => {
      const id = await create();
      const events = await Promise.all(streams.map(async (stream) => (await stream.next()).data?.["interviewEvents"]));
      expect(events.map((event) => event.interview.id)).toEqual([id, id]);
      return events[1];
    };
    const { cursor: former } = await deliver();
    await moveElsewhere();
    const { cursor } = await deliver();
    expect(cursor).toBe(await asOfCursor());
    const started = await openLog();
    await create();
    expect(await follow(started, former, 2)).toEqual([head + 2, head + 3]);
    expect(await follow(started, cursor, 1)).toEqual([head + 3]);
    await started.stop();
    for (const stream of streams) await stream.close();
  });
});

describe("when the newest events are lost", () => {
  test("a cursor of the former epoch is good up to what is left, and expired beyond, also when its number is given again", async () => {
    const cursors = [await asOfCursor()];
    for (let count = 0; count < 4; count += 1) {
      await create();
      cursors.push(await asOfCursor());
    }
    await loseNewest(2);
    const started = await openLog();
    const refusal = async (log: Pick<TestApp["app"]["events"], "follow">, after: string) => {
      try {
        await (await log.follow(accountId, { after })).return?.();
        return null;
      } catch (error) {
        return (error as RequestError).code;
      }
    };
    const judge = async () => {
      for (const log of [app.app.events, started]) {
        const refusals = await Promise.all(cursors.map((after) => refusal(log, after)));
        expect(refusals).toEqual([null, null, null, "CURSOR_EXPIRED", "CURSOR_EXPIRED"]);
      }
    };
    await judge();
    for (let count = 0; count < 4; count += 1) await create();
    await judge();
    await moveElsewhere();
    await create();
    await judge();
    await started.stop();
  });

  test("a stream that has delivered one of them ends and says so, instead of passing over the new ones", async () => {
    const head = await headNow();
    const stream = await app.client.subscribe(EVENTS, { after: await asOfCursor() });
    for (let count = 1; count <= 3; count += 1) {
      await create();
      expect((await stream.next()).data?.["interviewEvents"].sequence).toBe(head + count);
    }
    await loseNewest(2);
    const { errors } = await stream.next();
    expect(errors).toMatchObject([{ extensions: { code: "CURSOR_EXPIRED" } }]);
    const again = await app.client.subscribe(EVENTS, { after: errors?.[0]?.extensions?.["oldestCursor"] });
    expect((await again.next()).data?.["interviewEvents"].sequence).toBe(1);
    await again.close();
    await stream.close();
  });
});

test("a copy of a database begins its own epoch, and shares what was there when it was made", async () => {
  const original = await createTestDatabase();
  await original.connections
    .raw`insert into accounts (id, external_id, name) values (${accountId}, 'copied', 'Copied')`;
  await original.connections.raw`insert into event_counters (account_id, last_sequence) values (${accountId}, 7)`;
  const former = await openLog(original.connections.raw);
  const cursors = [7, 8].map((sequence) => former.cursorOf({ accountId, sequence }));
  await former.stop();
  await original.connections.close();

  const copy = await copyDatabase(original.url);
  await ensureInstallation(copy.connections.raw);
  const log = await openLog(copy.connections.raw);
  await (await log.follow(accountId, { after: cursors[0] ?? null })).return?.();
  await copy.connections.raw`update event_counters set last_sequence = 9 where account_id = ${accountId}`;
  await (await log.follow(accountId, { after: cursors[0] ?? null })).return?.();
  const beyond = log.follow(accountId, { after: cursors[1] ?? null });
  await expect(beyond).rejects.toMatchObject({ code: "CURSOR_EXPIRED" });
  expect(log.cursorOf({ accountId, sequence: 7 })).not.toBe(cursors[0]);
  await log.stop();
  await copy.drop();
  await original.drop();
});

test("what is known of former epochs goes with their events", async () => {
  await create();
  await moveElsewhere();
  await create();
  expect(await formerEpochs()).not.toEqual([]);
  await pruneEvents(app.app.services.db, new Date("2027-01-04T08:00:00.001Z"));
  expect(await formerEpochs()).toEqual([]);
});
