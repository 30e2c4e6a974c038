import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ProviderError } from "../../src/calendar/error.ts";
import type { Message } from "../../src/calendar/invitation.ts";
import type { CalendarEvent, Conference, Effect, Providers } from "../../src/calendar/provider.ts";
import { decodeIdOf } from "../../src/core/id.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview, office, user } from "../support/interview.ts";
import { provisionOnce } from "../support/provisioning.ts";

const CONFERENCE_URL = "https://meet.google.com/abc-defg-hij";

/** What the providers were asked for, in order. */
let asked: string[];
let conferences: (Conference & Effect)[];
let entries: (CalendarEvent & Effect)[];
let sent: { message: Message; effect: Effect }[];
/** The request that is refused this time, by its name in `asked`. */
let refused: string | null;

function note(name: string): void {
  asked.push(name);
  if (name === refused) throw new ProviderError("UNAVAILABLE", "Try later.", { retryable: true });
}

const providers: Omit<Providers, "freeBusy"> = {
  conference: {
    async putConference(request, effect) {
      conferences.push({ ...request, ...effect });
      note("conference");
      return { url: CONFERENCE_URL };
    },
    async removeConference() {
      note("no conference");
      return {};
    },
  },
  calendar: {
    async putCalendarEvent(request, effect) {
      entries.push({ ...request, ...effect });
      note("calendar event");
      return { eventId: "entry" };
    },
    async removeCalendarEvent() {
      note("no calendar event");
      return {};
    },
  },
  mailer: {
    async send(message, effect) {
      sent.push({ message, effect });
      note(`mail to ${message.to.address}`);
      return {};
    },
  },
};

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false, providers });
  const { raw } = app.app.connections;
  await raw`update users set calendar_address = 'calendar-of-the-recruiter@example.net' where external_id = 'recruiter'`;
  await raw`update email_templates set subject = 'For the candidate' where external_id = 'to-candidate'`;
  await raw`update email_templates set subject = 'For interviewers', body = '{{location}}|{{office_name}}|{{conference_url}}'
    where external_id = 'to-interviewers'`;
});
afterAll(() => app.stop());
beforeEach(() => {
  asked = [];
  conferences = [];
  entries = [];
  sent = [];
  refused = null;
});

const PANEL = { kind: "PANEL", location: "GOOGLE_MEET", interviewerIds: [user("ada"), user("bob")], name: "Talk" };
const ALL = [
  "conference",
  "calendar event",
  "mail to carla@example.com",
  "mail to ada@example.com",
  "mail to bob@example.com",
];
const STARTS_AT = "2027-03-01T09:00:00.000Z";
const ENDS_AT = "2027-03-01T09:30:00.000Z";

const create = (mode: object = {}) => createInterview(app.client, adHoc({ ...PANEL, ...mode }));
const accountId = async () => {
  const [row] = await app.app.connections.raw`select id from accounts where external_id = 'sample'`;
  return row?.["id"];
};

describe("provisioning asks", () => {
  test("for the conference, then for the calendar event, then for the invitations, candidate first", async () => {
    await provisionOnce(app, await create());
    expect(asked).toEqual(ALL);
  });

  test("for a conference of the interview's platform, title and times", async () => {
    const id = await create({ location: "MICROSOFT_TEAMS" });
    await provisionOnce(app, id);
    const uuid = decodeIdOf("Interview", id);
    const effect = { effectKey: `${uuid}/conference/MICROSOFT_TEAMS/1`, revision: 1 };
    const times = { startsAt: STARTS_AT, endsAt: ENDS_AT };
    const request = { id: `${uuid}-microsoft-teams`, location: "MICROSOFT_TEAMS", topic: "Talk", ...times };
    const parts = { hostAddress: null, hackerrankTemplateId: null };
    expect(conferences).toEqual([{ accountId: await accountId(), ...effect, ...request, ...parts }]);
  });

  test.each(["DEFAULT", "PRIVATE"])("for a %s entry on the organizer's connected calendar", async (visibility) => {
    const id = await create({ calendarEventVisibility: visibility });
    await provisionOnce(app, id);
    expect(entries).toMatchObject([
      {
        accountId: await accountId(),
        effectKey: expect.stringMatching(`^${decodeIdOf("Interview", id)}/calendar-event/[\\w-]{12}/1$`),
        meeting: {
          organizer: { name: "User recruiter", address: "calendar-of-the-recruiter@example.net" },
          title: "Talk",
          startsAt: STARTS_AT,
          endsAt: ENDS_AT,
          place: CONFERENCE_URL,
          url: CONFERENCE_URL,
          isPrivate: visibility === "PRIVATE",
        },
        attendees: ["carla@example.com", "ada@example.com", "bob@example.com"].map((address) => ({
          address,
          answer: "NEEDS_ACTION",
        })),
      },
    ]);
    const [entry] = entries;
    const shared = ({ description: _own, ...rest }: Message["meeting"]) => rest;
    expect(sent.map(({ message }) => shared(message.meeting))).toEqual(
      [1, 2, 3].map(() => entry && shared(entry.meeting)),
    );
  });

  test("for an entry under the organizer's address when the calendar was disconnected meanwhile", async () => {
    const { raw } = app.app.connections;
    const id = await create();
    await raw`update users set calendar_address = null where external_id = 'recruiter'`;
    await provisionOnce(app, id);
    await raw`update users set calendar_address = 'calendar-of-the-recruiter@example.net' where external_id = 'recruiter'`;
    expect(entries).toMatchObject([{ meeting: { organizer: { address: "recruiter@example.com" } } }]);
  });

  test.each([
    ["ONSITE", { officeId: office("london") }, ALL.slice(1)],
    ["PHONE", {}, ALL.slice(1)],
    ["ZOOM", { hostId: user("ada") }, ALL],
    ["GOOGLE_MEET", {}, ALL],
    ["MICROSOFT_TEAMS", {}, ALL],
    ["HACKERRANK", { hackerrankTemplateId: "hr-1" }, ALL],
  ])("for what an interview at %s needs", async (location, parts, expected) => {
    await provisionOnce(app, await create({ location, ...parts }));
    expect(asked).toEqual(expected);
    expect(entries).toMatchObject([{ meeting: { url: expected === ALL ? CONFERENCE_URL : null } }]);
  });
});

describe("invitations", () => {
  test("come from the calendar that holds the event; each recipient gets the template that is meant for them", async () => {
    await provisionOnce(app, await create());
    expect(sent.map(({ message: { meeting, to, subject } }) => [meeting.organizer.address, to, subject])).toEqual([
      ["calendar-of-the-recruiter@example.net", { name: "Carla", address: "carla@example.com" }, "For the candidate"],
      ["calendar-of-the-recruiter@example.net", { name: "User ada", address: "ada@example.com" }, "For interviewers"],
      ["calendar-of-the-recruiter@example.net", { name: "User bob", address: "bob@example.com" }, "For interviewers"],
    ]);
  });

  test("carry one event, with the interview's times, under a UID that is its own", async () => {
    const ids = [await create(), await create()];
    for (const id of ids) await provisionOnce(app, id);
    const uids = ids.map((id) => decodeIdOf("Interview", id));
    expect(sent.map(({ message }) => message.meeting.uid)).toEqual(uids.flatMap((uid) => [uid, uid, uid]));
    for (const { message } of sent) {
      expect(message.meeting).toMatchObject({ title: "Talk", startsAt: STARTS_AT, endsAt: ENDS_AT, sequence: 0 });
    }
  });

  test.each([
    ["ONSITE", { officeId: office("london") }, "On site|London|", "London, 1 Old Street, London"],
    ["PHONE", {}, "Phone||", null],
    ["ZOOM", { hostId: user("ada") }, `Zoom||${CONFERENCE_URL}`, CONFERENCE_URL],
    ["GOOGLE_MEET", {}, `Google Meet||${CONFERENCE_URL}`, CONFERENCE_URL],
    ["MICROSOFT_TEAMS", {}, `Microsoft Teams||${CONFERENCE_URL}`, CONFERENCE_URL],
    ["HACKERRANK", { hackerrankTemplateId: "hr-1" }, `HackerRank||${CONFERENCE_URL}`, CONFERENCE_URL],
  ])("say where to go at %s", async (location, parts, body, place) => {
    await provisionOnce(app, await create({ location, ...parts }));
    const [, toInterviewer] = sent;
    expect(toInterviewer?.message.body).toBe(body);
    expect(toInterviewer?.message.meeting).toMatchObject({ place, url: body.split("|")[2] || null });
  });

  test("of an interview whose name was cleared are titled by job and candidate", async () => {
    const { raw } = app.app.connections;
    const id = await create();
    await raw`update interviews set name = null where id = ${decodeIdOf("Interview", id)}`;
    await provisionOnce(app, id);
    expect([conferences[0]?.topic, entries[0]?.meeting.title, sent[0]?.message.meeting.title]).toEqual(
      [1, 2, 3].map(() => "Engineer: Carla"),
    );
  });
});

describe("a repetition", () => {
  test.each(ALL.map((name, index) => ({ name, index })))(
    "asks for $name again, which was refused, and for nothing that was done before",
    async ({ name, index }) => {
      const id = await create();
      refused = name;
      await provisionOnce(app, id);
      expect(asked).toEqual(ALL.slice(0, index + 1));

      asked = [];
      refused = null;
      await provisionOnce(app, id);
      expect(asked).toEqual(ALL.slice(index));
      const { interview } = await app.client.data(
        "query ($id: ID!) { interview(id: $id) { conferenceUrl provisioning { state } } }",
        { id },
      );
      expect(interview).toEqual({ conferenceUrl: CONFERENCE_URL, provisioning: { state: "PROVISIONED" } });
      expect(entries.every(({ meeting }) => meeting.url === CONFERENCE_URL)).toBe(true);
    },
  );

  test("uses the key of the first time, and no two requests share one", async () => {
    const id = await create();
    for (const name of ALL) {
      refused = name;
      await provisionOnce(app, id);
    }
    refused = null;
    await provisionOnce(app, id);
    const keys = [...conferences, ...entries, ...sent.map(({ effect }) => effect)].map(({ effectKey }) => effectKey);
    expect(keys).toHaveLength(2 * ALL.length);
    expect(new Set(keys).size).toBe(ALL.length);
    const steps = await app.app.connections.raw`
      select interview_id || '/' || artifact || '/' || revision as effect_key, result from provisioning_effects where interview_id = ${decodeIdOf("Interview", id)}`;
    expect(new Set(steps.map((row) => row["effect_key"]))).toEqual(new Set(keys));
    expect(steps.map(({ result }) => result)).toContainEqual({ url: CONFERENCE_URL });
  });
});
