import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fieldValues, INTERVIEW_FIELDS } from "../../src/interview/field.ts";
import type { StoredInterview } from "../../src/interview/field.ts";
import { interviewers, interviews } from "../../src/db/schema/interview.ts";
import { decodeIdOf, encodeId } from "../../src/core/id.ts";
import { and, eq } from "drizzle-orm";
import { NOW } from "../support/app.ts";
import { adHoc, application, createInterview, external, office, template, user } from "../support/interview.ts";
import { provisionOnce } from "../support/provisioning.ts";
import { change, documentOf, expectNothingWritten, run } from "../support/verb.ts";
import type { VerbName } from "../support/verb.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";
import type { Client } from "../support/client.ts";

let app: ViewerApp;
let clock = NOW;
beforeAll(async () => {
  app = await startViewerApp({ worker: false, now: () => clock });
});
afterAll(() => app.stop());

const USERS = ["ada", "bob", "extra-0", "extra-1"].map(user);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
/** Any wish, right or wrong. */
const changes = fc
  .record({
    startTime: optional(
      fc
        .integer({ min: 0, max: 12 })
        .map((quarter) => `2027-05-01T${10 + Math.floor(quarter / 4)}:${String((quarter % 4) * 15).padStart(2, "0")}`),
    ),
    durationMinutes: optional(fc.constantFrom(15, 30, 45, 90)),
    timezone: optional(fc.constantFrom("UTC", "Europe/Berlin")),
    kind: optional(fc.constantFrom("PANEL", "ONE_ON_ONE")),
    location: optional(fc.constantFrom("PHONE", "ONSITE", "ZOOM", "HACKERRANK", "GOOGLE_MEET")),
    interviewerIds: optional(fc.subarray(USERS)),
    officeId: optional(fc.constantFrom(office("berlin"), office("london"), null)),
    hostId: optional(fc.constantFrom(user("ada"), user("bob"), null)),
    hackerrankTemplateId: optional(fc.constantFrom("hr-1", "hr-2", null)),
    name: optional(fc.constantFrom("Talk", "Chat", null)),
    calendarEventVisibility: optional(fc.constantFrom("DEFAULT", "PRIVATE")),
    aiNoteTakerEnabled: optional(fc.boolean()),
    candidateTemplateId: optional(fc.constantFrom(template("to-candidate"), template("to-candidate-2"))),
    external: optional(fc.record({ source: optional(fc.constantFrom("agency", null)) })),
  })
  .map((wish) => JSON.parse(JSON.stringify(wish)) as object);

async function stored(id: string): Promise<StoredInterview> {
  const uuid = decodeIdOf("Interview", id);
  const { db } = app.app.services;
  const [row] = await app.app.connections.raw`select account_id from interviews where id = ${uuid}`;
  const accountId: string = row?.["account_id"];
  const [interview] = await db
    .select()
    .from(interviews)
    .where(and(eq(interviews.accountId, accountId), eq(interviews.id, uuid)));
  if (!interview) throw new Error("The interview is gone.");
  return {
    interview,
    seats: await db
      .select()
      .from(interviewers)
      .where(and(eq(interviewers.accountId, accountId), eq(interviewers.interviewId, uuid)))
      .orderBy(interviewers.position),
  };
}

/** Its own values, as a client that has read all of it sends them back. */
async function ownValues(id: string): Promise<object> {
  const { interview, seats } = await stored(id);
  const ids = { hostId: interview.hostId, officeId: interview.officeId };
  return {
    startTime: interview.startsAt.toISOString(),
    endTime: interview.endsAt.toISOString(),
    durationMinutes: interview.durationMinutes,
    timezone: interview.timezone,
    kind: interview.kind,
    location: interview.location,
    interviewerIds: seats.map(({ userId }) => encodeId("User", userId)),
    officeId: ids.officeId && encodeId("Office", ids.officeId),
    hostId: ids.hostId && encodeId("User", ids.hostId),
    hackerrankTemplateId: interview.hackerrankTemplateId,
    name: interview.name,
    calendarEventVisibility: interview.calendarEventVisibility,
    aiNoteTakerEnabled: interview.aiNoteTakerEnabled,
    aiScorecardAssistEnabled: interview.aiScorecardAssistEnabled,
    candidateTemplateId: interview.candidateTemplateId && encodeId("EmailTemplate", interview.candidateTemplateId),
    interviewerTemplateId:
      interview.interviewerTemplateId && encodeId("EmailTemplate", interview.interviewerTemplateId),
    external: {
      videoConferencingUrl: interview.externalUrl,
      source: interview.externalSource,
      eventId: interview.externalEventId,
    },
  };
}

/** Every field as history tells it, from the creation on. */
async function folded(id: string): Promise<Record<string, string | null>> {
  const rows = await app.app.connections
    .raw`select changes from events where subject_id = ${decodeIdOf("Interview", id)} order by sequence`;
  const values: Record<string, string | null> = Object.fromEntries(INTERVIEW_FIELDS.map((field) => [field, null]));
  for (const row of rows) {
    for (const { field, before, after } of row["changes"]) {
      expect(values[field], field).toBe(before);
      values[field] = after;
    }
  }
  return values;
}

const overlaps = () => app.app.connections.raw`
  select 1 from interviewers one join interviewers other using (account_id, user_id)
  where one.interview_id < other.interview_id and one.claim = 'EXCLUSIVE' and other.claim = 'EXCLUSIVE'
    and one.starts_at < other.ends_at and other.starts_at < one.ends_at`;

test("random edits by several clients: seats never overlap, history is the record, own values change nothing", async () => {
  const start = (hour: number) => ({ startTime: `2027-05-02T${hour}:00`, conflictPolicy: "REJECT" });
  const ids = [
    await createInterview(app.client, adHoc({ interviewerIds: USERS.slice(0, 1) }, start(10))),
    await createInterview(app.client, adHoc({ kind: "PANEL", interviewerIds: USERS.slice(0, 2) }, start(12))),
    await createInterview(app.client, external({ interviewerIds: USERS.slice(1, 2) }, start(14))),
  ];
  const edit = fc.record({ which: fc.nat(2), wish: changes, settle: fc.boolean() });
  const property = fc.asyncProperty(fc.array(edit, { minLength: 3, maxLength: 6 }), async (edits) => {
    const results = await Promise.all(
      edits.map(({ which, wish }) => run(app.client, "updateInterview", { interviewId: ids[which], changes: wish })),
    );
    for (const { __typename } of results)
      expect(["UpdateInterviewSuccess", "ValidationFailed", "InterviewerConflict"]).toContain(__typename);
    expect(await overlaps()).toHaveLength(0);
    for (const id of ids) {
      if (edits[0]?.settle && id !== ids[2]) await provisionOnce(app, id);
      expect(await folded(id)).toEqual(fieldValues(await stored(id)));
      const same = await ownValues(id);
      const again = await expectNothingWritten(app, () => change(app.client, id, same));
      expect(again).toMatchObject({ changedFields: [], notices: [] });
    }
  });
  await fc.assert(property, { numRuns: 8 });
  // Enough of the wishes came true for this to say something.
  const [edits] = await app.app.connections
    .raw`select count(*)::int as count from events where type in ('INTERVIEW_UPDATED', 'INTERVIEW_RESCHEDULED')`;
  expect(edits?.["count"]).toBeGreaterThan(0);
});

const VERBS: [ability: string, verb: VerbName, input: object][] = [
  ["update", "updateInterview", { changes: { name: "Another" } }],
  ["cancel", "cancelInterview", {}],
  ["markNoShow", "markCandidateNoShow", {}],
  ["undoNoShow", "undoCandidateNoShow", {}],
  ["recordRsvp", "recordRsvp", { attendee: { interviewerId: user("ada") }, rsvp: "DECLINED" }],
];

test("viewerCan allows exactly what is not refused for rights or state", async () => {
  const clients: Record<string, Client> = { token: app.client };
  for (const who of ["admin", "coordinator", "ada", "stranger", "external-recruiter"])
    clients[who] = await app.person(who);
  const state = fc.record({
    who: fc.constantFrom(...Object.keys(clients)),
    of: fc.constantFrom("active", "agency"),
    location: fc.constantFrom("PHONE", "HACKERRANK"),
    isExternal: fc.boolean(),
    outcome: fc.constantFrom(null, null, "CANCELLED", "CANDIDATE_NO_SHOW"),
    scorecard: fc.boolean(),
    now: fc.constantFrom("2027-01-04T08:00Z", "2027-03-01T09:00Z", "2027-03-01T09:29Z", "2027-03-01T09:30Z"),
    verb: fc.constantFrom(...VERBS),
  });
  const property = fc.asyncProperty(state, async ({ who, of, location, isExternal, outcome, scorecard, now, verb }) => {
    clock = NOW;
    const parts = { location, hackerrankTemplateId: "hr-1" };
    const common = { applicationId: application(of), organizerId: user("recruiter") };
    const input = isExternal ? external({ location }, common) : adHoc(parts, common);
    const id = await createInterview(app.client, input);
    const { raw } = app.app.connections;
    const uuid = decodeIdOf("Interview", id);
    await raw`update interviews set outcome = ${outcome} where id = ${uuid}`;
    if (scorecard)
      await raw`insert into submitted_scorecards select account_id, interview_id, user_id, now() from interviewers where interview_id = ${uuid}`;
    clock = new Date(now);
    const client = clients[who] ?? app.client;
    const [ability, name, request] = verb;
    const { data } = await client.send(`query ($id: ID!) { interview(id: $id) { viewerCan { ${ability} } } }`, { id });
    const allowed = data?.["interview"]?.viewerCan[ability] ?? false;
    const answer = await client.send(documentOf(name, "id"), { input: { interviewId: id, ...request } });
    expect(answer.data?.[name].__typename.endsWith("Success") ?? false, JSON.stringify(answer)).toBe(allowed);
  });
  await fc.assert(property, { numRuns: 60 });
  clock = NOW;
});
