import { EventSource } from "eventsource";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { revokeToken } from "../../src/account/issue.ts";
import { NOW, startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { startIssuer } from "../support/issuer.ts";
import type { Issuer } from "../support/issuer.ts";
import { Client } from "../support/client.ts";
import { adHoc, createInterview } from "../support/interview.ts";
import { asOfCursor } from "../support/stream.ts";

const EVENTS =
  "subscription ($after: EventCursor) { interviewEvents(after: $after) { ... on InterviewEvent { sequence } cursor } }";
const MINUTE = 60_000;

let now = NOW;
let app: TestApp;
let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer();
  app = await startTestApp({ worker: false, now: () => now, persons: issuer.options, sockets: { reviewMs: 100 } });
});
beforeEach(() => {
  now = NOW;
});
afterAll(async () => {
  // The log has seen tickets: nothing of them may be in it.
  const lines = JSON.stringify(app.log);
  for (const { ticket } of issued) expect(lines).not.toContain(ticket);
  await app.stop();
  await issuer.stop();
});

const issued: { ticket: string }[] = [];
const post = (client: Client, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${client.url}/graphql/ticket`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${client.token}`, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

/** The address of a stream. */
async function createTicket(body: object = { query: EVENTS }, client = app.client): Promise<string> {
  const response = await post(client, body);
  const answer: any = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(201);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(answer.connectBefore).toBe(new Date(now.getTime() + MINUTE).toISOString());
  issued.push({ ticket: answer.url.split("ticket=")[1] });
  return `${app.url}${answer.url}`;
}

let day = 10;
const change = () => createInterview(app.client, adHoc({}, { startTime: `2027-04-${(day += 1)}T10:00` }));

/** A browser's client, as its standard says it behaves. */
function openSource(url: string) {
  const events: { sequence: number; id: string }[] = [];
  const errors: any[] = [];
  let arrived = () => {};
  const source = new EventSource(url);
  source.addEventListener("next", ({ data, lastEventId }) => {
    const { data: result, errors: told } = JSON.parse(data);
    if (told) errors.push(told[0]);
    else if (result.interviewEvents.sequence)
      events.push({ sequence: result.interviewEvents.sequence, id: lastEventId });
    arrived();
  });
  return {
    source,
    events,
    errors,
    opened: new Promise((resolve) => source.addEventListener("open", resolve)),
    failed: new Promise((resolve) => source.addEventListener("error", resolve)),
    until: async (count: number) => {
      while (events.length < count) await new Promise<void>((resolve) => (arrived = resolve));
      return events.map(({ sequence }) => sequence);
    },
  };
}

const get = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, { headers: { accept: "text/event-stream", ...headers } });
const codeOf = async (response: Response) => {
  const { errors }: any = await response.json();
  return [response.status, errors[0].extensions.code];
};

/** Reads the first message of a stream, and leaves. */
async function firstOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return new TextDecoder().decode(value);
}

test("an EventSource follows from the ticket on, without a header of its own", async () => {
  const url = await createTicket();
  await change();
  const { source, until } = openSource(url);
  await change();
  const [first = 0, second] = await until(2);
  expect(second).toBe(first + 1);
  source.close();
});

test("it begins after the cursor that the subscription names, in a variable or in its text", async () => {
  const after = await asOfCursor(app.client);
  await change();
  const text = EVENTS.replace("($after: EventCursor)", "").replace("$after", `"${after}"`);
  for (const body of [{ query: EVENTS, variables: { after } }, { query: text }]) {
    const { source, until } = openSource(await createTicket(body));
    expect(await until(1)).toHaveLength(1);
    source.close();
  }
});

test("a ticket waits a minute for its first connection", async () => {
  const url = await createTicket();
  now = new Date(NOW.getTime() + MINUTE);
  const response = await get(url);
  expect(response.status).toBe(200);
  await response.body?.cancel();
  now = new Date(now.getTime() + 1);
  expect(await codeOf(await get(url))).toEqual([401, "UNAUTHENTICATED"]);
});

test("a reconnection resumes after what was read, and if that is nothing, where the stream began", async () => {
  const url = await createTicket();
  const began = /^id: (\S+)\n\n$/.exec(await firstOf(await get(url)))?.[1] ?? "";
  now = new Date(NOW.getTime() + 60 * MINUTE);
  await change();
  await change();
  const whole = openSourceAt(url, began);
  const [one, two] = (await whole).slice(0, 2);
  const rest = await openSourceAt(url, one?.id ?? "", 1);
  expect(rest[0]).toEqual(two);
});

/** What a stream brings that a browser reconnects after an id. */
async function openSourceAt(url: string, lastEventId: string, count = 2): Promise<{ id: string; sequence: number }[]> {
  const response = await get(url, { "last-event-id": lastEventId });
  expect(response.status).toBe(200);
  const events: { id: string; sequence: number }[] = [];
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    events.length = 0;
    for (const [, id = "", data = ""] of text.matchAll(/^id: (\S+)\nevent: next\ndata: (.*)$/gm)) {
      events.push({ id, sequence: JSON.parse(data).data.interviewEvents.sequence });
    }
    if (events.length >= count) break;
  }
  return events;
}

test("an old ticket with a cursor of another account, or a forged one, opens nothing", async () => {
  const url = await createTicket();
  const foreign = await asOfCursor(app.other);
  now = new Date(NOW.getTime() + 2 * MINUTE);
  for (const id of [foreign, "forged", `${foreign.slice(0, -4)}AAAA`]) {
    const text = await (await get(url, { "last-event-id": id })).text();
    expect(text).toContain('"code":"CURSOR_INVALID"');
  }
  expect(await codeOf(await get(url, { "last-event-id": "" }))).toEqual([401, "UNAUTHENTICATED"]);
});

describe("the token behind a ticket", () => {
  test("ends its streams and its reconnections when it is revoked", async () => {
    const client = await app.createToken("sample");
    const url = await createTicket({ query: EVENTS }, client);
    const { source, opened, failed, errors } = openSource(url);
    await opened;
    await revokeToken(app.app.services.db, client.token ?? "");
    await failed;
    source.close();
    expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
    const again = await get(url, { "last-event-id": await asOfCursor(app.client) });
    expect(again.status).toBe(401);
    await again.body?.cancel();
  });

  test("lends it nothing more than it has itself, and no longer", async () => {
    const person = new Client(app.url, await issuer.sign({ sub: "recruiter", expiresIn: 90 }));
    const url = await createTicket({ query: EVENTS }, person);
    now = new Date(NOW.getTime() + 100_000);
    const late = await get(url, { "last-event-id": await asOfCursor(app.client) });
    expect(late.status).toBe(401);
    await late.body?.cancel();
    const reader = await app.createToken("sample", ["directory:read"]);
    const refused = await post(reader, { query: EVENTS });
    expect(await codeOf(refused)).toEqual([403, "FORBIDDEN"]);
  });
});

test.each<[string, unknown, [number, string], Record<string, string>?]>([
  ["no token", { query: EVENTS }, [401, "UNAUTHENTICATED"], { authorization: "" }],
  ["a wrong token", { query: EVENTS }, [401, "UNAUTHENTICATED"], { authorization: "Bearer wrong" }],
  ["a query", { query: "{ viewer { scopes } }" }, [400, "BAD_REQUEST"]],
  ["a mutation", { query: "mutation { __typename }" }, [400, "BAD_REQUEST"]],
  ["what does not parse", { query: "subscription {" }, [400, "GRAPHQL_PARSE_FAILED"]],
  ["what does not fit", { query: "subscription { nothing }" }, [400, "GRAPHQL_VALIDATION_FAILED"]],
  ["no document", {}, [400, "GRAPHQL_PARSE_FAILED"]],
  ["a hash that is not known", { documentId: "sha256:0" }, [404, "PERSISTED_QUERY_NOT_FOUND"]],
  ["a field in a fragment", { query: "subscription { ... { interviewEvents { cursor } } }" }, [400, "BAD_REQUEST"]],
  ["a wrong cursor", { query: EVENTS, variables: { after: "x" } }, [400, "CURSOR_INVALID"]],
  ["wrong variables", { query: EVENTS, variables: { after: 7 } }, [400, "INVALID_INPUT"]],
  ["no JSON", "{", [400, "BAD_REQUEST"]],
  ["a list", [], [400, "BAD_REQUEST"]],
  ["another type", { query: EVENTS }, [415, "UNSUPPORTED_MEDIA_TYPE"], { "content-type": "text/plain" }],
  ["a body that is too large", " ".repeat(300_000), [413, "REQUEST_ENTITY_TOO_LARGE"]],
  ["what makes the address too long", { query: EVENTS + "#".repeat(8_000) }, [400, "OPERATION_TOO_LARGE"]],
])("%s gets no ticket, and is told why", async (_what, body, expected, headers) => {
  expect(await codeOf(await post(app.client, body, headers))).toEqual(expected);
});

test("nothing but a POST asks for one", async () => {
  const response = await fetch(`${app.url}/graphql/ticket`);
  expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
});

test.each(["", "x", "AAAA", "%00", "x".repeat(3_000)])("what is no ticket opens nothing: %j", async (ticket) => {
  const response = await get(`${app.url}/graphql?ticket=${ticket}`, { "last-event-id": await asOfCursor(app.client) });
  expect(response.status).toBe(401);
  await response.body?.cancel();
});

test("a ticket is for what it was issued for, whatever else the address says", async () => {
  const url = await createTicket();
  const empty = await get(url, { "last-event-id": "" });
  expect(await firstOf(empty)).toMatch(/^id: /);
  const response = await get(`${url}&query=${encodeURIComponent("{ viewer { scopes } }")}`);
  expect(await firstOf(response)).toMatch(/^id: /);
});
