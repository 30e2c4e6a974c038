import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Client } from "../support/client.ts";
import { application } from "../support/interview.ts";
import { leg, loopDocument, loopOf, runLoop, succeedLoop } from "../support/loop.ts";
import { expectNothingWritten } from "../support/verb.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

const LEGS = [leg("2027-03-01T10:00Z"), leg("2027-03-01T11:00Z")];
const LATER = [leg("2027-03-02T10:00Z"), leg("2027-03-02T11:00Z")];
const AGENCY = { applicationId: application("agency") };

let app: ViewerApp;
/** About a candidate of the account, and about one whom an external recruiter added. */
let loop: any;
let agency: any;
beforeAll(async () => {
  app = await startViewerApp({ worker: false });
  ({ loop } = await succeedLoop(app.client, "scheduleLoop", loopOf(LEGS, { idempotencyKey: "loop-of-token" })));
  ({ loop: agency } = await succeedLoop(app.client, "scheduleLoop", loopOf(LATER, AGENCY)));
});
afterAll(() => app.stop());

const READ = /* GraphQL */ `
  query Read($id: ID!, $interviewId: ID!) {
    interviewLoop(id: $id) {
      interviews {
        id
      }
    }
    node(id: $id) {
      id
    }
    interview(id: $interviewId) {
      loop {
        id
      }
    }
    interviews(filter: { loopIds: [$id] }) {
      totalCount
    }
  }
`;
const read = (client: Client, { id, interviews }: any) => client.data(READ, { id, interviewId: interviews[0].id });
const WHOLE = (one: any) => ({
  interviewLoop: { interviews: one.interviews.map(({ id }: any) => ({ id })) },
  node: { id: one.id },
  interview: { loop: { id: one.id } },
  interviews: { totalCount: 2 },
});
const NOTHING = { interviewLoop: null, node: null, interview: null, interviews: { totalCount: 0 } };

describe("a loop is seen and changed by whoever sees its application", () => {
  test.each(["admin", "recruiter", "hiring-manager", "coordinator"])("%s", async (name) => {
    const client = await app.person(name);
    expect(await read(client, loop)).toEqual(WHOLE(loop));
    const legs = loop.interviews.map(({ id, startTime }: any) => ({ interviewId: id, startTime }));
    await succeedLoop(client, "moveLoop", { loopId: loop.id, legs });
  });

  test("an external recruiter, when they added the candidate", async () => {
    const client = await app.person("external-recruiter");
    expect(await read(client, loop)).toEqual(NOTHING);
    expect(await read(client, agency)).toEqual(WHOLE(agency));
  });

  test("who sits on it sees the interview and no loop, and cannot filter by it", async () => {
    expect(await read(await app.person("ada"), loop)).toEqual({ ...NOTHING, interview: { loop: null } });
  });

  test.each(["external-recruiter", "ada", "bob", "stranger", "other account"])(
    "it is not found by %s",
    async (name) => {
      const client = name === "other account" ? app.other : await app.person(name);
      const legs = loop.interviews.map(({ id }: any) => ({ interviewId: id, startTime: "2027-04-01T10:00Z" }));
      await expectNothingWritten(app, async () => {
        const moved = await runLoop(client, "moveLoop", { loopId: loop.id, legs });
        const cancelled = await runLoop(client, "cancelLoop", { loopId: loop.id });
        const repeated = await runLoop(client, "scheduleLoop", loopOf(LEGS, { idempotencyKey: "loop-of-token" }));
        expect([moved, cancelled, repeated].map(({ __typename }) => __typename)).toEqual([
          "LoopNotFound",
          "LoopNotFound",
          "ApplicationNotFound",
        ]);
      });
    },
  );
});

describe("a token that may only write", () => {
  const ask = async (selection: string, input: object = {}) => {
    const writer = await app.createToken("sample", ["interviews:write"]);
    const document = `mutation ($input: ScheduleLoopInput!) { scheduleLoop(input: $input) { __typename ${selection} } }`;
    return writer.send(document, { input: loopOf(LEGS, input) });
  };

  test.each([
    "... on ScheduleLoopSuccess { loop { name } }",
    "... on ScheduleLoopSuccess { loop { id interviews { id } } }",
    "... on LoopConflict { legs { conflicts { interviewer { name } } } }",
    "... on ScheduleLoopValid { warnings { interviewer { email } } }",
  ])("does not get %s, and nothing is written", async (selection) => {
    const { data, errors } = await expectNothingWritten(app, () => ask(selection));
    expect({ data, errors }).toMatchObject({
      data: null,
      errors: [{ extensions: { requiredScope: "interviews:read" } }],
    });
  });

  test("gets the id of the loop, and of a conflict ids of people and times", async () => {
    const [first] = LEGS;
    const conflicts =
      "... on LoopConflict { legs { leg conflicts { startTime interviewer { id } interview { id } } } }";
    const { data } = await ask(`... on ScheduleLoopSuccess { loop { id } } ${conflicts}`);
    expect(data?.["scheduleLoop"].legs[0]).toMatchObject({
      leg: 0,
      conflicts: [{ startTime: "2027-03-01T10:00:00.000Z", interviewer: { id: expect.any(String) }, interview: null }],
    });
    const made = await ask("... on ScheduleLoopSuccess { loop { id } }", {
      legs: [
        { ...first, startTime: "2027-05-01T10:00Z" },
        { ...first, startTime: "2027-05-02T10:00Z" },
      ],
    });
    expect(made.data?.["scheduleLoop"].loop.id).toMatch(/^InterviewLoop_/);
  });
});

test("a token that may only read changes no loop", async () => {
  const reader = await app.createToken("sample", ["interviews:read"]);
  const inputs = {
    scheduleLoop: loopOf(LEGS),
    moveLoop: { loopId: loop.id, legs: [{ interviewId: loop.interviews[0].id, startTime: "2027-04-01T10:00Z" }] },
    cancelLoop: { loopId: loop.id },
  };
  for (const [verb, input] of Object.entries(inputs)) {
    const { errors } = await expectNothingWritten(app, () => reader.send(loopDocument(verb as "moveLoop"), { input }));
    expect(errors, verb).toMatchObject([{ extensions: { requiredScope: "interviews:write" } }]);
  }
});
