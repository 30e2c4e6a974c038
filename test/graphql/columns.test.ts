import { getNamedType, isLeafType, isObjectType } from "graphql";
import type { GraphQLField } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { schema } from "../../src/schema.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview, external, office, plan, user } from "../support/interview.ts";

let app: TestApp;
let clock = NOW;
beforeAll(async () => {
  app = await startTestApp({ worker: false, now: () => clock });
  await createInterview(app.client, plan());
  await createInterview(app.client, external());
  const seats = { interviewerIds: [user("ada")], hostId: user("ada"), officeId: office("berlin") };
  await createInterview(app.client, adHoc({ location: "ZOOM", ...seats }, { startTime: "2027-03-05T10:00Z" }));
  clock = new Date("2027-03-05T10:01Z");
});
afterAll(() => app.stop());

const list = (selection: string) => `interviews(first: 10) { nodes { ${selection} } }`;
const ofPlan = (selection: string) => `jobs(first: 2) { nodes { interviewPlan { ${selection} } } }`;

/** How a query reaches the rows of a type. */
const PATHS: Record<string, (selection: string) => string> = {
  Interview: list,
  Interviewer: (selection) => list(`interviewers { ${selection} }`),
  User: (selection) => list(`organizer { ${selection} } interviewers { user { ${selection} } }`),
  Candidate: (selection) => list(`candidate { ${selection} }`),
  Application: (selection) => list(`application { ${selection} }`),
  Job: (selection) => list(`job { ${selection} }`),
  HiringTeamMember: (selection) => list(`job { hiringTeam { ${selection} } }`),
  Stage: (selection) => list(`stage { ${selection} }`),
  StageActivity: (selection) => list(`stageActivity { ${selection} }`),
  InterviewPlan: ofPlan,
  InterviewConfiguration: (selection) => ofPlan(`stages { activities { configuration { ${selection} } } }`),
  Office: (selection) => list(`office { ${selection} }`),
  EmailTemplate: (selection) => list(`candidateTemplate { ${selection} } interviewerTemplate { ${selection} }`),
  ScorecardConfiguration: (selection) => list(`scorecard { ${selection} }`),
  ExternalEvent: (selection) => list(`external { ${selection} }`),
  Provisioning: (selection) => list(`provisioning { ${selection} }`),
  AiNoteTaker: (selection) => list(`aiNoteTaker { ${selection} }`),
};

/** A field with the values of what it leads to; null when it takes too long a way to be selected here. */
function select(field: GraphQLField<unknown, unknown>): string | null {
  const type = getNamedType(field.type);
  if (isLeafType(type)) return field.name;
  if (type.name.endsWith("Connection")) return `${field.name}(first: 3) { nodes { id } }`;
  if (!isObjectType(type)) return null;
  const leaves = Object.values(type.getFields()).filter((inner) => isLeafType(getNamedType(inner.type)));
  return `${field.name} { __typename ${leaves.map(({ name }) => name).join(" ")} }`;
}

/** The answer with only one field of each row that `path` leads to. */
function only(answer: unknown, type: string, field: string): unknown {
  if (Array.isArray(answer)) return answer.map((item) => only(item, type, field));
  if (typeof answer !== "object" || answer === null) return answer;
  const entries = Object.entries(answer);
  if ("__typename" in answer && answer.__typename === type)
    return Object.fromEntries(entries.filter(([key]) => key === field || key === "__typename"));
  return Object.fromEntries(entries.map(([key, value]) => [key, only(value, type, field)]));
}

// Before the others, which look at more sets of columns than are told apart.
test("columns that nobody looks at are not read", async () => {
  const before = app.statements.length;
  await app.client.data(`{ ${list("kind organizer { email }")} }`);
  const [interviews, users] = app.statements.slice(before).filter((text) => /from "(interviews|users)"/.test(text));
  expect(interviews).toMatch(
    /^select "interviews"."id" as "id", "interviews"."starts_at" as "startsAt", "interviews"."name" as "name", "interviews"."kind"/,
  );
  expect(interviews?.match(/ as "/g)).toHaveLength(5);
  expect(users).toMatch(/^select "users"."id" as "id", "users"."email" as "email" from/);
});

describe.each(Object.keys(PATHS))("%s", (name) => {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`There is no object type ${name}.`);
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const selection = select(field);
    return selection === null ? [] : [[field.name, selection] as const];
  });
  const path = PATHS[name] ?? list;
  let all: unknown;
  beforeAll(async () => {
    all = await app.client.data(`{ ${path(`__typename ${fields.map(([, selection]) => selection).join(" ")}`)} }`);
  });

  test.each(fields)("%s alone is what it is beside all others", async (field, selection) => {
    const alone = await app.client.data(`{ ${path(`__typename ${selection}`)} }`);
    expect(alone).toEqual(only(all, name, field));
    expect(JSON.stringify(alone)).toContain(`"__typename":"${name}"`);
  });
});
