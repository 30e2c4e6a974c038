import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { decodeId, encodeId } from "../../src/core/id.ts";
import { FINDINGS } from "../../src/interview/finding.ts";
import type { FindingCode } from "../../src/interview/finding.ts";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { sampleId } from "../support/directory.ts";
import { activity, adHoc, application, CREATE, external, office, plan, template, user } from "../support/interview.ts";
import { expectNoTraces } from "../support/trace.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());
afterEach(() => expectNoTraces(app));

const send = async (input: object) => (await app.client.data(CREATE, { input }))["createInterview"];
/** Code, path and what a message adds to its code's own. */
async function findingsOf(input: object): Promise<[code: FindingCode, path: string, particulars: string][]> {
  const { findings = [] } = await send(input);
  return findings.map(({ code, path, message }: { code: FindingCode; path: string[]; message: string }) => {
    expect(message.startsWith(FINDINGS[code].message)).toBe(true);
    return [code, path.join("."), message.slice(FINDINGS[code].message.length).trim()];
  });
}

const UUID = "00000000-0000-4000-8000-000000000000";
const candidate = sampleId("Candidate", "carla");
const MODES = { plan, adHoc, external };
type Mode = keyof typeof MODES;
const ALL: Mode[] = ["plan", "adHoc", "external"];
const MANAGED: Mode[] = ["plan", "adHoc"];

/** Every id of the input that a finding is about: how it is sent, its noun, and the code that refuses it. */
const IDS: [field: string, noun: string, code: FindingCode, modes: Mode[]][] = [
  ["organizerId", "User", "ERR_ORGANIZER_NOT_FOUND", ALL],
  ["stageActivityId", "StageActivity", "ERR_STAGE_ACTIVITY_NOT_FOUND", ["plan", "external"]],
  ["officeId", "Office", "ERR_OFFICE_NOT_FOUND", ALL],
  ["hostId", "User", "ERR_ZOOM_HOST_ID_NOT_IN_INTERVIEWERS", MANAGED],
  ["candidateTemplateId", "EmailTemplate", "ERR_CANDIDATE_TEMPLATE_NOT_FOUND", MANAGED],
  ["interviewerTemplateId", "EmailTemplate", "ERR_INTERVIEWER_TEMPLATE_NOT_FOUND", MANAGED],
  ["scorecardTemplateId", "ScorecardTemplate", "ERR_SCORECARD_TEMPLATE_NOT_FOUND", ["adHoc", "external"]],
];
const WRONG: [what: string, id: (noun: string) => string, particulars: (id: string) => string][] = [
  ["unknown", (noun) => encodeId(noun, UUID), (id) => `Sent: "${id}".`],
  ["another type's", () => candidate, (id) => `"${id}" is the id of a Candidate.`],
  ["malformed", () => "x", () => '"x" is not an id of this API.'],
  ["a bare UUID", () => decodeId(office("berlin")).id, (id) => `"${id}" is not an id of this API.`],
  ["empty", () => "", () => '"" is not an id of this API.'],
];
const idCases = IDS.flatMap(([field, noun, code, modes]) =>
  modes.flatMap((mode) =>
    WRONG.map(([what, make, particulars]) => ({ field, code, mode, what, id: make(noun), particulars })),
  ),
);

test.each(idCases)(
  "an id that is $what is refused at $field in $mode mode",
  async ({ field, code, mode, id, particulars }) => {
    const isCommon = field === "organizerId";
    const input = isCommon ? MODES[mode]({}, { organizerId: id }) : MODES[mode]({ [field]: id });
    const path = isCommon ? "input.organizerId" : `input.mode.${mode}.${field}`;
    expect(await findingsOf(input)).toEqual([[code, path, particulars(id)]]);
  },
);

test.each(ALL)("wrong ids of interviewers are one finding in %s mode, which tells each apart", async (mode) => {
  const unknown = encodeId("User", UUID);
  const interviewerIds = [user("ada"), unknown, candidate, "x", user("inactive")];
  expect(await findingsOf(MODES[mode]({ kind: "PANEL", interviewerIds }))).toEqual([
    [
      "ERR_INTERVIEWERS_NOT_FOUND",
      `input.mode.${mode}.interviewerIds`,
      `Unknown or inactive are "${unknown}", "${user("inactive")}". "${candidate}" is the id of a Candidate. ` +
        '"x" is not an id of this API.',
    ],
  ]);
});

test("wrong ids are told all at once, in the order of the rules, beside other findings", async () => {
  const input = adHoc(
    {
      location: "ZOOM",
      officeId: "b",
      hostId: "c",
      interviewerIds: ["d"],
      candidateTemplateId: "e",
      durationMinutes: 1,
    },
    { organizerId: "a" },
  );
  expect((await findingsOf(input)).map(([code, , particulars]) => `${code} ${particulars}`)).toEqual([
    'ERR_ORGANIZER_NOT_FOUND "a" is not an id of this API.',
    "ERR_DURATION_OUT_OF_RANGE ",
    'ERR_INTERVIEWERS_NOT_FOUND "d" is not an id of this API.',
    'ERR_OFFICE_NOT_FOUND "b" is not an id of this API.',
    'ERR_ZOOM_HOST_ID_NOT_IN_INTERVIEWERS "c" is not an id of this API.',
    'ERR_CANDIDATE_TEMPLATE_NOT_FOUND "e" is not an id of this API.',
  ]);
});

test("the wrong id of a host is told even if the interviewers are not known", async () => {
  expect(await findingsOf(plan({ stageActivityId: "y", hostId: "x" }))).toMatchObject([
    ["ERR_STAGE_ACTIVITY_NOT_FOUND", "input.mode.plan.stageActivityId", '"y" is not an id of this API.'],
    ["ERR_ZOOM_HOST_ID_NOT_IN_INTERVIEWERS", "input.mode.plan.hostId", '"x" is not an id of this API.'],
  ]);
});

test.each(WRONG)("an application's id that is %s is not found", async (...[, make, particulars]) => {
  const applicationId = make("Application");
  expect(await send(adHoc({}, { applicationId }))).toEqual({
    __typename: "ApplicationNotFound",
    code: "ERR_APPLICATION_NOT_FOUND",
    message: `There is no application with this id. ${particulars(applicationId)}`,
  });
});

test.each(WRONG)("an interview's id that is %s is not found by retryProvisioning", async (...[, make, particulars]) => {
  const interviewId = make("Interview");
  const retry = `mutation ($id: ID!) { retryProvisioning(input: { interviewId: $id }) {
    __typename ... on Problem { code message } } }`;
  expect((await app.client.data(retry, { id: interviewId }))["retryProvisioning"]).toEqual({
    __typename: "InterviewNotFound",
    code: "ERR_INTERVIEW_NOT_FOUND",
    message: `There is no interview with this id. ${particulars(interviewId)}`,
  });
});

describe("what is missing", () => {
  const NONE = "The stage activity has none.";
  const CLEARED = "The null that was sent clears the stage activity's.";
  const empty = { stageActivityId: activity("empty"), kind: "ONE_ON_ONE", interviewerIds: [user("ada")] };
  const cases: [what: string, input: object, findings: [code: FindingCode, field: string, particulars: string][]][] = [
    [
      "in plan mode",
      plan({ stageActivityId: activity("empty") }),
      [
        ["ERR_KIND_REQUIRED", "kind", NONE],
        ["ERR_LOCATION_REQUIRED", "location", NONE],
        ["ERR_DURATION_MINUTES_REQUIRED", "durationMinutes", NONE],
        ["ERR_INTERVIEWER_IDS_REQUIRED", "interviewerIds", NONE],
        ["ERR_CANDIDATE_TEMPLATE_ID_REQUIRED", "candidateTemplateId", NONE],
        ["ERR_INTERVIEWER_TEMPLATE_ID_REQUIRED", "interviewerTemplateId", NONE],
      ],
    ],
    [
      "in external mode with an activity",
      external({ ...empty, durationMinutes: null }),
      [["ERR_DURATION_MINUTES_REQUIRED", "durationMinutes", NONE]],
    ],
    [
      "in external mode without one",
      external({ kind: null, durationMinutes: null, interviewerIds: null }),
      [
        ["ERR_KIND_REQUIRED", "kind", ""],
        ["ERR_DURATION_MINUTES_REQUIRED", "durationMinutes", ""],
        ["ERR_INTERVIEWER_IDS_REQUIRED", "interviewerIds", ""],
      ],
    ],
    ["in ad-hoc mode", adHoc({ durationMinutes: null }), [["ERR_DURATION_MINUTES_REQUIRED", "durationMinutes", ""]]],
    ["an office in ad-hoc mode", adHoc({ location: "ONSITE" }), [["ERR_ONSITE_OFFICE_REQUIRED", "officeId", ""]]],
    ["an office that is cleared", plan({ officeId: null }), [["ERR_ONSITE_OFFICE_REQUIRED", "officeId", CLEARED]]],
    [
      "a pad template that is cleared",
      plan({ location: "HACKERRANK", hackerrankTemplateId: null }),
      [["ERR_HACKERRANK_TEMPLATE_ID_REQUIRED", "hackerrankTemplateId", CLEARED]],
    ],
    ["a host", plan({ location: "ZOOM" }), [["ERR_ZOOM_HOST_ID_REQUIRED", "hostId", ""]]],
    [
      "interviewers, by an empty list",
      plan({ interviewerIds: [] }),
      [["ERR_INTERVIEWER_IDS_REQUIRED", "interviewerIds", ""]],
    ],
  ];
  test.each(cases)("%s", async (_what, input, findings) => {
    const [mode] = Object.keys((input as { mode: object }).mode);
    const expected = findings.map(([code, field, particulars]) => [code, `input.mode.${mode}.${field}`, particulars]);
    expect(await findingsOf(input)).toEqual(expected);
  });
});

describe("a value of the stage activity is said to be its own", () => {
  const path = (field: string) => `input.mode.plan.${field}`;
  /** Sends the request while a change of the directory holds. */
  const during = async (change: string, input: object, back: string) => {
    const { raw } = app.app.connections;
    await raw.unsafe(change);
    const findings = await findingsOf(input);
    await raw.unsafe(back);
    return findings;
  };
  const retire = (table: string, externalId: string) => [
    `update ${table} set retired_at = now() where external_id = '${externalId}'`,
    `update ${table} set retired_at = null where external_id = '${externalId}'`,
  ];

  test.each([
    ["offices", "berlin", "ERR_OFFICE_NOT_FOUND", "officeId", office("berlin")],
    [
      "email_templates",
      "to-candidate",
      "ERR_CANDIDATE_TEMPLATE_NOT_FOUND",
      "candidateTemplateId",
      template("to-candidate"),
    ],
    [
      "scorecard_templates",
      "general",
      "ERR_SCORECARD_TEMPLATE_NOT_FOUND",
      "scorecardTemplateId",
      sampleId("ScorecardTemplate", "general"),
    ],
  ] as const)("of %s, %s", async (table, name, code, field, id) => {
    const [change = "", back = ""] = retire(table, name);
    expect(await during(change, plan(), back)).toEqual([[code, path(field), `"${id}" is the stage activity's.`]]);
  });

  test("of interviewers", async () => {
    const set = (active: boolean) => `update users set active = ${active} where external_id = 'bob'`;
    expect(await during(set(false), plan(), set(true))).toEqual([
      [
        "ERR_INTERVIEWERS_NOT_FOUND",
        path("interviewerIds"),
        `Unknown or inactive of the stage activity's are "${user("bob")}".`,
      ],
    ]);
  });

  test("of how many there are", async () => {
    expect(await findingsOf(plan({ kind: "ONE_ON_ONE" }))).toEqual([
      ["ERR_INVALID_SET_OF_INTERVIEWERS", path("interviewerIds"), "The stage activity has 2."],
    ]);
    expect(await findingsOf(plan({ kind: "ONE_ON_ONE", interviewerIds: [user("ada"), user("bob")] }))).toEqual([
      ["ERR_INVALID_SET_OF_INTERVIEWERS", path("interviewerIds"), "This one would have 2."],
    ]);
  });

  test("of a template's category", async () => {
    const set = (channel: string) =>
      `update email_templates set channel = '${channel}' where external_id = 'to-interviewers'`;
    expect(await during(set("EMAIL"), plan(), set("CALENDAR_INVITE"))).toEqual([
      [
        "ERR_INTERVIEWER_TEMPLATE_INVALID_CATEGORY",
        path("interviewerTemplateId"),
        "The stage activity's has EMAIL and INTERVIEWER_COORDINATION.",
      ],
    ]);
  });
});

test("a scorecard template that plan mode ignores is ignored whatever is sent", async () => {
  for (const scorecardTemplateId of ["x", candidate, encodeId("ScorecardTemplate", UUID)]) {
    const result = await send(plan({ scorecardTemplateId }, { validateOnly: true }));
    expect(result).toMatchObject({
      __typename: "CreateInterviewValid",
      warnings: [{ code: "SCORECARD_TEMPLATE_IGNORED" }, {}],
    });
  }
  expect(await findingsOf(plan({}, { applicationId: application("hired") }))).toHaveLength(1);
});
