import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, application, CREATE, template, user } from "../support/interview.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
});
afterAll(() => app.stop());

const FIELDS: [field: string, code: string][] = [
  ["kind", "ERR_KIND_REQUIRED"],
  ["location", "ERR_LOCATION_REQUIRED"],
  ["interviewerIds", "ERR_INTERVIEWER_IDS_REQUIRED"],
  ["candidateTemplateId", "ERR_CANDIDATE_TEMPLATE_ID_REQUIRED"],
  ["interviewerTemplateId", "ERR_INTERVIEWER_TEMPLATE_ID_REQUIRED"],
];
const request: Record<string, unknown> = adHoc().mode.adHoc;
const literal = (fields: Record<string, unknown>) => {
  const parts: Record<string, string> = {
    kind: "ONE_ON_ONE",
    location: "PHONE",
    durationMinutes: "30",
    interviewerIds: `["${user("ada")}"]`,
    candidateTemplateId: `"${template("to-candidate")}"`,
    interviewerTemplateId: `"${template("to-interviewers")}"`,
  };
  const text = Object.keys(parts)
    .filter((name) => name in fields)
    .map((name) => `${name}: ${fields[name] === null ? "null" : parts[name]}`);
  return `mutation { createInterview(input: {
    applicationId: "${application("active")}", organizerId: "${user("recruiter")}", startTime: "2027-03-01T10:00",
    timezone: "UTC", mode: { adHoc: { ${text.join(", ")} } } }) { __typename } }`;
};

describe.each(FIELDS)("without %s the request is refused with %s:", (field, code) => {
  const { [field]: _left, ...without } = request;
  const withNull = { ...request, [field]: null };
  test.each([
    ["left out of the variables", async () => app.client.send(CREATE, { input: adHoc({ [field]: undefined }) })],
    ["null in the variables", async () => app.client.send(CREATE, { input: adHoc({ [field]: null }) })],
    ["left out of the document", async () => app.client.send(literal(without))],
    ["null in the document", async () => app.client.send(literal(withNull))],
    [
      "left out of a variable for the mode alone",
      async () =>
        app.client.send(
          `mutation ($mode: AdHocInterviewInput!) { createInterview(input: { applicationId: "a", organizerId: "b", startTime: "c", timezone: "d", mode: { adHoc: $mode } }) { __typename } }`,
          { mode: without },
        ),
    ],
  ])("%s", async (_name, send) => {
    const { errors, data } = await send();
    expect(errors?.map(({ extensions }) => extensions?.["code"])).toEqual([code]);
    expect(data ?? null).toBeNull();
  });
});

test("all that is missing is reported, each with its code", async () => {
  const { errors } = await app.client.send(CREATE, { input: { ...adHoc(), mode: { adHoc: {} } } });
  expect(errors?.map(({ extensions }) => extensions?.["code"]).toSorted()).toEqual(
    FIELDS.map(([, code]) => code).toSorted(),
  );
});

test("what has no code of its own is INVALID_INPUT", async () => {
  const { applicationId: _left, ...input } = adHoc();
  const { errors } = await app.client.send(CREATE, { input });
  expect(errors?.[0]?.message).toContain("applicationId");
  expect(errors?.[0]?.extensions?.["code"]).toBe("INVALID_INPUT");
  const { errors: unknownField } = await app.client.send("{ nothing }");
  expect(unknownField).toMatchObject([{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }]);
  const { errors: syntax } = await app.client.send("{");
  expect(syntax).toMatchObject([{ extensions: { code: "GRAPHQL_PARSE_FAILED" } }]);
});

describe("the mode is exactly one", () => {
  test.each([
    ["none", {}],
    ["two", { ...adHoc().mode, plan: { stageActivityId: "x" } }],
    ["null", { adHoc: null }],
  ])("%s is refused", async (_name, mode) => {
    const { errors, data } = await app.client.send(CREATE, { input: { ...adHoc(), mode } });
    expect(errors?.[0]?.message).toMatch(/OneOf|exactly one|non-null|not to be null/i);
    expect(data ?? null).toBeNull();
  });
});
