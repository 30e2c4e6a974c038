import { GraphQLError } from "graphql";
import type { ExecutionResult } from "graphql";
import { expect, test } from "vitest";
import { toGraphQLError, withoutStatus } from "../../src/graphql/errors.ts";
import { RequestError } from "../../src/core/error.ts";
import type { StreamItem } from "../../src/operation/event-source.ts";
import { Deliveries } from "../../src/graphql/subscribe.ts";
import { Results } from "../../src/graphql/results.ts";

const BUG = new RequestError("INTERNAL_SERVER_ERROR", "Unexpected error.");
const mask = (error: unknown) => {
  if (error instanceof GraphQLError) return withoutStatus(error);
  return withoutStatus(toGraphQLError(error instanceof RequestError ? error : BUG));
};

/** Deliveries of these items: a number is an event whose result is `{ n }`, an error is thrown, a result is what it became. */
function deliver(items: (number | Error | ExecutionResult)[]) {
  const left: string[] = [];
  let at = 0;
  const source = {
    async next() {
      const item = items[at];
      if (item instanceof Error) throw item;
      at += 1;
      if (item === undefined) return { done: true as const, value: undefined };
      return { done: false as const, value: item as unknown as StreamItem };
    },
    async return() {
      left.push("source");
      return { done: true as const, value: undefined };
    },
  };
  const group = {
    async deliver(item: unknown) {
      const result = typeof item === "number" ? { data: { n: item } } : (item as ExecutionResult);
      return { result, text: JSON.stringify(result), cursor: `c${at}` };
    },
    leave: () => void left.push("group"),
    cursorOf: () => "unused",
  };
  return { deliveries: new Deliveries(source, { group, mask }), left };
}

async function collect(stream: AsyncIterable<{ errors?: readonly GraphQLError[] | undefined; data?: any }>) {
  const told: unknown[] = [];
  for await (const { data, errors } of stream) told.push(errors ? errors[0]?.extensions : data.n);
  return told;
}

const results = async (stream: AsyncIterable<{ result: ExecutionResult }>) => {
  const told: unknown[] = [];
  for await (const { result } of stream)
    told.push(result.errors ? withoutStatus(result.errors[0] as GraphQLError).extensions : (result.data as any).n);
  return told;
};

test("what cannot be read ends the stream with its masked error and the cursor before it; nothing follows", async () => {
  const { deliveries, left } = deliver([1, 2, new Error("select secret from interviews"), 4]);
  expect(await results(deliveries)).toEqual([1, 2, { code: "INTERNAL_SERVER_ERROR", cursor: "c2" }]);
  expect(left).toEqual(["group", "source"]);
});

test("an event that cannot be resolved by a fault of ours is not passed", async () => {
  const failed = { data: null, errors: [toGraphQLError(new RequestError("DATABASE_UNAVAILABLE", "Away."))] };
  const { deliveries } = deliver([1, failed, 3]);
  expect(await results(deliveries)).toEqual([1, { code: "DATABASE_UNAVAILABLE", cursor: "c1" }]);
});

test("an event with errors of the request's own, or with data, is delivered, and the stream goes on", async () => {
  const refused = { data: null, errors: [toGraphQLError(new RequestError("FORBIDDEN", "No."))] };
  const partial = {
    data: { n: 2 },
    errors: [new GraphQLError("x", { extensions: { code: "INTERNAL_SERVER_ERROR" } })],
  };
  const { deliveries } = deliver([refused, partial, 3]);
  expect(await results(deliveries)).toEqual([{ code: "FORBIDDEN" }, { code: "INTERNAL_SERVER_ERROR" }, 3]);
});

test("a source that fails to end ends all the same", async () => {
  const group = { deliver: () => Promise.reject(new Error("No.")), leave: () => {}, cursorOf: () => "c" };
  const source = { next: () => Promise.reject(new Error("No.")), return: () => Promise.reject(new Error("No.")) };
  const deliveries = new Deliveries(source, { group, mask });
  expect(await results(deliveries)).toEqual([{ code: "INTERNAL_SERVER_ERROR", cursor: null }]);
  expect(await deliveries.return()).toEqual({ done: true, value: undefined });
});

test("an event stream whose source ends says that the process does, with its cursor", async () => {
  const { deliveries, left } = deliver([1]);
  let ends = 0;
  const stream = new Results(deliveries, mask);
  stream.onEnd(() => void (ends += 1));
  expect(await collect(stream)).toEqual([1, { code: "GOING_AWAY", cursor: "c1" }]);
  expect(left).toContain("group");
  expect(ends).toBeGreaterThan(0);
});
