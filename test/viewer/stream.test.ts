import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeId } from "../../src/core/id.ts";
import { NOW } from "../support/app.ts";
import type { Client, Subscription } from "../support/client.ts";
import { sampleId } from "../support/directory.ts";
import { adHoc, createInterview, user } from "../support/interview.ts";
import { asOfCursor, nextEvent } from "../support/stream.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
let clock = NOW;
beforeAll(async () => {
  app = await startViewerApp({ worker: false, now: () => clock });
});
afterAll(() => app.stop());

const EVENTS = /* GraphQL */ `
  subscription Events($after: EventCursor) {
    interviewEvents(after: $after) {
      ... on InterviewEvent {
        cursor
        sequence
        type
        interview {
          id
          name
          job {
            title
          }
        }
      }
    }
  }
`;

type Open = (client: Client, after?: string) => Promise<Subscription>;
/** Begins at a place that is known before it is asked for, so that no event can come in between. */
const overSocket: Open = async (client, after) =>
  client.subscribe(EVENTS, { after: after ?? (await asOfCursor(app.client)) });
const overSse: Open = async (client, after) =>
  client.subscribeSse(EVENTS, { after: after ?? (await asOfCursor(app.client)) });
const transports: [name: string, open: Open][] = [
  ["WebSocket", overSocket],
  ["server-sent events", overSse],
];
const withInterviewer = (name: string, more: object = {}) =>
  createInterview(app.client, adHoc({ interviewerIds: [user(name)], ...more }));
const client = (who: string) => (who === "token" ? app.client : app.person(who));
const team = (name: string) => ({
  leave: () => app.app.connections.raw`delete from hiring_team_members m using users u, accounts a
    where u.account_id = m.account_id and u.id = m.user_id and a.id = u.account_id
      and u.external_id = ${name} and a.external_id = 'sample'`,
  join: () => app.app.connections.raw`insert into hiring_team_members (account_id, job_id, user_id, role)
    select a.id, j.id, u.id, 'RECRUITER' from accounts a join jobs j on j.account_id = a.id join users u on u.account_id = a.id
    where a.external_id = 'sample' and j.external_id = 'engineer' and u.external_id = ${name}`,
});

describe.each(transports)("over %s", (_name, open) => {
  test.each([
    ["token", true, true],
    ["admin", true, true],
    ["recruiter", true, true],
    ["ada", true, false],
    ["bob", false, false],
    ["extra-1", false, false],
  ])("%s hears of what they see: %s; with the job: %s", async (who, hears, whole) => {
    const stream = await open(await client(who));
    const first = await withInterviewer("ada");
    const panel = { kind: "PANEL", interviewerIds: ["ada", "bob", "extra-1"].map(user) };
    const second = await createInterview(app.client, adHoc(panel));
    const heard = [await nextEvent(stream)];
    if (hears) heard.push(await nextEvent(stream));
    expect(heard.map(({ interview }) => interview.id)).toEqual(hears ? [first, second] : [second]);
    for (const { interview } of heard) expect(interview.job).toEqual(whole ? { title: "Engineer" } : null);
    await stream.close();
  });

  test("taking a recruiter off the job stops the next event, and giving them back lets later ones through", async () => {
    const { leave, join } = team("recruiter");
    const stream = await open(await client("recruiter"));
    const first = await createInterview(app.client, adHoc({}, { organizerId: user("admin") }));
    const seen = await nextEvent(stream);
    expect(seen.interview.id).toBe(first);

    await leave();
    const hidden = await createInterview(app.client, adHoc({}, { organizerId: user("admin") }));
    const own = await createInterview(
      app.client,
      adHoc({ interviewerIds: [user("recruiter")] }, { organizerId: user("admin") }),
    );
    const next = await nextEvent(stream);
    expect(next.interview).toMatchObject({ id: own, job: null });
    expect(next.sequence).toBe(seen.sequence + 2);

    const resumed = await open(await client("recruiter"), seen.cursor);
    expect((await nextEvent(resumed)).interview.id).toBe(own);
    await resumed.close();

    await join();
    const last = await createInterview(app.client, adHoc({}, { organizerId: user("admin") }));
    expect((await nextEvent(stream)).interview).toMatchObject({ id: last, job: { title: "Engineer" } });
    const replayed = await open(await client("recruiter"), seen.cursor);
    expect((await nextEvent(replayed)).interview.id).toBe(hidden);
    await replayed.close();
    await stream.close();
  });

  test("a user who becomes inactive hears nothing more", async () => {
    const setActive = (active: boolean) =>
      app.app.connections.raw`update users set active = ${active} where external_id = 'extra-2'`;
    const [stream, other] = [await open(await client("extra-2")), await open(await client("extra-3"))];
    const panel = adHoc({ kind: "PANEL", interviewerIds: [user("extra-2"), user("extra-3")] });
    const id = await createInterview(app.client, panel);
    for (const each of [stream, other]) expect((await nextEvent(each)).interview.id).toBe(id);
    await setActive(false);
    await app.app.connections.raw`update interviews set provisioning_state = 'FAILED' where id = ${decodeId(id).id}`;
    await app.client.data(`mutation { retryProvisioning(input: { interviewId: "${id}" }) { __typename } }`);
    expect((await nextEvent(other)).type).toBe("INTERVIEW_UPDATED");
    await setActive(true);
    const heard = await createInterview(app.client, panel);
    expect((await nextEvent(stream)).interview.id).toBe(heard);
    await other.close();
    await stream.close();
  });

  test("nothing is delivered once the token has ended, and a fresh one goes on behind the cursor", async () => {
    const stream = await open(await app.person("ada", { expiresIn: 60 }));
    await withInterviewer("ada");
    const { cursor } = await nextEvent(stream);
    clock = new Date(NOW.getTime() + 60_000);
    const missed = await withInterviewer("ada");
    const { errors } = await stream.next();
    expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
    const fresh = await open(await app.person("ada", { expiresIn: 3_600 }), cursor);
    expect((await nextEvent(fresh)).interview.id).toBe(missed);
    await fresh.close();
    clock = NOW;
  });
});

test.each([
  { jobIds: [sampleId("Job", "engineer")] },
  { departments: ["Engineering"] },
  { recruiterIds: [user("recruiter")] },
])("a stream that asks about the job (%j) is silent for who only takes part", async (filter) => {
  const FILTERED =
    "subscription ($after: EventCursor, $filter: InterviewFilter) { interviewEvents(after: $after, filter: $filter) { ... on InterviewEvent { interview { id } } } }";
  const after = await asOfCursor(app.client);
  const streams = await Promise.all(
    ["ada", "recruiter"].map(async (who) => (await client(who)).subscribe(FILTERED, { after, filter })),
  );
  const [ada, recruiter] = streams;
  const first = await withInterviewer("ada");
  expect((await recruiter?.next())?.data?.["interviewEvents"].interview.id).toBe(first);
  await team("ada").join();
  const second = await withInterviewer("ada");
  expect((await ada?.next())?.data?.["interviewEvents"].interview.id).toBe(second);
  await team("ada").leave();
  await Promise.all(streams.map((stream) => stream.close()));
});

test("who may hear of an event is asked once for all who follow", async () => {
  const persons = ["admin", "recruiter", "ada", "bob", ...Array.from({ length: 12 }, (_, index) => `extra-${index}`)];
  const streams = await Promise.all(persons.map(async (who) => overSocket(await client(who))));
  const before = app.statements.length;
  for (const name of ["ada", "bob"]) await withInterviewer(name);
  const panel = { kind: "PANEL", interviewerIds: persons.slice(2, 12).map(user) };
  const everybody = await createInterview(app.client, adHoc(panel));
  const counts = await Promise.all(
    streams.slice(0, 12).map(async (stream) => {
      for (let count = 1; ; count += 1) if ((await nextEvent(stream)).interview.id === everybody) return count;
    }),
  );
  expect(counts).toEqual([3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1]);
  const asked = app.statements.slice(before).filter((text) => text.includes("as person"));
  expect(asked).toHaveLength(3);
  await Promise.all(streams.map((stream) => stream.close()));
});
