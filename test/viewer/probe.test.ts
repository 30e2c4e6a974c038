import { randomBytes } from "node:crypto";
import { buildSchema, isInterfaceType, isObjectType, isUnionType, getNamedType, isLeafType } from "graphql";
import type { GraphQLField, GraphQLNamedType, GraphQLUnionType } from "graphql";
import { v4 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeIdOf, encodeId, newId } from "../../src/core/id.ts";
import { schema } from "../../src/schema.ts";
import { completeOnce, compute, search } from "../support/availability.ts";
import { computeLoop, loopSearch } from "../support/loop-availability.ts";
import type { Client, GraphQLResult } from "../support/client.ts";
import { inAccount, sampleId } from "../support/directory.ts";
import { adHoc, createInterview, external, plan, user } from "../support/interview.ts";
import { findPlaces } from "../support/places.ts";
import type { Place } from "../support/places.ts";
import { asOfCursor } from "../support/stream.ts";
import { startViewerApp } from "../support/viewer.ts";
import type { ViewerApp } from "../support/viewer.ts";

const PLACES = findPlaces(schema);

let app: ViewerApp;
/** Real ids by account and noun. */
const real: Record<"sample" | "other", Record<string, string>> = { sample: {}, other: {} };
/** Cursors of the beginning of each account's log. */
const beginning: Record<"sample" | "other", string> = { sample: "", other: "" };

const EXTERNAL_IDS = {
  User: "ada",
  Office: "london",
  EmailTemplate: "to-candidate-2",
  ScorecardTemplate: "coding",
  Job: "engineer",
  Stage: "onsite",
  StageActivity: "full",
  Candidate: "carla",
  Application: "active",
} as const;

beforeAll(async () => {
  app = await startViewerApp({ worker: false, eventLog: { bookmarkMs: 60 } });
  for (const [account, client] of [
    ["sample", app.client],
    ["other", app.other],
  ] as const) {
    for (const [noun, name] of Object.entries(EXTERNAL_IDS))
      real[account][noun] = sampleId(noun as "User", name, account);
    const input = plan({ officeId: sampleId("Office", "london") }, { organizerId: user("recruiter") });
    beginning[account] = await asOfCursor(client);
    real[account]["Interview"] = await createInterview(client, inAccount(account, input));
    await createInterview(client, inAccount(account, adHoc({}, { organizerId: user("recruiter") })));
    const asked = search({ organizerId: user("coordinator"), interviewerIds: [user("recruiter")] });
    const { id } = await compute(client, inAccount(account, asked));
    await completeOnce(app, id);
    real[account]["AvailabilitySearch"] = id;
    const legs = [30, 30].map((durationMinutes) => ({ durationMinutes, interviewerIds: [user("recruiter")] }));
    const loop = await computeLoop(client, inAccount(account, loopSearch({ organizerId: user("coordinator"), legs })));
    await completeOnce(app, loop.id);
    real[account]["LoopAvailabilitySearch"] = loop.id;
    const { viewer, jobs } = await client.data(
      "{ viewer { account { id } } jobs { nodes { title interviewPlan { id } } } }",
    );
    real[account]["Account"] = viewer.account.id;
    real[account]["InterviewPlan"] = jobs.nodes.find(({ title }: any) => title === "Engineer").interviewPlan.id;
  }
  const { raw } = app.app.connections;
  await loopAround("sample");
  await loopAround("other");
  // So that every filter by a person finds something.
  await raw`update interviews set organizer_id = u.id from users u where u.account_id = interviews.account_id
    and u.external_id = 'ada' and interviews.office_id is not null`;
  await raw`update events set facts = jsonb_set(facts, '{after,organizerId}', to_jsonb(i.organizer_id))
    from interviews i where i.account_id = events.account_id and i.id = events.subject_id`;
  await raw`insert into hiring_team_members (account_id, job_id, user_id, role) select u.account_id, j.id, u.id, 'RECRUITER'
    from users u join jobs j on j.account_id = u.account_id and j.external_id = 'engineer' where u.external_id = 'ada'`;
  await raw`update events set facts = jsonb_set(facts, '{job,recruiterIds}', to_jsonb(array[u.id]))
    from users u where u.account_id = events.account_id and u.external_id = 'ada'`;
  await raw`update interviews set provisioning_state = 'FAILED' where office_id is not null`;
  // So that the stage that is tried is some application's.
  await raw`update applications a set current_stage_id = s.id from stages s
    where s.account_id = a.account_id and s.external_id = 'onsite' and a.external_id = 'duplicate'`;
  // An answer that is recorded again changes nothing.
  await raw`update interviewers set rsvp = 'ACCEPTED', answered_at = now(), answer_sequence = 0`;
  // Both streams have something to deliver.
  await raw`update events set type = 'INTERVIEW_PROVISIONED' where sequence = 1`;
});
afterAll(() => app.stop());

/** Puts the account's interview into a loop. */
async function loopAround(account: "sample" | "other"): Promise<void> {
  const id = newId();
  real[account]["InterviewLoop"] = encodeId("InterviewLoop", id);
  const interviewId = decodeIdOf("Interview", real[account]["Interview"] ?? "");
  const { raw } = app.app.connections;
  await raw`insert into interview_loops (account_id, id, application_id, created_at)
    select account_id, ${id}, application_id, now() from interviews where id = ${interviewId}`;
  await raw`update interviews set loop_id = ${id} where id = ${interviewId}`;
  await raw`update events set facts = jsonb_set(facts, '{after,loopId}', to_jsonb(${id}::text)) where subject_id = ${interviewId}`;
}

/** Whose id each input field is. */
const NOUNS: Record<string, string> = {
  currentStageIds: "Stage",
  applicationId: "Application",
  applicationIds: "Application",
  candidateId: "Candidate",
  candidateIds: "Candidate",
  candidateTemplateId: "EmailTemplate",
  hostId: "User",
  ignoreInterviewIds: "Interview",
  interviewId: "Interview",
  loopId: "InterviewLoop",
  loopIds: "InterviewLoop",
  interviewerId: "User",
  interviewerIds: "User",
  interviewerTemplateId: "EmailTemplate",
  jobIds: "Job",
  officeId: "Office",
  of: "User",
  officeIds: "Office",
  organizerId: "User",
  organizerIds: "User",
  recruiterIds: "User",
  scorecardTemplateId: "ScorecardTemplate",
  searchId: "AvailabilitySearch",
  stageActivityId: "StageActivity",
  stageIds: "Stage",
};

/** Whose ids a place is tried with. */
function nounsOf({ field, path }: Place): string[] {
  if (field === "Query.node" || field === "Query.nodes") return Object.keys(real.sample);
  if (field === "Query.interview") return ["Interview"];
  if (field === "Query.interviewLoop") return ["InterviewLoop"];
  if (field === "Query.availabilitySearch") return ["AvailabilitySearch"];
  if (/oopAvailability(Search|Computed)$/.test(field)) return ["LoopAvailabilitySearch"];
  if (path[0] === "by") return [field.replace("Query.", "").replace(/^./, (letter) => letter.toUpperCase())];
  const noun = NOUNS[path.at(-1) ?? ""];
  if (!noun) throw new Error(`Nothing is known of the ids in ${field} ${path.join(".")}: say whose they are.`);
  return [noun];
}

/** Valid arguments of the fields that need some; those of other fields are all optional. */
const ARGUMENTS: Record<string, (path: string[]) => Record<string, any>> = {
  "Query.node": () => ({ id: user("ada") }),
  "Query.nodes": () => ({ ids: [] }),
  "Query.interview": () => ({ id: real.sample["Interview"] }),
  "Query.interviewLoop": () => ({ id: real.sample["InterviewLoop"] }),
  "Query.availabilitySearch": () => ({ id: real.sample["AvailabilitySearch"] }),
  "Subscription.availabilityComputed": () => ({ searchId: real.sample["AvailabilitySearch"] }),
  // Refused for its length, so that nothing is written.
  "Mutation.computeAvailability": () => ({ input: search({ durationMinutes: 1 }) }),
  "Mutation.computeLoopAvailability": (path) => ({
    input: loopSearch({ legs: path.includes("legs") ? [{ durationMinutes: 1 }] : [] }),
  }),
  "Query.loopAvailabilitySearch": () => ({ id: real.sample["LoopAvailabilitySearch"] }),
  "Subscription.loopAvailabilityComputed": () => ({ searchId: real.sample["LoopAvailabilitySearch"] }),
  "Mutation.retryProvisioning": () => ({ input: { interviewId: real.sample["Interview"] } }),
  // Nothing of these is written, so that each request finds what the one before found.
  "Mutation.updateInterview": (path) =>
    verb(path.includes("idempotencyKey") ? { changes: {} } : { changes: { name: "Another" }, validateOnly: true }),
  "Mutation.cancelInterview": () => verb({ expectedVersion: 0 }),
  "Mutation.markCandidateNoShow": () => verb({}),
  "Mutation.undoCandidateNoShow": () => verb({}),
  "Mutation.recordRsvp": (path) =>
    verb({ rsvp: "ACCEPTED", ...(!path.includes("attendee") && { attendee: { interviewerId: user("ada") } }) }),
  "Mutation.createInterview": (path) => ({
    input: { ...creation(path, path[2]), validateOnly: !path.includes("idempotencyKey") },
  }),
  "Mutation.scheduleLoop": (path) => {
    const { startTime, mode, ...common } = creation(path, path[3]);
    const legs = [
      { startTime, mode },
      { startTime: "2027-03-05T10:00", mode: adHoc().mode },
    ];
    return { input: { ...common, legs, validateOnly: !path.includes("idempotencyKey") } };
  },
  "Mutation.moveLoop": (path) => ({
    input: {
      loopId: real.sample["InterviewLoop"],
      legs: [{ interviewId: real.sample["Interview"], startTime: "2027-03-01T10:00" }],
      validateOnly: !path.includes("idempotencyKey"),
    },
  }),
  "Mutation.cancelLoop": () => ({
    input: {
      loopId: real.sample["InterviewLoop"],
      // A key that answers is asked before the version.
      expectedVersions: [{ interviewId: real.sample["Interview"], version: 0 }],
    },
  }),
};

/** A request to create an interview, in the mode in which the place is. */
function creation(path: string[], mode = "adHoc"): Record<string, any> {
  const modes: Record<string, object> = {
    plan: plan(),
    adHoc: adHoc({
      location: path.includes("hostId") ? "ZOOM" : "PHONE",
      ...(path.includes("hostId") && { hostId: user("ada") }),
    }),
    external: external(),
  };
  return structuredClone(modes[mode] ?? modes["adHoc"] ?? {});
}

function verb(input: object): Record<string, any> {
  return { input: { interviewId: real.sample["Interview"], ...input } };
}

/** A place where an id of one's own and a random one are answered alike, and why. */
const BLIND: Record<string, string> = {
  "Mutation.createInterview input.mode.plan.scorecardTemplateId": "ignored in this mode",
  "Mutation.scheduleLoop input.legs.mode.plan.scorecardTemplateId": "ignored in this mode",
};

/** A request with a value in one place. */
function requestOf(place: Place, value: unknown) {
  const [typeName = "", fieldName = ""] = place.field.split(".");
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  if (!field) throw new Error(`${place.field} cannot be reached.`);
  const variables = ARGUMENTS[place.field]?.(place.path) ?? {};
  let target: Record<string, any> = variables;
  for (const step of place.path.slice(0, -1)) {
    const inner: Record<string, any> | [Record<string, any>] = (target[step] ??= {});
    target = Array.isArray(inner) ? inner[0] : inner;
  }
  target[place.path.at(-1) ?? ""] = place.list ? [value] : value;
  if (place.field.startsWith("Subscription.") && place.kind === "id") variables["after"] = beginning.sample;
  const used = field.args.filter(({ name }) => name in variables);
  for (const argument of field.args) {
    if (
      argument.type.toString().endsWith("!") &&
      argument.defaultValue === undefined &&
      !(argument.name in variables) &&
      !argument.default
    ) {
      throw new Error(`${place.field} needs ${argument.name}: say what it takes.`);
    }
  }
  const call = `${fieldName}${used.length > 0 ? `(${used.map(({ name }) => `${name}: $${name}`).join(", ")})` : ""} ${selectionOf(field)}`;
  const declared = used.map(({ name, type: argument }) => `$${name}: ${argument.toString()}`).join(", ");
  const operation = { Query: "query", Mutation: "mutation", Subscription: "subscription" }[typeName];
  const head = `${operation ?? "query"}${declared ? ` (${declared})` : ""}`;
  if (operation) return { document: `${head} { ${call} }`, variables };
  const id = real.sample[typeName];
  if (!id) throw new Error(`${place.field} cannot be reached: nothing is known of a ${typeName}.`);
  return { document: `${head} { node(id: "${id}") { ... on ${typeName} { ${call} } } }`, variables };
}

/** Times of the answer itself. */
const VOLATILE = new Set(["occurredAt", "updatedAt"]);

/** Everything two levels down that takes no arguments. */
function selectionOf(field: GraphQLField<unknown, unknown>, depth = 2): string {
  const inside = (type: GraphQLNamedType): string => {
    if (isUnionType(type) || type.name === "InterviewStreamItem") {
      return `{ __typename ${schema
        .getPossibleTypes(type as GraphQLUnionType)
        .map((member) => `... on ${member.name} ${inside(member)}`)
        .join(" ")} }`;
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return "";
    const fields = Object.values(type.getFields()).flatMap((inner) => {
      if (inner.args.length > 0 || VOLATILE.has(inner.name)) return [];
      if (isLeafType(getNamedType(inner.type))) return [inner.name];
      return depth > 0 ? [`${inner.name} ${selectionOf(inner, depth - 1)}`] : [];
    });
    return `{ __typename ${fields.join(" ")} }`;
  };
  return inside(getNamedType(field.type));
}

/** What a client is answered, as text, with the probe itself and new ids taken out. */
async function answer(client: Client, place: Place, value: string): Promise<string> {
  const { document, variables } = requestOf(place, value);
  const result = place.field.startsWith("Subscription.")
    ? await firstOf(client, document, variables)
    : await client.send(document, variables);
  const known = new Set(Object.values(real).flatMap((ids) => Object.values(ids)));
  // What a request creates has new ids, and so have its seats.
  return JSON.stringify(result)
    .replaceAll(value, "PROBE")
    .replaceAll(/"Interviewer_[^"]+"/g, "SEAT")
    .replaceAll(/"(Interview(?:Loop)?_[^"]+)"/g, (text, id: string) => (known.has(id) ? text : "CREATED"));
}

async function firstOf(client: Client, document: string, variables: Record<string, unknown>) {
  // What is silent on a socket moves the id of an event stream.
  const stream = await client.subscribeSse(document, variables);
  for (;;) {
    const block = await stream.nextBlock();
    const data = /^data: (.*)$/m.exec(block)?.[1];
    const isBeginning = !data && stream.lastEventId() === variables["after"];
    if (block === ":" || isBeginning) continue;
    await stream.close();
    return data ? (JSON.parse(data) as GraphQLResult) : { data: { bookmark: stream.lastEventId() } };
  }
}

const name = ({ field, path }: Place) => `${field} ${path.join(".")}`;
const callers: [string, () => Promise<Client>][] = [
  ["a token", async () => app.client],
  ["a recruiter", () => app.person("recruiter")],
  ["a member", () => app.person("bob")],
];

test("the schema has places of every kind", () => {
  const counts = Map.groupBy(PLACES, ({ kind }) => kind);
  expect([...counts.keys()].toSorted()).toEqual(["event cursor", "id", "idempotency key", "list cursor"]);
  expect(Object.keys(BLIND).filter((blind) => !PLACES.some((place) => name(place) === blind))).toEqual([]);
});

test("a place that nobody has thought of is an error", () => {
  const unknown = (argument: string) => findPlaces(buildSchema(`type Query { field(${argument}): Int }`));
  expect(() => unknown("roomId: String")).toThrow("Query.field roomId looks like something of an account");
  expect(() => unknown("roomId: ID").map(nounsOf)).toThrow("Nothing is known of the ids in Query.field roomId");
});

const idPlaces = PLACES.filter(({ kind }) => kind === "id").flatMap((place) =>
  nounsOf(place).map((noun) => ({ place, noun, title: `${name(place)} (${noun})` })),
);

describe.each(callers)("%s cannot tell another account's from a random one:", (who, connect) => {
  test.each(idPlaces)("$title", async ({ place, noun }) => {
    const client = await connect();
    const foreign = real.other[noun] ?? "";
    const random = encodeId(noun, v4());
    const answered = await answer(client, place, random);
    expect(await answer(client, place, foreign)).toBe(answered);
    if (who !== "a token" || BLIND[name(place)]) return;
    expect(await answer(client, place, real.sample[noun] ?? ""), "an id of one's own must make a difference").not.toBe(
      answered,
    );
  });

  test.each(PLACES.filter(({ kind }) => kind === "list cursor").map((place) => ({ place, title: name(place) })))(
    "$title",
    async ({ place }) => {
      const client = await connect();
      const [foreign, own] = await Promise.all([
        cursorIn(app.other, place, "other"),
        cursorIn(app.client, place, "sample"),
      ]);
      const [, value, id] = JSON.parse(Buffer.from(foreign, "base64url").toString());
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      const random = Buffer.from(JSON.stringify([randomBytes(9).toString("base64url"), value, v4()])).toString(
        "base64url",
      );
      const answered = await answer(client, place, random);
      expect(await answer(client, place, foreign)).toBe(answered);
      const differs = (await answer(client, place, own)) !== answered;
      expect(who !== "a token" || differs, "a cursor of one's own must make a difference").toBe(true);
    },
  );

  test.each(PLACES.filter(({ kind }) => kind === "event cursor").map((place) => ({ place, title: name(place) })))(
    "$title",
    async ({ place }) => {
      const client = await connect();
      const answered = await answer(client, place, randomBytes(56).toString("base64url"));
      expect(answered).toContain("CURSOR_INVALID");
      expect(await answer(client, place, beginning.other)).toBe(answered);
    },
  );

  test.each(PLACES.filter(({ kind }) => kind === "idempotency key").map((place) => ({ place, title: name(place) })))(
    "$title",
    async ({ place }) => {
      const client = await connect();
      const foreign = `key-of-the-other-${v4()}`;
      await useKey("other", place, foreign);
      const answered = await answer(client, place, `key-of-nobody-${v4()}`);
      expect(await answer(client, place, foreign)).toBe(answered);
    },
  );
});

test("an idempotency key of one's own is known", async () => {
  const key = "key-of-our-own";
  for (const place of PLACES.filter(({ kind }) => kind === "idempotency key")) {
    await useKey("sample", place, key);
    expect(await answer(app.client, place, key)).toContain("IdempotencyKeyReused");
  }
});

/** Has a key used in an account, by the mutation of a place and for another request. */
async function useKey(account: string, { field }: Place, key: string): Promise<void> {
  await app.app.connections.raw`
    insert into idempotency_keys (account_id, operation, key, fingerprint, subject_id, result, created_at)
    select a.id, ${field.replace("Mutation.", "")}, ${key}, '', i.id, '{}', i.created_at
    from accounts a join interviews i on i.account_id = a.id where a.external_id = ${account} limit 1`;
}

/** A cursor that the same list gives in an account. */
async function cursorIn(client: Client, place: Place, account: "sample" | "other"): Promise<string> {
  const { document } = requestOf({ ...place, path: ["first"], list: false }, 1);
  const own = real.sample[place.field.split(".")[0] ?? ""];
  const theirs = real[account][place.field.split(".")[0] ?? ""];
  const text = own && theirs ? document.replaceAll(own, theirs) : document;
  const data = await client.data(text, { first: 1 });
  const cursor = /"endCursor":"([\w-]+)"/.exec(JSON.stringify(data))?.[1];
  if (!cursor) throw new Error(`${name(place)}: the list has no cursor in ${account}:\n${JSON.stringify(data)}`);
  return cursor;
}
