import { getIntrospectionQuery, parse, validate, validateExecutionArgs } from "graphql";
import { describe, expect, test } from "vitest";
import { costOf } from "../../src/execution/cost.ts";
import type { Cost } from "../../src/execution/cost.ts";
import { weigh } from "../../src/execution/weight.ts";
import { schema } from "../../src/schema.ts";

function measure(query: string, variableValues: Record<string, unknown> = {}): Cost {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const validated = validateExecutionArgs({ schema, document, variableValues });
  if (!("schema" in validated)) throw validated[0];
  return costOf(validated);
}
const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(" ");

describe("objects", () => {
  test.each<[query: string, cost: number, variables?: Record<string, unknown>]>([
    ["{ viewer { account { id } } }", 2],
    ["{ interviews { nodes { id } } }", 21],
    ["{ interviews(first: 7) { nodes { id } } }", 8],
    ["{ interviews(last: 7) { nodes { id } } }", 8],
    ["{ interviews(first: null, last: 7) { nodes { id } } }", 8],
    ["{ interviews(first: 7) { edges { node { id } } } }", 8],
    ["{ interviews(first: 7) { pageInfo { endCursor } totalCount } }", 2],
    ["{ interviews(first: 0) { nodes { id } } }", 1],
    ["{ interviews(first: -5) { nodes { id } } }", 1],
    ["{ interviews(first: 100000) { nodes { id } } }", 101],
    ["query ($n: Int) { interviews(first: $n) { nodes { id } } }", 51, { n: 50 }],
    ["query ($n: Int) { interviews(last: $n) { nodes { id } } }", 51, { n: 50 }],
    ["query ($n: Int = 9) { interviews(first: $n) { nodes { id } } }", 10],
    ["query ($n: Int) { interviews(first: $n) { nodes { id } } }", 21],
    ["{ interviews(first: 2) { nodes { interviewers { user { id } } } } }", 1 + 2 * (1 + 5 + 5)],
    [
      "{ interviews(first: 3) { nodes { application { interviews(last: 4) { nodes { id } } } } } }",
      1 + 3 * (1 + 1 + 1 + 4),
    ],
    [
      `mutation ($input: ComputeAvailabilityInput!) { computeAvailability(input: $input) { __typename } }`,
      101,
      {
        input: {
          organizerId: "x",
          interviewerIds: ["x"],
          kind: "PANEL",
          durationMinutes: 30,
          timezone: "UTC",
        },
      },
    ],
    ['{ availabilitySearch(id: "x") { people { user { id } } } }', 1 + 11 + 11],
    ['{ availabilitySearch(id: "x") { people { blocks { interview { id } } } } }', 1 + 11 + 11 * (50 + 50)],
    // What takes long to compute.
    ['{ loopAvailabilitySearch(id: "a") { result { complete } } }', 1 + 1 + 2_000],
    [
      '{ loopAvailabilitySearch(id: "a") { result { sequences(first: 3) { legs { leg } } } } }',
      1 + 1 + 2_000 + 1 + 3 * 5,
    ],
    ['{ interviewLoop(id: "x") { interviews { id } } }', 1 + 12],
    ['{ interviewLoop(id: "x") { interviews { loop { interviews { id } } } } }', 1 + 12 * (1 + 1 + 12)],
    ['{ nodes(ids: ["a", "b", "c"]) { id } }', 3],
    ['{ nodes(ids: "a") { id } }', 1],
    ["query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", 4, { ids: ["a", "b", "c", "d"] }],
    ["query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Interview { organizer { id } } } }", 4, { ids: ["a", "b"] }],
    ["query ($id: ID!) { nodes(ids: [$id, $id]) { id } }", 2, { id: "a" }],
    ["{ ...A ...A } fragment A on Query { interviews(first: 9) { nodes { id } } }", 20],
    ["{ a: interviews(first: 9) { nodes { id } } b: interviews(first: 9) { nodes { id } } }", 20],
  ])("%s cost %i", (query, cost, variables) => {
    expect(measure(query, variables).cost).toBe(cost);
  });

  test("a wrong argument beside it hides nothing", () => {
    const page = "interviews(first: 100) { nodes { id } }";
    expect(measure(`{ node(id: "x") { id } nodes(ids: ["x"]) { id } ${page} }`).cost).toBe(103);
  });
});

describe("values", () => {
  test("weigh in when there are more than ten to an object, and once for each alias", () => {
    const page = (count: number) =>
      `{ interviews(first: 100) { nodes { ${times(count, (index) => `a${index}: id`)} } } }`;
    expect(measure(page(10)).cost).toBe(101);
    expect(measure(page(50)).cost).toBe(501);
  });
  test("long texts weigh more than others", () => {
    expect(measure("{ emailTemplates(first: 100) { nodes { name } } }").cost).toBe(101);
    expect(measure("{ emailTemplates(first: 100) { nodes { body } } }").cost).toBe(501);
    expect(
      measure(`{ emailTemplates(first: 100) { nodes { ${times(30, (index) => `a${index}: body`)} } } }`).cost,
    ).toBe(15_001);
  });
  test("long lists in variables weigh for each field that reads them, and for each object that has the field", () => {
    const query = (count: number) =>
      `query ($f: InterviewFilter) { ${times(count, (index) => `a${index}: interviews(first: 0, filter: $f) { totalCount }`)} }`;
    const variables = { f: { jobIds: Array.from({ length: 98 }, () => "a") } };
    expect(measure(query(1), variables).cost).toBe(11);
    expect(measure(query(50), variables).cost).toBe(505);
    const nested =
      "query ($f: InterviewFilter) { users(first: 10) { nodes { interviews(first: 0, filter: $f) { totalCount } } } }";
    expect(measure(nested, variables).cost).toBe(102);
  });
  test("of literals and texts are counted as well", () => {
    const ids = times(900, () => '"a"');
    expect(measure(`{ interviews(first: 0, filter: { jobIds: [${ids}] }) { totalCount } }`).cost).toBe(91);
    expect(weigh("x".repeat(100_000))).toBe(1_000);
    expect(weigh({ a: [1, "b", null], c: { d: true } })).toBe(7);
  });
  test("can be nested as deep as a request can hold", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(weigh(deep)).toBe(100_001);
  });
});

describe("depth and fields", () => {
  test("are counted with fragments put in", () => {
    const query =
      "{ ...A } fragment A on Query { interviews { nodes { ...B ...B } } } fragment B on Interview { organizer { id } }";
    expect(measure(query)).toMatchObject({ depth: 4, fields: 6 });
  });
  test("are not walked as often as fragments repeat them", () => {
    const fragments = times(
      30,
      (index) => `fragment F${index} on Query { ${index === 29 ? "__typename" : `...F${index + 1} ...F${index + 1}`} }`,
    );
    expect(measure(`{ ...F0 } ${fragments}`)).toMatchObject({ fields: 2 ** 29 });
  });
});

describe("introspection", () => {
  const typeRef = (depth: number): string => (depth === 0 ? "kind name" : `kind name ofType { ${typeRef(depth - 1)} }`);
  /** As GraphiQL, Apollo, Relay, codegen and Postman ask; older ones follow wrappers less far. */
  const standard: [name: string, query: string][] = [
    ["with its defaults", getIntrospectionQuery()],
    [
      "with every option",
      getIntrospectionQuery({
        descriptions: true,
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
    ],
    ["of the types alone", `{ __schema { types { kind name fields { name type { ${typeRef(7)} } } } } }`],
    ["of possible types, as Apollo's clients ask", "{ __schema { types { kind name possibleTypes { name } } } }"],
    ["of one type", `{ __type(name: "Interview") { name fields { name args { name } type { ${typeRef(3)} } } } }`],
  ];
  test.each(standard)("%s fits the limits with room to spare", (_name, query) => {
    const { cost, depth, fields } = measure(query);
    expect(cost).toBeLessThan(4_000);
    expect(depth).toBeLessThanOrEqual(16);
    expect(fields).toBeLessThan(500);
  });

  test("that multiplies itself by aliases does not fit", () => {
    const aliased = (count: number) =>
      `{ ${times(count, (a) => `a${a}: __schema { ${times(count, (b) => `b${b}: types { ${times(count, (c) => `c${c}: fields { name }`)} }`)} }`)} }`;
    expect(measure(aliased(12)).cost).toBeGreaterThan(100_000);
    expect(measure(aliased(1)).cost).toBeGreaterThan(measure("{ __schema { types { name } } }").cost);
    const named = `{ ${times(90, (a) => `a${a}: __type(name: "Interview") { ${times(1, () => "fields { name description }")} }`)} }`;
    expect(measure(named).cost).toBeGreaterThan(90);
  });

  test("by fragments counts as well", () => {
    const fragment = (next: string) => `{ ${times(12, (index) => `a${index}: ${next}`)} }`;
    const query = `{ ...A } fragment A on Query ${fragment("__schema { ...B }")} fragment B on __Schema ${fragment("types { ...C }")}
      fragment C on __Type ${fragment("fields { name }")}`;
    expect(measure(query).cost).toBeGreaterThan(100_000);
  });

  test("costs one operation of a document, not another", () => {
    const document = parse("query A { interviews(first: 9) { nodes { id } } } query B { viewer { account { id } } }");
    const cost = (operationName: string) => {
      const validated = validateExecutionArgs({ schema, document, operationName });
      return "schema" in validated ? costOf(validated).cost : null;
    };
    expect([cost("A"), cost("B"), cost("A")]).toEqual([10, 2, 10]);
  });
});
