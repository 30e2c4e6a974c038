import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeId } from "../../src/core/id.ts";
import { touchInterview } from "../support/touch.ts";
import { systemContext } from "../../src/operation/context.ts";
import { inTransaction } from "../../src/operation/transaction.ts";
import type { Client, Subscription } from "../support/client.ts";
import { adHoc, createInterview, user } from "../support/interview.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
beforeAll(async () => {
  app = await startViewerApp({ worker: false });
});
afterAll(() => app.stop());

const EVENTS = /* GraphQL */ `
  subscription Events($after: EventCursor) {
    interviewEvents(after: $after) {
      ... on InterviewEvent {
        cursor
        interview {
          id
          organizer {
            name
          }
        }
      }
    }
  }
`;
type Open = (client: Client, after: string) => Promise<Subscription>;
const transports: [name: string, open: Open][] = [
  ["WebSocket", (client, after) => client.subscribe(EVENTS, { after })],
  ["server-sent events", (client, after) => client.subscribeSse(EVENTS, { after })],
];
const asOfCursor = async (): Promise<string> =>
  (await app.client.data("{ interviews(first: 0) { asOfCursor } }"))["interviews"].asOfCursor;
const cursorIn = async (stream: Subscription) => (await stream.next()).data?.["interviewEvents"]?.cursor;
/** Statements about who added a candidate fail meanwhile. */
async function whileNobodyCanJudge(work: () => Promise<void>): Promise<void> {
  const { raw } = app.app.connections;
  await raw`alter table candidates rename to hidden`;
  await work();
  await raw`alter table hidden rename to candidates`;
}
/** Statements about users fail meanwhile, for a reason that passes. */
async function whileMemoryIsFull(work: () => Promise<void>): Promise<void> {
  const { raw } = app.app.connections;
  await raw.unsafe(`
    create or replace function is_full() returns boolean language plpgsql as
      $$ begin raise exception 'out of memory' using errcode = '53200'; end $$;
    alter table users rename to hidden;
    create view users as select * from hidden where is_full()`);
  await work();
  await raw.unsafe("drop view users; alter table hidden rename to users");
}
const timesJudged = () => app.statements.filter((text) => text.includes("as person")).length;

let interviewId: string;
beforeAll(async () => {
  interviewId = await createInterview(app.client, adHoc({ interviewerIds: [user("ada")] }));
});

/** Past every verb, which would have to look at the team itself. @returns the cursor of the event */
async function appendEvent(): Promise<string> {
  const { services } = app.app;
  const [account] = await app.app.connections.raw`select id from accounts where external_id = 'sample'`;
  const ctx = systemContext(services, account?.["id"], "test");
  const id = decodeId(interviewId).id;
  await inTransaction(ctx, (tx) => touchInterview(tx, ctx, { type: "INTERVIEW_UPDATED", interviewId: id }));
  return asOfCursor();
}

describe.each(transports)("over %s", (_name, open) => {
  test("an event that nobody can judge for a moment is delivered then", async () => {
    const after = await asOfCursor();
    const streams = [await open(await app.person("ada"), after), await open(await app.person("admin"), after)];
    let cursor = "";
    await whileNobodyCanJudge(async () => {
      const before = timesJudged();
      cursor = await appendEvent();
      await expect.poll(timesJudged, { timeout: 10_000 }).toBeGreaterThan(before + 1);
    });
    for (const stream of streams) {
      expect(await cursorIn(stream)).toBe(cursor);
      await stream.close();
    }
  });

  test("when it stays so, the stream ends with a masked error and the cursor before the event", async () => {
    const after = await asOfCursor();
    const stream = await open(await app.person("ada"), after);
    const others = await Promise.all(["bob", "recruiter"].map(async (who) => open(await app.person(who), after)));
    const before = await appendEvent();
    expect(await cursorIn(stream)).toBe(before);
    let cursor = "";
    await whileNobodyCanJudge(async () => {
      cursor = await appendEvent();
      const ended = await stream.next();
      expect(ended).toMatchObject({ errors: [{ extensions: { code: "INTERNAL_SERVER_ERROR", cursor: before } }] });
      expect(ended.errors?.[0]?.extensions?.["requestId"]).not.toBe("unknown");
      expect(JSON.stringify(ended)).not.toMatch(/select|hidden|candidates|interviewers/i);
    });
    await expect(stream.next()).rejects.toBeDefined();
    const resumed = await open(await app.person("ada"), before);
    expect(await cursorIn(resumed)).toBe(cursor);
    for (const each of [stream, resumed, ...others]) await each.close();
  });

  test("when the fields of an event cannot be read, it comes again after the cursor with which the stream ends", async () => {
    const after = await asOfCursor();
    const stream = await open(app.client, after);
    const first = await appendEvent();
    expect(await cursorIn(stream)).toBe(first);
    let cursor = "";
    await whileMemoryIsFull(async () => {
      cursor = await appendEvent();
      const { errors } = await stream.next();
      expect(errors).toMatchObject([{ extensions: { code: "DATABASE_UNAVAILABLE", cursor: first } }]);
    });
    const resumed = await open(app.client, first);
    expect(await cursorIn(resumed)).toBe(cursor);
    for (const each of [stream, resumed]) await each.close();
  });
});
