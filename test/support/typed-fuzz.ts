import { expect } from "vitest";
import { MAX_ERRORS } from "../../src/execution/guard.ts";
import { encodeId, newId } from "../../src/core/id.ts";
import { schema } from "../../src/schema.ts";
import { OTHER_ACCOUNT } from "./app.ts";
import type { TestApp } from "./app.ts";
import { sampleId } from "./directory.ts";
import { activity, adHoc, application, createInterview, external, plan } from "./interview.ts";
import { choicesOf, typedDocument } from "./typed-document.ts";
import type { TypedDocument, Values, ValuesOf } from "./typed-document.ts";
import { OperationSocket } from "./ways.ts";
import type { Answer, Way } from "./ways.ts";

const LISTS = ["interviews", "users", "jobs", "applications", "offices", "emailTemplates", "scorecardTemplates"];
/** What an argument or input field takes the id of. */
const NOUNS: [pattern: RegExp, noun: string][] = [
  [/^((interviewer|organizer|host|recruiter)Ids?|of)$/, "User"],
  [/^applicationIds?$/, "Application"],
  [/^jobIds$/, "Job"],
  [/^officeIds?$/, "Office"],
  [/^stageActivityId$/, "StageActivity"],
  [/^(candidate|interviewer)TemplateId$/, "EmailTemplate"],
  [/^scorecardTemplateId$/, "ScorecardTemplate"],
  [/^(interview(Id)?|ignoreInterviewIds)$/, "Interview"],
  [/^(availabilitySearch|searchId)$/, "AvailabilitySearch"],
  [/^loopAvailabilitySearch$/, "LoopAvailabilitySearch"],
  [/^candidateId$/, "Candidate"],
  [/^(interviewLoop|loopIds?)$/, "InterviewLoop"],
];
/** Mutations that cannot be asked without writing: what the first way writes, the next would find. */
const WRITING = new Set(["cancelInterview", "markCandidateNoShow", "undoCandidateNoShow", "recordRsvp", "cancelLoop"]);
const NOTHING_BY_ID = ["HiringTeamMember", "PageInfo", "Query", "Nothing", "InterviewFilter"];
const WRONG_IDS = [
  ...NOTHING_BY_ID.map((noun) => encodeId(noun, newId())),
  encodeId("Interview", "1"),
  encodeId("Interview", newId().toUpperCase()),
  encodeId("interview", newId()),
  newId(),
  "x",
  "",
  "SW50",
  "\u0000",
  "🙂",
];
const TIMES: Values = {
  right: ["2027-03-01T09:00:00Z", "2027-03-08T10:30:00+01:00", "1970-01-01T00:00:00.000Z"],
  wrong: [
    "2027-03-28T02:30",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "+275760-09-13T00:00:00Z",
    "-000001-01-01T00:00:00Z",
    "infinity",
    "2027-02-30T00:00:00Z",
    "2027-03-01T24:00:00Z",
    "",
  ],
};
const TEXTS: Values = {
  right: ["ada", "Ada Lovelace", "%", "_\\", "e\u0301", "' or 1=1 --", "${1}"],
  wrong: ["", "x".repeat(300), "\u0000", "\ud800", "\udc00x"],
};
const PAGE_SIZES: Values = { right: [0, 1, 2, 3, 5, 100], wrong: [101, -1, 2_147_483_647, 2_147_483_648] };

const SCALARS: Record<string, Values> = {
  Int: { right: [0, 1, 2, 30, 60], wrong: [-1, 2_147_483_647, 2_147_483_648, 1.5] },
  Boolean: { right: [true, false] },
  DateTime: TIMES,
  DateTimeInput: TIMES,
  TimeZone: { right: ["Europe/Berlin", "UTC"], wrong: ["europe/berlin", "Nowhere/Town", "", "\u0000"] },
  URL: { right: ["https://zoom.us/j/1"], wrong: ["javascript:alert(1)", "http://", `https://x/${"y".repeat(3_000)}`] },
};
const PLACES: Record<string, Values> = {
  first: PAGE_SIZES,
  last: PAGE_SIZES,
  idempotencyKey: { right: ["typed-fuzz-key"], wrong: ["short", "ä".repeat(20)] },
  // What is created would be there for the next way.
  validateOnly: { right: [true], wrong: [true] },
};

/** Right and wrong values of every scalar: ids of this account, of another and of nobody, cursors that are forged. */
export async function collectValues(app: TestApp): Promise<ValuesOf> {
  for (const input of [adHoc(), plan(), external()]) await createInterview(app.client, input);
  const ids = [application("active"), activity("full"), activity("none")];
  const cursors = new Map<string, string[]>();
  for (const list of LISTS) {
    const page = (await app.client.data(`{ ${list} { edges { cursor node { id } } } }`))[list];
    const edges = page.edges.slice(0, 6) as { cursor: string; node: { id: string } }[];
    const ofList = edges.map(({ cursor }) => cursor);
    cursors.set(list, ofList);
    ids.push(...edges.map(({ node }) => node.id));
  }
  const others = [sampleId("User", "ada", OTHER_ACCOUNT), sampleId("Application", "active", OTHER_ACCOUNT)];
  const { interviews } = await app.client.data("{ interviews { asOfCursor } }");
  const known = new Map(
    Object.entries({ ...SCALARS, EventCursor: { right: [interviews.asOfCursor], wrong: ["x", ""] } }),
  );
  const everyCursor = [...cursors.values()].flat();
  return (scalar, name, field) => {
    if (scalar === "String" && (name === "after" || name === "before")) {
      const right = cursors.get(field === "conferenceHosts" ? "users" : field) ?? everyCursor;
      return { right, wrong: ["x", "", ...everyCursor, ...right.flatMap(forge)] };
    }
    if (scalar === "ID" && (name === "interviewId" || name === "loopId") && WRITING.has(field)) {
      return { right: [encodeId(name === "loopId" ? "InterviewLoop" : "Interview", newId())], wrong: WRONG_IDS };
    }
    // So is each search that is accepted.
    if (scalar === "ID" && name === "organizerId" && /^compute(Loop)?Availability$/.test(field)) {
      return { right: [encodeId("User", newId())], wrong: WRONG_IDS };
    }
    if (scalar === "ID") {
      const noun = NOUNS.find(([pattern]) => pattern.test(name === "id" ? field : name))?.[1];
      const right = noun ? ids.filter((id) => nounOf(id) === noun) : ids;
      return { right: [...right, encodeId(noun ?? "User", newId())], wrong: [...WRONG_IDS, ...ids, ...others] };
    }
    return PLACES[name] ?? known.get(scalar) ?? TEXTS;
  };
}

const nounOf = (id: string): string | undefined => id.split("_")[0];

/** The same cursor with values that PostgreSQL may not take. */
function forge(cursor: string): string[] {
  const [tag, , id] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as [string, unknown, string];
  const values = [...(TIMES.wrong ?? []), "-infinity", "294277-01-01T00:00:00Z", "a\u0000", 1, null, { a: 1 }];
  return values.map((value) => Buffer.from(JSON.stringify([tag, value, id])).toString("base64url"));
}

export interface FuzzOptions {
  app: TestApp;
  ways: readonly Way[];
  valuesOf: ValuesOf;
  /** How many documents, and the seed of the first. */
  count: number;
  seed: number;
}

/** Sends documents by type over every way. @returns how many were answered with data, wholly or in part, and how many refused */
export async function fuzz({ app, ways, valuesOf, count, seed }: FuzzOptions) {
  const before = app.log.length;
  const found = { whole: 0, partial: 0, refused: 0 };
  for (let number = seed; number < seed + count; number += 1) {
    const operation = number % 8 === 0 ? "mutation" : "query";
    const mistakes = [0, 1, 2, 8][number % 4] ?? 0;
    const document = typedDocument({
      schema,
      choose: choicesOf(number),
      valuesOf,
      operation,
      mistakes,
      required: ["validateOnly"],
    });
    const answers = await Promise.all(ways.map((way) => askWell(way, document, operation)));
    const [first, ...others] = answers.flatMap((answer) => answer ?? []);
    for (const other of others)
      expect(comparable(other), JSON.stringify([number, document])).toEqual(comparable(first));
    const statuses = new Set(answers.flatMap((answer) => answer?.status ?? []));
    expect(statuses.size, JSON.stringify([number, document, [...statuses]])).toBe(1);
    const { data, errors } = first?.result ?? {};
    if (data && !errors) found.whole += 1;
    else if (data) found.partial += 1;
    else found.refused += 1;
  }
  // No bug, and nothing that the planned executor itself did wrong.
  expect(app.log.slice(before).filter(({ level, error }) => Number(level) >= 40 || error)).toEqual([]);
  return found;
}

/** The same for subscriptions, on an event stream and on a socket, which only begin. @returns how many streams were opened */
export async function fuzzSubscriptions({ app, valuesOf, count, seed }: Omit<FuzzOptions, "ways">): Promise<number> {
  const before = app.log.length;
  const socket = await OperationSocket.open(`${app.url}/graphql`, app.client.token);
  let opened = 0;
  for (let number = seed; number < seed + count; number += 1) {
    const choose = choicesOf(number);
    const document = typedDocument({ schema, choose, valuesOf, operation: "subscription", mistakes: number % 4 });
    const response = await app.client.post(JSON.stringify(document), { accept: "text/event-stream" });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = (await reader?.read()) ?? {};
    await reader?.cancel();
    expect(response.status, JSON.stringify({ document, value })).toBeLessThan(500);
    expect(value, JSON.stringify(document)).not.toContain("INTERNAL_SERVER_ERROR");
    if (value === ":\n\n") opened += 1;
    expect(await socket.follow(document)).toMatchObject({ result: { data: { __typename: "Query" } } });
  }
  socket.close();
  expect(app.log.slice(before).filter(({ level }) => Number(level) >= 40)).toEqual([]);
  return opened;
}

/** Null when the way does not take this document. */
async function askWell(way: Way, document: TypedDocument, operation: string): Promise<Answer | null> {
  if (way.name.startsWith("GET") && (operation !== "query" || JSON.stringify(document).length > 4_000)) return null;
  const answer = await way.ask(document);
  const told = JSON.stringify({ way: way.name, document, answer });
  expect(answer.status ?? 200, told).toBeLessThan(500);
  const { errors = [] } = answer.result;
  for (const { extensions, path, locations } of errors) {
    expect(extensions?.["code"], told).toEqual(expect.any(String));
    // That there are more errors than are told is about no place.
    if (errors.length < MAX_ERRORS) expect(path ?? locations ?? extensions?.["issues"], told).toBeDefined();
    expect(extensions?.["code"], told).not.toBe("INTERNAL_SERVER_ERROR");
  }
  return answer;
}

/** Errors in an order of their own, since GraphQL leaves theirs open; and so it does which of those is told that null the same place. */
function comparable(answer: Answer | undefined): object {
  const { data, errors = [] } = answer?.result ?? {};
  const told = errors.map((error) => {
    const path = Array.isArray(error.path) ? (error.path as (string | number)[]) : null;
    const place = path && nullOn(data, path);
    return place && place.length < path.length ? `something below ${JSON.stringify(place)}` : JSON.stringify(error);
  });
  return { data, errors: [...new Set(told)].toSorted() };
}

/** The place at which the way of a path through the data ends with null. */
function nullOn(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] {
  let value = data;
  for (const [depth, key] of path.entries()) {
    if (value === null || value === undefined) return path.slice(0, depth);
    value = (value as Record<string | number, unknown>)[key];
  }
  return path;
}
