import { expect, test } from "vitest";
import { MAX_BODY, parseWithinLimits } from "../../src/execution/limits.ts";

const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(" ");

test("a message has at most 256 KiB", () => {
  expect(MAX_BODY).toBe(262_144);
});

// The braces are two tokens.
test.each([
  ["2,000 tokens", `{ ${times(1_998, () => "a")} }`],
  ["100 aliases", `{ ${times(100, (index) => `a${index}: a`)} }`],
  ["100 directives", `{ ${times(100, () => "a @b")} }`],
  ["any text that can be stored", String.raw`{ a(b: "\u0001 ü 🎉") }`],
])("%s are taken", (_name, text) => {
  expect(parseWithinLimits(text).kind).toBe("Document");
});

/** A request error with its place in the document. */
const located = (column: number, error: object) => ({
  locations: [{ line: 1, column }],
  originalError: expect.objectContaining(error),
});

test.each<[name: string, text: string, error: object]>([
  [
    "2,001 tokens",
    `{ ${times(1_999, () => "a")} }`,
    { extensions: { code: "GRAPHQL_PARSE_FAILED", http: { status: 400 } } },
  ],
  [
    "101 aliases",
    `{ ${times(101, (index) => `a${index}: a`)} }`,
    located(693, { code: "OPERATION_TOO_LARGE", extensions: { aliases: 101, maximum: 100 } }),
  ],
  [
    "101 directives",
    `{ ${times(101, () => "a @b")} }`,
    located(505, { code: "OPERATION_TOO_LARGE", extensions: { directives: 101, maximum: 100 } }),
  ],
  ["a character that cannot be stored", String.raw`{ a(b: "\u0000") }`, located(8, { code: "INVALID_INPUT" })],
  ["half of a pair", '{ a(b: "\ud800") }', { extensions: { code: "GRAPHQL_PARSE_FAILED", http: { status: 400 } } }],
])("%s are refused", (_name, text, error) => {
  expect(() => parseWithinLimits(text)).toThrow(expect.objectContaining(error));
});
