import { rm } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { decodeIdOf } from "../../src/core/id.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview, office, template, user } from "../support/interview.ts";
import { provisionOnce } from "../support/provisioning.ts";
import { byMailbox, readOutbox } from "./support/outbox.ts";
import { answer, cancel, stateOf, update } from "./support/verbs.ts";

const OLD = "2027-03-01T09:00:00.000Z";
const NEW = "2027-03-02T09:00:00.000Z";

let clock = NOW;
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => clock });
});
afterAll(() => app.stop());
beforeEach(async () => {
  clock = NOW;
  await rm(app.outbox, { recursive: true, force: true });
});

/** An interview that was provisioned, a minute ago. */
async function provisioned(mode: object = {}): Promise<string> {
  const people = { kind: "PANEL", location: "ZOOM", hostId: user("ada"), interviewerIds: [user("ada"), user("bob")] };
  const id = await createInterview(app.client, adHoc({ ...people, name: "Talk", ...mode }));
  await run(id);
  return id;
}

async function run(id: string): Promise<void> {
  await provisionOnce(app, id);
  expect((await stateOf(app, id)).state).toBe("PROVISIONED");
  clock = new Date(clock.getTime() + 60_000);
}

async function change(id: string, changes: object): Promise<void> {
  await update(app.client, id, changes);
  await run(id);
}

const mailsOf = (id: string) => readOutbox(app.outbox, decodeIdOf("Interview", id));
const inboxesOf = async (id: string) => byMailbox(await mailsOf(id));
const everybody = (...lines: string[]) => ({ carla: lines, ada: lines, bob: lines });

async function eventOf(id: string): Promise<Record<string, any>> {
  const rows = await app.app.connections.raw`
    select title, starts_at, ends_at, visibility, place, conference_url, attendees, removed_at
    from sandbox_calendar_events where uid = ${decodeIdOf("Interview", id)}`;
  expect(rows).toHaveLength(1);
  return rows[0] as Record<string, any>;
}

/** The page of the meeting, as somebody sees it who follows the link of their invitation. */
async function pageAt(link: string | null): Promise<string> {
  const response = await fetch(app.url + new URL(link ?? "").pathname);
  expect(response.status).toBe(200);
  return response.text();
}

test("a change of time reaches calendar, page and mailboxes, under the same link", async () => {
  const id = await provisioned();
  const { url } = await stateOf(app, id);
  await change(id, { startTime: NEW });
  expect(await inboxesOf(id)).toEqual(everybody("REQUEST 0", "REQUEST 1"));
  expect((await stateOf(app, id)).url).toBe(url);
  const mails = await mailsOf(id);
  const first = {
    start: OLD,
    stamp: NOW.toISOString(),
    location: url,
    status: "CONFIRMED",
    subject: /^Talk on Monday/,
  };
  const second = {
    ...first,
    start: NEW,
    stamp: new Date(NOW.getTime() + 60_000).toISOString(),
    subject: /^Updated: Talk on Tuesday/,
  };
  for (const [index, mail] of mails.entries()) {
    const { subject, ...told } = index % 2 === 0 ? first : second;
    expect(mail).toMatchObject({ ...told, methods: ["REQUEST", "REQUEST"], organizer: "mailto:recruiter@example.com" });
    expect(mail.subject).toMatch(subject);
  }
  expect(await eventOf(id)).toMatchObject({ starts_at: new Date(NEW), conference_url: url, removed_at: null });
  const page = await pageAt(url);
  expect(page).toContain("2027-03-02 09:00");
  expect(page).not.toContain("2027-03-01");
});

test.each([
  ["name", { name: "Chat" }, { title: "Chat" }],
  ["visibility", { calendarEventVisibility: "PRIVATE" }, { visibility: "PRIVATE" }],
])("a change of %s reaches the calendar, and nobody is mailed", async (_field, changes, event) => {
  const id = await provisioned();
  const { url } = await stateOf(app, id);
  await change(id, changes);
  expect(await inboxesOf(id)).toEqual(everybody("REQUEST 0"));
  expect(await eventOf(id)).toMatchObject(event);
  expect((await stateOf(app, id)).url).toBe(url);
  expect(await pageAt(url)).toContain((await eventOf(id))["title"]);
});

test.each([
  ["template", { candidateTemplateId: template("to-candidate-2") }],
  ["AI flag", { aiNoteTakerEnabled: true }],
  ["part of another location", { officeId: office("london") }],
])("a change of %s leaves the outside as it is", async (_field, changes) => {
  const id = await provisioned();
  const before = await eventOf(id);
  await update(app.client, id, changes);
  expect((await stateOf(app, id)).state).toBe("PROVISIONED");
  expect(await eventOf(id)).toEqual(before);
  expect(await inboxesOf(id)).toEqual(everybody("REQUEST 0"));
});

test("one who is added gets a REQUEST, one who is removed a CANCEL without STATUS, the others nothing", async () => {
  const id = await provisioned();
  await change(id, { interviewerIds: [user("ada"), user("extra-1")] });
  expect(await inboxesOf(id)).toEqual({
    carla: ["REQUEST 0"],
    ada: ["REQUEST 0"],
    bob: ["REQUEST 0", "CANCEL 1"],
    "extra-1": ["REQUEST 1"],
  });
  const addresses = (await eventOf(id))["attendees"].map(({ address }: { address: string }) => address);
  expect(addresses).toEqual(["carla@example.com", "ada@example.com", "extra-1@example.com"]);
});

test("a change of location opens the new meeting, tells everybody, and closes the old one", async () => {
  const id = await provisioned();
  const old = (await stateOf(app, id)).url;
  await change(id, { location: "GOOGLE_MEET" });
  const { url } = await stateOf(app, id);
  expect(url).not.toBe(old);
  expect(await inboxesOf(id)).toEqual(everybody("REQUEST 0", "REQUEST 1"));
  expect((await mailsOf(id)).map(({ location }) => location)).toEqual([old, url, old, url, old, url]);
  expect(await pageAt(old)).toContain("cancelled");
  expect(await pageAt(url)).toContain("GOOGLE_MEET");
  expect(await eventOf(id)).toMatchObject({ conference_url: url, place: url });
});

test("a move to another office is told under a higher sequence, without a link", async () => {
  const id = await provisioned({ location: "ONSITE", officeId: office("berlin") });
  await change(id, { officeId: office("london") });
  expect(await inboxesOf(id)).toEqual(everybody("REQUEST 0", "REQUEST 1"));
  expect(await eventOf(id)).toMatchObject({ place: "London, 1 Old Street, London", conference_url: null });
});

test("an answer shows on the calendar with the next change, and a change of time takes it back", async () => {
  const id = await provisioned();
  expect(await answer(app.client, id, 0)).toBe(true);
  const carla = async () => (await eventOf(id))["attendees"][0];
  await change(id, { name: "Chat" });
  expect(await carla()).toEqual({ address: "carla@example.com", answer: "ACCEPTED" });
  await change(id, { startTime: NEW });
  expect(await carla()).toEqual({ address: "carla@example.com", answer: "NEEDS_ACTION" });
});

test("a cancellation takes calendar and meeting down, and withdraws every invitation with STATUS:CANCELLED", async () => {
  const id = await provisioned();
  const { url } = await stateOf(app, id);
  await update(app.client, id, { interviewerIds: [user("ada")] });
  await run(id);
  await cancel(app.client, id);
  await run(id);
  expect(await inboxesOf(id)).toEqual({
    carla: ["REQUEST 0", "CANCEL 2 CANCELLED"],
    ada: ["REQUEST 0", "CANCEL 2 CANCELLED"],
    bob: ["REQUEST 0", "CANCEL 1"],
  });
  const mails = await mailsOf(id);
  expect(new Set(mails.map(({ methods: [part, calendar] }) => part === calendar))).toEqual(new Set([true]));
  expect(new Set(mails.map(({ organizer }) => organizer))).toEqual(new Set(["mailto:recruiter@example.com"]));
  expect((await eventOf(id))["removed_at"]).toBeInstanceOf(Date);
  const page = await pageAt(url);
  expect(page).toContain("cancelled");
  expect(page).toContain("Talk");
});

test("what is cancelled after its end is taken down, and nobody is mailed", async () => {
  const id = await provisioned();
  clock = new Date("2027-03-01T12:00:00Z");
  await cancel(app.client, id);
  await run(id);
  expect(await inboxesOf(id)).toEqual(everybody("REQUEST 0"));
  expect((await eventOf(id))["removed_at"]).toBeInstanceOf(Date);
});
