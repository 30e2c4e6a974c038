import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createBridge } from "../../src/calendar/bridge.ts";
import { ProviderError } from "../../src/calendar/error.ts";
import type { Message } from "../../src/calendar/invitation.ts";
import type { CalendarEvent, Conference, Providers } from "../../src/calendar/provider.ts";

interface Asked {
  line: string;
  key: string | undefined;
  authorization: string | undefined;
  body: Record<string, unknown>;
}

const NOW = new Date("2027-01-04T08:00:00.000Z");
const asked: Asked[] = [];
/** How the service answers the next request. */
let answer: (response: ServerResponse, request: IncomingMessage) => void;
const serve = async (request: IncomingMessage, response: ServerResponse) => {
  const body = await text(request);
  asked.push({
    line: `${request.method} ${request.url}`,
    key: request.headers["idempotency-key"] as string | undefined,
    authorization: request.headers.authorization,
    body: JSON.parse(body),
  });
  answer(response, request);
};
const server = createServer((request, response) => void serve(request, response));
let url: string;
let bridge: Providers;
beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  bridge = createBridge({ url, token: "secret", timeoutMs: 2_000, now: () => NOW });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
});

const json = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  answer = (response) => response.writeHead(status, headers).end(JSON.stringify(body));
};
const times = { startsAt: "2027-03-01T09:00:00.000Z", endsAt: "2027-03-01T09:30:00.000Z" };
const effect = { accountId: "1c7f3a54-5c8f-4b0e-9f0a-0d3c0d6d2a11", effectKey: "interview/conference/1", revision: 1 };
const conference: Conference = {
  id: "interview-zoom",
  location: "ZOOM",
  topic: "Talk",
  ...times,
  hostAddress: "ada@example.com",
  hackerrankTemplateId: null,
};
const createConference = (providers = bridge) => providers.conference.putConference(conference, effect);

/** The refusal as the rest of the system sees it. */
async function refused(call: Promise<unknown>): Promise<object> {
  const error = await call.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProviderError);
  const { code, retryable, retryAfterMs, message } = error as ProviderError;
  expect(message).not.toContain("127.0.0.1");
  return { code, retryable, retryAfterMs };
}

const message: Message = {
  method: "REQUEST",
  to: { name: "Carla Ürün", address: "carla@example.com" },
  subject: "Talk",
  body: "Grüße",
  stamp: NOW.toISOString(),
  meeting: {
    uid: "1",
    sequence: 0,
    title: "Talk",
    description: "Grüße",
    ...times,
    place: "Berlin",
    url: null,
    isPrivate: true,
    status: "CONFIRMED",
    organizer: { name: "Rita", address: "rita@example.com" },
  },
};

const event: CalendarEvent = {
  meeting: message.meeting,
  attendees: [{ address: "carla@example.com", answer: "ACCEPTED" }],
};

describe("the service is asked", () => {
  test("for a conference", async () => {
    json(200, { url: "https://meet.example/1" });
    expect(await createConference()).toEqual({ url: "https://meet.example/1" });
    expect(asked).toEqual([
      {
        line: "POST /v1/conferences",
        key: effect.effectKey,
        authorization: "Bearer secret",
        body: {
          accountId: effect.accountId,
          revision: 1,
          id: "interview-zoom",
          location: "ZOOM",
          topic: "Talk",
          startsAt: "2027-03-01T09:00:00.000Z",
          endsAt: "2027-03-01T09:30:00.000Z",
          hostAddress: "ada@example.com",
          hackerrankTemplateId: null,
        },
      },
    ]);
  });

  test("for a calendar event", async () => {
    json(200, { eventId: "e-1", etag: "ignored" });
    expect(await bridge.calendar.putCalendarEvent(event, effect)).toEqual({ eventId: "e-1" });
    const body = {
      accountId: effect.accountId,
      revision: 1,
      calendarAddress: "rita@example.com",
      uid: "1",
      sequence: 0,
      title: "Talk",
      description: "Grüße",
      ...times,
      place: "Berlin",
      conferenceUrl: null,
      visibility: "PRIVATE",
      status: "CONFIRMED",
      attendees: event.attendees,
    };
    expect(asked).toMatchObject([{ line: "POST /v1/calendar-events", key: effect.effectKey }]);
    expect(asked[0]?.body).toEqual(body);
  });

  test("to remove both, with what was put", async () => {
    json(200, {});
    expect(await bridge.conference.removeConference(conference, { ...effect, revision: 2 })).toEqual({});
    expect(await bridge.calendar.removeCalendarEvent(event, { ...effect, revision: 3 })).toEqual({});
    expect(asked).toMatchObject([
      { line: "POST /v1/conferences/remove", body: { ...conference, revision: 2 } },
      { line: "POST /v1/calendar-events/remove", body: { calendarAddress: "rita@example.com", uid: "1", revision: 3 } },
    ]);
  });

  test.each([404, 410])("to remove what is gone already, and says %i", async (status) => {
    json(status, {});
    expect(await bridge.conference.removeConference(conference, effect)).toEqual({});
    expect(await bridge.calendar.removeCalendarEvent(event, effect)).toEqual({});
  });

  test("to send a message, as MIME text with the invitation in it", async () => {
    json(200, {});
    await bridge.mailer.send(message, effect);
    const { line, key, body } = asked[0] ?? {};
    expect({ line, key }).toEqual({ line: "POST /v1/messages", key: effect.effectKey });
    expect(body).toMatchObject({ accountId: effect.accountId, from: "rita@example.com", to: "carla@example.com" });
    const mail = await PostalMime.parse(String(body?.["message"]));
    expect(mail.text?.trim()).toBe("Grüße");
    expect(mail.to?.[0]).toMatchObject({ name: "Carla Ürün", address: "carla@example.com" });
    expect(mail.attachments.some(({ mimeType }) => mimeType === "text/calendar")).toBe(true);
  });

  test("for the same when it is asked again", async () => {
    json(200, {});
    await bridge.mailer.send(message, effect);
    await bridge.mailer.send(message, effect);
    expect(asked[1]).toEqual(asked[0]);
  });

  test("without a token when there is none", async () => {
    json(200, { url: "https://meet.example/1" });
    await createConference(createBridge({ url, timeoutMs: 2_000, now: () => NOW }));
    expect(asked[0]?.authorization).toBeUndefined();
  });
});

describe("how its refusals are understood", () => {
  const rateLimited = (retryAfterMs: number | null) => ({ code: "RATE_LIMITED", retryable: true, retryAfterMs });
  const unavailable = (retryAfterMs: number | null) => ({ code: "UNAVAILABLE", retryable: true, retryAfterMs });
  const rejected = { code: "REJECTED", retryable: false, retryAfterMs: null };

  test.each([
    [429, "7", rateLimited(7_000)],
    [429, "Mon, 04 Jan 2027 08:01:30 GMT", rateLimited(90_000)],
    [429, "Mon, 04 Jan 2027 07:00:00 GMT", rateLimited(0)],
    [429, "soon", rateLimited(null)],
    [429, undefined, rateLimited(null)],
    [503, "30", unavailable(30_000)],
    [503, undefined, unavailable(null)],
    [500, undefined, unavailable(null)],
    [302, undefined, unavailable(null)],
    [204, undefined, unavailable(null)],
    [408, undefined, unavailable(null)],
    [409, "1", unavailable(1_000)],
    [425, undefined, unavailable(null)],
    [400, undefined, rejected],
    [401, undefined, rejected],
    [404, undefined, rejected],
    [412, undefined, { code: "SUPERSEDED", retryable: false, retryAfterMs: null }],
    [422, "5", rejected],
  ])("status %i with Retry-After %s", async (status, retryAfter, expected) => {
    answer = (response) => response.writeHead(status, retryAfter ? { "retry-after": retryAfter } : {}).end();
    expect(await refused(createConference())).toEqual(expected);
  });

  test.each([
    ["not JSON", "<html>"],
    ["without its field", "{}"],
    ["with another type", '{"url":7}'],
    ["with an address that no browser opens", '{"url":"javascript:alert(1)"}'],
  ])("an answer %s", async (_what, body) => {
    answer = (response) => response.writeHead(200).end(body);
    expect(await refused(createConference())).toEqual(unavailable(null));
  });

  test("an answer that is cut off, and a connection that is, make the service unavailable", async () => {
    answer = (response) => {
      response.writeHead(200, { "content-length": "100" }).write('{"url"');
      response.socket?.destroy();
    };
    expect(await refused(createConference())).toEqual(unavailable(null));
    answer = (_response, request) => request.socket.destroy();
    expect(await refused(createConference())).toEqual(unavailable(null));
  });

  test("silence, before the answer and within it, makes the service unavailable", async () => {
    const hasty = createBridge({ url, timeoutMs: 100, now: () => NOW });
    answer = () => {};
    expect(await refused(createConference(hasty))).toEqual(unavailable(null));
    answer = (response) => response.writeHead(200, { "content-length": "100" }).write('{"url"');
    expect(await refused(createConference(hasty))).toEqual(unavailable(null));
  });

  test("a service that is not there is unavailable", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, "close");
    const lost = createBridge({ url: `http://127.0.0.1:${port}`, timeoutMs: 2_000, now: () => NOW });
    expect(await refused(createConference(lost))).toEqual(unavailable(null));
  });
});
