import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import ICAL from "ical.js";
import PostalMime from "postal-mime";
import type { Email } from "postal-mime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeIdOf } from "../../src/core/id.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import type { Subscription } from "../support/client.ts";
import { adHoc, createInterview, external, office, plan, user } from "../support/interview.ts";
import { tracesIn } from "../support/trace.ts";

const PROVISIONED = /* GraphQL */ `
  subscription {
    interviewProvisioned {
      failure {
        code
        message
      }
      sequence
      interviewVersion
      interview {
        id
        version
        conferenceUrl
        provisioning {
          state
          provisionedAt
        }
      }
    }
  }
`;

let app: TestApp;
let events: Subscription;
beforeAll(async () => {
  app = await startTestApp();
  events = await app.client.subscribe(PROVISIONED);
});
afterAll(async () => {
  await events.close();
  await app.stop();
});

const provisioned = async (id: string) => {
  const { data } = await events.next();
  expect(data?.["interviewProvisioned"]).toMatchObject({ failure: null, interview: { id } });
  return data?.["interviewProvisioned"];
};

/** The messages about an interview, by their recipients. */
async function messages(id: string): Promise<Map<string, { email: Email; invitation: ICAL.Event; method: string }>> {
  const files = await readdir(app.outbox).catch(() => []);
  const parsed = await Promise.all(
    files.map(async (file) => {
      const email = await PostalMime.parse(await readFile(join(app.outbox, file)));
      const part = email.attachments.find(({ mimeType }) => mimeType === "text/calendar");
      const text = new TextDecoder().decode(part?.content as ArrayBuffer);
      const calendar = new ICAL.Component(ICAL.parse(text));
      const event = calendar.getFirstSubcomponent("vevent");
      if (!event) throw new Error(`${file} has no event`);
      const entry = {
        email,
        invitation: new ICAL.Event(event),
        method: String(calendar.getFirstPropertyValue("method")),
      };
      return [email.to?.[0]?.address ?? "", entry] as const;
    }),
  );
  const uid = decodeIdOf("Interview", id);
  return new Map(parsed.filter(([, { invitation }]) => invitation.uid === uid));
}

test("an external interview is met with silence", async () => {
  const silent = await startTestApp();
  await createInterview(silent.client, external({ videoConferencingUrl: "https://meet.google.com/abc" }));
  const [counts] = await silent.app.connections.raw`
    select (select count(*)::int from provisioning_steps) as steps, (select count(*)::int from sandbox_calendar_events) as calendar`;
  expect(counts).toEqual({ steps: 0, calendar: 0 });
  expect(await tracesIn(silent)).toEqual({ interviews: 1, events: 1, newest: 1, tasks: 0, keys: 0 });
  expect(await readdir(silent.outbox).catch(() => [])).toEqual([]);
  await silent.stop();
});

test("a Zoom interview gets its conference, event and invitations, and the event tells", async () => {
  const id = await createInterview(app.client, adHoc({ location: "ZOOM", hostId: user("ada"), name: "Talk" }));
  const event = await provisioned(id);
  expect(event).toMatchObject({
    sequence: expect.any(Number),
    interviewVersion: 2,
    interview: { version: 2, provisioning: { state: "PROVISIONED", provisionedAt: "2027-01-04T08:00:00.000Z" } },
  });
  const { conferenceUrl } = event.interview;
  expect(conferenceUrl).toMatch(/^http:\/\/gateway\.test\/sandbox\/conferences\/[\w-]{16}$/);

  const page = await fetch(app.url + new URL(conferenceUrl).pathname);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("ZOOM");
  expect((await fetch(`${app.url}/sandbox/conferences/unknown`)).status).toBe(404);

  const [entry] = await app.app.connections.raw`
    select * from sandbox_calendar_events where effect_key like ${`${decodeIdOf("Interview", id)}/%`}`;
  expect(entry).toMatchObject({
    calendar_address: "recruiter@example.com",
    title: "Talk",
    conference_url: conferenceUrl,
    attendees: ["carla@example.com", "ada@example.com"],
  });

  const sent = await messages(id);
  expect([...sent.keys()].toSorted()).toEqual(["ada@example.com", "carla@example.com"]);
  const { email, invitation, method } = sent.get("carla@example.com") ?? {};
  expect(email?.subject).toBe("Talk on Monday, 1 March 2027, 10:00 CET");
  expect(email?.from?.address).toBe("recruiter@example.com");
  expect(email?.text?.trim()).toBe(`Hello Carla, User ada and User recruiter meet at Zoom  ${conferenceUrl}.`);
  expect(method).toBe("REQUEST");
  expect(invitation?.summary).toBe("Talk");
  expect(invitation?.startDate.toJSDate().toISOString()).toBe("2027-03-01T09:00:00.000Z");
  expect(invitation?.endDate.toJSDate().toISOString()).toBe("2027-03-01T09:30:00.000Z");
  expect(invitation?.location).toBe(conferenceUrl);
  expect(invitation?.organizer).toBe("mailto:recruiter@example.com");
  expect(invitation?.attendees.map((attendee) => attendee.getFirstValue())).toEqual(["mailto:carla@example.com"]);
});

test("messages can be read by the gateway's user alone", async () => {
  const [file] = await readdir(app.outbox);
  expect((await stat(app.outbox)).mode & 0o777).toBe(0o700);
  expect((await stat(join(app.outbox, file ?? ""))).mode & 0o777).toBe(0o600);
});

test("an on-site interview has no conference, and its invitation leads to the office", async () => {
  const id = await createInterview(
    app.client,
    adHoc({
      location: "ONSITE",
      officeId: office("london"),
      interviewerIds: [user("bob")],
      calendarEventVisibility: "PRIVATE",
    }),
  );
  expect((await provisioned(id)).interview.conferenceUrl).toBeNull();
  const { invitation } = (await messages(id)).get("bob@example.com") ?? {};
  expect(invitation?.location).toBe("London, 1 Old Street, London");
  expect(invitation?.component.getFirstPropertyValue("class")).toBe("PRIVATE");
});

test("a HackerRank pad is a conference, a phone call is none", async () => {
  const pad = await createInterview(app.client, plan({ location: "HACKERRANK" }));
  expect((await provisioned(pad)).interview.conferenceUrl).toMatch(/sandbox/);
  const phone = await createInterview(app.client, adHoc());
  expect((await provisioned(phone)).interview.conferenceUrl).toBeNull();
});
