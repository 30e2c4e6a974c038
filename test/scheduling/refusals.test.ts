import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { encodeId, newId } from "../../src/core/id.ts";
import { NOW } from "../support/app.ts";
import { adHoc, application, createInterview, external, office, template, user } from "../support/interview.ts";
import { change, expectNothingWritten, findingsOf, run, succeed, update } from "../support/verb.ts";
import type { VerbName } from "../support/verb.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
let clock = NOW;
/** By what is special: each is changed by no test. */
const ids: Record<string, string> = {};
const START = "2027-03-01T10:00";
beforeAll(async () => {
  app = await startViewerApp({ worker: false, now: () => clock });
  const make = async (name: string, input: object) => (ids[name] = await createInterview(app.client, input));
  await make("phone", adHoc());
  await make("panel", adHoc({ kind: "PANEL", interviewerIds: [user("ada"), user("bob")] }));
  await make("onsite", adHoc({ location: "ONSITE", officeId: office("berlin") }));
  await make("zoom", adHoc({ location: "ZOOM", hostId: user("ada") }));
  await make("pad", adHoc({ location: "HACKERRANK", hackerrankTemplateId: "hr-1" }));
  await make("external", external());
  await make(
    "busy",
    adHoc({ interviewerIds: [user("extra-1")] }, { startTime: "2027-04-01T10:00Z", conflictPolicy: "REJECT" }),
  );
  await make("cancelled", adHoc());
  await succeed(app.client, "cancelInterview", { interviewId: ids["cancelled"] });
  clock = new Date("2027-03-01T09:10Z");
  await make("absent", adHoc({}, { startTime: "2027-03-01T10:15" }));
  clock = new Date("2027-03-01T09:20Z");
  await succeed(app.client, "markCandidateNoShow", { interviewId: ids["absent"] });
  clock = NOW;
});
beforeEach(() => void (clock = NOW));
afterAll(() => app.stop());

const of = (field: string) => `input.changes.${field}`;
const nobody = () => encodeId("User", newId());

const UPDATES: [interview: string, changes: object, findings: string[], input?: object][] = [
  ["phone", { startTime: "soon" }, [`ERR_INVALID_ISO_8601 ${of("startTime")}`]],
  ["phone", { timezone: "Nowhere/Town" }, [`ERR_INVALID_TIMEZONE ${of("timezone")}`]],
  ["phone", { endTime: "late" }, [`ERR_INVALID_ISO_8601 ${of("endTime")}`]],
  ["phone", { startTime: "2027-03-01T10:07" }, [`ERR_START_TIME_NOT_ALIGNED ${of("startTime")}`]],
  ["phone", { startTime: "2027-03-28T02:30" }, [`ERR_INVALID_ISO_8601 ${of("startTime")}`]],
  ["phone", { startTime: "2027-10-31T02:30" }, [`ERR_INVALID_ISO_8601 ${of("startTime")}`]],
  ["phone", { startTime: "2027-01-04T07:45Z" }, [`ERR_START_TIME_LESS_THAN_CURRENT_TIME ${of("startTime")}`]],
  ["phone", { durationMinutes: 4 }, [`ERR_DURATION_OUT_OF_RANGE ${of("durationMinutes")}`]],
  ["phone", { durationMinutes: 1441 }, [`ERR_DURATION_OUT_OF_RANGE ${of("durationMinutes")}`]],
  ["phone", { endTime: START }, [`ERR_END_TIME_BEFORE_START_TIME ${of("endTime")}`]],
  ["phone", { endTime: "2027-03-03T10:00" }, [`ERR_DURATION_OUT_OF_RANGE ${of("endTime")}`]],
  ["phone", { interviewerIds: [] }, [`ERR_INTERVIEWER_IDS_REQUIRED ${of("interviewerIds")}`]],
  [
    "phone",
    { interviewerIds: [user("ada"), user("bob")] },
    [`ERR_INVALID_SET_OF_INTERVIEWERS ${of("interviewerIds")}`],
  ],
  ["panel", { kind: "ONE_ON_ONE" }, [`ERR_INVALID_SET_OF_INTERVIEWERS ${of("interviewerIds")}`]],
  [
    "panel",
    { interviewerIds: Array.from({ length: 11 }, (_, index) => user(`extra-${index}`)) },
    [`ERR_INVALID_SET_OF_INTERVIEWERS ${of("interviewerIds")}`],
  ],
  ["phone", { interviewerIds: [user("inactive")] }, [`ERR_INTERVIEWERS_NOT_FOUND ${of("interviewerIds")}`]],
  ["phone", { interviewerIds: ["x"] }, [`ERR_INTERVIEWERS_NOT_FOUND ${of("interviewerIds")}`]],
  ["phone", { location: "ONSITE" }, [`ERR_ONSITE_OFFICE_REQUIRED ${of("officeId")}`]],
  ["onsite", { officeId: null }, [`ERR_ONSITE_OFFICE_REQUIRED ${of("officeId")}`]],
  ["phone", { officeId: encodeId("Office", newId()) }, [`ERR_OFFICE_NOT_FOUND ${of("officeId")}`]],
  ["phone", { location: "ZOOM" }, [`ERR_ZOOM_HOST_ID_REQUIRED ${of("hostId")}`]],
  ["zoom", { hostId: null }, [`ERR_ZOOM_HOST_ID_REQUIRED ${of("hostId")}`]],
  [
    "zoom",
    { hostId: user("bob") },
    [`ERR_ZOOM_HOST_ID_NOT_IN_INTERVIEWERS ${of("hostId")}`, `ERR_ZOOM_HOST_INVALID_USER ${of("hostId")}`],
  ],
  ["zoom", { hostId: nobody() }, [`ERR_ZOOM_HOST_ID_NOT_IN_INTERVIEWERS ${of("hostId")}`]],
  ["zoom", { interviewerIds: [user("bob")] }, [`ERR_ZOOM_HOST_ID_NOT_IN_INTERVIEWERS ${of("hostId")}`]],
  ["panel", { location: "ZOOM", hostId: user("bob") }, [`ERR_ZOOM_HOST_INVALID_USER ${of("hostId")}`]],
  ["phone", { location: "HACKERRANK" }, [`ERR_HACKERRANK_TEMPLATE_ID_REQUIRED ${of("hackerrankTemplateId")}`]],
  ["pad", { hackerrankTemplateId: null }, [`ERR_HACKERRANK_TEMPLATE_ID_REQUIRED ${of("hackerrankTemplateId")}`]],
  [
    "phone",
    { candidateTemplateId: encodeId("EmailTemplate", newId()), interviewerTemplateId: "x" },
    [
      `ERR_CANDIDATE_TEMPLATE_NOT_FOUND ${of("candidateTemplateId")}`,
      `ERR_INTERVIEWER_TEMPLATE_NOT_FOUND ${of("interviewerTemplateId")}`,
    ],
  ],
  [
    "phone",
    { candidateTemplateId: template("rejection"), interviewerTemplateId: template("to-candidate") },
    [
      `ERR_CANDIDATE_TEMPLATE_INVALID_CATEGORY ${of("candidateTemplateId")}`,
      `ERR_INTERVIEWER_TEMPLATE_INVALID_CATEGORY ${of("interviewerTemplateId")}`,
    ],
  ],
  ["phone", { name: "Talk" }, ["ERR_CONFLICT_REASON_REQUIRED input.conflictReason"], { conflictPolicy: "ALLOW" }],
  [
    "phone",
    { external: { videoConferencingUrl: "https://zoom.us/j/1", source: "s", eventId: "e" } },
    ["videoConferencingUrl", "source", "eventId"].map((field) => `ERR_EXTERNAL_NOT_MANAGED ${of(`external.${field}`)}`),
  ],
  [
    "external",
    { external: { videoConferencingUrl: "ftp://x" } },
    [`ERR_INVALID_EXTERNAL_URL ${of("external.videoConferencingUrl")}`],
  ],
  [
    "external",
    {
      hostId: user("ada"),
      hackerrankTemplateId: "hr-1",
      calendarEventVisibility: "PRIVATE",
      aiNoteTakerEnabled: true,
      aiScorecardAssistEnabled: true,
      candidateTemplateId: template("to-candidate"),
      interviewerTemplateId: template("to-interviewers"),
    },
    [
      "hostId",
      "hackerrankTemplateId",
      "calendarEventVisibility",
      "aiNoteTakerEnabled",
      "aiScorecardAssistEnabled",
      "candidateTemplateId",
      "interviewerTemplateId",
    ].map((field) => `ERR_NOT_FOR_EXTERNAL ${of(field)}`),
  ],
  ["cancelled", { name: "Talk" }, ["ERR_INTERVIEW_CANCELLED input.interviewId"]],
  ["absent", { startTime: "2027-04-01T10:00" }, [`ERR_INTERVIEW_NO_SHOW ${of("startTime")}`]],
  ["absent", { durationMinutes: 45 }, [`ERR_INTERVIEW_NO_SHOW ${of("durationMinutes")}`]],
  ["absent", { endTime: "2027-03-01T11:30" }, [`ERR_INTERVIEW_NO_SHOW ${of("endTime")}`]],
  [
    "phone",
    { startTime: "x", durationMinutes: 0, location: "ZOOM", officeId: "x" },
    [
      `ERR_INVALID_ISO_8601 ${of("startTime")}`,
      `ERR_DURATION_OUT_OF_RANGE ${of("durationMinutes")}`,
      `ERR_ZOOM_HOST_ID_REQUIRED ${of("hostId")}`,
      `ERR_OFFICE_NOT_FOUND ${of("officeId")}`,
    ],
  ],
];

describe("an update is refused, and leaves nothing:", () => {
  test.each(UPDATES)("%s %j", async (name, changes, findings, input = {}) => {
    for (const more of [{ idempotencyKey: `refused-${newId()}` }, { validateOnly: true }]) {
      const result = await expectNothingWritten(app, () =>
        update(app.client, ids[name] ?? "", changes, { ...input, ...more }),
      );
      expect([result.__typename, findingsOf(result)]).toEqual(["ValidationFailed", findings]);
    }
  });

  test("a null clears no field of an interview of the other kind of owner, and what is stored may be sent again", async () => {
    await app.app.connections
      .raw`update interviews set host_id = (select user_id from interviewers s where s.interview_id = interviews.id limit 1)
      where id = ${ids["external"]?.split("_")[1] ?? ""}`;
    const refused = await update(app.client, ids["external"] ?? "", { hostId: null });
    expect(findingsOf(refused)).toEqual([`ERR_NOT_FOR_EXTERNAL ${of("hostId")}`]);
    for (const changes of [{ hostId: user("ada") }, { hackerrankTemplateId: null, candidateTemplateId: null }])
      expect((await change(app.client, ids["external"] ?? "", changes)).changedFields).toEqual([]);
    expect((await change(app.client, ids["phone"] ?? "", { external: { source: null } })).changedFields).toEqual([]);
  });

  test("a busy interviewer", async () => {
    for (const changes of [
      { startTime: "2027-04-01T10:15Z", interviewerIds: [user("extra-1")] },
      { startTime: "2027-04-01T09:45Z", interviewerIds: [user("extra-1")], durationMinutes: 1000 },
    ]) {
      for (const more of [{ idempotencyKey: `refused-${newId()}` }, { validateOnly: true }]) {
        const result = await expectNothingWritten(app, () => update(app.client, ids["phone"] ?? "", changes, more));
        expect(result).toMatchObject({
          __typename: "InterviewerConflict",
          code: "ERR_INTERVIEWER_CONFLICT",
          conflicts: [
            {
              interviewer: { id: user("extra-1") },
              startTime: "2027-04-01T10:00:00.000Z",
              endTime: "2027-04-01T10:30:00.000Z",
              interview: { id: ids["busy"] },
            },
          ],
        });
      }
    }
  });
});

describe("the other verbs refuse, and leave nothing:", () => {
  const candidateId = encodeId("Candidate", newId());
  const ended = "2027-03-01T12:00Z";
  test.each<[verb: VerbName, interview: string, finding: string, input?: object, at?: string]>([
    ["cancelInterview", "cancelled", "ERR_INTERVIEW_ALREADY_CANCELLED input.interviewId"],
    ["cancelInterview", "pad", "ERR_CANNOT_CANCEL_COMPLETED_HACKERRANK input.interviewId", {}, ended],
    ["markCandidateNoShow", "phone", "ERR_NO_SHOW_NOT_ALLOWED input.interviewId"],
    ["markCandidateNoShow", "external", "ERR_NO_SHOW_NOT_ALLOWED input.interviewId"],
    ["markCandidateNoShow", "cancelled", "ERR_NO_SHOW_NOT_ALLOWED input.interviewId", {}, ended],
    ["markCandidateNoShow", "absent", "ERR_NO_SHOW_NOT_ALLOWED input.interviewId", {}, ended],
    ["undoCandidateNoShow", "phone", "ERR_NOT_NO_SHOW input.interviewId", {}, ended],
    ["undoCandidateNoShow", "cancelled", "ERR_NOT_NO_SHOW input.interviewId"],
    ["recordRsvp", "cancelled", "ERR_INTERVIEW_CANCELLED input.interviewId"],
    ["recordRsvp", "external", "ERR_RSVP_NOT_TRACKED input.interviewId"],
    [
      "recordRsvp",
      "phone",
      "ERR_ATTENDEE_NOT_FOUND input.attendee.interviewerId",
      { attendee: { interviewerId: user("bob") } },
    ],
    [
      "recordRsvp",
      "phone",
      "ERR_ATTENDEE_NOT_FOUND input.attendee.interviewerId",
      { attendee: { interviewerId: "x" } },
    ],
    ["recordRsvp", "phone", "ERR_ATTENDEE_NOT_FOUND input.attendee.candidateId", { attendee: { candidateId } }],
  ])("%s of %s: %s", async (verb, name, finding, input = {}, at = "") => {
    if (at) clock = new Date(at);
    const answer = verb === "recordRsvp" ? { attendee: { interviewerId: user("ada") }, rsvp: "ACCEPTED" } : {};
    const request = { interviewId: ids[name], idempotencyKey: `refused-${newId()}`, ...answer, ...input };
    const result = await expectNothingWritten(app, () => run(app.client, verb, request));
    expect([result.__typename, findingsOf(result)]).toEqual(["ValidationFailed", [finding]]);
  });
});

const REQUESTS: Record<VerbName, object> = {
  updateInterview: { changes: { name: "Another" } },
  cancelInterview: {},
  markCandidateNoShow: {},
  undoCandidateNoShow: {},
  recordRsvp: { attendee: { interviewerId: user("ada") }, rsvp: "DECLINED" },
};
const VERBS = Object.keys(REQUESTS) as VerbName[];

describe.each(VERBS)("%s", (verb) => {
  const request = (interviewId = "") => ({ interviewId, ...REQUESTS[verb] });
  const document = `mutation ($input: ${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input!) { ${verb}(input: $input) { __typename } }`;
  const ask = async (who: string, interviewId = "") => {
    const client =
      who === "write"
        ? await app.createToken("sample", ["interviews:write"])
        : who === "read"
          ? await app.createToken("sample", ["interviews:read"])
          : who === "other"
            ? app.other
            : await app.person(who);
    const { data, errors } = await client.send(document, { input: request(interviewId) });
    return errors?.[0]?.extensions?.["code"] ?? data?.[verb].__typename;
  };

  test("is refused to who may not see or manage the interview, and says no more", async () => {
    const agency = await createInterview(app.client, adHoc({}, { applicationId: application("agency") }));
    await expectNothingWritten(app, async () => {
      for (const who of ["bob", "stranger", "external-recruiter", "other"])
        expect(await ask(who, ids["phone"]), who).toBe("InterviewNotFound");
      expect(await ask("read", ids["phone"])).toBe("FORBIDDEN");
      expect(await ask("bob", ids["panel"])).toBe("FORBIDDEN");
      for (const text of ["x", user("ada"), encodeId("Interview", newId())])
        expect(await ask("admin", text)).toBe("InterviewNotFound");
    });
    expect(await ask("external-recruiter", agency)).toMatch(/Success$|ValidationFailed/);
    expect(await ask("write", agency)).toMatch(/Success$|ValidationFailed/);
  });
});

test("an interviewer may record their own answer and nobody else's", async () => {
  const ada = await app.person("ada");
  const id = await createInterview(app.client, adHoc({ kind: "PANEL", interviewerIds: [user("ada"), user("bob")] }));
  const own = { interviewId: id, attendee: { interviewerId: user("ada") }, rsvp: "TENTATIVE" };
  expect(await succeed(ada, "recordRsvp", own)).toMatchObject({ applied: true });
  const others = { ...own, attendee: { interviewerId: user("bob") } };
  const { errors } = await ada.send(
    `mutation ($input: RecordRsvpInput!) { recordRsvp(input: $input) { __typename } }`,
    { input: others },
  );
  expect(errors?.[0]?.extensions?.["code"]).toBe("FORBIDDEN");
});
