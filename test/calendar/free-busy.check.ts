import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createBridge } from "../../src/calendar/bridge.ts";
import { askCalendars } from "../../src/calendar/free-busy.ts";
import type { FreeBusyAnswer, FreeBusyProvider } from "../../src/calendar/free-busy.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.parse("2027-03-01T00:00Z");
const WINDOW = { start: START, end: START + 30 * DAY };
const ACCOUNT = "1c7f3a54-5c8f-4b0e-9f0a-0d3c0d6d2a11";
const ask = (query: FreeBusyProvider["query"], calendars: string[], deadlineMs = 5_000) =>
  askCalendars({ query }, { accountId: ACCOUNT, calendars, window: WINDOW, deadlineMs });
const minutes = (from: number, to: number) => ({ start: START + from * MINUTE, end: START + to * MINUTE });
const free: FreeBusyAnswer = { answer: "ANSWERED", busy: [] };
const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}@example.com`);

describe("whatever a provider does, each calendar is answered for", () => {
  test("batches are asked at a time, with the account", async () => {
    const arrived: string[][] = [];
    const all = Promise.withResolvers<void>();
    const found = await ask(async (calendars, window, { accountId }) => {
      expect([window, accountId]).toEqual([WINDOW, ACCOUNT]);
      arrived.push([...calendars]);
      // None answers before all are asked.
      if (arrived.length === 3) all.resolve();
      await all.promise;
      return new Map(calendars.map((calendar) => [calendar, free]));
    }, names(11));
    expect(arrived.map(({ length }) => length)).toEqual([5, 5, 1]);
    expect([...found]).toEqual(names(11).map((name) => [name, free]));
  });

  test("one that hangs is too late, is told so, and does not hold up the others", async () => {
    const told: boolean[] = [];
    const found = await ask(
      (calendars, _window, { signal }) => {
        if (calendars.includes("0@example.com")) {
          signal.addEventListener("abort", () => void told.push(true));
          return new Promise(() => {});
        }
        return Promise.resolve(new Map(calendars.map((calendar) => [calendar, free])));
      },
      names(6),
      50,
    );
    expect([...found.values()].map(({ answer }) => answer)).toEqual([...Array(5).fill("TOO_LATE"), "ANSWERED"]);
    expect(told).toEqual([true]);
  });

  test.each<[string, FreeBusyProvider["query"]]>([
    ["throws", () => Promise.reject(new Error("no"))],
    [
      "throws at once",
      () => {
        throw new Error("no");
      },
    ],
    ["answers nothing", () => Promise.resolve(new Map())],
    ["answers for others", () => Promise.resolve(new Map([["x@example.com", free]]))],
    [
      "answers spans that are none",
      () =>
        Promise.resolve(new Map([["a@example.com", { answer: "ANSWERED", busy: [{ start: Number.NaN, end: 3 }] }]])),
    ],
    ...[
      null,
      {},
      { answer: "ANSWERED" },
      { answer: "PARTLY", busy: [] },
      { answer: "MAYBE" },
      { answer: "ANSWERED", busy: [null] },
    ].map((garbage): [string, FreeBusyProvider["query"]] => [
      `answers ${JSON.stringify(garbage)}`,
      () => Promise.resolve(new Map([["a@example.com", garbage as never]])),
    ]),
    ["answers something else than a map", () => Promise.resolve([] as never)],
    [
      "answers a span that ends before it begins",
      () => Promise.resolve(new Map([["a@example.com", { answer: "ANSWERED", busy: [minutes(60, 30)] }]])),
    ],
  ])("one that %s is unreachable", async (_name, query) => {
    expect([...(await ask(query, ["a@example.com"]))]).toEqual([["a@example.com", { answer: "UNREACHABLE" }]]);
  });

  test("spans are put in order, joined and cut to the window", async () => {
    const busy = [minutes(60, 120), minutes(-30, 10), minutes(90, 150), minutes(5, 5), minutes(43_190, 50_000)];
    const found = await ask(() => Promise.resolve(new Map([["a", { answer: "PARTLY", busy, unknown: [] }]])), ["a"]);
    expect(found.get("a")).toEqual({
      answer: "ANSWERED",
      busy: [minutes(0, 10), minutes(60, 150), minutes(43_190, 43_200)],
    });
  });

  test("of 10,000 spans as many are kept as thirty days have quarters of an hour, and none of their time is free", async () => {
    const busy = Array.from({ length: 10_000 }, (_, index) => minutes(4 * index + 1, 4 * index + 2));
    const found = await ask(() => Promise.resolve(new Map([["a", { answer: "ANSWERED", busy }]])), ["a"]);
    const answer = found.get("a");
    const spans = answer?.answer === "ANSWERED" ? answer.busy : [];
    expect(spans.length).toBeGreaterThan(0);
    expect(spans.length).toBeLessThan(1_500);
    expect(busy.filter((one) => !spans.some(({ start, end }) => start <= one.start && one.end <= end))).toEqual([]);
  });
});

describe("a service behind the bridge", () => {
  const asked: unknown[] = [];
  let answer: (response: ServerResponse) => void;
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    asked.push([request.url, request.headers.authorization, JSON.parse(body)]);
    answer(response);
  };
  const server = createServer((request, response) => void serve(request, response));
  let query: FreeBusyProvider["query"];
  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const { freeBusy } = createBridge({ url, token: "secret", timeoutMs: 2_000, now: () => new Date() });
    query = (...question) => freeBusy.query(...question);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    asked.length = 0;
  });
  const says = (body: unknown, status = 200) => {
    answer = (response) => void response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
  };
  const answersOf = async (calendars: string[], deadlineMs?: number) =>
    Object.fromEntries(await ask(query, calendars, deadlineMs));

  test("is asked once for a batch, and answers for each calendar", async () => {
    const busy = [{ startsAt: "2027-03-01T01:00:00Z", endsAt: "2027-03-01T03:00:00+01:00" }];
    says({
      calendars: [
        { address: "A@example.com", busy },
        {
          address: "b@example.com",
          busy,
          unknown: [{ startsAt: "2027-03-02T00:00:00Z", endsAt: "2027-04-09T00:00:00Z" }],
        },
        { address: "c@example.com", problem: "REVOKED" },
        { address: "d@example.com", problem: "NOT_CONNECTED" },
      ],
    });
    const calendars = ["a", "b", "c", "d", "e"].map((name) => `${name}@example.com`);
    expect(await answersOf(calendars)).toEqual({
      "a@example.com": { answer: "ANSWERED", busy: [minutes(60, 120)] },
      "b@example.com": { answer: "PARTLY", busy: [minutes(60, 120)], unknown: [minutes(1_440, 43_200)] },
      "c@example.com": { answer: "REVOKED" },
      "d@example.com": { answer: "NOT_CONNECTED" },
      "e@example.com": { answer: "UNREACHABLE" },
    });
    const question = {
      accountId: ACCOUNT,
      from: "2027-03-01T00:00:00.000Z",
      to: "2027-03-31T00:00:00.000Z",
      calendars,
    };
    expect(asked).toEqual([["/v1/free-busy", "Bearer secret", question]]);
  });

  test("garbage about one calendar leaves the others as they are", async () => {
    says({
      calendars: [
        { address: "a@example.com", busy: [{ startsAt: "soon", endsAt: "later" }] },
        null,
        { address: "b@example.com", busy: [] },
      ],
    });
    expect(await answersOf(["a@example.com", "b@example.com"])).toEqual({
      "a@example.com": { answer: "UNREACHABLE" },
      "b@example.com": free,
    });
  });

  test("what cannot be read as an answer, and what contradicts itself, calls nobody free", async () => {
    says({
      calendars: [
        { address: "a@example.com", problem: "QUOTA_EXCEEDED", busy: [] },
        { address: "b@example.com", problem: null, busy: [] },
        { address: "c@example.com", busy: [{ startsAt: "2027-03-01T01:00:00Z", endsAt: "2027-03-01T02:00:00Z" }] },
        { address: "c@example.com", busy: [] },
        { address: "d@example.com", busy: [{ startsAt: "2027-03-01T02:00:00Z", endsAt: "2027-03-01T01:00:00Z" }] },
      ],
    });
    expect(await answersOf(["a", "b", "c", "d"].map((name) => `${name}@example.com`))).toEqual({
      "a@example.com": { answer: "UNREACHABLE" },
      "b@example.com": free,
      "c@example.com": { answer: "UNREACHABLE" },
      "d@example.com": { answer: "UNREACHABLE" },
    });
  });

  test("one answer serves each spelling of an address", async () => {
    says({ calendars: [{ address: "a@example.com", busy: [] }] });
    expect(await answersOf(["A@example.com", "a@example.com"])).toEqual({
      "A@example.com": free,
      "a@example.com": free,
    });
  });

  test.each<[string, () => void]>([
    [
      "an answer for thousands of others",
      () => says({ calendars: [...Array(5_000).fill(null), { address: "a@example.com", busy: [] }] }),
    ],
    ["half an answer", () => says('{"calendars": [{"address": "a@exa')],
    ["no JSON", () => says("<html>")],
    ["another shape", () => says([1])],
    ["a refusal", () => says({}, 403)],
    ["an error", () => says({}, 500)],
    ["a redirection", () => says({}, 302)],
    ["ten megabytes", () => says(`{"calendars": [${" ".repeat(10_000_000)}]}`)],
    ["a connection that is cut", () => void (answer = (response) => void response.destroy())],
  ])("%s makes its calendars unreachable", async (_name, prepare) => {
    prepare();
    expect(await answersOf(["a@example.com"])).toEqual({ "a@example.com": { answer: "UNREACHABLE" } });
  });

  test("silence, and an answer that does not end, are too late", async () => {
    answer = () => {};
    expect(await answersOf(["a@example.com"], 50)).toEqual({ "a@example.com": { answer: "TOO_LATE" } });
    answer = (response) => void response.writeHead(200).write('{"calendars": [');
    expect(await answersOf(["a@example.com"], 50)).toEqual({ "a@example.com": { answer: "TOO_LATE" } });
  });
});
