import {
  buildSchema,
  execute,
  GraphQLError,
  GraphQLList,
  GraphQLNonNull,
  isAbstractType,
  isCompositeType,
  getNullableType,
  isListType,
  isObjectType,
  parse,
  validate,
} from "graphql";
import type { ExecutionResult, GraphQLOutputType, GraphQLResolveInfo } from "graphql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { executePlanned } from "../../src/execution/planned-execute.ts";
import type { Fallback } from "../../src/execution/planned-execute.ts";
import { choicesOf, typedDocument } from "../support/typed-document.ts";

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
beforeEach(() => void process.on("unhandledRejection", note));
afterEach(() => void process.off("unhandledRejection", note));
/** Long enough for everything that the tests let wait, and for Node to report what nobody handles. */
const rest = async (turns = 6) => {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

const schema = buildSchema(/* GraphQL */ `
  scalar Odd
  enum Color {
    RED
    GREEN
  }
  interface Thing {
    name: String
    next: Thing
  }
  type Plain implements Thing {
    name: String
    strictName: String!
    odd: Odd
    color(wanted: Color! = RED): Color
    numbers: [Int]
    strictNumbers: [Int!]!
    next: Thing
    plain: Plain
    strictPlain: Plain!
    plains: [Plain]
    strictPlains: [Plain!]!
    things: [Thing!]
    either: Either
    late: LateChecked
    checked: Checked
  }
  type Other implements Thing {
    name: String
    next: Thing
    plain: Plain
  }
  type Checked {
    name: String
    plain: Plain
  }
  type LateChecked {
    name: String!
    checked: Checked
  }
  union Either = Other | Plain | Checked
  type Query {
    plain: Plain
    strictPlain: Plain!
    plains(first: Int): [Plain!]
    thing: Thing
    either: [Either]
    name: String
    strictName: String!
  }
`);

type Then = (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => void;
/** Put together, since a linter takes it for a mistake. */
const THEN = ["th", "en"].join("");
/** Not a promise, but what waits for one waits for it as well. */
const thenable = (then: Then) => ({ [THEN]: then });

/** What resolvers do besides returning what fits. All of it is known to graphql-js. */
const FAULTS: Record<string, (value: unknown, error: Error) => unknown> = {
  throws: (_value, error) => {
    throw error;
  },
  rejects: async (_value, error) => {
    throw error;
  },
  "rejects late": async (_value, error) => {
    await rest(1);
    throw error;
  },
  "returns an Error": (_value, error) => error,
  "promises an Error": async (_value, error) => error,
  "a list with a rejected promise": (value, error) => [Promise.reject(error), value, Promise.reject(error)],
  "a list with an Error": (value, error) => [value, error, Promise.reject(error)],
  "a Set with a rejected promise": (value, error) => new Set([value, Promise.reject(error)]),
  null: () => null,
  "a promise of null": async () => null,
  undefined: () => undefined,
  "no list": () => ({}),
  number: () => 2,
  "a function": () => () => 1,
  "a thenable that rejects": (_value, error) => thenable((_resolve, reject) => reject(error)),
  "a thenable that settles twice": (value, error) =>
    thenable((settle, reject) => [settle(value), settle(value), reject(error)]),
  "a thenable that throws": (_value, error) =>
    thenable(() => {
      throw error;
    }),
  hangs: () => new Promise(() => {}),
};
const FAULT_NAMES = Object.keys(FAULTS);
/** Elsewhere graphql-js itself leaves promises in a list without a handler. */
const ofLists = /^a (?:list|Set) with/;
const faultsOf = (type: GraphQLOutputType): string[] =>
  isListType(getNullableType(type)) ? FAULT_NAMES : FAULT_NAMES.filter((name) => !ofLists.test(name));
/** How resolvers that succeed hand their value over. */
const WAYS: ((value: unknown) => unknown)[] = [
  (value) => value,
  (value) => value,
  async (value) => value,
  async (value) => (await rest(1), value),
  (value) => thenable((settle) => settle(value)),
];

interface Case {
  seed: number;
  /** Of a hundred resolvers, how many do what is wrong. */
  faults: number;
  /** Paths in the order in which resolvers were called, by executor. */
  planned: string[];
  libraries: string[];
}

/** Text to number, the same for each executor. */
function chance(seed: number, text: string): (bound: number) => number {
  let hash = seed;
  for (const letter of text) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0;
  return choicesOf(hash);
}

const pathOf = (path: GraphQLResolveInfo["path"] | undefined): string =>
  path ? `${pathOf(path.prev)}.${path.key}` : "";

function resolve(this: void, _source: unknown, _args: object, context: Case, info: GraphQLResolveInfo): unknown {
  const place = pathOf(info.path);
  const isPlanned = info.getAbortSignal() === undefined;
  (isPlanned ? context.planned : context.libraries).push(place);
  const choose = chance(context.seed, place);
  const value = fitting(info.returnType, choose);
  if (choose(100) >= context.faults) return WAYS[choose(WAYS.length)]?.(value);
  const names = faultsOf(info.returnType);
  return FAULTS[names[choose(names.length)] ?? ""]?.(value, new Error(`fault at ${place}`));
}

function fitting(type: GraphQLOutputType, choose: (bound: number) => number): unknown {
  if (type instanceof GraphQLNonNull) return fitting(type.ofType, choose);
  if (type instanceof GraphQLList)
    return Array.from({ length: choose(4) }, () => WAYS[choose(WAYS.length)]?.(fitting(type.ofType, choose)));
  if (isAbstractType(type)) return { is: schema.getPossibleTypes(type)[choose(2)]?.name, way: choose(40) };
  if (isCompositeType(type)) return { is: type.name, way: choose(40) };
  return { Int: 7, String: "text", Odd: choose(10) === 0 ? 2 : 3, Color: "GREEN" }[type.name];
}

type Value = { is?: string; way?: number };
for (const type of Object.values(schema.getTypeMap())) {
  if (type.name.startsWith("__")) continue;
  if (isObjectType(type)) for (const field of Object.values(type.getFields())) field.resolve = resolve;
  if (isAbstractType(type))
    type.resolveType = (value: Value) => {
      if (value.way === 0) throw new Error("no type");
      if (value.way === 1) return Promise.reject(new Error("no type later"));
      if (value.way === 2) return Promise.resolve(value.is);
      return value.way === 3 ? "Query" : value.is;
    };
}
Object.assign(schema.getType("Checked") ?? {}, { isTypeOf: (value: Value) => value.way !== 4 });
Object.assign(schema.getType("LateChecked") ?? {}, {
  isTypeOf: async (value: Value) => {
    if (value.way === 5) throw new Error("not told");
    return value.way !== 4;
  },
});
Object.assign(schema.getType("Odd") ?? {}, {
  coerceOutputValue(value: unknown) {
    if (value === 3) return value;
    throw new GraphQLError("not odd", { extensions: { code: "EVEN" } });
  },
});

/** The result as text, or that there is none yet when everything has come to rest. */
async function settled(result: Promise<ExecutionResult> | ExecutionResult): Promise<string> {
  const hung = rest(12).then(() => "hangs");
  return Promise.race([Promise.resolve(result).then((settledResult) => JSON.stringify(settledResult)), hung]);
}

const valuesOf = (scalar: string) => ({ right: scalar === "Int" ? [0, 1, 3] : ["x"] });

/** Runs one document with one set of faults through both executors. @returns why it was left to graphql-js, if it was */
async function compare(query: string, seed: number, faults: number, variables: object = {}) {
  const document = parse(query);
  const fallbacks: (Fallback & { callsBefore: number })[] = [];
  const context = (): Case => ({ seed, faults, planned: [], libraries: [] });
  const run = context();
  const args = { schema, document, variableValues: { ...variables } };
  const reference = await settled(execute({ ...args, contextValue: context() }));
  const planned = executePlanned({ ...args, contextValue: run }, (fallback) =>
    fallbacks.push({ ...fallback, callsBefore: run.planned.length }),
  );
  expect(await settled(planned), query).toBe(reference);
  await rest();
  for (const { callsBefore, fault } of fallbacks) {
    expect(fault, query).toBeUndefined();
    expect(run.planned.slice(callsBefore), `${query}: a failed run goes on`).toEqual([]);
  }
  expect(unhandled.splice(0), query).toEqual([]);
  return { reference, run, reason: fallbacks[0]?.reason };
}

describe("whatever resolvers do, the answer is graphql-js's and every promise is handled", () => {
  test.each([0, 1, 5, 20, 50])("with %i of a hundred resolvers at fault", { timeout: 60_000 }, async (faults) => {
    const reasons = new Map<string | undefined, number>();
    for (let seed = 1; seed <= 120; seed += 1) {
      const { query, variables } = typedDocument({
        schema,
        choose: choicesOf(seed),
        valuesOf,
        mistakes: 0,
        directives: seed % 2,
      });
      if (validate(schema, parse(query)).length > 0) continue;
      const { reason } = await compare(query, seed * 1_000 + faults, faults, variables);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    expect(reasons.get(faults === 0 ? undefined : "error") ?? 0, JSON.stringify([...reasons])).toBeGreaterThan(3);
  });
});

const PLACES: Record<string, { text: string; value: unknown }> = {
  name: { text: "name", value: "n" },
  strictName: { text: "strictName", value: "n" },
  plains: { text: "plains { name }", value: [{ is: "Plain" }] },
  either: { text: "either { __typename }", value: [{ is: "Plain", way: 7 }] },
  strictPlain: { text: "strictPlain { name plain { name } }", value: { is: "Plain" } },
};

test("every pair of faults at every pair of root fields, in both orders", { timeout: 60_000 }, async () => {
  const fields = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(({ name }) => PLACES[name]);
  const combinations = fields.flatMap((first, index) => fields.slice(index + 1).map((second) => [first, second]));
  const restore = () => fields.forEach((field) => void (field.resolve = resolve));
  let compared = 0;
  for (const [index, combination] of combinations.entries()) {
    for (const [at, field] of combination.entries()) {
      for (const fault of faultsOf(field.type)) {
        field.resolve = () => FAULTS[fault]?.(PLACES[field.name]?.value, new Error(fault));
        const other = combination[1 - at];
        const others = other ? faultsOf(other.type) : [];
        const second = others[(index * 7 + FAULT_NAMES.indexOf(fault)) % others.length] ?? "";
        if (other) other.resolve = () => FAULTS[second]?.(PLACES[other.name]?.value, new Error(second));
        const texts = combination.map(({ name }) => PLACES[name]?.text);
        await compare(`{ ${texts.join(" ")} __typename }`, 1, 0);
        await compare(`{ ${texts.toReversed().join(" ")} }`, 1, 0);
        compared += 2;
      }
    }
    restore();
  }
  expect(compared).toBeGreaterThan(600);
});

const byRun = (info: GraphQLResolveInfo) => info.getAbortSignal() === undefined;

/** Executes a query whose field `bad` is at fault, and whose `good` says by whom it was called. */
async function callsAround(query: string, bad: (info: GraphQLResolveInfo) => unknown): Promise<string[]> {
  const own = buildSchema("type Item { bad: Int good: Int } type Query { bad: [Int!] good: Int items: [Item!]! }");
  const calls: string[] = [];
  const args = {
    schema: own,
    document: parse(query),
    fieldResolver(_source: unknown, _args: object, _context: unknown, info: GraphQLResolveInfo) {
      if (info.fieldName === "items") return [{}, Promise.resolve({}), {}];
      if (info.fieldName === "bad") return bad(info);
      return calls.push(byRun(info) ? "run" : "graphql-js");
    },
  };
  const result = await executePlanned(args);
  await rest();
  expect(unhandled.splice(0)).toEqual([]);
  const made = [...calls];
  expect(JSON.stringify({ ...result, data: null })).toBe(JSON.stringify({ ...(await execute(args)), data: null }));
  return made;
}

test.each<[string, (info: GraphQLResolveInfo) => unknown]>([
  [
    "throws",
    () => {
      throw new Error("at fault");
    },
  ],
  ["returns an Error", () => new Error("at fault")],
  ["returns null for non-null", () => [null]],
  ["returns no list", () => ({})],
  ["has a rejected promise behind a null", () => [null, Promise.reject(new Error("behind"))]],
])("a run whose resolver %s resolves what is before it and nothing after", async (_name, bad) => {
  expect(await callsAround("{ good bad other: good }", bad)).toEqual(["run", "graphql-js", "graphql-js"]);
});

test("a run that fails within a list leaves the rest of it alone", async () => {
  const bad = () => new Error("at fault");
  const calls = await callsAround("{ items { good bad } good }", bad);
  expect(calls.filter((caller) => caller === "run")).toEqual(["run"]);
});

test("what comes after a run has failed is handled, and leads to nothing", async () => {
  const late = async (info: GraphQLResolveInfo) => {
    if (!byRun(info)) return [1];
    await rest(2);
    return [Promise.reject(new Error("late")), 1];
  };
  const calls = await callsAround("{ bad missing: items { bad } good }", (info) =>
    info.path.prev ? new Error("at fault") : late(info),
  );
  expect(calls).toEqual(["graphql-js"]);
});

test("promises that an object holds are handled when nobody reads them any more", async () => {
  const own = buildSchema("type Item { bad: Int late: Int } type Query { items: [Item] }");
  const items = () => [{ bad: new Error("at fault"), late: Promise.reject(new Error("late")) }, { late: 1 }];
  const result = await executePlanned({ schema: own, document: parse("{ items { bad late } }"), rootValue: { items } });
  expect(result.errors?.map(({ path }) => path?.join("."))).toEqual(["items.0.bad", "items.0.late"]);
  await rest();
  expect(unhandled.splice(0)).toEqual([]);
});

/** As the drivers of databases make them: a statement is sent when somebody waits for it. */
class Statement extends Promise<number> {
  static override get [Symbol.species]() {
    return Promise;
  }
  started = 0;
}
void Object.defineProperty(Statement.prototype, THEN, {
  value(this: Statement, ...handlers: Parameters<Promise<number>["then"]>) {
    this.started += 1;
    return Promise.prototype.then.apply(this, handlers);
  },
});

test("a promise that is lazy is not started by a run that has failed", async () => {
  const own = buildSchema("type Query { bad: [Int!]! }");
  let thenables = 0;
  const statements: Statement[] = [];
  const fieldResolver = (_source: unknown, _args: object, _context: unknown, info: GraphQLResolveInfo) => {
    if (!byRun(info)) return [null];
    const statement = new Statement((settle) => settle(1));
    statements.push(statement);
    return [null, thenable(() => void (thenables += 1)), statement];
  };
  const result = await executePlanned({ schema: own, document: parse("{ bad }"), fieldResolver });
  expect(result.errors).toHaveLength(1);
  await rest();
  expect(thenables).toBe(0);
  expect(statements.map(({ started }) => started)).toEqual([0]);
});

test.each([
  ["undefined", () => undefined],
  ["null", () => null],
  ["a promise", () => Promise.resolve(1)],
  ["a promise that rejects", () => Promise.reject(new Error("not coerced"))],
])("a scalar that coerces to %s is graphql-js's", async (_name, coerceOutputValue) => {
  const own = buildSchema("scalar Own type Query { own: Own strict: Own! name: String }");
  Object.assign(own.getType("Own") ?? {}, { coerceOutputValue });
  for (const query of ["{ own name }", "{ name strict }", "{ own strict }"]) {
    const args = { schema: own, document: parse(query), rootValue: { own: 1, strict: 1, name: "x" } };
    const reasons: string[] = [];
    const planned = await executePlanned(args, ({ reason }) => reasons.push(reason));
    expect(JSON.stringify(planned)).toBe(JSON.stringify(await execute(args)));
    expect(reasons).toEqual(["value"]);
  }
  await rest();
  expect(unhandled.splice(0)).toEqual([]);
});

test("an error of the executor's own is told, and the answer is graphql-js's", async () => {
  const own = buildSchema("type Query { a: Int }");
  const told: Fallback[] = [];
  const getField = own.getField.bind(own);
  let asked = 0;
  own.getField = (...given) => {
    asked += 1;
    if (asked === 1) throw new TypeError("a bug");
    return getField(...given);
  };
  const result = await executePlanned({ schema: own, document: parse("{ a }"), rootValue: { a: 1 } }, (fallback) =>
    told.push(fallback),
  );
  expect(result).toEqual({ data: { a: 1 } });
  expect(told).toEqual([{ reason: "fault", fault: new TypeError("a bug") }]);
});
