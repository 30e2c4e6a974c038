import { expect, test } from "vitest";
import { createLog, readable } from "../../src/operation/log.ts";

test("on a terminal the log is lines for people: when, how bad, what, and the rest in parentheses", () => {
  const lines: string[] = [];
  const log = createLog(
    "info",
    readable((line) => lines.push(line)),
  ).child({ role: "all" });
  log.info({ url: "http://127.0.0.1:4000/graphql" }, "started");
  log.warn({ errors: 3 }, "the database is unavailable");
  log.warn("cut off the requests that were still running");
  log.error({ error: new Error("no") }, "a request was not answered");
  expect(lines.map((line) => line.replace(/^\d\d:\d\d:\d\d /, ""))).toEqual([
    "info started (url: http://127.0.0.1:4000/graphql)\n",
    "warn the database is unavailable (errors: 3)\n",
    "warn cut off the requests that were still running\n",
    expect.stringMatching(
      /^error a request was not answered \(error: \{"type":"Error","message":"no","stack":.*\}\)\n$/,
    ),
  ]);
});
