import { afterAll, beforeAll, expect, test } from "vitest";
import { revokeToken } from "../../src/account/issue.ts";
import type { Client } from "../support/client.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { readToEnd } from "../support/raw.ts";
import { asOfCursor, nextEvent } from "../support/stream.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
beforeAll(async () => {
  app = await startViewerApp({ worker: false, sockets: { reviewMs: 100 } });
});
afterAll(() => app.stop());

const EVENTS =
  "subscription ($after: EventCursor) { interviewEvents(after: $after) { ... on InterviewEvent { cursor interview { id } } } }";
const EVENT_STREAM = { accept: "text/event-stream" };
const EXPIRED = "This token has expired. Get a new one, and subscribe after the last cursor.";
const REVOKED = "This API token is not valid. Check it, or ask for a new one.";
const INACTIVE = "This token is not valid: it names no active user of an account. Get a new one.";

/** Opens an event stream in which nothing happens; `ended` is all that it has sent. */
async function openQuiet(client: Client, headers: Record<string, string> = EVENT_STREAM) {
  const body = JSON.stringify({ query: EVENTS, variables: { after: await asOfCursor(app.client) } });
  const response = await client.post(body, headers);
  return { ended: readToEnd(response) };
}

const farewell = (message: string) => {
  const refusal = { errors: [{ message, extensions: { code: "UNAUTHENTICATED" } }] };
  return { text: `:\n\nevent: next\ndata: ${JSON.stringify(refusal)}\n\n`, cut: true };
};

test("a socket ends with its token, and a fresh one goes on where it ended", async () => {
  const briefly = await app.person("recruiter", { expiresIn: 1 });
  const socket = await briefly.openSocket();
  const closed = new Promise((resolve) => socket.on("closed", (event) => resolve(event)));
  const after = await asOfCursor(briefly);
  expect(await closed).toMatchObject({ code: 4403, reason: "UNAUTHENTICATED" });

  const id = await createInterview(app.client, adHoc());
  const resumed = await (await app.person("recruiter")).subscribe(EVENTS, { after });
  expect((await nextEvent(resumed))["interview"].id).toBe(id);
  await resumed.close();
});

test("a token without a near end keeps its socket", async () => {
  const socket = await (await app.person("recruiter", { expiresIn: 60 * 24 * 3_600 })).openSocket();
  const results = socket.iterate({ query: "{ viewer { expiresAt } }" });
  expect((await results.next()).value).toMatchObject({ data: { viewer: { expiresAt: "2027-03-05T08:00:00.000Z" } } });
  await socket.dispose();
});

test("an event stream in which nothing happens ends with its token, and a fresh one goes on where it ended", async () => {
  const after = await asOfCursor(app.client);
  const { ended } = await openQuiet(await app.person("recruiter", { expiresIn: 1 }));
  expect(await ended).toEqual(farewell(EXPIRED));

  const id = await createInterview(app.client, adHoc());
  const resumed = await (await app.person("recruiter")).subscribeSse(EVENTS, { after });
  expect((await nextEvent(resumed))["interview"].id).toBe(id);
  await resumed.close();
});

test("an event stream that was not asked for by name ends with its token as well", async () => {
  const { ended } = await openQuiet(await app.person("recruiter", { expiresIn: 1 }), { accept: "*/*" });
  expect(await ended).toEqual(farewell(EXPIRED));
});

test("the event streams of an API token that is revoked end, and others go on", async () => {
  const client = await app.createToken("sample");
  const { ended } = await openQuiet(client);
  const other = await app.client.subscribeSse(EVENTS, { after: await asOfCursor(app.client) });
  await revokeToken(app.app.services.db, client.token ?? "");
  expect(await ended).toEqual(farewell(REVOKED));

  const id = await createInterview(app.client, adHoc({}, { startTime: "2027-02-01T10:00" }));
  expect((await nextEvent(other))["interview"].id).toBe(id);
  await other.close();
});

test("the event streams of a user who becomes inactive end", async () => {
  const { ended } = await openQuiet(await app.person("extra-1"));
  await app.app.connections.raw`update users set active = false where external_id = 'extra-1'`;
  expect(await ended).toEqual(farewell(INACTIVE));
});
