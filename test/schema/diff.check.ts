import { expect, test } from "vitest";
import { compareSchemas } from "./diff.ts";

const QUERY = "type Query { f: Int }";

/** What is compared, and the level and element of every change that is found. */
const CASES: [name: string, before: string, after: string, changes: string[]][] = [
  ["nothing", QUERY, QUERY, []],
  ["a field that is gone", "type Query { f: Int g: Int }", QUERY, ["breaking Query.g"]],
  ["a new field", QUERY, "type Query { f: Int g: Int }", ["safe Query.g"]],
  ["a field that may become null", "type Query { f: Int! }", QUERY, ["breaking Query.f"]],
  ["a field that is never null any more", QUERY, "type Query { f: Int! }", ["safe Query.f"]],
  ["a new required argument", QUERY, "type Query { f(a: Int!): Int }", ["breaking Query.f(a:)"]],
  ["a new optional argument", QUERY, "type Query { f(a: Int): Int }", ["dangerous Query.f(a:)"]],
  ["an argument that is gone", "type Query { f(a: Int): Int }", QUERY, ["breaking Query.f(a:)"]],
  [
    "another default",
    "type Query { f(a: Int! = 1): Int }",
    "type Query { f(a: Int! = 2): Int }",
    ["dangerous Query.f(a:)"],
  ],
  [
    "a default that goes and leaves null",
    "type Query { f(a: Int = 1): Int }",
    "type Query { f(a: Int): Int }",
    ["dangerous Query.f(a:)"],
  ],
  [
    "a default that goes and leaves a required argument",
    "type Query { f(a: Int! = 1): Int }",
    "type Query { f(a: Int!): Int }",
    ["breaking Query.f(a:)"],
  ],
  [
    "a default that goes and leaves a required input field",
    `${QUERY} input I { a: Int! = 1 }`,
    `${QUERY} input I { a: Int! }`,
    ["breaking I.a"],
  ],
  [
    "a new required input field",
    `${QUERY} input I { a: Int }`,
    `${QUERY} input I { a: Int b: Int! }`,
    ["breaking I.b"],
  ],
  ["a new optional input field", `${QUERY} input I { a: Int }`, `${QUERY} input I { a: Int b: Int }`, ["safe I.b"]],
  [
    "an input field that is gone",
    `${QUERY} input I { a: Int b: Int }`,
    `${QUERY} input I { a: Int }`,
    ["breaking I.b"],
  ],
  [
    "an input that becomes a choice",
    `${QUERY} input I { a: Int }`,
    `${QUERY} input I @oneOf { a: Int }`,
    ["breaking I"],
  ],
  [
    "another choice of an input",
    `${QUERY} input I @oneOf { a: Int }`,
    `${QUERY} input I @oneOf { a: Int b: Int }`,
    ["safe I.b"],
  ],
  ["an enum value that is gone", `${QUERY} enum E { A B }`, `${QUERY} enum E { A }`, ["breaking E.B"]],
  ["a new enum value", `${QUERY} enum E { A }`, `${QUERY} enum E { A B }`, ["dangerous E.B"]],
  ["a type that is gone", `${QUERY} type T { a: Int }`, QUERY, ["breaking T"]],
  ["a new type with all that is in it", QUERY, `${QUERY} type T { a(b: Int): Int }`, ["safe T"]],
  ["another kind of type", `${QUERY} type T { a: Int }`, `${QUERY} interface T { a: Int }`, ["breaking T"]],
  [
    "a member that left a union which another one joined",
    `${QUERY} type A { a: Int } type B { b: Int } union U = A`,
    `${QUERY} type A { a: Int } type B { b: Int } union U = B`,
    ["breaking U", "dangerous U"],
  ],
  [
    "an interface that is no longer implemented",
    `${QUERY} interface N { a: Int } type T implements N { a: Int }`,
    `${QUERY} interface N { a: Int } type T { a: Int }`,
    ["breaking T"],
  ],
  ["a root type that is gone", `${QUERY} type Mutation { m: Int }`, QUERY, ["breaking schema", "breaking Mutation"]],
  ["a deprecation", QUERY, 'type Query { f: Int @deprecated(reason: "Read g.") }', ["safe Query.f"]],
  ["a description", QUERY, 'type Query { "Counts." f: Int }', ["safe Query.f"]],
  ["a directive that is gone", `${QUERY} directive @d(a: Int) on FIELD`, QUERY, ["breaking @d"]],
  [
    "an argument of a directive that is gone",
    `${QUERY} directive @d(a: Int) on FIELD`,
    `${QUERY} directive @d on FIELD`,
    ["breaking @d(a:)"],
  ],
];

test.each(CASES)("classifies %s", async (_, before, after, expected) => {
  const changes = await compareSchemas(before, after);
  expect(changes.map((change) => `${change.level} ${change.coordinate}`)).toEqual(expected);
});
