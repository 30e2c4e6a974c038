import { readFileSync } from "node:fs";
import { buildSchema } from "graphql";
import { expect, test } from "vitest";
import { printedSchema, schema } from "../../src/schema.ts";
import { elementsOf, faultOf } from "./description.ts";

test("schema.graphql is what the code prints", () => {
  expect(readFileSync("schema.graphql", "utf8")).toBe(printedSchema());
});

test("every element of the schema is described in a sentence that says more than its name", () => {
  expect(faults(elementsOf(schema))).toEqual([]);
});

test("the schema itself says how to authenticate, create, follow and resume", () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = roots.flatMap((root) => Object.keys(root?.getFields() ?? {}));
  for (const word of ["Authenticate", "Create", "Follow", "Resume"])
    expect(schema.description).toContain(`**${word}**`);
  for (const name of ["viewer", "createInterview", "interviewProvisioned", "interviewEvents", "interviews"]) {
    expect(fields).toContain(name);
    expect(schema.description).toContain(`\`${name}`);
  }
});

const DESCRIBED = `
  "Marks." directive @mark("How much." much: Int "" none: Int) on FIELD_DEFINITION
  directive @bare on FIELD_DEFINITION
  "What is read." type Query implements Thing { "Stage activity" stageActivity("The id." id: ID): Thing "Its key." key: ID }
  "A thing." interface Thing { key("unfinished" of: ID): ID }
  "Stands for a day." scalar Day
  scalar Night
  "One of two." union Either = Query
  union Neither = Query
  "Where." enum Place { "At home." HERE "There." THERE ELSEWHERE }
  "What is sent." input Letter { "The text." text: String body: String }
`;

test("a missing, unfinished or idle description is found on every kind of element", () => {
  expect(faults(elementsOf(buildSchema(DESCRIBED)))).toEqual([
    "@bare: missing",
    "@mark(none:): missing",
    "Letter.body: missing",
    "Letter.text: only the name",
    "Neither: missing",
    "Night: missing",
    "Place.ELSEWHERE: missing",
    "Place.THERE: only the name",
    "Query.stageActivity(id:): only the name",
    "Query.stageActivity: not a sentence",
    "Thing.key(of:): not a sentence",
    "Thing.key: missing",
    "Thing: only the name",
  ]);
});

function faults(elements: ReturnType<typeof elementsOf>): string[] {
  return elements
    .flatMap((element) => {
      const fault = faultOf(element);
      return fault ? [`${element.coordinate}: ${fault}`] : [];
    })
    .toSorted();
}
