import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { adHoc, createInterview, user } from "../support/interview.ts";

let app: TestApp;
let writer: Client;
let interviewId: string;
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  writer = await app.createToken("sample", ["interviews:write"]);
  interviewId = await createInterview(app.client, adHoc());
});
afterAll(() => app.stop());

const create = (selection: string, fragment = "") =>
  `mutation ($input: CreateInterviewInput!) { createInterview(input: $input) { __typename ${selection} } } ${fragment}`;
const rows = async () => {
  const [row] = await app.app.connections.raw`select (select count(*)::int from interviews) as interviews,
    (select count(*)::int from events) as events, (select count(*)::int from idempotency_keys) as keys`;
  return row;
};

const SHOWN: [name: string, selection: string, fragment?: string][] = [
  ["a name", "... on CreateInterviewSuccess { interview { name } }"],
  ["a nested id", "... on CreateInterviewSuccess { interview { id candidate { id } } }"],
  ["a field under an alias", "... on CreateInterviewSuccess { interview { id: name } }"],
  [
    "a field of a fragment",
    "...Made",
    "fragment Made on CreateInterviewSuccess { interview { ...Whole } } fragment Whole on Interview { id startTime }",
  ],
  ["a field of an inline fragment without a type", "... on CreateInterviewSuccess { interview { ... { startTime } } }"],
  ["a person of a warning", "... on CreateInterviewSuccess { warnings { interviewer { email } } }"],
  ["a person of a conflict", "... on InterviewerConflict { conflicts { interviewer { name } } }"],
  ["an interview of a conflict", "... on InterviewerConflict { conflicts { interview { id startTime } } }"],
];

test.each(SHOWN)(
  "a token that may only write does not get %s, and nothing is written",
  async (_name, selection, fragment) => {
    const before = await rows();
    const { data, errors } = await writer.send(create(selection, fragment), {
      input: adHoc({}, { idempotencyKey: "not-shown-to-writers" }),
    });
    expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN", requiredScope: "interviews:read" } }]);
    expect(data).toBeNull();
    expect(await rows()).toEqual(before);
  },
);

test("a token that may only write gets the ids of what it made", async () => {
  const selection = `... on CreateInterviewSuccess { interview { __typename id } replayed warnings { code path message interviewer { id } } }`;
  const { createInterview: result } = await writer.data(create(selection), {
    input: adHoc({}, { startTime: "2027-03-02T03:00" }),
  });
  expect(result).toMatchObject({
    interview: { __typename: "Interview", id: expect.any(String) },
    warnings: [{ code: "INTERVIEWER_UNSOCIABLE_HOUR", interviewer: { id: user("ada") } }],
  });
});

test("a token that may only write gets the ids and times of a conflict, and no interview", async () => {
  const selection = "... on InterviewerConflict { conflicts { interviewer { id } startTime interview { id } } }";
  const input = adHoc({}, { conflictPolicy: "REJECT", conflictReason: null });
  const { createInterview: result } = await writer.data(create(selection), { input });
  expect(result.conflicts[0]).toEqual({
    interviewer: { id: user("ada") },
    startTime: "2027-03-01T09:00:00.000Z",
    interview: null,
  });
});

test("a token that may only write does not read an interview by retrying its provisioning", async () => {
  await app.app.connections.raw`update interviews set provisioning_state = 'FAILED'`;
  const retry = (selection: string) =>
    writer.send(
      `mutation ($id: ID!) { retryProvisioning(input: { interviewId: $id }) { ... on RetryProvisioningSuccess { interview { ${selection} } } } }`,
      { id: interviewId },
    );
  expect((await retry("name")).errors).toMatchObject([{ extensions: { requiredScope: "interviews:read" } }]);
  const [state] = await app.app.connections.raw`select distinct provisioning_state as state from interviews`;
  expect(state).toEqual({ state: "FAILED" });
  expect((await retry("id")).data).toEqual({ retryProvisioning: { interview: { id: interviewId } } });
});
