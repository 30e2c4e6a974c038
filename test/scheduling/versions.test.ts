import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pruneEvents } from "../../src/events/prune.ts";
import { NOW } from "../support/app.ts";
import { adHoc, createInterview, external, user } from "../support/interview.ts";
import { provisionOnce } from "../support/provisioning.ts";
import { asOfCursor } from "../support/stream.ts";
import { change, eventsOf, expectNothingWritten, run, storedOf, succeed, update } from "../support/verb.ts";
import type { VerbName } from "../support/verb.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
let clock = NOW;
beforeAll(async () => {
  app = await startViewerApp({ worker: false, now: () => clock });
});
beforeEach(() => void (clock = NOW));
afterAll(() => app.stop());

describe("expectedVersion", () => {
  /** Created as 1, settled as 2, renamed as 3, answered as 4. */
  async function history(): Promise<string> {
    const id = await createInterview(app.client, adHoc());
    await provisionOnce(app, id);
    await change(app.client, id, { name: "Talk", calendarEventVisibility: "PRIVATE" });
    await succeed(app.client, "recordRsvp", {
      interviewId: id,
      attendee: { interviewerId: user("ada") },
      rsvp: "ACCEPTED",
    });
    return id;
  }
  test.each([
    [1, ["NAME", "CALENDAR_EVENT_VISIBILITY"]],
    [2, ["NAME", "CALENDAR_EVENT_VISIBILITY"]],
    [5, []],
  ])("%i is refused with what callers have changed since", async (expectedVersion, changedFields) => {
    const id = await history();
    for (const verb of ["updateInterview", "cancelInterview", "markCandidateNoShow", "undoCandidateNoShow"] as const) {
      const input = {
        interviewId: id,
        expectedVersion,
        ...(verb === "updateInterview" && { changes: { name: "Mine" } }),
      };
      const refused = await expectNothingWritten(app, () => run(app.client, verb, input));
      expect(refused, verb).toMatchObject({
        __typename: "VersionConflict",
        currentVersion: 4,
        changedFields,
        interview: { id, version: 4 },
      });
    }
  });
  test.each([3, 4, undefined])(
    "%s is accepted: provisioning and answers contradict nobody",
    async (expectedVersion) => {
      const id = await history();
      expect((await change(app.client, id, { name: "Mine" }, { expectedVersion })).interview.version).toBe(5);
    },
  );
  test("an edit right after the creation is not contradicted by provisioning", async () => {
    const id = await createInterview(app.client, adHoc());
    await provisionOnce(app, id);
    expect((await change(app.client, id, { name: "Mine" }, { expectedVersion: 1 })).interview.version).toBe(3);
  });

  test("of twenty at once one wins", async () => {
    const id = await createInterview(app.client, adHoc());
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        update(app.client, id, { name: `Name ${index}` }, { expectedVersion: 1 }),
      ),
    );
    const counts = Map.groupBy(results, ({ __typename }) => __typename);
    expect([counts.get("UpdateInterviewSuccess")?.length, counts.get("VersionConflict")?.length]).toEqual([1, 19]);
    expect(await eventsOf(app, id)).toHaveLength(1);
  });

  test("without it all are merged in turn", async () => {
    const id = await createInterview(app.client, external());
    const seats = [user("ada"), user("bob")];
    const changes = [
      { name: "Talk" },
      { kind: "PANEL" },
      { location: "PHONE" },
      { durationMinutes: 45 },
      { timezone: "UTC" },
      { external: { source: "agency" } },
      { external: { eventId: "evt" } },
      { external: { videoConferencingUrl: "https://x.example/" } },
    ];
    const answers = await Promise.all([
      ...changes.map((each) => update(app.client, id, each)),
      ...Array.from({ length: 12 }, () => update(app.client, id, { kind: "PANEL", interviewerIds: seats })),
    ]);
    expect(new Set(answers.map(({ __typename }) => __typename))).toEqual(new Set(["UpdateInterviewSuccess"]));
    const stored = await storedOf(app, id);
    expect(stored).toMatchObject({
      name: "Talk",
      kind: "PANEL",
      location: "PHONE",
      duration_minutes: 45,
      timezone: "UTC",
      external_source: "agency",
      external_event_id: "evt",
      external_url: "https://x.example/",
    });
    const events = await eventsOf(app, id);
    expect(events.map(({ version }) => version)).toEqual(
      Array.from({ length: stored["version"] - 1 }, (_, index) => index + 2),
    );
    expect(events.filter(({ fields }) => fields.length === 0)).toEqual([]);
  });
});

const HISTORY = /* GraphQL */ `
  query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    interview(id: $id) {
      history(first: $first, after: $after, last: $last, before: $before) {
        nodes {
          id
          sequence
          type
          occurredAt
          interviewVersion
          reason
          actor {
            kind
            label
            user {
              id
            }
          }
          fields {
            field
            before
            after
          }
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  }
`;
const historyOf = async (id: string, page: object = {}) =>
  (await app.client.data(HISTORY, { id, ...page }))["interview"].history;

describe("history", () => {
  test("tells who, when, why, before and after, without what changed nothing, and outlives retention and names", async () => {
    const coordinator = await app.person("coordinator");
    const id = await createInterview(coordinator, adHoc());
    await provisionOnce(app, id);
    clock = new Date("2027-01-04T09:00Z");
    await change(app.client, id, { name: "Talk" }, { reason: "short\u0065\u0301r" });
    await change(app.client, id, { name: "Talk" }, { reason: "nothing" });
    await change(
      coordinator,
      id,
      { name: null, interviewerIds: [user("bob")] },
      { conflictPolicy: "ALLOW", conflictReason: "why" },
    );
    await app.app.connections.raw`update users set name = 'Renamed' where external_id = 'coordinator'`;
    await pruneEvents(app.app.services.db, new Date("2028-01-01T00:00Z"));
    const { nodes } = await historyOf(id);
    const person = { kind: "PERSON", label: "User coordinator", user: { id: user("coordinator") } };
    const token = { kind: "TOKEN", label: "test", user: null };
    expect(nodes.map(({ actor }: any) => actor)).toEqual([
      person,
      { kind: "SYSTEM", label: expect.any(String), user: null },
      token,
      person,
    ]);
    expect(
      nodes.map(({ type, interviewVersion, reason, occurredAt }: any) => [type, interviewVersion, reason, occurredAt]),
    ).toEqual([
      ["INTERVIEW_CREATED", 1, null, NOW.toISOString()],
      ["INTERVIEW_PROVISIONED", 2, null, NOW.toISOString()],
      ["INTERVIEW_UPDATED", 3, "short\u00E9r", clock.toISOString()],
      ["INTERVIEW_UPDATED", 4, null, clock.toISOString()],
    ]);
    expect(nodes[0].fields).toContainEqual({ field: "START", before: null, after: "2027-03-01T09:00:00.000Z" });
    expect(nodes[2].fields).toEqual([
      { field: "NAME", before: "Engineer – Screening", after: "Talk" },
      { field: "PROVISIONING", before: "PROVISIONED", after: "PENDING" },
    ]);
    expect(nodes[3].fields).toEqual([
      { field: "INTERVIEWERS", before: user("ada"), after: user("bob") },
      { field: "NAME", before: "Talk", after: null },
    ]);
  });

  test("is paged in both directions, in the order of the log", async () => {
    const id = await createInterview(app.client, adHoc());
    for (let count = 0; count < 6; count += 1) await change(app.client, id, { name: `Name ${count}` });
    const whole = (await historyOf(id)).nodes.map((node: any) => node.sequence);
    expect(whole).toHaveLength(7);
    const forward: number[] = [];
    const backward: number[] = [];
    let [after, before]: [string | null, string | null] = [null, null];
    for (let more = true; more;) {
      const { nodes, pageInfo } = await historyOf(id, { first: 3, after });
      forward.push(...nodes.map((node: any) => node.sequence));
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    for (let more = true; more;) {
      const { nodes, pageInfo } = await historyOf(id, { last: 3, before });
      backward.unshift(...nodes.map((node: any) => node.sequence));
      [before, more] = [pageInfo.startCursor, pageInfo.hasPreviousPage];
    }
    expect([forward, backward]).toEqual([whole, whole]);
  });

  test("an event tells the fields that it changed", async () => {
    const after = await asOfCursor(app.client);
    const id = await createInterview(app.client, adHoc());
    await change(
      app.client,
      id,
      { startTime: "2027-03-02T10:00", name: "Talk" },
      { conflictPolicy: "ALLOW", conflictReason: "x" },
    );
    const stream = await app.client.subscribe(
      "subscription ($after: EventCursor) { interviewEvents(after: $after) { ... on InterviewEvent { type changedFields interview { id } } } }",
      { after },
    );
    const told = [(await stream.next()).data, (await stream.next()).data].map((data) => data?.["interviewEvents"]);
    await stream.close();
    expect(told[1]).toMatchObject({ type: "INTERVIEW_RESCHEDULED", interview: { id } });
    expect(told[1].changedFields).toEqual(["START", "END", "NAME"]);
  });
});

test("each verb takes as many statements as here, however many sit on the interview", async () => {
  const id = await createInterview(
    app.client,
    adHoc({ kind: "PANEL", interviewerIds: [user("extra-1"), user("extra-2")] }),
  );
  await provisionOnce(app, id);
  clock = new Date("2027-03-01T09:10Z");
  const counts: [verb: string, count: number][] = [];
  const count = async (name: string, verb: VerbName, input: object) => {
    const before = app.statements.length;
    await app.client.data(
      `mutation ($input: ${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input!) { ${verb}(input: $input) { __typename } }`,
      { input: { interviewId: id, ...input } },
    );
    counts.push([name, app.statements.length - before]);
  };
  await count("nothing", "updateInterview", { changes: {} });
  await count("checked", "updateInterview", { changes: { name: "a" }, validateOnly: true });
  await count("renamed", "updateInterview", { changes: { name: "b" } });
  await count("with a key", "updateInterview", { changes: { name: "c" }, idempotencyKey: "key-of-counts" });
  await count("replayed", "updateInterview", { changes: { name: "c" }, idempotencyKey: "key-of-counts" });
  await count("answered", "recordRsvp", { attendee: { interviewerId: user("extra-1") }, rsvp: "ACCEPTED" });
  await count("marked", "markCandidateNoShow", {});
  await count("undone", "undoCandidateNoShow", {});
  clock = NOW;
  await count("moved", "updateInterview", { changes: { startTime: "2027-06-01T10:00Z" } });
  await count("refused", "updateInterview", { changes: { kind: "ONE_ON_ONE" } });
  await count("cancelled", "cancelInterview", {});
  expect(Object.fromEntries(counts)).toEqual({
    nothing: 7,
    checked: 5,
    renamed: 11,
    "with a key": 13,
    replayed: 8,
    answered: 7,
    marked: 7,
    undone: 6,
    moved: 14,
    refused: 7,
    cancelled: 12,
  });
});
