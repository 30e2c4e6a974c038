import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { simpleParser } from "mailparser";
import type { ParsedMail } from "mailparser";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ProviderError } from "../../src/calendar/error.ts";
import type { Message } from "../../src/calendar/invitation.ts";
import type { Effect } from "../../src/calendar/provider.ts";
import { createSandbox } from "../../src/calendar/sandbox.ts";
import { decodeId } from "../../src/core/id.ts";
import { NOW, startTestApp } from "../support/app.ts";
import { onlyEvent } from "../support/calendar.ts";
import type { ReadEvent } from "../support/calendar.ts";
import type { TestApp } from "../support/app.ts";
import type { Subscription } from "../support/client.ts";
import { adHoc, createInterview, office, plan, user } from "../support/interview.ts";

let app: TestApp;
let events: Subscription;
/** Called before each message is sent. */
let beforeSending: (message: Message) => Promise<void>;
/** Whether the answer to a message is lost after it was sent. */
let loseAnswer: (message: Message) => boolean;
const sent: string[] = [];
let clock = (): Date => NOW;
beforeAll(async () => {
  const mailer = {
    async send(message: Message, effect: Effect) {
      await beforeSending(message);
      const { db } = app.app.services;
      const sandbox = createSandbox({ db, publicUrl: "http://gateway.test", outbox: app.outbox, now: () => NOW });
      await sandbox.mailer.send(message, effect);
      sent.push(JSON.stringify([effect.effectKey, message]));
      if (loseAnswer(message)) throw new ProviderError("UNAVAILABLE", "cut off", { retryable: true });
      return {};
    },
  };
  app = await startTestApp({ providers: { mailer }, now: () => clock() });
  events = await app.client.subscribe("subscription { interviewProvisioned { failure { code } interview { id } } }");
});
afterAll(async () => {
  await events.close();
  await app.stop();
});
beforeEach(async () => {
  sent.length = 0;
  clock = () => NOW;
  beforeSending = async () => {};
  loseAnswer = () => false;
  await rm(app.outbox, { recursive: true, force: true });
});

interface Provisioned {
  id: string;
  mails: Map<string, { mail: ParsedMail; event: ReadEvent }>;
  entry: Record<string, any>;
}

/** Creates an interview and reads what its participants have got. */
async function provision(input: object): Promise<Provisioned> {
  const id = await createInterview(app.client, input);
  expect((await events.next()).data?.["interviewProvisioned"]).toEqual({
    failure: null,
    interview: { id },
  });
  const uuid = decodeId(id).id;
  const [entry = {}] = await app.app.connections.raw`select * from sandbox_calendar_events where uid = ${uuid}`;
  const files = await readdir(app.outbox).catch(() => []);
  const mails = await Promise.all(
    files.map(async (file) => {
      const mail = await simpleParser(await readFile(join(app.outbox, file)));
      const event = onlyEvent(mail.attachments[0]?.content.toString() ?? "");
      const to = [mail.to].flat()[0]?.value[0]?.address ?? "";
      return [to, { mail, event }] as const;
    }),
  );
  return { id, mails: new Map(mails), entry };
}

const LOCATIONS: [location: string, more: object, place: RegExp][] = [
  ["ONSITE", {}, /^Berlin, Torstr/],
  ["PHONE", {}, /^$/],
  ["ZOOM", { hostId: user("ada") }, /^http:\/\/gateway\.test\/sandbox/],
  ["GOOGLE_MEET", {}, /^http:\/\/gateway\.test\/sandbox/],
  ["MICROSOFT_TEAMS", {}, /^http:\/\/gateway\.test\/sandbox/],
  ["HACKERRANK", {}, /^http:\/\/gateway\.test\/sandbox/],
];

describe.each(LOCATIONS)("an activity in an office, held as %s", (location, more, place) => {
  test("shows the place and parts of that location alone, in reads, calendar and mails", async () => {
    const { id, mails, entry } = await provision(plan({ location, ...more }));
    const { interview } = await app.client.data(
      `{ interview(id: "${id}") { location office { name } host { id } hackerrankTemplateId } }`,
    );
    expect(interview).toEqual({
      location,
      office: location === "ONSITE" ? { name: "Berlin" } : null,
      host: location === "ZOOM" ? { id: user("ada") } : null,
      hackerrankTemplateId: location === "HACKERRANK" ? "hr-1" : null,
    });
    expect(mails.size).toBe(3);
    for (const { mail, event } of mails.values()) {
      expect(event.location ?? "").toMatch(place);
      expect(mail.text?.includes("Berlin")).toBe(location === "ONSITE");
    }
    expect(entry["place"]).toBe(mails.get("carla@example.com")?.event.location ?? null);
  });
});

test("a host or pad that belongs to another location does not show, and stays stored", async () => {
  const input = adHoc({
    location: "PHONE",
    hostId: user("ada"),
    hackerrankTemplateId: "hr-9",
    officeId: office("london"),
  });
  const id = await createInterview(app.client, input);
  await events.next();
  const { interview, interviews } = await app.client.data(
    `query ($offices: [ID!]) { interview(id: "${id}") { office { id } host { id } hackerrankTemplateId }
      interviews(filter: { officeIds: $offices }) { totalCount } }`,
    { offices: [office("london")] },
  );
  expect(interview).toEqual({ office: null, host: null, hackerrankTemplateId: null });
  expect(interviews.totalCount).toBe(0);
  const [row] = await app.app.connections.raw`
    select hackerrank_template_id as pad, host_id is not null as host, office_id is not null as office
    from interviews where id = ${decodeId(id).id}`;
  expect(row).toEqual({ pad: "hr-9", host: true, office: true });
});

test("calendar and mails share one identity, place and text, and name the calendar that holds the event", async () => {
  await app.app.connections.raw`update users set calendar_address = 'team@example.com' where external_id = 'recruiter'`;
  const { id, mails, entry } = await provision(adHoc({ location: "ONSITE", officeId: office("london"), name: "Talk" }));
  const { mail, event } = mails.get("carla@example.com") ?? {};
  expect(event).toMatchObject({
    uid: decodeId(id).id,
    organizer: { params: { CN: "User recruiter" }, val: "mailto:team@example.com" },
  });
  expect(mail?.from?.value).toEqual([{ name: "User recruiter", address: "team@example.com" }]);
  expect(entry).toMatchObject({
    uid: event?.uid,
    calendar_address: "team@example.com",
    title: event?.summary,
    place: event?.location,
    description: event?.description,
  });
  expect(mail?.text?.trim()).toBe(entry["description"]);
  await app.app.connections
    .raw`update users set calendar_address = 'recruiter@example.com' where external_id = 'recruiter'`;
});

test("an organizer who interviews is not invited to the event on their own calendar", async () => {
  const interviewerIds = [user("recruiter"), user("ada")];
  const { mails, entry } = await provision(adHoc({ kind: "PANEL", interviewerIds }));
  expect([...mails.keys()].toSorted()).toEqual(["ada@example.com", "carla@example.com"]);
  expect(entry["attendees"]).toMatchObject([{ address: "carla@example.com" }, { address: "ada@example.com" }]);
});

test("an interviewer who shares the calendar of the event is not invited, whatever the letter case", async () => {
  const share = (address: string | null) =>
    app.app.connections.raw`update users set calendar_address = ${address} where external_id = 'bob'`;
  await share("Recruiter@Example.com");
  const { mails } = await provision(adHoc({ kind: "PANEL", interviewerIds: [user("bob"), user("ada")] }));
  expect([...mails.keys()].toSorted()).toEqual(["ada@example.com", "carla@example.com"]);
  await share(null);
});

test("a name cannot reverse what follows it in subject, names and text", async () => {
  const rename = (name: string) =>
    app.app.connections.raw`update candidates set name = ${name} where external_id = 'carla'`;
  await rename("Ann\u202Egpj.exe");
  const { mails } = await provision(adHoc());
  const { mail } = mails.get("carla@example.com") ?? {};
  expect([mail?.to].flat()[0]?.value[0]?.name).toBe("Anngpj.exe");
  expect(mail?.text).toMatch(/^Hello Anngpj\.exe, /);
  await rename("שרה");
  await rm(app.outbox, { recursive: true, force: true });
  const hebrew = await provision(adHoc());
  expect([hebrew.mails.get("carla@example.com")?.mail.to].flat()[0]?.value[0]?.name).toBe("שרה");
  expect(hebrew.mails.get("carla@example.com")?.mail.text).toMatch(/^Hello \u2068שרה\u2069, /);
  await rename("Carla");
});

test("a repetition sends what the first attempt stored, whatever the directory says by then", async () => {
  clock = () => new Date();
  let lost = false;
  loseAnswer = ({ to }) => {
    const lose = !lost && to.address === "carla@example.com";
    lost ||= lose;
    return lose;
  };
  const readdress = (email: string) =>
    app.app.connections.raw`update candidates set email = ${email} where external_id = 'carla'`;
  beforeSending = async () => {
    if (lost) await readdress("carla@example.com");
    else await readdress("new@example.com");
  };
  const { mails } = await provision(adHoc());
  const toCandidate = sent.filter((entry) => entry.includes("/invitation/candidate"));
  expect(toCandidate).toHaveLength(2);
  expect(toCandidate[1]).toBe(toCandidate[0]);
  expect([...mails.keys()].toSorted()).toEqual(["ada@example.com", "carla@example.com"]);
  await readdress("carla@example.com");
});
