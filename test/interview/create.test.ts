import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeId } from "../../src/core/id.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { sampleId } from "../support/directory.ts";
import {
  activity,
  adHoc,
  application,
  CREATE,
  createInterview,
  external,
  office,
  plan,
  scorecard,
  template,
  user,
} from "../support/interview.ts";

const READ = /* GraphQL */ `
  query Read($id: ID!) {
    interview(id: $id) {
      version
      name
      kind
      location
      status
      startTime
      endTime
      localStartTime
      timezone
      durationMinutes
      conferenceUrl
      hackerrankTemplateId
      calendarEventVisibility
      aiNoteTaker {
        enabled
      }
      aiScorecardAssistEnabled
      candidateRsvp
      createdAt
      organizer {
        id
      }
      host {
        id
      }
      interviewers {
        rsvp
        user {
          id
        }
      }
      application {
        id
      }
      candidate {
        name
      }
      job {
        title
      }
      stage {
        name
      }
      stageActivity {
        id
      }
      office {
        id
      }
      candidateTemplate {
        id
      }
      interviewerTemplate {
        id
      }
      scorecard {
        required
        feedbackDescription
        ratingDescription
        template {
          id
        }
      }
      external {
        videoConferencingUrl
        source
        eventId
      }
      provisioning {
        state
        provisionedAt
      }
    }
  }
`;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());

const create = async (input: object) => {
  const id = await createInterview(app.client, input);
  return (await app.client.data(READ, { id }))["interview"];
};
const seats = (...names: string[]) => names.map((name) => ({ rsvp: "NEEDS_ACTION", user: { id: user(name) } }));

/** What the plan's full activity hands down. */
const INHERITED = {
  name: "Panel talk",
  kind: "PANEL",
  location: "ONSITE",
  durationMinutes: 45,
  interviewers: seats("ada", "bob"),
  office: { id: office("berlin") },
  // Inherited as well, and shown on HACKERRANK alone.
  hackerrankTemplateId: null,
  aiNoteTaker: { enabled: true },
  aiScorecardAssistEnabled: true,
  candidateTemplate: { id: template("to-candidate") },
  interviewerTemplate: { id: template("to-interviewers") },
  scorecard: {
    required: true,
    feedbackDescription: "What went well?",
    ratingDescription: "One to five",
    template: { id: scorecard("general") },
  },
};

describe("plan mode", () => {
  test("inherits everything but host and visibility, and stands on the activity's stage", async () => {
    expect(await create(plan())).toEqual({
      ...INHERITED,
      version: 1,
      status: "NOT_STARTED",
      startTime: "2027-03-01T09:00:00.000Z",
      endTime: "2027-03-01T09:45:00.000Z",
      localStartTime: "2027-03-01T10:00:00",
      timezone: "Europe/Berlin",
      conferenceUrl: null,
      calendarEventVisibility: "DEFAULT",
      candidateRsvp: "NEEDS_ACTION",
      createdAt: NOW.toISOString(),
      organizer: { id: user("recruiter") },
      host: null,
      application: { id: application("active") },
      candidate: { name: "Carla" },
      job: { title: "Engineer" },
      stage: { name: "On site" },
      stageActivity: { id: activity("full") },
      external: null,
      provisioning: { state: "PENDING", provisionedAt: null },
    });
  });

  const overrides: [field: string, sent: object, seen: object][] = [
    ["kind", { kind: "ONE_ON_ONE", interviewerIds: [user("ada")] }, { kind: "ONE_ON_ONE", interviewers: seats("ada") }],
    ["location", { location: "PHONE" }, { location: "PHONE", office: null }],
    ["HackerRank", { location: "HACKERRANK" }, { location: "HACKERRANK", office: null, hackerrankTemplateId: "hr-1" }],
    ["durationMinutes", { durationMinutes: 60 }, { durationMinutes: 60 }],
    ["endTime", { durationMinutes: 60, endTime: "2027-03-01T10:25" }, { durationMinutes: 25 }],
    [
      "interviewerIds",
      { interviewerIds: [user("bob"), user("extra-1"), user("bob")] },
      { interviewers: seats("bob", "extra-1") },
    ],
    ["officeId", { officeId: office("london") }, { office: { id: office("london") } }],
    ["name", { name: "Another name" }, { name: "Another name" }],
    [
      "hackerrankTemplateId",
      { location: "HACKERRANK", hackerrankTemplateId: "hr-2" },
      { location: "HACKERRANK", office: null, hackerrankTemplateId: "hr-2" },
    ],
    ["aiNoteTakerEnabled", { aiNoteTakerEnabled: false }, { aiNoteTaker: { enabled: false } }],
    ["AI note-taker sent as null", { aiNoteTakerEnabled: null }, { aiNoteTaker: { enabled: true } }],
    ["AI scorecard assist sent as null", { aiScorecardAssistEnabled: null }, { aiScorecardAssistEnabled: true }],
    ["aiScorecardAssistEnabled", { aiScorecardAssistEnabled: false }, { aiScorecardAssistEnabled: false }],
    [
      "candidateTemplateId",
      { candidateTemplateId: template("to-candidate-2") },
      { candidateTemplate: { id: template("to-candidate-2") } },
    ],
    [
      "interviewerTemplateId",
      { interviewerTemplateId: template("to-interviewers-2") },
      { interviewerTemplate: { id: template("to-interviewers-2") } },
    ],
    ["calendarEventVisibility", { calendarEventVisibility: "PRIVATE" }, { calendarEventVisibility: "PRIVATE" }],
    [
      "hostId",
      { location: "ZOOM", hostId: user("ada") },
      { location: "ZOOM", office: null, host: { id: user("ada") } },
    ],
    ["name cleared", { name: null }, { name: null }],
    ["office cleared", { location: "PHONE", officeId: null }, { location: "PHONE", office: null }],
    ["kind sent as null", { kind: null }, {}],
    ["interviewers sent as null", { interviewerIds: null }, {}],
  ];
  test.each(overrides)("overridden: %s", async (_field, sent, seen) => {
    expect(await create(plan(sent))).toMatchObject({ ...INHERITED, ...seen });
  });

  test("clears an inherited HackerRank template", async () => {
    const stored = async (sent: object) => {
      const id = await createInterview(app.client, plan(sent));
      const [row] = await app.app.connections.raw`
        select hackerrank_template_id as pad from interviews where id = ${decodeId(id).id}`;
      return row?.["pad"];
    };
    expect(await stored({})).toBe("hr-1");
    expect(await stored({ hackerrankTemplateId: null })).toBeNull();
  });

  test("seats interviewers in the order of the activity, or in that of the request", async () => {
    const { raw } = app.app.connections;
    const swap = () => raw`update stage_activity_interviewers set position = 1 - position`;
    await swap();
    try {
      expect(await create(plan())).toMatchObject({ interviewers: seats("bob", "ada") });
    } finally {
      await swap();
    }
    for (const names of [
      ["extra-3", "ada", "extra-1", "bob"],
      ["bob", "extra-1", "ada", "extra-3"],
    ]) {
      const parts = { kind: "PANEL", interviewerIds: names.map(user) };
      for (const input of [plan(parts), adHoc(parts)]) {
        expect(await create(input)).toMatchObject({ interviewers: seats(...names) });
      }
    }
  });

  test("takes from the caller what an empty activity does not have", async () => {
    const { adHoc: parts } = adHoc().mode;
    expect(await create(plan({ ...parts, stageActivityId: activity("empty") }))).toMatchObject({
      name: "Engineer – On site",
      kind: "ONE_ON_ONE",
      stage: { name: "On site" },
      scorecard: null,
      aiNoteTaker: { enabled: false },
    });
  });

  test("warns that a scorecard template is ignored", async () => {
    const { createInterview: result } = await app.client.data(CREATE, {
      input: plan({ scorecardTemplateId: scorecard("coding"), interviewerIds: [user("ada")] }),
    });
    expect(result.warnings).toEqual([
      { code: "SCORECARD_TEMPLATE_IGNORED", path: ["input", "mode", "plan", "scorecardTemplateId"], interviewer: null },
    ]);
    const { interview } = await app.client.data(READ, { id: result.interview.id });
    expect(interview.scorecard.template).toEqual({ id: scorecard("general") });
  });
});

describe("ad-hoc mode", () => {
  test("stands on the application's current stage and is named after it", async () => {
    expect(await create(adHoc({ scorecardTemplateId: scorecard("coding") }))).toMatchObject({
      name: "Engineer – Screening",
      stage: { name: "Screening" },
      stageActivity: null,
      interviewers: seats("ada"),
      scorecard: {
        required: false,
        feedbackDescription: null,
        ratingDescription: null,
        template: { id: scorecard("coding") },
      },
      provisioning: { state: "PENDING" },
    });
  });

  const locations: [location: string, parts: object][] = [
    ["PHONE", {}],
    ["ONSITE", { officeId: office("london") }],
    ["ZOOM", { hostId: user("ada") }],
    ["GOOGLE_MEET", {}],
    ["MICROSOFT_TEAMS", {}],
    ["HACKERRANK", { hackerrankTemplateId: "hr-9" }],
  ];
  test.each(locations)("an interview may be held at %s", async (location, parts) => {
    expect(await create(adHoc({ location, ...parts }))).toMatchObject({ location });
  });

  const organizers = ["admin", "super-admin", "recruiter", "hiring-manager", "coordinator"];
  test.each(organizers)("%s may organize", async (name) => {
    expect(await create(adHoc({}, { organizerId: user(name) }))).toMatchObject({ organizer: { id: user(name) } });
  });

  test("an external recruiter may organize for the candidates they added", async () => {
    const input = adHoc({}, { organizerId: user("external-recruiter"), applicationId: application("agency") });
    expect(await create(input)).toMatchObject({ candidate: { name: "Dan" } });
  });

  test("a name sent as null reads as left out, since there is none to clear", async () => {
    for (const input of [adHoc({ name: null }), external({ name: null })]) {
      expect(await create(input)).toMatchObject({ name: "Engineer – Screening" });
    }
  });

  test("an offset and Z name the same instant as the local time", async () => {
    for (const startTime of ["2027-03-01T10:00", "2027-03-01T14:45:00+05:45", "2027-03-01T09:00:00Z"]) {
      expect(await create(adHoc({}, { startTime }))).toMatchObject({
        startTime: "2027-03-01T09:00:00.000Z",
        localStartTime: "2027-03-01T10:00:00",
      });
    }
  });
});

describe("external mode", () => {
  const link = { videoConferencingUrl: "https://zoom.us/j/123?pwd=x", source: "Other system", eventId: "event-1" };

  test("keeps the record and promises nothing", async () => {
    const input = external({ ...link, location: "ZOOM" }, { organizerId: user("no-calendar") });
    expect(await create(input)).toMatchObject({
      location: "ZOOM",
      host: null,
      conferenceUrl: null,
      candidateRsvp: null,
      interviewers: [{ rsvp: null, user: { id: user("ada") } }],
      candidateTemplate: null,
      interviewerTemplate: null,
      stage: { name: "Screening" },
      external: link,
      provisioning: { state: "NOT_APPLICABLE", provisionedAt: null },
    });
  });

  test("needs no location, and none of what a location needs", async () => {
    expect(await create(external())).toMatchObject({ location: null, external: { videoConferencingUrl: null } });
    expect(await create(external({ location: "ONSITE" }))).toMatchObject({ location: "ONSITE", office: null });
  });

  test("inherits from a stage activity what is left out", async () => {
    const input = external({
      stageActivityId: activity("full"),
      kind: null,
      durationMinutes: null,
      interviewerIds: null,
    });
    expect(await create(input)).toMatchObject({
      kind: "PANEL",
      durationMinutes: 45,
      interviewers: [
        { rsvp: null, user: { id: user("ada") } },
        { rsvp: null, user: { id: user("bob") } },
      ],
      office: { id: office("berlin") },
      stage: { name: "On site" },
      candidateTemplate: null,
      interviewerTemplate: null,
      scorecard: { template: { id: scorecard("general") } },
    });
  });
});

describe("external mode with a stage activity", () => {
  const stageActivityId = activity("full");
  const people = { kind: "ONE_ON_ONE", interviewerIds: [user("ada")] };

  test("inherits everything but templates, host and visibility", async () => {
    const input = external({ stageActivityId, ...people });
    expect(await create(input)).toMatchObject({
      ...INHERITED,
      kind: "ONE_ON_ONE",
      durationMinutes: 30,
      interviewers: [{ rsvp: null, user: { id: user("ada") } }],
      host: null,
      calendarEventVisibility: "DEFAULT",
      candidateTemplate: null,
      interviewerTemplate: null,
      stageActivity: { id: stageActivityId },
    });
  });

  test("has the scorecard template of the request, without the activity's instructions", async () => {
    const own = { scorecardTemplateId: scorecard("coding") };
    expect((await create(external({ stageActivityId, ...people, ...own }))).scorecard).toEqual({
      required: false,
      feedbackDescription: null,
      ratingDescription: null,
      template: { id: scorecard("coding") },
    });
    expect((await create(external({ ...people, ...own }))).scorecard.template).toEqual({ id: scorecard("coding") });
    expect((await create(external(people))).scorecard).toBeNull();
  });

  test("prefers what is sent, and a null clears name and office", async () => {
    const sent = { location: "PHONE", name: null, officeId: null };
    expect(await create(external({ stageActivityId, ...people, ...sent }))).toMatchObject({
      location: "PHONE",
      name: null,
      office: null,
    });
    const other = { location: "ZOOM", name: "Elsewhere", officeId: office("london") };
    expect(await create(external({ stageActivityId, ...people, ...other }))).toMatchObject({
      location: "ZOOM",
      name: "Elsewhere",
      office: null,
    });
    const onSite = { location: "ONSITE", officeId: office("london") };
    expect(await create(external({ stageActivityId, ...people, ...onSite }))).toMatchObject({
      office: { id: office("london") },
    });
  });

  test("stands on the application's stage without one, and is named after it", async () => {
    expect(await create(external(people))).toMatchObject({ name: "Engineer – Screening", stageActivity: null });
  });
});

test("the longest link that is accepted is kept whole", async () => {
  const videoConferencingUrl = `https://zoom.us/${"x".repeat(2_048 - "https://zoom.us/".length)}`;
  expect((await create(external({ videoConferencingUrl }))).external).toMatchObject({ videoConferencingUrl });
});

test("ten interviewers have a seat each, in the order of the request", async () => {
  const names = Array.from({ length: 10 }, (_, index) => `extra-${9 - index}`);
  expect(await create(adHoc({ kind: "PANEL", interviewerIds: names.map(user) }))).toMatchObject({
    interviewers: seats(...names),
  });
});

test("each interview has its event, and each managed one its task", async () => {
  const [counts] = await app.app.connections.raw`
    select count(*)::int as interviews, count(*) filter (where not external)::int as managed,
      (select count(*)::int from events where type = 'INTERVIEW_CREATED') as events,
      (select max(sequence)::int from events) as newest,
      (select count(distinct data ->> 'payload')::int from pgboss.job) as tasks
    from interviews`;
  expect(counts?.["events"]).toBe(counts?.["interviews"]);
  expect(counts?.["newest"]).toBe(counts?.["interviews"]);
  expect(counts?.["tasks"]).toBe(counts?.["managed"]);
});

test("a token without interviews:write creates nothing", async () => {
  const reader = await app.createToken("sample", ["interviews:read", "directory:read"]);
  const result = await reader.send(CREATE, { input: adHoc() });
  expect(result.errors).toMatchObject([{ extensions: { code: "FORBIDDEN", requiredScope: "interviews:write" } }]);
  expect(result.data).toBeNull();
});

test("another account sees nothing of it", async () => {
  const id = await createInterview(app.client, adHoc());
  expect(await app.other.data(READ, { id })).toEqual({ interview: null });
  expect(await app.other.data("{ interviews { nodes { id } } }")).toEqual({ interviews: { nodes: [] } });
  expect(await app.other.data("query ($id: ID!) { node(id: $id) { id } }", { id })).toEqual({ node: null });
  expect(sampleId("User", "ada", "other")).not.toBe(user("ada"));
});

test("a link is kept in the form in which every reader takes it for the same host", async () => {
  const link = { videoConferencingUrl: "https://zoom.us\\@evil.example/j/1234567890", durationMinutes: 45 };
  const id = await createInterview(app.client, external(link));
  const { interview } = await app.client.data(
    `{ interview(id: "${id}") { external { videoConferencingUrl } aiNoteTaker { canJoin reason } } }`,
  );
  expect(interview).toEqual({
    external: { videoConferencingUrl: "https://zoom.us/@evil.example/j/1234567890" },
    aiNoteTaker: { canJoin: false, reason: "NOT_A_MEETING_LINK" },
  });
});
