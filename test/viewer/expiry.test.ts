import { afterAll, beforeAll, expect, test } from "vitest";
import { adHoc, createInterview } from "../support/interview.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
beforeAll(async () => {
  app = await startViewerApp({ worker: false });
});
afterAll(() => app.stop());

const EVENTS = "subscription ($after: EventCursor) { interviewEvents(after: $after) { cursor interview { id } } }";

test("a socket ends with its token, and a fresh one goes on where it ended", async () => {
  const briefly = await app.person("recruiter", { expiresIn: 1 });
  const socket = await briefly.openSocket();
  const closed = new Promise((resolve) => socket.on("closed", (event) => resolve(event)));
  const { asOfCursor: after } = (await briefly.data("{ interviews(first: 0) { asOfCursor } }"))["interviews"];
  expect(await closed).toMatchObject({ code: 4403, reason: "UNAUTHENTICATED" });

  const id = await createInterview(app.client, adHoc());
  const resumed = await (await app.person("recruiter")).subscribe(EVENTS, { after });
  expect((await resumed.next()).data?.["interviewEvents"].interview.id).toBe(id);
  await resumed.close();
});

test("a token without a near end keeps its socket", async () => {
  const socket = await (await app.person("recruiter", { expiresIn: 60 * 24 * 3_600 })).openSocket();
  const results = socket.iterate({ query: "{ viewer { expiresAt } }" });
  expect((await results.next()).value).toMatchObject({ data: { viewer: { expiresAt: "2027-03-05T08:00:00.000Z" } } });
  await socket.dispose();
});
