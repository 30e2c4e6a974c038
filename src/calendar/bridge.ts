import { z } from "zod";
import { parseWebUrl } from "../core/url.ts";
import { ProviderError } from "./error.ts";
import { composeMessage } from "./mail.ts";
import type { CalendarEventRequest, Effect, Providers } from "./provider.ts";

export interface BridgeOptions {
  /** Address of the service, without a slash at the end. */
  url: string;
  /** Sent as a bearer token, if there is one. */
  token?: string | undefined;
  /** How long one answer may take, in milliseconds. */
  timeoutMs: number;
  now: () => Date;
}

const conference = z.object({ url: z.string().transform(parseWebUrl).pipe(z.string()) });
const calendarEvent = z.object({ eventId: z.string().min(1).max(1_024) });
const nothing = z.object({}).transform(() => ({}));

/** Refusals of the class 4xx that say "not now": the same request may succeed later. */
const NOT_NOW: readonly number[] = [408, 409, 425];

/**
 * Providers behind a service of the operator's that speaks HTTP. It is asked with POST and JSON, under `Idempotency-Key`
 * and `accountId`, and answers 200:
 *
 * - `/conferences` `{ location, topic, startsAt, endsAt }` → `{ url }`
 * - `/calendar-events` `{ calendarAddress, uid, sequence, title, description, startsAt, endsAt, place, conferenceUrl, visibility,
 *   attendees }` → `{ eventId }`
 * - `/messages` `{ from, to, message }`, two addresses and the whole MIME text for a mail server → `{}`
 *
 * `uid` is the iCalendar UID of the invitations too. Times are ISO 8601 in UTC. The service performs an effect once for each
 * account and key, and repeats its first answer; a repetition has the same bytes. 429, 5xx, 408, 409, 425, a lost connection
 * and silence are tried again, no sooner than `Retry-After`; every other 4xx is final.
 */
export function createBridge(options: BridgeOptions): Providers {
  return {
    conference: {
      createConference: (request, effect) => ask(options, { path: "/conferences", effect, request }, conference),
    },
    calendar: {
      createCalendarEvent: (request, effect) =>
        ask(options, { path: "/calendar-events", effect, request: eventRequest(request) }, calendarEvent),
    },
    mailer: {
      async send(message, effect) {
        const text = (await composeMessage(message, effect.effectKey)).toString();
        const request = { from: message.meeting.organizer.address, to: message.to.address, message: text };
        return ask(options, { path: "/messages", effect, request }, nothing);
      },
    },
  };
}

function eventRequest({ meeting, attendees }: CalendarEventRequest): object {
  const { organizer, url: conferenceUrl, isPrivate, ...rest } = meeting;
  const visibility = isPrivate ? "PRIVATE" : "DEFAULT";
  return { calendarAddress: organizer.address, ...rest, conferenceUrl, visibility, attendees };
}

interface Question {
  path: string;
  effect: Effect;
  request: object;
}

async function ask<T>(options: BridgeOptions, question: Question, shape: z.ZodType<T>): Promise<T> {
  const response = await post(options, question);
  if (response.status !== 200) {
    await response.body?.cancel().catch(() => {});
    throw refusal(response, options.now());
  }
  const answer = shape.safeParse(await response.json().catch(() => undefined));
  if (!answer.success) throw unavailable("The provider's answer was cut off or cannot be read.");
  return answer.data;
}

async function post(
  { url, token, timeoutMs }: BridgeOptions,
  { path, effect: { accountId, effectKey }, request }: Question,
): Promise<Response> {
  const headers = {
    "content-type": "application/json",
    "idempotency-key": effectKey,
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await fetch(url + path, {
      method: "POST",
      headers,
      body: JSON.stringify({ accountId, ...request }),
      redirect: "manual",
      signal,
    });
  } catch {
    throw unavailable(signal.aborted ? "The provider did not answer in time." : "The provider cannot be reached.");
  }
}

function refusal({ status, headers }: Response, now: Date): ProviderError {
  const retryAfterMs = waitFor(headers.get("retry-after"), now);
  if (status === 429)
    return new ProviderError("RATE_LIMITED", "The provider asks for fewer requests.", {
      retryable: true,
      retryAfterMs,
    });
  if (status >= 400 && status < 500 && !NOT_NOW.includes(status))
    return new ProviderError("REJECTED", `The provider refused with status ${status}.`, { retryable: false });
  return unavailable(`The provider answered with status ${status}.`, retryAfterMs);
}

function unavailable(message: string, retryAfterMs: number | null = null): ProviderError {
  return new ProviderError("UNAVAILABLE", message, { retryable: true, retryAfterMs });
}

/** `Retry-After` in milliseconds, from seconds or from an HTTP date; null when there is none, or none to be read. */
function waitFor(header: string | null, now: Date): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const until = Date.parse(header);
  return Number.isNaN(until) ? null : Math.max(until - now.getTime(), 0);
}
