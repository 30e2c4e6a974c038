import { GraphQLError } from "graphql";
import type { ExecutionResult } from "graphql";
import { afterEach, describe, expect, test, vi } from "vitest";
import { toGraphQLError, withoutStatus } from "../../src/execution/errors.ts";
import { RequestError } from "../../src/core/error.ts";
import type { ItemStream, StreamItem } from "../../src/operation/event-source.ts";
import { Deliveries } from "../../src/execution/subscribe.ts";
import { EventStreamResults } from "../../src/gateway/results.ts";

const BUG = new RequestError("INTERNAL_SERVER_ERROR", "Unexpected error.");
const mask = (error: unknown) => {
  if (error instanceof GraphQLError) return withoutStatus(error);
  return withoutStatus(toGraphQLError(error instanceof RequestError ? error : BUG));
};

type Item = number | Error | ExecutionResult;

/** Deliveries of these items: a number is an event whose result is `{ n }`, an error is thrown, a result is what it became. */
function deliver(items: Item[]) {
  const left: string[] = [];
  /** What was taken at once, and what has been resolved, by the numbers of events. */
  const taken: number[][] = [];
  const source = {
    start: 0,
    async take(after: number, size: number) {
      const [next] = items.slice(after);
      if (next instanceof Error) throw next;
      if (next === undefined) return null;
      const count = items.slice(after, after + size).findIndex((item) => item instanceof Error);
      const length = Math.min(count < 0 ? size : count, items.length - after);
      const sequences = Array.from({ length }, (_, index) => after + index + 1);
      taken.push(sequences);
      const batch = sequences.map((sequence) => ({ type: "INTERVIEW_CREATED", sequence }));
      return { items: batch as unknown as StreamItem[], through: after + length, shared: false };
    },
    async return() {
      left.push("source");
      return { done: true as const, value: undefined };
    },
  };
  const group = {
    deliver: (batch: readonly StreamItem[]) =>
      batch.map(async (event) => {
        const { sequence } = event as { sequence: number };
        const item = items[sequence - 1];
        const result = typeof item === "number" ? { data: { n: item } } : (item as ExecutionResult);
        return { result, text: JSON.stringify(result), cursor: `c${sequence}` };
      }),
    leave: () => void left.push("group"),
    cursorOf: ({ sequence }: { sequence: number }) => `c${sequence}`,
  };
  const deliveries = new Deliveries(source as unknown as ItemStream, { accountId: "a", group, mask });
  return { deliveries, left, taken };
}

async function collect(stream: AsyncIterable<{ errors?: readonly GraphQLError[] | undefined; data?: any }>) {
  const told: unknown[] = [];
  for await (const { data, errors } of stream) {
    if (data || errors) told.push(errors ? errors[0]?.extensions : data.n);
  }
  return told;
}

const results = async (stream: AsyncIterable<{ result: ExecutionResult }>) => {
  const told: unknown[] = [];
  for await (const { result } of stream) {
    if (!result.data && !result.errors) continue;
    told.push(result.errors ? withoutStatus(result.errors[0] as GraphQLError).extensions : (result.data as any).n);
  }
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
  const group = { deliver: () => [], leave: () => {}, cursorOf: () => "c" };
  const fails = () => Promise.reject(new Error("No."));
  const source = { start: 0, take: fails, return: fails } as unknown as ItemStream;
  const deliveries = new Deliveries(source, { accountId: "a", group, mask });
  expect(await results(deliveries)).toEqual([{ code: "INTERNAL_SERVER_ERROR", cursor: "c" }]);
  expect(await deliveries.return()).toEqual({ done: true, value: undefined });
});

test("an event stream whose source ends says that the process does, with its cursor", async () => {
  const { deliveries, left } = deliver([1]);
  let ends = 0;
  const stream = new EventStreamResults(deliveries, mask);
  stream.onEnd(() => void (ends += 1));
  expect(await collect(stream)).toEqual([1, { code: "GOING_AWAY", cursor: "c1" }]);
  expect(left).toContain("group");
  expect(ends).toBeGreaterThan(0);
});

describe("batches", () => {
  const lengths = (taken: number[][]) => taken.map(({ length }) => length);
  const many = Array.from({ length: 200 }, (_, index) => index);
  afterEach(() => void vi.useRealTimers());

  test("grow while the subscriber reads quickly, up to 50", async () => {
    const { deliveries, taken } = deliver(many);
    expect(await results(deliveries)).toEqual(many);
    expect(lengths(taken)).toEqual([1, 2, 4, 8, 16, 32, 50, 50, 37]);
  });

  test("are small when results are long", async () => {
    const long = { data: { n: "x".repeat(20_000) } };
    const { deliveries, taken } = deliver(Array.from({ length: 7 }, () => long));
    await results(deliveries);
    expect(lengths(taken)).toEqual([1, 2, 3, 1]);
  });

  test("are judged and resolved again when the subscriber is slow, and no larger than what it takes in a second", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { deliveries, taken } = deliver(many);
    const told: unknown[] = [];
    const next = async () => {
      const { value } = await deliveries.next();
      if (value.result.data) told.push(value.result.data.n);
    };
    for (let count = 0; count < 1 + 1 + 2 + 4 + 3; count += 1) await next();
    vi.advanceTimersByTime(1_000);
    for (let count = 0; count < 3; count += 1) await next();
    expect(taken).toEqual([[1], [2, 3], [4, 5, 6, 7], [8, 9, 10, 11, 12, 13, 14, 15], [11, 12, 13]]);
    await next();
    expect(told).toEqual(many.slice(0, 14));
  });

  test("the first delivery says where the stream begins, to the transport alone", async () => {
    const { deliveries } = deliver([1]);
    expect((await deliveries.next()).value).toEqual({ result: {}, text: "", cursor: "c0" });
  });
});
