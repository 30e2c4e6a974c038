import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeId } from "../../src/core/id.ts";
import { readInstallation } from "../../src/db/installation.ts";
import { createEventLog } from "../../src/events/log.ts";
import { pruneEvents } from "../../src/events/prune.ts";
import { touchInterview } from "../support/touch.ts";
import { systemContext } from "../../src/operation/context.ts";
import type { StreamItem } from "../../src/operation/event-source.ts";
import { inTransaction } from "../../src/operation/transaction.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import type { Subscription } from "../support/client.ts";
import { sampleId } from "../support/directory.ts";
import { adHoc, application, createInterview, external, plan, user } from "../support/interview.ts";
import { asOfCursor, nextEvent } from "../support/stream.ts";

const EVENTS = /* GraphQL */ `
  subscription Events($after: EventCursor, $types: [InterviewEventType!], $filter: InterviewFilter) {
    interviewEvents(after: $after, types: $types, filter: $filter) {
      __typename
      cursor
      occurredAt
      ... on InterviewEvent {
        id
        sequence
        type
        interviewVersion
        interview {
          id
        }
      }
    }
  }
`;

let app: TestApp;
let accountId: string;
beforeAll(async () => {
  app = await startTestApp({ worker: false, eventLog: { bookmarkMs: 200, maxLag: 5 } });
  const [account] = await app.app.connections.raw`select id from accounts where external_id = 'sample'`;
  accountId = account?.["id"];
});
afterAll(() => app.stop());

/** The next that is no bookmark: a slow machine may let a bookmark come first. */
const nextChange = async (stream: Subscription) => {
  for (;;) {
    const event = await nextEvent(stream);
    if (event.__typename !== "StreamBookmark") return event;
  }
};
const create = (input: object = adHoc()) => createInterview(app.client, input);

/** As the worker does it. */
const recordProvisioned = (id: string) => {
  const ctx = systemContext(app.app.services, accountId, "test");
  return inTransaction(ctx, (tx) =>
    touchInterview(tx, ctx, { type: "INTERVIEW_PROVISIONED", interviewId: decodeId(id).id }),
  );
};

test("an event is complete, and the same in every repetition", async () => {
  const after = await asOfCursor(app.client);
  const id = await create();
  const [first, again] = [await app.client.subscribe(EVENTS, { after }), await app.client.subscribe(EVENTS, { after })];
  const event = await nextEvent(first);
  expect(event).toMatchObject({
    type: "INTERVIEW_CREATED",
    occurredAt: "2027-01-04T08:00:00.000Z",
    interviewVersion: 1,
    interview: { id },
  });
  expect(await nextEvent(again)).toEqual(event);
  await first.close();
  await again.close();
});

describe("a filtered stream", () => {
  const wanted: [name: string, input: object, filter: object][] = [
    [
      "applicationIds",
      adHoc({}, { applicationId: application("agency") }),
      { applicationIds: [application("agency")] },
    ],
    ["jobIds", adHoc(), { jobIds: [sampleId("Job", "engineer")] }],
    [
      "organizerIds",
      adHoc({}, { organizerId: user("coordinator") }),
      { organizerIds: [user("coordinator"), user("stranger")] },
    ],
    ["interviewerIds", adHoc({ interviewerIds: [user("extra-3")] }), { interviewerIds: [user("extra-3")] }],
    ["stageIds", plan(), { stageIds: [sampleId("Stage", "onsite")] }],
    [
      "two at once",
      plan({}, { organizerId: user("admin") }),
      { stageIds: [sampleId("Stage", "onsite")], organizerIds: [user("admin")] },
    ],
  ];
  test.each(wanted)("by %s delivers what passes, and nothing before it", async (name, input, filter) => {
    const stream = await app.client.subscribe(EVENTS, { after: await asOfCursor(app.client), filter });
    if (name !== "jobIds") await create();
    const id = await create(input);
    expect((await nextChange(stream)).interview).toEqual({ id });
    await stream.close();
  });

  test("by types delivers none of the others", async () => {
    const stream = await app.client.subscribe(EVENTS, {
      after: await asOfCursor(app.client),
      types: ["INTERVIEW_PROVISIONING_FAILED"],
    });
    await create();
    expect(await nextEvent(stream)).toMatchObject({ __typename: "StreamBookmark" });
    await stream.close();
  });

  test("by another account's ids delivers nothing, and an id of another noun is refused", async () => {
    const filter = { organizerIds: [sampleId("User", "recruiter", "other")] };
    const stream = await app.client.subscribe(EVENTS, { after: await asOfCursor(app.client), filter });
    await create();
    expect(await nextEvent(stream)).toMatchObject({ __typename: "StreamBookmark" });
    await stream.close();
    const wrong = await app.client.subscribe(EVENTS, { filter: { jobIds: [user("ada")] } });
    expect((await wrong.next()).errors).toMatchObject([{ extensions: { code: "INVALID_ID" } }]);
  });
});

test("a filtered stream that hears nothing gets a bookmark, from which it resumes", async () => {
  const filter = { interviewerIds: [user("extra-9")] };
  const stream = await app.client.subscribe(EVENTS, { after: await asOfCursor(app.client), filter });
  await create();
  const last = await asOfCursor(app.client);
  const bookmark = await nextEvent(stream);
  expect(bookmark).toEqual({ __typename: "StreamBookmark", cursor: last, occurredAt: expect.any(String) });
  await stream.close();

  const resumed = await app.client.subscribe(EVENTS, { after: bookmark.cursor, filter });
  const id = await create(adHoc({ interviewerIds: [user("extra-9")] }));
  expect((await nextChange(resumed)).interview).toEqual({ id });
  await resumed.close();
});

describe("provisioning", () => {
  const filter = { interviewerIds: [user("extra-8")] };
  const PROVISIONED =
    "subscription ($after: EventCursor, $filter: InterviewFilter) { interviewProvisioned(after: $after, filter: $filter) { cursor failure { code message } interview { id } } }";

  test("is followed without bookmarks, and over server-sent events the id goes on by itself", async () => {
    const after = await asOfCursor(app.client);
    const [sse, socket] = [
      await app.client.subscribeSse(PROVISIONED, { after, filter }),
      await app.client.subscribe(PROVISIONED, { after, filter }),
    ];
    await create();
    const last = await asOfCursor(app.client);
    while (sse.lastEventId() !== last) await sse.nextBlock();

    const id = await create(adHoc({ interviewerIds: [user("extra-8")] }));
    await recordProvisioned(id);
    for (const stream of [sse, socket]) {
      expect(await nextEvent(stream)).toEqual({ cursor: expect.any(String), failure: null, interview: { id } });
      await stream.close();
    }
  });
});

describe("over server-sent events", () => {
  const PLAIN = "subscription { interviewEvents { ... on InterviewEvent { interview { id } } } }";
  test("the event's id is its cursor, and a reconnection that sends it back resumes", async () => {
    const stream = await app.client.subscribeSse(PLAIN);
    const ids = [await create(), await create(external()), await create()];
    expect((await nextEvent(stream)).interview).toEqual({ id: ids[0] });
    const last = stream.lastEventId() ?? "";
    await stream.close();

    const again = await app.client.subscribeSse(PLAIN, undefined, { "last-event-id": last });
    expect([(await nextEvent(again)).interview.id, (await nextEvent(again)).interview.id]).toEqual(ids.slice(1));
    expect(again.lastEventId()).toBe(await asOfCursor(app.client));
    await again.close();
  });

  test("a stream begins by GET as well, as a browser's EventSource asks", async () => {
    const abort = new AbortController();
    const response = await fetch(`${app.url}/graphql?query=${encodeURIComponent(PLAIN)}`, {
      headers: { accept: "text/event-stream", authorization: `Bearer ${app.client.token}` },
      signal: abort.signal,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    abort.abort();
  });
});

test("list and stream are one picture: what the list lacks, the stream delivers, and nothing else", async () => {
  const LIST = "{ interviews(last: 100) { asOfCursor nodes { id } } }";
  const created: string[] = [];
  const writers = Array.from({ length: 6 }, async () => {
    for (let count = 0; count < 6; count += 1) created.push(await create());
  });
  const pictures = [];
  for (let count = 0; count < 8; count += 1) pictures.push((await app.client.data(LIST))["interviews"]);
  await Promise.all(writers);
  const head = await asOfCursor(app.client);
  for (const { asOfCursor: after, nodes } of pictures) {
    const listed = new Set(nodes.map(({ id }: { id: string }) => id));
    const stream = await app.client.subscribe(EVENTS, { after, types: ["INTERVIEW_CREATED"] });
    const streamed: string[] = [];
    for (let cursor = after; cursor !== head;) {
      const event = await nextEvent(stream);
      cursor = event.cursor;
      if (event.interview) streamed.push(event.interview.id);
    }
    await stream.close();
    expect(streamed.filter((id) => listed.has(id))).toEqual([]);
    expect(created.filter((id) => !listed.has(id) && !streamed.includes(id))).toEqual([]);
  }
});

describe("a follower that pulls too seldom", () => {
  const follow = async (after: string | null) => app.app.events.follow(accountId, { after });
  const take = async (stream: AsyncIterator<StreamItem>) => (await stream.next()).value as StreamItem;

  test("is ended with its cursor, and resumes without a gap; a replay may be as long as it likes", async () => {
    const slow = await follow(null);
    const waiting = take(slow);
    const ids = [await create()];
    expect(await waiting).toMatchObject({ type: "INTERVIEW_CREATED" });
    for (let count = 0; count < 8; count += 1) ids.push(await create());

    const end = await take(slow);
    if (end.type !== "FAILURE") throw new Error("The follower was not ended.");
    expect(end.error).toMatchObject({ code: "SUBSCRIBER_TOO_SLOW" });
    expect((await slow.next()).done).toBe(true);

    const resumed = await follow(String(end.error.extensions["cursor"]));
    const sequences: number[] = [];
    for (let count = 0; count < 8; count += 1) sequences.push(((await take(resumed)) as { sequence: number }).sequence);
    expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index));
    await resumed.return?.();
  });
});

test("more events than are read at a time arrive whole and in order, replayed as well as live", async () => {
  const { raw } = app.app.connections;
  await create();
  const { events } = app.app;
  const [counter] = await raw`select last_sequence::int as head from event_counters where account_id = ${accountId}`;
  const head: number = counter?.["head"];
  const wanted = Array.from({ length: 1_100 }, (_, index) => head + index + 1);
  const after = events.cursorOf({ accountId, sequence: head });
  const log = createEventLog({ raw, log: app.app.services.log, ...(await readInstallation(raw)) });
  const live = await log.follow(accountId, { after });
  await raw`
    with more as (
      insert into events (account_id, sequence, id, type, subject_type, subject_id, subject_version, facts, actor_kind, actor_label, changes, detail, occurred_at)
      select account_id, sequence + number, gen_random_uuid(), type, subject_type, subject_id, subject_version, facts, actor_kind, actor_label, changes, detail, occurred_at
      from events, generate_series(1, ${wanted.length}) number where account_id = ${accountId} and sequence = ${head}
    )
    update event_counters set last_sequence = last_sequence + ${wanted.length} where account_id = ${accountId}`;
  log.kick();
  const replayed = await log.follow(accountId, { after });
  for (const stream of [live, replayed]) {
    const sequences: unknown[] = [];
    while (sequences.length < wanted.length) {
      sequences.push(((await stream.next()).value as { sequence: number }).sequence);
    }
    expect(sequences).toEqual(wanted);
  }
  const ending = [live.next(), replayed.next()];
  await log.stop();
  expect(await Promise.all(ending)).toEqual([
    { done: true, value: undefined },
    { done: true, value: undefined },
  ]);
});

describe("what is no longer kept", () => {
  test("is refused before any event, with the oldest cursor that can be used", async () => {
    const before = await asOfCursor(app.client);
    await create();
    const kept = await asOfCursor(app.client);
    const ended = await app.client.subscribe(EVENTS, { after: before });
    await nextEvent(ended);
    await ended.close();
    await pruneEvents(app.app.services.db, new Date("2027-01-04T08:00:00.001Z"));

    const refused = await app.client.subscribe(EVENTS, { after: before });
    const { errors } = await refused.next();
    expect(errors).toMatchObject([{ extensions: { code: "CURSOR_EXPIRED", oldestCursor: kept } }]);
    const id = await create();
    const resumed = await app.client.subscribe(EVENTS, { after: errors?.[0]?.extensions?.["oldestCursor"] });
    expect((await nextEvent(resumed)).interview).toEqual({ id });
    await resumed.close();
  });

  test("is read on by a follower that was still reading it", async () => {
    await create();
    const raw = app.app.connections.raw;
    const { epoch, cursorSecret } = await readInstallation(raw);
    const log = createEventLog({ raw, log: app.app.services.log, epoch, cursorSecret });
    const [pruned] =
      await raw`select pruned_sequence::int as pruned from event_counters where account_id = ${accountId}`;
    const stream = await log.follow(accountId, {
      after: log.cursorOf({ accountId, sequence: pruned?.["pruned"] }),
    });
    await pruneEvents(app.app.services.db, new Date("2027-01-04T08:00:00.001Z"));
    await create();
    const sequences = [await stream.next(), await stream.next()].map(({ value }) => value?.sequence);
    expect(sequences).toEqual([pruned?.["pruned"] + 1, pruned?.["pruned"] + 2]);
    await log.stop();
  });

  test("a cursor beyond the log, of a life that the database lost, expires too", async () => {
    const [head] = await app.app.connections
      .raw`select last_sequence::int as head from event_counters where account_id = ${accountId}`;
    const after = app.app.events.cursorOf({ accountId, sequence: head?.["head"] + 1 });
    const { errors } = await (await app.client.subscribe(EVENTS, { after })).next();
    expect(errors).toMatchObject([{ extensions: { code: "CURSOR_EXPIRED" } }]);
  });
});
