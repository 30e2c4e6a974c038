import { buildSchema, parse } from "graphql";
import type { ExecutionArgs, ExecutionResult } from "graphql";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createGuard } from "../../src/execution/guard.ts";
import type { Guard, GuardOptions } from "../../src/execution/guard.ts";
import type { Caller } from "../../src/operation/context.ts";
import { CALLER as TOKEN } from "../support/caller.ts";

const schema = buildSchema(`
  type Query { a: Query, list(first: Int): List, number: Int, input(value: In): Int }
  type List { nodes: [Query!]! }
  input In { x: Int }
`);
const OPTIONS: GuardOptions = { ratePerToken: 100, ratePerAccount: 250, deadlineMs: 60_000 };
const PERSON: Caller = { ...TOKEN, userId: "user", tokenId: null };
const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(" ");

let now: number;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  return () => vi.restoreAllMocks();
});

const argsOf = (query: string, caller = TOKEN, variableValues?: Record<string, unknown>): ExecutionArgs => ({
  schema,
  document: parse(query),
  contextValue: { caller },
  variableValues,
});
const codeOf = ({ errors }: ExecutionResult) => errors?.[0]?.extensions["code"];
const judge = (guard: Guard, query: string, caller?: Caller) => {
  const verdict = guard.judge(argsOf(query, caller));
  return "refusal" in verdict ? codeOf(verdict.refusal) : verdict.cost;
};
const isAdmitted = (guard: Guard, caller: Caller) => {
  try {
    guard.admit(caller);
    return true;
  } catch {
    return false;
  }
};

describe("what is too large", () => {
  const nested = (depth: number): string => (depth === 1 ? "number" : `a { ${nested(depth - 1)} }`);
  const pages = (count: number, first: number) =>
    times(count, (index) => `p${index}: list(first: ${first}) { nodes { a { number } } }`);
  test.each([
    ["depth 16", `{ ${nested(16)} }`, undefined],
    ["depth 17", `{ ${nested(17)} }`, "OPERATION_TOO_LARGE"],
    ["2,000 fields", `{ ${times(2_000, () => "number")} }`, undefined],
    ["2,001 fields", `{ ${times(2_001, () => "number")} }`, "OPERATION_TOO_LARGE"],
    // A page costs 1 + 2 × 99, and an object that is alone 1.
    ["cost 10,000", `{ ${pages(50, 99)} ${times(50, (index) => `a${index}: a { number }`)} }`, undefined],
    ["cost 10,001", `{ ${pages(50, 99)} ${times(51, (index) => `a${index}: a { number }`)} }`, "OPERATION_TOO_LARGE"],
  ])("%s", (_name, query, code) => {
    const verdict = judge(createGuard(OPTIONS), query);
    expect(typeof verdict === "string" ? verdict : undefined).toBe(code);
  });

  test("is told with the size and the most", () => {
    const verdict = createGuard(OPTIONS).judge(argsOf(`{ ${nested(17)} }`));
    expect(verdict).toMatchObject({ refusal: { errors: [{ extensions: { depth: 17, maximum: 16 } }] } });
  });
});

describe("points", () => {
  test("are 15 for a request and the cost for an operation; the answer says what is left", () => {
    const guard = createGuard(OPTIONS);
    guard.admit(TOKEN);
    expect(judge(guard, "{ list(first: 9) { nodes { number } } }")).toEqual({
      requested: 10,
      maximum: 10_000,
      // Five seconds' worth less the request, one for its variables, and the operation.
      remaining: 500 - 15 - 1 - 10,
    });
    expect(judge(guard, "{ number }")).toMatchObject({ requested: 1 });
  });

  test("are owed by the token alone, and by the person alone, until they are back", () => {
    const guard = createGuard({ ...OPTIONS, ratePerAccount: 1e6 });
    guard.charge(TOKEN, 500);
    expect([isAdmitted(guard, TOKEN), isAdmitted(guard, PERSON)]).toEqual([true, true]);
    expect([isAdmitted(guard, TOKEN), isAdmitted(guard, PERSON)]).toEqual([false, true]);
    expect(isAdmitted(guard, { ...TOKEN, tokenId: "other" })).toBe(true);
    expect(isAdmitted(guard, { ...PERSON, userId: "other" })).toBe(true);
    now = 140;
    expect(isAdmitted(guard, TOKEN)).toBe(false);
    now = 151;
    expect(isAdmitted(guard, TOKEN)).toBe(true);
  });

  test("of an account are shared by its tokens and persons, and by no other account", () => {
    const guard = createGuard(OPTIONS);
    for (let index = 0; index < 3; index += 1) guard.charge({ ...TOKEN, tokenId: `${index}` }, 450);
    expect([isAdmitted(guard, TOKEN), isAdmitted(guard, PERSON)]).toEqual([false, false]);
    expect(isAdmitted(guard, { ...TOKEN, accountId: "other" })).toBe(true);
  });

  test("that are owed say in whole seconds when to come again", () => {
    const guard = createGuard(OPTIONS);
    guard.charge(TOKEN, 500 + 250);
    expect(() => guard.admit(TOKEN)).toThrow(expect.objectContaining({ extensions: { retryAfterSeconds: 3 } }));
  });

  test("are charged for an operation that is refused as well, by what its variables hold", () => {
    const guard = createGuard(OPTIONS);
    const variableValues = { v: Object.fromEntries(Array.from({ length: 5_500 }, (_, index) => [`k${index}`, 1])) };
    const verdict = guard.judge(argsOf("query ($v: In) { input(value: $v) }", TOKEN, variableValues));
    expect("refusal" in verdict && verdict.refusal.errors?.length).toBe(2);
    expect(isAdmitted(guard, TOKEN)).toBe(false);
  });
});

test("variables are coerced once, and the execution gets what came of it", async () => {
  const guard = createGuard(OPTIONS);
  let read = 0;
  const variables = {
    get v() {
      read += 1;
      return { x: 1 };
    },
  };
  const execute = vi.fn(() => ({ data: null }));
  await guard.around(execute)(argsOf("query ($v: In) { input(value: $v) }", TOKEN, variables));
  // One look is the weighing's.
  expect(read).toBe(2);
  expect(execute).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ variableValues: expect.objectContaining({ coerced: { v: { x: 1 } } }) }),
  );
});
