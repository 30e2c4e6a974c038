import { pino } from "pino";
import { expect, test } from "vitest";
import { Fallbacks } from "../../src/gateway/fallbacks.ts";
import { inRequest } from "../../src/execution/request.ts";

test("what is left to a library is counted by reason, and logged at debug; a bug at warn", () => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: "debug" }, { write: (line) => void lines.push(JSON.parse(line)) });
  const fallbacks = new Fallbacks(log);
  inRequest({ requestId: "r1" }, () => {
    fallbacks.count("plannedExecution", "directive");
    fallbacks.count("plannedExecution", "directive");
    fallbacks.count("plannedExecution", "fault", new TypeError("a bug"));
    fallbacks.count("directPost", "accept");
  });
  expect(fallbacks.plannedExecution).toEqual(
    new Map([
      ["directive", 2],
      ["fault", 1],
    ]),
  );
  expect(fallbacks.directPost).toEqual(new Map([["accept", 1]]));
  expect(lines).toMatchObject([
    { level: 20, requestId: "r1", reason: "directive", msg: "an operation was left to graphql-js" },
    { level: 20, requestId: "r1", reason: "directive" },
    {
      level: 40,
      requestId: "r1",
      reason: "fault",
      error: {},
      msg: "an operation was left to graphql-js, because of a bug in the gateway",
    },
    { level: 20, requestId: "r1", reason: "accept", msg: "a request was left to Yoga" },
  ]);
});
