import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview, external, office, template, user } from "../support/interview.ts";
import { provisionOnce } from "../support/provisioning.ts";
import { change, eventsOf, expectNothingWritten, storedOf, succeed } from "../support/verb.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());

const ALLOW = { conflictPolicy: "ALLOW", conflictReason: "a test" };
/** Ada and Bob, who both have accepted, meet Carla, who has too. */
async function answeredInterview(mode: object = {}): Promise<string> {
  const panel = { kind: "PANEL", interviewerIds: [user("ada"), user("bob")], ...mode };
  const id = await createInterview(app.client, adHoc(panel));
  await provisionOnce(app, id);
  const { candidate_id: candidateId } = await storedOf(app, id);
  const attendees = [
    { candidateId: `Candidate_${candidateId}` },
    { interviewerId: user("ada") },
    { interviewerId: user("bob") },
  ];
  for (const attendee of attendees)
    await succeed(app.client, "recordRsvp", { interviewId: id, attendee, rsvp: "ACCEPTED" });
  return id;
}

const people = ["Candidate", user("ada"), user("bob")];
const EVERYBODY = people.map((who) => `REQUEST ${who}`);
const ANSWERS = { candidate: "ACCEPTED", [user("ada")]: "ACCEPTED", [user("bob")]: "ACCEPTED" };
const ASKED = { candidate: "NEEDS_ACTION", [user("ada")]: "NEEDS_ACTION", [user("bob")]: "NEEDS_ACTION" };
const { [user("bob")]: _bob, ...WITHOUT_BOB } = ANSWERS;

interface Row {
  /** How the interview is made. */
  mode?: object;
  changes: object;
  fields: string[];
  /** What the interview reads after. */
  reads?: object;
  notices?: string[];
  answers?: object;
  sequence?: 0 | 1;
  /** Whether the outside follows. */
  follows?: boolean;
}

const ZOOM = { location: "ZOOM", hostId: user("ada") };
const ROWS: [name: string, row: Row][] = [
  [
    "start",
    {
      changes: { startTime: "2027-03-01T12:00" },
      fields: ["START", "END"],
      reads: {
        startTime: "2027-03-01T11:00:00.000Z",
        endTime: "2027-03-01T11:30:00.000Z",
        localStartTime: "2027-03-01T12:00:00",
      },
      notices: EVERYBODY,
      answers: ASKED,
      sequence: 1,
    },
  ],
  [
    "length",
    {
      changes: { durationMinutes: 60 },
      fields: ["END"],
      reads: { durationMinutes: 60, startTime: "2027-03-01T09:00:00.000Z", endTime: "2027-03-01T10:00:00.000Z" },
      notices: EVERYBODY,
      answers: ASKED,
      sequence: 1,
    },
  ],
  [
    "end, which wins over the length",
    {
      changes: { durationMinutes: 60, endTime: "2027-03-01T10:45" },
      fields: ["END"],
      reads: { durationMinutes: 45 },
      notices: EVERYBODY,
      answers: ASKED,
      sequence: 1,
    },
  ],
  [
    "zone only",
    {
      changes: { timezone: "America/New_York" },
      fields: ["TIMEZONE"],
      reads: { startTime: "2027-03-01T09:00:00.000Z", localStartTime: "2027-03-01T04:00:00" },
    },
  ],
  [
    "zone with a bare local start, read in it",
    {
      changes: { timezone: "America/New_York", startTime: "2027-03-01T04:00" },
      fields: ["TIMEZONE"],
      reads: { startTime: "2027-03-01T09:00:00.000Z" },
    },
  ],
  [
    "interviewer added",
    {
      changes: { interviewerIds: [user("ada"), user("bob"), user("extra-1")] },
      fields: ["INTERVIEWERS"],
      notices: [`REQUEST ${user("extra-1")}`],
      answers: { ...ANSWERS, [user("extra-1")]: "NEEDS_ACTION" },
    },
  ],
  [
    "interviewer removed",
    {
      changes: { interviewerIds: [user("ada")] },
      fields: ["INTERVIEWERS"],
      notices: [`CANCEL ${user("bob")}`],
      answers: WITHOUT_BOB,
      sequence: 1,
    },
  ],
  [
    "one interviewer for another",
    {
      changes: { interviewerIds: [user("extra-1"), user("ada"), user("ada")] },
      fields: ["INTERVIEWERS"],
      notices: [`REQUEST ${user("extra-1")}`, `CANCEL ${user("bob")}`],
      answers: { ...WITHOUT_BOB, [user("extra-1")]: "NEEDS_ACTION" },
      sequence: 1,
    },
  ],
  [
    "order of the interviewers",
    { changes: { interviewerIds: [user("bob"), user("ada")] }, fields: ["INTERVIEWERS"], follows: true },
  ],
  [
    "location",
    {
      changes: { location: "GOOGLE_MEET" },
      fields: ["LOCATION"],
      reads: { location: "GOOGLE_MEET" },
      notices: EVERYBODY,
      sequence: 1,
    },
  ],
  [
    "location with its part",
    {
      changes: { location: "ONSITE", officeId: office("berlin") },
      fields: ["LOCATION", "OFFICE"],
      reads: { office: { id: office("berlin") } },
      notices: EVERYBODY,
      sequence: 1,
    },
  ],
  [
    "office while ONSITE",
    {
      mode: { location: "ONSITE", officeId: office("berlin") },
      changes: { officeId: office("london") },
      fields: ["OFFICE"],
      reads: { office: { id: office("london") } },
      notices: EVERYBODY,
      sequence: 1,
    },
  ],
  [
    "office while PHONE",
    { changes: { officeId: office("london") }, fields: ["OFFICE"], reads: { office: null }, follows: false },
  ],
  ["host while PHONE", { changes: { hostId: user("ada") }, fields: ["HOST"], reads: { host: null }, follows: false }],
  [
    "pad template while PHONE",
    {
      changes: { hackerrankTemplateId: "hr-2" },
      fields: ["HACKERRANK_TEMPLATE"],
      reads: { hackerrankTemplateId: null },
      follows: false,
    },
  ],
  [
    "pad template while HACKERRANK",
    {
      mode: { location: "HACKERRANK", hackerrankTemplateId: "hr-1" },
      changes: { hackerrankTemplateId: "hr-2" },
      fields: ["HACKERRANK_TEMPLATE"],
      reads: { hackerrankTemplateId: "hr-2" },
    },
  ],
  [
    "location away from ZOOM, whose host stays stored",
    {
      mode: ZOOM,
      changes: { location: "PHONE" },
      fields: ["LOCATION"],
      reads: { host: null },
      notices: EVERYBODY,
      sequence: 1,
    },
  ],
  ["name", { changes: { name: "Talk" }, fields: ["NAME"], reads: { name: "Talk" } }],
  ["name cleared", { changes: { name: null }, fields: ["NAME"], reads: { name: null } }],
  [
    "visibility",
    {
      changes: { calendarEventVisibility: "PRIVATE" },
      fields: ["CALENDAR_EVENT_VISIBILITY"],
      reads: { calendarEventVisibility: "PRIVATE" },
    },
  ],
  [
    "templates",
    {
      changes: {
        candidateTemplateId: template("to-candidate-2"),
        interviewerTemplateId: template("to-interviewers-2"),
      },
      fields: ["CANDIDATE_TEMPLATE", "INTERVIEWER_TEMPLATE"],
      reads: { candidateTemplate: { id: template("to-candidate-2") } },
      follows: false,
    },
  ],
  [
    "kind",
    {
      mode: { interviewerIds: [user("ada")] },
      changes: { kind: "ONE_ON_ONE" },
      fields: ["KIND"],
      reads: { kind: "ONE_ON_ONE" },
      answers: WITHOUT_BOB,
      follows: false,
    },
  ],
  [
    "AI flags",
    {
      changes: { aiNoteTakerEnabled: true, aiScorecardAssistEnabled: true },
      fields: ["AI_NOTE_TAKER", "AI_SCORECARD_ASSIST"],
      reads: { aiNoteTaker: { enabled: true }, aiScorecardAssistEnabled: true },
      follows: false,
    },
  ],
  [
    "several at once, with one mail for each person",
    {
      changes: {
        startTime: "2027-03-01T12:00",
        location: "GOOGLE_MEET",
        interviewerIds: [user("ada"), user("extra-1")],
        name: "Talk",
      },
      fields: ["START", "END", "LOCATION", "INTERVIEWERS", "NAME"],
      notices: ["REQUEST Candidate", `REQUEST ${user("ada")}`, `REQUEST ${user("extra-1")}`, `CANCEL ${user("bob")}`],
      answers: { candidate: "NEEDS_ACTION", [user("ada")]: "NEEDS_ACTION", [user("extra-1")]: "NEEDS_ACTION" },
      sequence: 1,
    },
  ],
];

describe("a change of", () => {
  test.each(ROWS)("%s", async (_name, { mode, changes, fields, reads = {}, notices = [], ...row }) => {
    const { answers = ANSWERS, sequence = 0, follows = true } = row;
    const single = (mode as { interviewerIds?: string[] })?.interviewerIds;
    const id = single
      ? await createInterview(app.client, adHoc({ kind: "PANEL", ...mode }))
      : await answeredInterview(mode);
    if (single) {
      await provisionOnce(app, id);
      await app.app.connections
        .raw`update interviews set candidate_rsvp = 'ACCEPTED' where id = ${id.split("_")[1] ?? ""}`;
      await app.app.connections
        .raw`update interviewers set rsvp = 'ACCEPTED' where interview_id = ${id.split("_")[1] ?? ""}`;
    }
    const before = await storedOf(app, id);
    // What is only checked is told as if it were done.
    const checked = await expectNothingWritten(app, () =>
      change(app.client, id, changes, { ...ALLOW, validateOnly: true }),
    );
    const done = await change(app.client, id, changes, ALLOW);
    const told = (result: any) =>
      result.notices.map(({ method, recipient }: any) => `${method} ${recipient.id ?? recipient.__typename}`);
    expect([done.changedFields, told(done), done.replayed]).toEqual([fields, notices, false]);
    expect([checked.changedFields, told(checked), checked.replayed]).toEqual([fields, notices, false]);
    expect(done.interview).toMatchObject({ ...reads, version: before["version"] + 1 });
    expect(done.interview.provisioning.state).toBe(follows ? "PENDING" : "PROVISIONED");
    expect({
      candidate: done.interview.candidateRsvp,
      ...Object.fromEntries(done.interview.interviewers.map(({ user: { id: who }, rsvp }: any) => [who, rsvp])),
    }).toEqual(answers);
    const after = await storedOf(app, id);
    expect(after["calendar_sequence"] - before["calendar_sequence"]).toBe(sequence);
    expect(after["revision"] - before["revision"]).toBe(follows ? 1 : 0);
    const events = (await eventsOf(app, id)).filter(({ version }) => version > before["version"]);
    const moved = fields.includes("END");
    expect(events.map(({ type }) => type)).toEqual([moved ? "INTERVIEW_RESCHEDULED" : "INTERVIEW_UPDATED"]);
    expect(events[0]?.fields.filter((field) => fields.includes(field))).toEqual(fields);

    // Settled once, with the mails that were told.
    await provisionOnce(app, id);
    const [last] = (await eventsOf(app, id)).slice(-1);
    expect((await storedOf(app, id))["provisioning_state"]).toBe("PROVISIONED");
    expect(last?.type).toBe(follows ? "INTERVIEW_PROVISIONED" : events[0]?.type);
  });

  test("external fields, of which nothing is provisioned", async () => {
    const id = await createInterview(app.client, external());
    const eventId = "evt-1";
    const links = { videoConferencingUrl: "https://zoom.us/j/1", source: "agency", eventId };
    const done = await change(app.client, id, { external: links, startTime: "2027-03-01T12:00", name: "Talk" });
    expect(done).toMatchObject({
      changedFields: ["START", "END", "NAME", "EXTERNAL_URL", "EXTERNAL_SOURCE", "EXTERNAL_EVENT_ID"],
      notices: [],
      interview: {
        external: links,
        provisioning: { state: "NOT_APPLICABLE" },
        interviewers: [{ rsvp: null }],
        candidateRsvp: null,
      },
    });
    const cleared = await change(app.client, id, {
      external: { videoConferencingUrl: null, source: null, eventId: null },
    });
    expect(cleared.interview.external).toEqual({ videoConferencingUrl: null, source: null, eventId: null });
    const tasks = await app.app.connections
      .raw`select 1 from pgboss.job where data::text like ${`%${id.split("_")[1]}%`}`;
    expect(tasks).toHaveLength(0);
  });

  test("the reason is told in history, and to people in the mails of changes that they are told of", async () => {
    const ILL = "\u05d0\u05d3\u05d4 is ill";
    const id = await answeredInterview();
    const { raw } = app.app.connections;
    await raw`update email_templates set body = 'Why: {{change_reason}}.'`;
    await change(app.client, id, { startTime: "2027-03-01T13:00" }, { reason: ILL, ...ALLOW });
    await change(app.client, id, { name: "Talk" }, { reason: "a typo" });
    await provisionOnce(app, id);
    expect((await eventsOf(app, id)).flatMap(({ reason }) => reason ?? [])).toEqual([ILL, "a typo"]);
    const sent = await raw`select distinct on (artifact) request ->> 'body' as body from provisioning_effects
      where interview_id = ${id.split("_")[1] ?? ""} and artifact like 'invitation/%' order by artifact, revision desc`;
    expect(sent.map(({ body }) => body)).toEqual(Array.from({ length: 3 }, () => `Why: \u2068${ILL}\u2069.`));
    await change(app.client, id, { startTime: "2027-03-01T14:00" }, ALLOW);
    expect((await storedOf(app, id))["change_reason"]).toBeNull();
  });
});
