import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeId } from "../../src/core/id.ts";
import { commitChange, lockInterview } from "../../src/interview/commit.ts";
import type { RecordChange } from "../../src/interview/commit.ts";
import { systemContext } from "../../src/operation/context.ts";
import { inTransaction } from "../../src/operation/transaction.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import type { GraphQLResult, Subscription } from "../support/client.ts";
import { adHoc, createInterview, external, office, plan, user } from "../support/interview.ts";
import { asOfCursor, eventOf, nextEvent } from "../support/stream.ts";
import { clearTraces } from "../support/trace.ts";

const EVENTS = /* GraphQL */ `
  subscription Followed($after: EventCursor, $filter: InterviewFilter) {
    interviewEvents(after: $after, filter: $filter) {
      cursor
      ... on InterviewEvent {
        type
        leftFilter
        interview {
          id
        }
      }
    }
  }
`;

let app: TestApp;
let accountId: string;
let clock = NOW.getTime();
beforeAll(async () => {
  // Each change has a time of its own; none of them comes near the interviews.
  app = await startTestApp({ worker: false, now: () => new Date((clock += 1)), eventLog: { bookmarkMs: 200 } });
  const [account] = await app.app.connections.raw`select id from accounts where external_id = 'sample'`;
  accountId = account?.["id"];
});
afterAll(() => app.stop());

const create = (mode: object = {}, input: object = {}) => createInterview(app.client, adHoc(mode, input));

const typeOf = (verb: string) => `${verb[0]?.toUpperCase()}${verb.slice(1)}`;
const document = (verb: string) =>
  `mutation ($input: ${typeOf(verb)}Input!) { ${verb}(input: $input) { __typename ... on Problem { message } } }`;

async function change(verb: string, input: object): Promise<void> {
  const { [verb]: result } = await app.client.data(document(verb), { input });
  expect(result).toEqual({ __typename: `${typeOf(verb)}Success` });
}

const ALLOWED = { conflictPolicy: "ALLOW", conflictReason: "a test" };
const update = (interviewId: string, changes: object) =>
  change("updateInterview", { interviewId, changes, ...ALLOWED });
const cancel = (interviewId: string) => change("cancelInterview", { interviewId });

/** What no caller can do at this time, or a provider does. */
function commit(id: string, set: RecordChange["set"], type: RecordChange["event"]["type"]): Promise<void> {
  const ctx = systemContext(app.app.services, accountId, "test");
  return inTransaction(ctx, async (tx) => {
    const before = await lockInterview(tx, ctx, decodeId(id).id);
    if (!before) throw new Error("There is no interview with this id.");
    if (before.interview.external && set.provisioningState) return;
    await commitChange(tx, ctx, { before, change: { set, edited: false, reconcile: false, event: { type } } });
  });
}

const provision = (id: string, state: "PROVISIONED" | "FAILED") =>
  commit(
    id,
    { provisioningState: state },
    state === "FAILED" ? "INTERVIEW_PROVISIONING_FAILED" : "INTERVIEW_PROVISIONED",
  );

async function nextChange(stream: Pick<Subscription, "next">): Promise<Record<string, any>> {
  for (;;) {
    const event = await nextEvent(stream);
    if (event["type"]) return event;
  }
}

type Leave = [name: string, filter: object, leave: (id: string) => Promise<unknown>];
const ways: Leave[] = [
  ["is cancelled", { statuses: ["NOT_STARTED"], kinds: ["ONE_ON_ONE"], interviewerIds: [user("ada")] }, cancel],
  [
    "is moved out of a window",
    { startTime: { from: "2027-03-01T00:00:00Z", to: "2027-03-02T00:00:00Z" }, interviewerIds: [user("ada")] },
    (id) => update(id, { startTime: "2027-03-02T10:00" }),
  ],
  ["loses an interviewer", { interviewerIds: [user("ada")] }, (id) => update(id, { interviewerIds: [user("bob")] })],
  [
    "is held elsewhere",
    { locations: ["PHONE"], interviewerIds: [user("ada")] },
    (id) => update(id, { location: "ONSITE", officeId: office("london") }),
  ],
  [
    "is provisioned",
    { provisioningStates: ["PENDING"], interviewerIds: [user("ada")] },
    (id) => provision(id, "PROVISIONED"),
  ],
];

describe.each([
  ["WebSocket", (variables: { after: string; filter: object }) => app.client.subscribe(EVENTS, variables)],
  ["server-sent events", (variables: { after: string; filter: object }) => app.client.subscribeSse(EVENTS, variables)],
] as const)("over %s", (_name, open) => {
  test.each(ways)(
    "an interview that %s leaves the filter once, and is not heard of again",
    async (_way, filter, leave) => {
      const after = await asOfCursor(app.client);
      const id = await create();
      const stream = await open({ after, filter });
      expect(await nextChange(stream)).toMatchObject({
        type: "INTERVIEW_CREATED",
        leftFilter: false,
        interview: { id },
      });
      await leave(id);
      expect(await nextChange(stream)).toMatchObject({ leftFilter: true, interview: { id } });
      await commit(id, { name: "outside" }, "INTERVIEW_UPDATED");
      const next = await create();
      expect(await nextChange(stream)).toMatchObject({ leftFilter: false, interview: { id: next } });
      await cancel(next);
      await stream.close();
    },
  );

  test("one that comes back into the filter is told again", async () => {
    const filter = { interviewerIds: [user("extra-1")] };
    const id = await create({ interviewerIds: [user("extra-1")] });
    const stream = await open({ after: await asOfCursor(app.client), filter });
    await update(id, { interviewerIds: [user("bob")] });
    await update(id, { interviewerIds: [user("extra-1")] });
    expect([(await nextChange(stream)).leftFilter, (await nextChange(stream)).leftFilter]).toEqual([true, false]);
    await stream.close();
  });
});

test("nothing leaves where no filter was sent, and a replay judges as it was at the time", async () => {
  const after = await asOfCursor(app.client);
  const id = await create();
  await cancel(id);
  const [all, filtered] = [
    await app.client.subscribe(EVENTS, { after }),
    await app.client.subscribe(EVENTS, { after, filter: { statuses: ["NOT_STARTED"] } }),
  ];
  const left = async (stream: Subscription) => [
    (await nextChange(stream)).leftFilter,
    (await nextChange(stream)).leftFilter,
  ];
  expect([await left(all), await left(filtered)]).toEqual([
    [false, false],
    [false, true],
  ]);
  await all.close();
  await filtered.close();
});

test("the facts of an event take no statement of their own", async () => {
  const id = await create();
  const before = app.statements.length;
  await provision(id, "PROVISIONED");
  const sent = app.statements.slice(before);
  expect(sent.filter((text) => /"jobs"|hiring_team_members|into events/.test(text))).toHaveLength(1);
  expect(sent).toHaveLength(4);
});

test("the same filter serves `interviewProvisioned`", async () => {
  const PROVISIONED =
    "subscription ($after: EventCursor, $filter: InterviewFilter) { interviewProvisioned(after: $after, filter: $filter) { interview { id } } }";
  const after = await asOfCursor(app.client);
  const filter = { locations: ["ONSITE"], officeIds: [office("london")] };
  const ids = [await create(), await create({ location: "ONSITE", officeId: office("london") })];
  for (const id of ids) await provision(id, "PROVISIONED");
  const stream = await app.client.subscribe(PROVISIONED, { after, filter });
  expect((await nextEvent(stream)).interview).toEqual({ id: ids[1] });
  await stream.close();
});

describe("a list that is kept by what its stream tells", () => {
  const later = (ms: number) => new Date(clock + ms).toISOString();
  const conditions = (): object[] => [
    { statuses: ["NOT_STARTED"] },
    { statuses: ["CANCELLED", "CANDIDATE_NO_SHOW"] },
    { provisioningStates: ["PENDING", "FAILED"] },
    { interviewerIds: [user("ada"), user("extra-1")] },
    { locations: ["PHONE", "ZOOM"] },
    { officeIds: [office("london")] },
    { startTime: { from: "2027-03-01T00:00:00Z", to: "2027-03-03T00:00:00Z" } },
    { createdAt: { to: later(20) } },
    { updatedAt: { from: later(10), to: later(30) } },
    { kinds: ["PANEL"] },
    { aiNoteTakerEnabled: true },
    { departments: ["Engineering"], organizerIds: [user("recruiter")] },
    { recruiterIds: [user("recruiter")] },
    { external: true },
  ];
  const seats = [["ada"], ["bob"], ["ada", "bob"], ["extra-1", "extra-2"]].map((names) => names.map(user));
  const startTimes = ["2027-03-01T10:00", "2027-03-02T10:00", "2027-03-05T10:00"];
  const places = [
    { location: "PHONE" },
    { location: "ZOOM", hostId: user("ada") },
    { location: "ONSITE", officeId: office("london") },
    { location: "ONSITE", officeId: office("berlin") },
  ];
  const one = fc.oneof(
    fc.record({ create: fc.constantFrom(adHoc(), external(), plan(), adHoc({ aiNoteTakerEnabled: true })) }),
    fc.record({ startTime: fc.constantFrom(...startTimes) }),
    fc
      .constantFrom(...seats)
      .map((interviewerIds) => ({ interviewerIds, kind: interviewerIds.length > 1 ? "PANEL" : "ONE_ON_ONE" })),
    fc.constantFrom(...places),
    fc.record({ aiNoteTakerEnabled: fc.boolean() }),
    fc.constantFrom("CANCEL", "PROVISIONED", "FAILED", "NO_SHOW", "CAME"),
  );

  /** Refusals are part of it: they change nothing. */
  async function apply(step: unknown, id: string): Promise<void> {
    if (step === "CANCEL") await app.client.data(document("cancelInterview"), { input: { interviewId: id } });
    else if (step === "NO_SHOW") await commit(id, { outcome: "CANDIDATE_NO_SHOW" }, "CANDIDATE_NO_SHOW_MARKED");
    else if (step === "CAME") await commit(id, { outcome: null }, "CANDIDATE_NO_SHOW_UNDONE");
    else if (step === "PROVISIONED" || step === "FAILED") await provision(id, step);
    else await app.client.data(document("updateInterview"), { input: { interviewId: id, changes: step, ...ALLOWED } });
  }
  const list = async (filter: object) => {
    const LIST =
      "query ($filter: InterviewFilter) { interviews(filter: $filter, first: 100) { asOfCursor nodes { id } } }";
    const { asOfCursor: cursor, nodes } = (await app.client.data(LIST, { filter }))["interviews"];
    return { cursor, ids: new Set<string>(nodes.map(({ id }: { id: string }) => id)) };
  };

  test("is the list that is read again, whatever happens to its interviews", async () => {
    const run = fc.asyncProperty(
      fc.array(fc.tuple(one, fc.nat()), { minLength: 30, maxLength: 40 }),
      fc.nat(),
      async (steps, seed) => {
        const ids = [await create(), await create()];
        const all = conditions();
        const pairs = all.map((each, index) => ({ ...each, ...all[(index + seed) % all.length] }));
        const filters = [{}, ...all, ...pairs];
        const before = await Promise.all(filters.map(list));
        for (const [step, place] of steps) {
          if (typeof step === "object" && "create" in step) ids.push(await createInterview(app.client, step.create));
          else await apply(step, ids[place % ids.length] ?? "");
        }
        const head = await asOfCursor(app.client);
        const socket = await app.client.openSocket();
        await Promise.all(
          filters.map(async (filter, index) => {
            const { cursor, ids: kept } = before[index] ?? (await list(filter));
            for await (const result of socket.iterate({ query: EVENTS, variables: { after: cursor, filter } })) {
              const event = eventOf(result as GraphQLResult);
              const { leftFilter, interview } = event;
              if (leftFilter && !kept.delete(interview.id)) throw new Error("What was not listed has left.");
              if (interview && !leftFilter) kept.add(interview.id);
              if (event["cursor"] === head) break;
            }
            expect(kept, JSON.stringify(filter)).toEqual((await list(filter)).ids);
          }),
        );
        await socket.dispose();
        await clearTraces(app);
      },
    );
    await fc.assert(run, { numRuns: 3, endOnFailure: true });
  });
});
