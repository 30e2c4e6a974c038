import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { encodeId } from "../../src/core/id.ts";
import { FINDINGS } from "../../src/interview/finding.ts";
import type { FindingCode } from "../../src/interview/finding.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { sampleId } from "../support/directory.ts";
import {
  activity,
  adHoc,
  application,
  CREATE,
  external,
  office,
  plan,
  scorecard,
  template,
  user,
} from "../support/interview.ts";
import { expectNoTraces } from "../support/trace.ts";

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const unknown = (noun: string) => encodeId(noun, UNKNOWN);
const extras = (count: number) => Array.from({ length: count }, (_, index) => user(`extra-${index}`));
const empty = activity("empty");
/** The parts of the empty activity that a plan request has to send. */
const complete = {
  stageActivityId: empty,
  kind: "ONE_ON_ONE",
  location: "PHONE",
  durationMinutes: 30,
  interviewerIds: [user("ada")],
  candidateTemplateId: template("to-candidate"),
  interviewerTemplateId: template("to-interviewers"),
};
const without = (part: keyof typeof complete) => {
  const { [part]: _left, ...rest } = complete;
  return plan(rest);
};

type Case = [name: string, input: object, path: string];

/** For each code the smallest requests that yield exactly it. */
const CASES: Partial<Record<FindingCode, Case[]>> = {
  ERR_APPLICATION_NOT_ACTIVE: [
    ["hired", adHoc({}, { applicationId: application("hired") }), "input.applicationId"],
    ["rejected", plan({}, { applicationId: application("rejected") }), "input.applicationId"],
    ["duplicate", external({}, { applicationId: application("duplicate") }), "input.applicationId"],
  ],
  ERR_ORGANIZER_NOT_FOUND: [
    ["unknown", adHoc({}, { organizerId: unknown("User") }), "input.organizerId"],
    ["inactive", adHoc({}, { organizerId: user("inactive") }), "input.organizerId"],
  ],
  ERR_ORGANIZER_NO_CALENDAR: [["no calendar", adHoc({}, { organizerId: user("no-calendar") }), "input.organizerId"]],
  ERR_ORGANIZER_NO_JOB_PERMISSION: [
    ["not on the team", adHoc({}, { organizerId: user("stranger") }), "input.organizerId"],
  ],
  ERR_ORGANIZER_NO_APPLICATION_PERMISSION: [
    ["another's candidate", adHoc({}, { organizerId: user("external-recruiter") }), "input.organizerId"],
  ],
  ERR_INVALID_TIMEZONE: [["unknown zone", adHoc({}, { timezone: "Mars/Olympus" }), "input.timezone"]],
  ERR_INVALID_ISO_8601: [
    ["start", adHoc({}, { startTime: "soon" }), "input.startTime"],
    ["start in a gap", adHoc({}, { startTime: "2027-03-28T02:30" }), "input.startTime"],
    ["start in a fold", adHoc({}, { startTime: "2027-10-31T02:30" }), "input.startTime"],
    ["end", plan({ endTime: "later" }), "input.mode.plan.endTime"],
  ],
  ERR_START_TIME_NOT_ALIGNED: [
    ["minutes", adHoc({}, { startTime: "2027-03-01T10:10" }), "input.startTime"],
    ["seconds", adHoc({}, { startTime: "2027-03-01T10:15:01" }), "input.startTime"],
    [
      "off the grid of Kathmandu",
      adHoc({}, { startTime: "2027-03-01T10:10+05:45", timezone: "Asia/Kathmandu" }),
      "input.startTime",
    ],
  ],
  ERR_START_TIME_IN_PAST: [
    ["past", adHoc({}, { startTime: "2026-03-02T10:00" }), "input.startTime"],
    ["now", adHoc({}, { startTime: "2027-01-04T08:00Z" }), "input.startTime"],
  ],
  ERR_END_TIME_BEFORE_START_TIME: [
    ["before", adHoc({ endTime: "2027-03-01T09:00" }), "input.mode.adHoc.endTime"],
    ["equal", external({ endTime: "2027-03-01T10:00" }), "input.mode.external.endTime"],
  ],
  ERR_DURATION_OUT_OF_RANGE: [
    ["too short", adHoc({ durationMinutes: 4 }), "input.mode.adHoc.durationMinutes"],
    ["too long", plan({ durationMinutes: 1441 }), "input.mode.plan.durationMinutes"],
    ["end too far", adHoc({ endTime: "2027-03-02T10:01" }), "input.mode.adHoc.endTime"],
    ["end within a minute", adHoc({ endTime: "2027-03-01T10:30:30" }), "input.mode.adHoc.endTime"],
  ],
  ERR_STAGE_ACTIVITY_NOT_FOUND: [
    ["unknown", plan({ stageActivityId: unknown("StageActivity") }), "input.mode.plan.stageActivityId"],
    ["another job's", plan({ stageActivityId: activity("designer-talk") }), "input.mode.plan.stageActivityId"],
    ["external", external({ stageActivityId: unknown("StageActivity") }), "input.mode.external.stageActivityId"],
  ],
  ERR_STAGE_ACTIVITY_NOT_INTERVIEW: [
    ["an e-mail", plan({ stageActivityId: activity("email") }), "input.mode.plan.stageActivityId"],
  ],
  ERR_KIND_REQUIRED: [
    ["plan", without("kind"), "input.mode.plan.kind"],
    ["explicit null", plan({ ...complete, kind: null }), "input.mode.plan.kind"],
    ["external", external({ kind: null }), "input.mode.external.kind"],
  ],
  ERR_LOCATION_REQUIRED: [["plan", without("location"), "input.mode.plan.location"]],
  ERR_DURATION_MINUTES_REQUIRED: [
    ["plan", without("durationMinutes"), "input.mode.plan.durationMinutes"],
    ["ad hoc", adHoc({ durationMinutes: null }), "input.mode.adHoc.durationMinutes"],
    ["external", external({ durationMinutes: null }), "input.mode.external.durationMinutes"],
  ],
  ERR_INTERVIEWER_IDS_REQUIRED: [
    ["plan", without("interviewerIds"), "input.mode.plan.interviewerIds"],
    ["empty list", adHoc({ interviewerIds: [] }), "input.mode.adHoc.interviewerIds"],
    ["external", external({ interviewerIds: [] }), "input.mode.external.interviewerIds"],
  ],
  ERR_INTERVIEWERS_NOT_FOUND: [
    ["unknown", adHoc({ interviewerIds: [unknown("User")] }), "input.mode.adHoc.interviewerIds"],
    ["inactive", adHoc({ interviewerIds: [user("inactive")] }), "input.mode.adHoc.interviewerIds"],
  ],
  ERR_INVALID_SET_OF_INTERVIEWERS: [
    ["two for one", adHoc({ interviewerIds: extras(2) }), "input.mode.adHoc.interviewerIds"],
    ["eleven", adHoc({ kind: "PANEL", interviewerIds: extras(11) }), "input.mode.adHoc.interviewerIds"],
  ],
  ERR_ONSITE_OFFICE_REQUIRED: [
    ["ad hoc", adHoc({ location: "ONSITE" }), "input.mode.adHoc.officeId"],
    ["cleared", plan({ officeId: null }), "input.mode.plan.officeId"],
  ],
  ERR_OFFICE_NOT_FOUND: [
    ["unknown", adHoc({ location: "ONSITE", officeId: unknown("Office") }), "input.mode.adHoc.officeId"],
  ],
  ERR_ZOOM_HOST_ID_REQUIRED: [
    ["ad hoc", adHoc({ location: "ZOOM" }), "input.mode.adHoc.hostId"],
    ["plan", plan({ location: "ZOOM" }), "input.mode.plan.hostId"],
  ],
  ERR_ZOOM_HOST_ID_NOT_IN_INTERVIEWERS: [
    [
      "somebody else",
      adHoc({ location: "ZOOM", hostId: user("ada"), interviewerIds: extras(1) }),
      "input.mode.adHoc.hostId",
    ],
    ["unknown", adHoc({ location: "ZOOM", hostId: unknown("User") }), "input.mode.adHoc.hostId"],
  ],
  ERR_ZOOM_HOST_INVALID_USER: [
    [
      "no seat",
      adHoc({ location: "ZOOM", hostId: user("extra-0"), interviewerIds: extras(1) }),
      "input.mode.adHoc.hostId",
    ],
    [
      "inactive seat",
      adHoc({ location: "ZOOM", hostId: user("bob"), interviewerIds: [user("bob")] }),
      "input.mode.adHoc.hostId",
    ],
  ],
  ERR_HACKERRANK_TEMPLATE_ID_REQUIRED: [
    ["ad hoc", adHoc({ location: "HACKERRANK" }), "input.mode.adHoc.hackerrankTemplateId"],
    ["cleared", plan({ location: "HACKERRANK", hackerrankTemplateId: null }), "input.mode.plan.hackerrankTemplateId"],
  ],
  ERR_CANDIDATE_TEMPLATE_ID_REQUIRED: [["plan", without("candidateTemplateId"), "input.mode.plan.candidateTemplateId"]],
  ERR_CANDIDATE_TEMPLATE_NOT_FOUND: [
    ["unknown", adHoc({ candidateTemplateId: unknown("EmailTemplate") }), "input.mode.adHoc.candidateTemplateId"],
  ],
  ERR_CANDIDATE_TEMPLATE_INVALID_CATEGORY: [
    ["category", adHoc({ candidateTemplateId: template("to-interviewers") }), "input.mode.adHoc.candidateTemplateId"],
    ["channel", adHoc({ candidateTemplateId: template("mail-to-candidate") }), "input.mode.adHoc.candidateTemplateId"],
  ],
  ERR_INTERVIEWER_TEMPLATE_ID_REQUIRED: [
    ["plan", without("interviewerTemplateId"), "input.mode.plan.interviewerTemplateId"],
  ],
  ERR_INTERVIEWER_TEMPLATE_NOT_FOUND: [
    ["unknown", adHoc({ interviewerTemplateId: unknown("EmailTemplate") }), "input.mode.adHoc.interviewerTemplateId"],
  ],
  ERR_INTERVIEWER_TEMPLATE_INVALID_CATEGORY: [
    ["category", adHoc({ interviewerTemplateId: template("to-candidate") }), "input.mode.adHoc.interviewerTemplateId"],
  ],
  ERR_SCORECARD_TEMPLATE_NOT_FOUND: [
    ["ad hoc", adHoc({ scorecardTemplateId: unknown("ScorecardTemplate") }), "input.mode.adHoc.scorecardTemplateId"],
    [
      "external",
      external({ scorecardTemplateId: unknown("ScorecardTemplate") }),
      "input.mode.external.scorecardTemplateId",
    ],
  ],
  ERR_CONFLICT_REASON_REQUIRED: [
    ["left out", adHoc({}, { conflictReason: null }), "input.conflictReason"],
    ["external as well", external({}, { conflictReason: undefined }), "input.conflictReason"],
  ],
  ERR_INVALID_EXTERNAL_URL: [
    [
      "javascript",
      external({ videoConferencingUrl: "javascript:alert(1)" }),
      "input.mode.external.videoConferencingUrl",
    ],
    ["data", external({ videoConferencingUrl: "data:text/html,x" }), "input.mode.external.videoConferencingUrl"],
    [
      "a line break",
      external({ videoConferencingUrl: "https://zoom.us/j/1\n" }),
      "input.mode.external.videoConferencingUrl",
    ],
    [
      "ten kilobytes",
      external({ videoConferencingUrl: `https://zoom.us/${"x".repeat(10_240)}` }),
      "input.mode.external.videoConferencingUrl",
    ],
    ["not a URL", external({ videoConferencingUrl: "zoom" }), "input.mode.external.videoConferencingUrl"],
    [
      "a user's name",
      external({ videoConferencingUrl: "https://u@zoom.us/j/1" }),
      "input.mode.external.videoConferencingUrl",
    ],
    [
      "a password alone",
      external({ videoConferencingUrl: "https://:p@zoom.us/j/1" }),
      "input.mode.external.videoConferencingUrl",
    ],
    [
      "a space",
      external({ videoConferencingUrl: "https://zoom.us/j/1 2" }),
      "input.mode.external.videoConferencingUrl",
    ],
    [
      "a control character",
      external({ videoConferencingUrl: "https://zoom.us/j/1\u0007" }),
      "input.mode.external.videoConferencingUrl",
    ],
  ],
};

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** Whatever is asked here is refused, or only asked. */
afterEach(async () => {
  await expectNoTraces(app);
});

const send = async (input: object, client = app.client) => (await client.data(CREATE, { input }))["createInterview"];
/** The codes of a request's findings; none when it would be accepted. */
const codesOf = async (input: object): Promise<FindingCode[]> => {
  const result = await send({ ...input, validateOnly: true });
  if (result.__typename === "CreateInterviewValid") return [];
  return result.findings.map(({ code }: { code: FindingCode }) => code);
};

const rows = Object.entries(CASES).flatMap(([code, cases]) =>
  cases.map(([name, input, path]) => ({ code: code as FindingCode, name, input, path })),
);

test("every code of the create list has a case", () => {
  const entries: [string, { operations: readonly string[] }][] = Object.entries(FINDINGS);
  const codes = entries.filter(([, { operations }]) => operations.includes("createInterview")).map(([code]) => code);
  expect(Object.keys(CASES).toSorted()).toEqual(codes.toSorted());
  expect(rows.every(({ path }) => path !== "")).toBe(true);
});

describe("a request with one fault", () => {
  test.each(rows)("$code: $name", async ({ code, input, path }) => {
    const { createInterview } = await app.client.data(CREATE, { input });
    expect(createInterview.findings?.map((found: { code: string }) => found.code)).toEqual([code]);
    const [found] = createInterview.findings;
    expect(found.path.join(".")).toBe(path);
    expect(found.message).toContain(FINDINGS[code].message);
    const hasActivity = JSON.stringify(input).includes("stageActivityId");
    expect(hasActivity || !/stage activity/i.test(found.message), found.message).toBe(true);
  });
});

test("an unknown application and another account's are the same answer, and not a finding", async () => {
  for (const applicationId of [unknown("Application"), sampleId("Application", "active", "other")]) {
    const { createInterview } = await app.client.data(CREATE, { input: adHoc({}, { applicationId }) });
    expect(createInterview).toEqual({
      __typename: "ApplicationNotFound",
      code: "ERR_APPLICATION_NOT_FOUND",
      message: `There is no application with this id. Sent: "${applicationId}".`,
    });
  }
});

test("six faults come back together, in the order of the rules", async () => {
  const input = adHoc(
    {
      durationMinutes: 3,
      interviewerIds: extras(2),
      location: "ONSITE",
      scorecardTemplateId: unknown("ScorecardTemplate"),
    },
    { organizerId: user("stranger"), startTime: "2027-03-01T10:10" },
  );
  const { createInterview } = await app.client.data(CREATE, { input });
  expect(createInterview.message).toBe("Nothing was changed: 6 findings.");
  expect(createInterview.findings.map(({ code }: { code: string }) => code)).toEqual([
    "ERR_ORGANIZER_NO_JOB_PERMISSION",
    "ERR_START_TIME_NOT_ALIGNED",
    "ERR_DURATION_OUT_OF_RANGE",
    "ERR_ONSITE_OFFICE_REQUIRED",
    "ERR_INVALID_SET_OF_INTERVIEWERS",
    "ERR_SCORECARD_TEMPLATE_NOT_FOUND",
  ]);
});

test("an activity with nothing configured reports everything that is missing", async () => {
  const { createInterview } = await app.client.data(CREATE, { input: plan({ stageActivityId: empty }) });
  expect(createInterview.findings.map(({ code }: { code: string }) => code)).toEqual([
    "ERR_KIND_REQUIRED",
    "ERR_LOCATION_REQUIRED",
    "ERR_DURATION_MINUTES_REQUIRED",
    "ERR_INTERVIEWER_IDS_REQUIRED",
    "ERR_CANDIDATE_TEMPLATE_ID_REQUIRED",
    "ERR_INTERVIEWER_TEMPLATE_ID_REQUIRED",
  ]);
});

test("without a kind, nothing is said of how many interviewers there are", async () => {
  const { kind: _left, ...rest } = complete;
  expect(await codesOf(plan({ ...rest, interviewerIds: extras(2) }))).toEqual(["ERR_KIND_REQUIRED"]);
});

test("a refused activity silences what depends on it, and nothing else", async () => {
  const input = plan(
    { stageActivityId: activity("email"), hostId: unknown("User"), officeId: unknown("Office") },
    { startTime: "never" },
  );
  const { createInterview } = await app.client.data(CREATE, { input });
  expect(createInterview.findings.map(({ code }: { code: string }) => code)).toEqual([
    "ERR_INVALID_ISO_8601",
    "ERR_STAGE_ACTIVITY_NOT_INTERVIEW",
    "ERR_OFFICE_NOT_FOUND",
  ]);
});

test("a start that cannot be read leaves the end without a judgement, and a length not", async () => {
  expect(await codesOf(adHoc({ endTime: "2027-03-01T10:30" }, { startTime: "soon" }))).toEqual([
    "ERR_INVALID_ISO_8601",
  ]);
  expect(await codesOf(adHoc({ durationMinutes: 4 }, { startTime: "soon" }))).toEqual([
    "ERR_INVALID_ISO_8601",
    "ERR_DURATION_OUT_OF_RANGE",
  ]);
});

describe("the order of findings is that of the rules", () => {
  const onTheTeamOfNone = { organizerId: user("extra-0") };
  const everythingWrong: [mode: string, input: object, codes: FindingCode[]][] = [
    [
      "plan",
      plan(
        {
          stageActivityId: unknown("StageActivity"),
          kind: "ONE_ON_ONE",
          location: "ZOOM",
          durationMinutes: 3,
          interviewerIds: [unknown("User"), user("ada")],
          officeId: unknown("Office"),
          hostId: user("bob"),
          candidateTemplateId: unknown("EmailTemplate"),
          interviewerTemplateId: template("rejection"),
        },
        {
          ...onTheTeamOfNone,
          applicationId: application("hired"),
          startTime: "2026-03-02T10:10",
          conflictReason: null,
        },
      ),
      [
        "ERR_APPLICATION_NOT_ACTIVE",
        "ERR_ORGANIZER_NO_CALENDAR",
        "ERR_ORGANIZER_NO_JOB_PERMISSION",
        "ERR_START_TIME_NOT_ALIGNED",
        "ERR_START_TIME_IN_PAST",
        "ERR_DURATION_OUT_OF_RANGE",
        "ERR_STAGE_ACTIVITY_NOT_FOUND",
        "ERR_INTERVIEWERS_NOT_FOUND",
        "ERR_INVALID_SET_OF_INTERVIEWERS",
        "ERR_OFFICE_NOT_FOUND",
        "ERR_ZOOM_HOST_INVALID_USER",
        "ERR_CANDIDATE_TEMPLATE_NOT_FOUND",
        "ERR_INTERVIEWER_TEMPLATE_INVALID_CATEGORY",
        "ERR_CONFLICT_REASON_REQUIRED",
      ],
    ],
    [
      "ad hoc",
      adHoc(
        {
          location: "ZOOM",
          durationMinutes: null,
          interviewerIds: extras(2),
          officeId: unknown("Office"),
          hostId: user("bob"),
          candidateTemplateId: template("rejection"),
          interviewerTemplateId: unknown("EmailTemplate"),
          scorecardTemplateId: unknown("ScorecardTemplate"),
        },
        { organizerId: user("external-recruiter"), timezone: "Mars/Olympus", conflictReason: null },
      ),
      [
        "ERR_ORGANIZER_NO_APPLICATION_PERMISSION",
        "ERR_INVALID_TIMEZONE",
        "ERR_DURATION_MINUTES_REQUIRED",
        "ERR_INVALID_SET_OF_INTERVIEWERS",
        "ERR_OFFICE_NOT_FOUND",
        "ERR_ZOOM_HOST_ID_NOT_IN_INTERVIEWERS",
        "ERR_ZOOM_HOST_INVALID_USER",
        "ERR_CANDIDATE_TEMPLATE_INVALID_CATEGORY",
        "ERR_INTERVIEWER_TEMPLATE_NOT_FOUND",
        "ERR_SCORECARD_TEMPLATE_NOT_FOUND",
        "ERR_CONFLICT_REASON_REQUIRED",
      ],
    ],
    [
      "external",
      external(
        {
          endTime: "later",
          officeId: unknown("Office"),
          scorecardTemplateId: unknown("ScorecardTemplate"),
          videoConferencingUrl: "zoom",
        },
        { organizerId: unknown("User"), timezone: "Mars/Olympus", startTime: "soon", conflictReason: null },
      ),
      [
        "ERR_ORGANIZER_NOT_FOUND",
        "ERR_INVALID_TIMEZONE",
        "ERR_INVALID_ISO_8601",
        "ERR_INVALID_ISO_8601",
        "ERR_OFFICE_NOT_FOUND",
        "ERR_SCORECARD_TEMPLATE_NOT_FOUND",
        "ERR_CONFLICT_REASON_REQUIRED",
        "ERR_INVALID_EXTERNAL_URL",
      ],
    ],
  ];
  test.each(everythingWrong)("in %s mode", async (_mode, input, codes) => {
    expect(await codesOf(input)).toEqual(codes);
  });

  test("the start is named before the end", async () => {
    const { findings } = await send(adHoc({ endTime: "later" }, { startTime: "soon" }));
    expect(findings.map(({ path }: { path: string[] }) => path.at(-1))).toEqual(["startTime", "endTime"]);
  });

  test.each([
    ["ONSITE", "ERR_ONSITE_OFFICE_REQUIRED"],
    ["ZOOM", "ERR_ZOOM_HOST_ID_REQUIRED"],
    ["HACKERRANK", "ERR_HACKERRANK_TEMPLATE_ID_REQUIRED"],
  ])("what %s needs is named between interviewers and templates", async (location, code) => {
    expect(await codesOf(plan({ stageActivityId: empty, location }))).toEqual([
      "ERR_KIND_REQUIRED",
      "ERR_DURATION_MINUTES_REQUIRED",
      "ERR_INTERVIEWER_IDS_REQUIRED",
      code,
      "ERR_CANDIDATE_TEMPLATE_ID_REQUIRED",
      "ERR_INTERVIEWER_TEMPLATE_ID_REQUIRED",
    ]);
  });
});

describe("bounds: the last that is accepted, the first that is refused", () => {
  const modes = { plan, "ad-hoc": adHoc, external };
  describe.each(Object.entries(modes))("in %s mode", (_mode, make) => {
    const people = (kind: string, count: number) => make({ kind, interviewerIds: extras(count) });
    const between = (startTime: string, endTime: string) => make({ endTime }, { startTime });
    const bounds: [what: string, input: object, code: FindingCode | null][] = [
      ["a panel of one", people("PANEL", 1), null],
      ["a panel of 10", people("PANEL", 10), null],
      ["a panel of 11", people("PANEL", 11), "ERR_INVALID_SET_OF_INTERVIEWERS"],
      [
        "a panel of 10, one of whom is named twice",
        make({ kind: "PANEL", interviewerIds: [...extras(10), ...extras(1)] }),
        null,
      ],
      ["one interviewer for one on one", people("ONE_ON_ONE", 1), null],
      ["two interviewers for one on one", people("ONE_ON_ONE", 2), "ERR_INVALID_SET_OF_INTERVIEWERS"],
      ["5 minutes", make({ durationMinutes: 5 }), null],
      ["4 minutes", make({ durationMinutes: 4 }), "ERR_DURATION_OUT_OF_RANGE"],
      ["1440 minutes", make({ durationMinutes: 1440 }), null],
      ["1441 minutes", make({ durationMinutes: 1441 }), "ERR_DURATION_OUT_OF_RANGE"],
      ["an end after 5 minutes", between("2027-03-01T10:00", "2027-03-01T10:05"), null],
      ["an end after 4 minutes", between("2027-03-01T10:00", "2027-03-01T10:04"), "ERR_DURATION_OUT_OF_RANGE"],
      ["an end after 1440 minutes", between("2027-03-01T10:00", "2027-03-02T10:00"), null],
      ["an end after 1441 minutes", between("2027-03-01T10:00", "2027-03-02T10:01"), "ERR_DURATION_OUT_OF_RANGE"],
      ["the next quarter of an hour", make({}, { startTime: "2027-01-04T08:15Z" }), null],
      ["this instant", make({}, { startTime: "2027-01-04T08:00Z" }), "ERR_START_TIME_IN_PAST"],
    ];
    const kind = { kind: "ONE_ON_ONE", interviewerIds: extras(1) };
    const parts = (input: object) => {
      const { mode, ...rest } = input as { mode: Record<string, object> };
      return {
        ...rest,
        mode: Object.fromEntries(Object.entries(mode).map(([name, said]) => [name, { ...kind, ...said }])),
      };
    };
    test.each(bounds)("%s", async (_what, input, code) => {
      expect(await codesOf(parts(input))).toEqual(code ? [code] : []);
    });
  });

  const linkOf = (length: number) => `https://zoom.us/${"x".repeat(length - "https://zoom.us/".length)}`;
  test.each([
    ["a link of 2,048 characters", linkOf(2_048), []],
    ["a link of 2,049 characters", linkOf(2_049), ["ERR_INVALID_EXTERNAL_URL"]],
    ["a link without TLS, with a port", "http://zoom.us:8080/j/1?pwd=x#y", []],
    ["a link to be sent by FTP", "ftp://zoom.us/j/1", ["ERR_INVALID_EXTERNAL_URL"]],
  ])("%s", async (_what, videoConferencingUrl, codes) => {
    expect(await codesOf(external({ videoConferencingUrl }))).toEqual(codes);
  });
});

describe("the host", () => {
  const withoutSeat = { hostId: user("extra-0"), interviewerIds: extras(1) };
  const parts = { ONSITE: { officeId: office("berlin") }, HACKERRANK: { hackerrankTemplateId: "hr-1" } };
  const elsewhere = ["ONSITE", "PHONE", "GOOGLE_MEET", "MICROSOFT_TEAMS", "HACKERRANK"] as const;
  test.each(elsewhere)("needs no Zoom seat at %s, and is one of the interviewers there too", async (location) => {
    const needed = { location, ...parts[location as keyof typeof parts] };
    expect(await codesOf(adHoc({ ...needed, ...withoutSeat }))).toEqual([]);
    expect(await codesOf(adHoc({ ...needed, ...withoutSeat, hostId: user("ada") }))).toEqual([
      "ERR_ZOOM_HOST_ID_NOT_IN_INTERVIEWERS",
    ]);
  });

  test("who is inactive is refused as an interviewer, and not for the missing seat as well", async () => {
    const inactive = { location: "ZOOM", hostId: user("inactive"), interviewerIds: [user("inactive")] };
    expect(await codesOf(adHoc(inactive))).toEqual(["ERR_INTERVIEWERS_NOT_FOUND"]);
  });

  test("is not looked for among interviewers that are not known", async () => {
    expect(await codesOf(adHoc({ location: "ZOOM", hostId: user("ada"), interviewerIds: [] }))).toEqual([
      "ERR_INTERVIEWER_IDS_REQUIRED",
    ]);
    const activities = [
      [unknown("StageActivity"), "ERR_STAGE_ACTIVITY_NOT_FOUND"],
      [activity("email"), "ERR_STAGE_ACTIVITY_NOT_INTERVIEW"],
    ] as const;
    for (const [stageActivityId, code] of activities) {
      const said = { stageActivityId, location: "ZOOM", hostId: user("ada"), interviewerIds: extras(1) };
      expect(await codesOf(plan(said))).toEqual([code]);
    }
  });
});

test.each(["ONSITE", "PHONE", "ZOOM", "GOOGLE_MEET", "MICROSOFT_TEAMS", "HACKERRANK"])(
  "an external interview needs nothing of what %s needs",
  async (location) => {
    expect(await codesOf(external({ location }))).toEqual([]);
  },
);

test("a template must have both the channel and the category", async () => {
  for (const name of ["rejection", "mail-to-candidate", "to-interviewers"]) {
    expect(await codesOf(adHoc({ candidateTemplateId: template(name) }))).toEqual([
      "ERR_CANDIDATE_TEMPLATE_INVALID_CATEGORY",
    ]);
  }
  for (const name of ["rejection", "mail-to-candidate", "to-candidate"]) {
    expect(await codesOf(adHoc({ interviewerTemplateId: template(name) }))).toEqual([
      "ERR_INTERVIEWER_TEMPLATE_INVALID_CATEGORY",
    ]);
  }
});

test("a reason is needed only for a policy other than the default", async () => {
  const policy = { conflictPolicy: "REJECT", conflictReason: null };
  expect(await codesOf(adHoc({}, policy))).toEqual([]);
});

test.each([
  ["the status", adHoc({}, { applicationId: application("rejected") }), ["REJECTED"]],
  ["the activity's type", plan({ stageActivityId: activity("email") }), ["EMAIL"]],
  [
    "the ids that nobody active has, and no others",
    adHoc({ kind: "PANEL", interviewerIds: [user("ada"), unknown("User"), user("inactive")] }),
    [`"${unknown("User")}", "${user("inactive")}".`],
  ],
  ["how many interviewers there would be", adHoc({ interviewerIds: extras(3) }), ["3"]],
  ["channel and category of a template", adHoc({ candidateTemplateId: template("rejection") }), ["EMAIL", "REJECTION"]],
])("the message of a finding names %s", async (_what, input, particulars) => {
  const { findings } = await send(input);
  expect(findings).toHaveLength(1);
  const { code, message } = findings[0];
  const said = message.slice(FINDINGS[code as FindingCode].message.length);
  for (const part of particulars) expect(said).toContain(part);
  expect(said).not.toContain(user("ada"));
});

describe("other accounts' ids are answered like unknown ones", () => {
  test.each([
    ["organizerId", adHoc({}, {}), "ERR_ORGANIZER_NOT_FOUND"],
    ["officeId", adHoc({ location: "ONSITE", officeId: office("berlin") }), "ERR_OFFICE_NOT_FOUND"],
    ["scorecardTemplateId", adHoc({ scorecardTemplateId: scorecard("general") }), "ERR_SCORECARD_TEMPLATE_NOT_FOUND"],
  ])("%s", async (_name, input, code) => {
    const own = { applicationId: sampleId("Application", "active", "other") };
    const { createInterview } = await app.other.data(CREATE, { input: { ...input, ...own } });
    expect(createInterview.findings.map((found: { code: string }) => found.code)).toContain(code);
  });
});
