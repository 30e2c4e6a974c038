import { isInterfaceType } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeId, newId } from "../../src/core/id.ts";
import { schema } from "../../src/schema.ts";
import { compute, search } from "../support/availability.ts";
import { computeLoop, loopSearch } from "../support/loop-availability.ts";
import { Client } from "../support/client.ts";
import { sampleId } from "../support/directory.ts";
import type { TokenClaims } from "../support/issuer.ts";
import { adHoc, createInterview, user } from "../support/interview.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

let app: ViewerApp;
/** An interview of the job "engineer" in which ada sits and which stranger organises. */
let interviewId: string;
/** The loop of that interview. */
let loopId: string;
/** Searches that an API token asked for. */
let searchId: string;
let loopSearchId: string;
beforeAll(async () => {
  app = await startViewerApp({ worker: false });
  ({ id: searchId } = await compute(app.client, search()));
  ({ id: loopSearchId } = await computeLoop(app.client, loopSearch()));
  interviewId = await createInterview(app.client, adHoc());
  const { raw } = app.app.connections;
  await raw`update interviews set provisioning_state = 'FAILED', organizer_id =
    (select u.id from users u where u.account_id = interviews.account_id and u.external_id = 'stranger')`;
  const loop = newId();
  loopId = encodeId("InterviewLoop", loop);
  await raw`insert into interview_loops (account_id, id, application_id, created_at)
    select account_id, ${loop}, application_id, now() from interviews`;
  await raw`update interviews set loop_id = ${loop}`;
  await raw`update users set role = 'RECRUITER' where external_id = 'extra-1'`;
  await raw`update users set role = 'EXTERNAL_COLLABORATOR' where external_id = 'extra-2'`;
});
afterAll(() => app.stop());

/** A request to change the interview. */
function verb(name: string, input = "") {
  return {
    document: () => `mutation { ${name}(input: { interviewId: "${interviewId}", ${input} }) { __typename } }`,
    count: (value: any) => value.__typename,
  };
}

/** Every root field, with a request that a caller with all rights is answered. `count` tells what the answer holds. */
const FIELDS: Record<string, { document: () => string; count: (value: any) => number | string }> = {
  "Query.viewer": { document: () => "{ viewer { scopes } }", count: (value) => value.scopes.length },
  "Query.node": { document: () => `{ node(id: "${interviewId}") { id } }`, count: (value) => (value ? 1 : 0) },
  "Query.nodes": {
    document: () => `{ nodes(ids: ["${interviewId}", "${interviewId}"]) { id } }`,
    count: (value) => value.filter((node: unknown) => node !== null).length,
  },
  "Query.interview": {
    document: () => `{ interview(id: "${interviewId}") { id } }`,
    count: (value) => (value ? 1 : 0),
  },
  "Query.interviews": { document: () => "{ interviews { totalCount } }", count: (value) => value.totalCount },
  "Query.jobs": { document: () => "{ jobs { nodes { id } } }", count: (value) => value.nodes.length },
  "Query.applications": { document: () => "{ applications { nodes { id } } }", count: (value) => value.nodes.length },
  "Query.offices": { document: () => "{ offices { nodes { id } } }", count: (value) => value.nodes.length },
  "Query.users": {
    document: () => "{ users(role: SUPER_ADMIN) { nodes { id } } }",
    count: (value) => value.nodes.length,
  },
  "Query.emailTemplates": {
    document: () => "{ emailTemplates { nodes { id } } }",
    count: (value) => value.nodes.length,
  },
  "Query.scorecardTemplates": {
    document: () => "{ scorecardTemplates { nodes { id } } }",
    count: (value) => value.nodes.length,
  },
  "Query.conferenceHosts": {
    document: () => "{ conferenceHosts { nodes { id } } }",
    count: (value) => value.nodes.length,
  },
  "Mutation.createInterview": {
    document: () => `mutation { createInterview(input: {
      applicationId: "${sampleId("Application", "active")}", organizerId: "${user("admin")}", startTime: "2027-04-01T10:00"
      timezone: "UTC", validateOnly: true, mode: ${MODE()} }) { __typename } }`,
    count: (value) => value.__typename,
  },
  "Mutation.retryProvisioning": {
    document: () => `mutation { retryProvisioning(input: { interviewId: "${interviewId}" }) { __typename } }`,
    count: (value) => value.__typename,
  },
  "Mutation.updateInterview": verb("updateInterview", 'changes: { name: "Another" }, validateOnly: true'),
  // These three are refused for the interview's state or version, so that the next caller finds the same.
  "Mutation.cancelInterview": verb("cancelInterview", "expectedVersion: 0"),
  "Mutation.markCandidateNoShow": verb("markCandidateNoShow"),
  "Mutation.undoCandidateNoShow": verb("undoCandidateNoShow"),
  "Mutation.recordRsvp": verb("recordRsvp", `attendee: { interviewerId: "${user("ada")}" }, rsvp: ACCEPTED`),
  "Subscription.interviewProvisioned": {
    document: () => 'subscription { interviewProvisioned(after: "none") { interview { id } } }',
    count: () => LET_IN,
  },
  "Subscription.interviewEvents": {
    document: () => 'subscription { interviewEvents(after: "none") { ... on InterviewEvent { interview { id } } } }',
    count: () => LET_IN,
  },
  // Refused for its length, so that nothing is written.
  "Mutation.computeAvailability": {
    document:
      () => `mutation { computeAvailability(input: { organizerId: "${user("admin")}", interviewerIds: ["${user("ada")}"]
      kind: PANEL, durationMinutes: 1, timezone: "UTC" }) { __typename } }`,
    count: (value) => value.__typename,
  },
  "Query.availabilitySearch": {
    document: () => `{ availabilitySearch(id: "${searchId}") { id } }`,
    count: (value) => (value ? 1 : 0),
  },
  "Subscription.availabilityComputed": {
    document: () =>
      `subscription { availabilityComputed(searchId: "${encodeId("AvailabilitySearch", newId())}") { id } }`,
    count: () => "NOT_FOUND",
  },
  "Mutation.computeLoopAvailability": {
    document: () => `mutation { computeLoopAvailability(input: { organizerId: "${user("admin")}", legs: []
      timezone: "UTC" }) { __typename } }`,
    count: (value) => value.__typename,
  },
  "Query.loopAvailabilitySearch": {
    document: () => `{ loopAvailabilitySearch(id: "${loopSearchId}") { id } }`,
    count: (value) => (value ? 1 : 0),
  },
  "Subscription.loopAvailabilityComputed": {
    document: () =>
      `subscription { loopAvailabilityComputed(searchId: "${encodeId("LoopAvailabilitySearch", newId())}") { id } }`,
    count: () => "NOT_FOUND",
  },
  "Query.interviewLoop": {
    document: () => `{ interviewLoop(id: "${loopId}") { id } }`,
    count: (value) => (value ? 1 : 0),
  },
  "Mutation.scheduleLoop": {
    document: () => `mutation { scheduleLoop(input: {
      applicationId: "${sampleId("Application", "active")}", organizerId: "${user("admin")}", timezone: "UTC"
      validateOnly: true, legs: [${["2027-04-01T10:00", "2027-04-01T11:00"].map(legOf).join(" ")}] }) { __typename } }`,
    count: (value) => value.__typename,
  },
  "Mutation.moveLoop": {
    document: () => `mutation { moveLoop(input: { loopId: "${loopId}", validateOnly: true
      legs: [{ interviewId: "${interviewId}", startTime: "2027-04-01T10:00" }] }) { __typename } }`,
    count: (value) => value.__typename,
  },
  // Refused for the version, so that the next caller finds the same.
  "Mutation.cancelLoop": {
    document: () => `mutation { cancelLoop(input: { loopId: "${loopId}"
      expectedVersions: [{ interviewId: "${interviewId}", version: 0 }] }) { __typename } }`,
    count: (value) => value.__typename,
  },
};

const MODE = () => `{ adHoc: { kind: ONE_ON_ONE, location: PHONE, durationMinutes: 30
  interviewerIds: ["${user("bob")}"], candidateTemplateId: "${sampleId("EmailTemplate", "to-candidate")}"
  interviewerTemplateId: "${sampleId("EmailTemplate", "to-interviewers")}" } }`;
const legOf = (startTime: string) => `{ startTime: "${startTime}", mode: ${MODE()} }`;

/** Lookups of one object, and the list whose column says whether it is found. */
const LOOKUPS: Record<string, [externalId: string, list: string]> = {
  "Query.application": ["active", "Query.applications"],
  "Query.candidate": ["carla", "Query.applications"],
  "Query.emailTemplate": ["to-candidate", "Query.emailTemplates"],
  "Query.job": ["engineer", "Query.jobs"],
  "Query.office": ["berlin", "Query.offices"],
  "Query.scorecardTemplate": ["general", "Query.scorecardTemplates"],
  "Query.stage": ["onsite", "Query.jobs"],
  "Query.stageActivity": ["full", "Query.jobs"],
  "Query.user": ["ada", "Query.users"],
};

const OK = "CreateInterviewValid";
const GONE = "ApplicationNotFound";
const RETRIED = "RetryProvisioningSuccess";
const LOST = "InterviewNotFound";
const DENIED = "FORBIDDEN";
const NOBODY = "UNAUTHENTICATED";

/** What is answered to those who may write: create, retry, update, cancel, mark, undo, answer. */
const WRITES = [
  OK,
  RETRIED,
  "UpdateInterviewSuccess",
  "VersionConflict",
  "ValidationFailed",
  "ValidationFailed",
] as const;
const ANSWERED = "RecordRsvpSuccess";
const MAY_WRITE = [...WRITES, ANSWERED] as const;
const SEES_NOTHING = [GONE, LOST, LOST, LOST, LOST, LOST, LOST] as const;
/** The interview, and not its application. */
const SEES_INTERVIEW = [GONE, DENIED, DENIED, DENIED, DENIED, DENIED, DENIED] as const;
const SITS_ON_IT = [GONE, DENIED, DENIED, DENIED, DENIED, DENIED, ANSWERED] as const;
const NO_WRITES = [DENIED, DENIED, DENIED, DENIED, DENIED, DENIED, DENIED] as const;

/** In the order of the fields above: viewer, 4 of interviews, 2 of jobs, 5 of the directory, 7 mutations, 2 streams, 6 of searches, 4 of loops. */
type Row = [
  viewer: number | string,
  node: number | string,
  nodes: number | string,
  interview: number | string,
  interviews: number | string,
  jobs: number | string,
  applications: number | string,
  offices: number | string,
  users: number | string,
  emailTemplates: number | string,
  scorecardTemplates: number | string,
  hosts: number | string,
  create: string,
  retry: string,
  update: string,
  cancel: string,
  mark: string,
  undo: string,
  answer: string,
  provisioned: string,
  events: string,
  compute: string,
  search: number | string,
  computed: string,
  computeLoop: string,
  loopSearch: number | string,
  loopComputed: string,
  loop: number | string,
  scheduleLoop: string,
  moveLoop: string,
  cancelLoop: string,
];
const DIRECTORY = [2, 1, 6, 2, 1] as const;
const NO_DIRECTORY = [DENIED, DENIED, DENIED, DENIED, DENIED] as const;
/** A stream is let in when it is its cursor that is refused. */
const LET_IN = "CURSOR_INVALID";
const STREAMS = [LET_IN, LET_IN] as const;
/** Of a search that somebody else asked for, of one interview and of a loop; the stream is of one that nobody has. */
const SEARCHES = ["ValidationFailed", 0, "NOT_FOUND", "ValidationFailed", 0, "NOT_FOUND"] as const;
const ALL_SEARCHES = ["ValidationFailed", 1, "NOT_FOUND", "ValidationFailed", 1, "NOT_FOUND"] as const;
const NO_SEARCHES = [DENIED, DENIED, DENIED, DENIED, DENIED, DENIED] as const;
const REFUSED = Array.from({ length: 31 }, () => NOBODY) as Row;

const LOOPS = ["ScheduleLoopValid", "MoveLoopSuccess", "VersionConflict"] as const;
const ALL_LOOPS = [1, ...LOOPS] as const;
const NO_LOOPS = [0, GONE, "LoopNotFound", "LoopNotFound"] as const;
const DENIED_LOOPS = [DENIED, DENIED, DENIED, DENIED] as const;

type Caller =
  | string
  | { person: string; claims?: TokenClaims }
  | { scopes: string[] }
  | { token: () => Promise<string> | string | undefined };
const CALLERS: [name: string, caller: Caller, row: Row][] = [
  ["nobody", { token: () => undefined }, REFUSED],
  [
    "a token with every scope",
    { scopes: ["interviews:read", "interviews:write", "directory:read"] },
    [3, 1, 2, 1, 1, 2, 5, ...DIRECTORY, ...MAY_WRITE, ...STREAMS, ...ALL_SEARCHES, ...ALL_LOOPS],
  ],
  [
    "a token with interviews:read",
    { scopes: ["interviews:read"] },
    [
      1,
      1,
      2,
      1,
      1,
      DENIED,
      DENIED,
      ...NO_DIRECTORY,
      ...NO_WRITES,
      ...STREAMS,
      ...NO_SEARCHES,
      1,
      DENIED,
      DENIED,
      DENIED,
    ],
  ],
  [
    "a token with interviews:write",
    { scopes: ["interviews:write"] },
    [
      1,
      DENIED,
      DENIED,
      DENIED,
      DENIED,
      DENIED,
      DENIED,
      ...NO_DIRECTORY,
      ...MAY_WRITE,
      DENIED,
      DENIED,
      ...ALL_SEARCHES,
      DENIED,
      ...LOOPS,
    ],
  ],
  [
    "a token with directory:read",
    { scopes: ["directory:read"] },
    [
      1,
      DENIED,
      DENIED,
      DENIED,
      DENIED,
      2,
      5,
      ...DIRECTORY,
      ...NO_WRITES,
      DENIED,
      DENIED,
      ...NO_SEARCHES,
      ...DENIED_LOOPS,
    ],
  ],
  [
    "a token without scopes",
    { scopes: [] },
    [
      0,
      DENIED,
      DENIED,
      DENIED,
      DENIED,
      DENIED,
      DENIED,
      ...NO_DIRECTORY,
      ...NO_WRITES,
      DENIED,
      DENIED,
      ...NO_SEARCHES,
      ...DENIED_LOOPS,
    ],
  ],
  [
    "a super admin",
    "super-admin",
    [3, 1, 2, 1, 1, 2, 5, ...DIRECTORY, ...MAY_WRITE, ...STREAMS, ...ALL_SEARCHES, ...ALL_LOOPS],
  ],
  ["an admin", "admin", [3, 1, 2, 1, 1, 2, 5, ...DIRECTORY, ...MAY_WRITE, ...STREAMS, ...ALL_SEARCHES, ...ALL_LOOPS]],
  [
    "a recruiter on the job",
    "recruiter",
    [3, 1, 2, 1, 1, 1, 5, ...DIRECTORY, ...MAY_WRITE, ...STREAMS, ...SEARCHES, ...ALL_LOOPS],
  ],
  [
    "a recruiter off the job",
    "extra-1",
    [3, 0, 0, 0, 0, 0, 0, ...DIRECTORY, ...SEES_NOTHING, ...STREAMS, ...SEARCHES, ...NO_LOOPS],
  ],
  [
    "a hiring manager",
    "hiring-manager",
    [3, 1, 2, 1, 1, 1, 5, ...DIRECTORY, ...MAY_WRITE, ...STREAMS, ...SEARCHES, ...ALL_LOOPS],
  ],
  [
    "a coordinator",
    "coordinator",
    [3, 1, 2, 1, 1, 1, 5, ...DIRECTORY, ...MAY_WRITE, ...STREAMS, ...SEARCHES, ...ALL_LOOPS],
  ],
  [
    "an external recruiter on the job, of a candidate that somebody else added",
    "external-recruiter",
    [2, 0, 0, 0, 0, DENIED, DENIED, ...NO_DIRECTORY, ...SEES_NOTHING, ...STREAMS, ...SEARCHES, ...NO_LOOPS],
  ],
  [
    "a member who organises",
    "stranger",
    [3, 1, 2, 1, 1, 0, 0, ...DIRECTORY, ...SEES_INTERVIEW, ...STREAMS, ...SEARCHES, ...NO_LOOPS],
  ],
  [
    "a member who interviews",
    "ada",
    [3, 1, 2, 1, 1, 0, 0, ...DIRECTORY, ...SITS_ON_IT, ...STREAMS, ...SEARCHES, ...NO_LOOPS],
  ],
  [
    "a member who does neither",
    "bob",
    [3, 0, 0, 0, 0, 0, 0, ...DIRECTORY, ...SEES_NOTHING, ...STREAMS, ...SEARCHES, ...NO_LOOPS],
  ],
  [
    "an external collaborator",
    "extra-2",
    [2, 0, 0, 0, 0, DENIED, DENIED, ...NO_DIRECTORY, ...SEES_NOTHING, ...STREAMS, ...SEARCHES, ...NO_LOOPS],
  ],
  [
    "an admin of another account",
    { person: "admin", claims: { account: "other" } },
    [3, 0, 0, 0, 0, 2, 5, ...DIRECTORY, ...SEES_NOTHING, ...STREAMS, ...SEARCHES, ...NO_LOOPS],
  ],
  ["an inactive user", "inactive", REFUSED],
  ["an expired token", { person: "admin", claims: { expiresIn: -60 } }, REFUSED],
  ["a token for another audience", { person: "admin", claims: { aud: "payroll" } }, REFUSED],
  ["a token of another issuer", { person: "admin", claims: { iss: "https://evil.example.com" } }, REFUSED],
  ["a token signed with another's key", { token: () => app.issuer.sign({ sub: "admin" }, "wrong key") }, REFUSED],
  ["a token without signature", { token: () => app.issuer.sign({ sub: "admin" }, "none") }, REFUSED],
  ["an API token that does not exist", { token: () => "igw_nothing" }, REFUSED],
];

async function clientOf(caller: Caller): Promise<Client> {
  if (typeof caller === "string") return app.person(caller);
  if ("person" in caller) return app.person(caller.person, caller.claims);
  if ("scopes" in caller) return app.createToken("sample", caller.scopes as []);
  return new Client(app.url, await caller.token());
}

async function answer(client: Client, name: string): Promise<number | string> {
  const field = FIELDS[name];
  if (!field) throw new Error(`There is no request for ${name}.`);
  const property = name.split(".")[1] ?? "";
  if (name.startsWith("Subscription.")) return answerOfStream(client, field.document());
  const { data, errors } = await client.send(field.document());
  return errors?.[0]?.extensions?.["code"] ?? field.count(data?.[property]);
}

async function answerOfStream(client: Client, query: string): Promise<string> {
  const response = await client.post(JSON.stringify({ query }), { accept: "text/event-stream" });
  const text = await response.text();
  return /"code":"(\w+)"/.exec(text)?.[1] ?? text;
}

describe("an object by its id", () => {
  /** One of each noun; what the sample directory has not, an interview of it leads to. */
  const idsOfNouns = async (): Promise<Record<string, string>> => {
    const { viewer, interview } = await app.client.data(
      "query ($id: ID!) { viewer { account { id } } interview(id: $id) { id job { interviewPlan { id } } } }",
      { id: interviewId },
    );
    return {
      Account: viewer.account.id,
      Application: sampleId("Application", "active"),
      AvailabilitySearch: searchId,
      Candidate: sampleId("Candidate", "carla"),
      EmailTemplate: sampleId("EmailTemplate", "to-candidate"),
      Interview: interviewId,
      InterviewLoop: loopId,
      InterviewPlan: interview.job.interviewPlan.id,
      Job: sampleId("Job", "engineer"),
      LoopAvailabilitySearch: loopSearchId,
      Office: sampleId("Office", "berlin"),
      ScorecardTemplate: sampleId("ScorecardTemplate", "general"),
      Stage: sampleId("Stage", "screening"),
      StageActivity: sampleId("StageActivity", "full"),
      User: user("ada"),
    };
  };
  const ANYBODY = ["Account"];
  const SEARCH_NOUNS = ["AvailabilitySearch", "LoopAvailabilitySearch"];
  const ofInterviews = (noun: string) => ["Interview", "InterviewLoop", ...SEARCH_NOUNS].includes(noun);
  /** How many nouns a caller is refused for want of a scope, and which of the others are not there for them. */
  test.each<[string, Caller, denied: (noun: string) => boolean, hidden: string[]]>([
    [
      "a token with every scope",
      { scopes: ["interviews:read", "interviews:write", "directory:read"] },
      () => false,
      [],
    ],
    [
      "a token with interviews:read",
      { scopes: ["interviews:read"] },
      (noun) => !["Interview", "InterviewLoop"].includes(noun),
      [],
    ],
    ["a token with directory:read", { scopes: ["directory:read"] }, ofInterviews, []],
    ["a token with interviews:write", { scopes: ["interviews:write"] }, () => true, []],
    ["a token without scopes", { scopes: [] }, () => true, []],
    [
      "an external recruiter, of a candidate that somebody else added",
      "external-recruiter",
      (noun) => !ofInterviews(noun),
      ["Interview", "InterviewLoop", ...SEARCH_NOUNS],
    ],
    ["a coordinator", "coordinator", () => false, SEARCH_NOUNS],
    [
      "a member who interviews",
      "ada",
      () => false,
      ["Application", ...SEARCH_NOUNS, "Candidate", "InterviewLoop", "InterviewPlan", "Job", "Stage", "StageActivity"],
    ],
  ])("is guarded by the scope of its noun from %s", async (_name, caller, denied, hidden) => {
    const client = await clientOf(caller);
    const ids = await idsOfNouns();
    const answers: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const [noun, id] of Object.entries(ids)) {
      for (const query of [
        "query ($id: ID!) { found: node(id: $id) { id } }",
        "query ($id: ID!) { found: nodes(ids: [$id]) { id } }",
      ]) {
        const { data, errors } = await client.send(query, { id });
        const found = [data?.["found"] ?? null].flat();
        answers[`${noun} ${query}`] = errors?.[0]?.extensions?.["code"] ?? found;
        const refused = denied(noun) && !ANYBODY.includes(noun);
        expected[`${noun} ${query}`] = refused ? DENIED : [hidden.includes(noun) ? null : { id }];
      }
    }
    expect(answers).toEqual(expected);
  });

  test("is tried for every noun that has ids", async () => {
    const node = schema.getType("Node");
    const nouns = isInterfaceType(node) ? schema.getPossibleTypes(node).map(({ name }) => name) : [];
    expect(Object.keys(await idsOfNouns())).toEqual(nouns.toSorted());
  });
});

test("every root field has its column", () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = roots.flatMap((type) => Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name}.${field}`));
  expect([...Object.keys(FIELDS), ...Object.keys(LOOKUPS)].toSorted()).toEqual(fields.toSorted());
});

describe.each(CALLERS.map((caller, index) => [...caller, index] as const))("%s", (_name, caller, row, index) => {
  // An address may send few wrong tokens: who is refused asks for every other field, and each pair of them for all.
  const asked = Object.keys(FIELDS).filter((_field, place) => row !== REFUSED || (place + index) % 2 === 0);
  test("is answered as the table says", async () => {
    const answers: Record<string, number | string> = {};
    for (const name of asked) {
      await app.app.connections.raw`update interviews set provisioning_state = 'FAILED'`;
      answers[name] = await answer(await clientOf(caller), name);
    }
    const all = Object.keys(FIELDS);
    expect(answers).toEqual(Object.fromEntries(asked.map((name) => [name, row[all.indexOf(name)]])));
  });

  // Who is refused as a caller is asked no more: wrong tokens are counted.
  test.skipIf(row === REFUSED)("finds one object where the table says that its list has some", async () => {
    const client = await clientOf(caller);
    for (const [name, [externalId, list]] of Object.entries(LOOKUPS)) {
      const field = name.split(".")[1] ?? "";
      const { data, errors } = await client.send(`{ found: ${field}(by: { externalId: "${externalId}" }) { id } }`);
      const listed = row[Object.keys(FIELDS).indexOf(list)];
      const found = errors?.[0]?.extensions?.["code"] ?? (data?.["found"] ? "found" : "not found");
      expect(found, name).toBe(typeof listed === "number" ? (listed > 0 ? "found" : "not found") : listed);
    }
  });
});
