import { z } from "zod";
import { parseWebUrl } from "../core/url.ts";
import { bridgeFreeBusy } from "./bridge-free-busy.ts";
import { discard, postJson } from "./bridge-request.ts";
import { ProviderError, superseded } from "./error.ts";
import { composeMessage } from "./mail.ts";
import type { CalendarEvent, Effect, Providers } from "./provider.ts";

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

/** The answer to a revision that is lower than one that was performed. */
const STALE = 412;
/** What is to be removed is gone. */
const GONE: readonly number[] = [404, 410];

/**
 * Providers behind a service of the operator's that speaks HTTP. It is asked with POST and JSON, under `Idempotency-Key`, with
 * `accountId` and `revision`, and answers 200:
 *
 * - `/conferences` `{ id, location, topic, startsAt, endsAt, hostAddress, hackerrankTemplateId }` → `{ url }` opens the meeting with
 *   this id or changes it
 * - `/conferences/remove`, the same → `{}`
 * - `/calendar-events` `{ calendarAddress, uid, sequence, title, description, startsAt, endsAt, place, conferenceUrl, visibility,
 *   status, attendees: [{ address, answer }] }` → `{ eventId }` puts the event with this UID on the calendar or changes it
 * - `/calendar-events/remove`, the same → `{}`
 * - `/messages` `{ from, to, message }`, two addresses and the whole MIME text for a mail server → `{}`
 * - `/free-busy` `{ calendars, from, to }`, addresses and a window → `{ calendars: [{ address, busy: [{ startsAt, endsAt }], unknown? }
 *   | { address, problem }] }`, without key and revision: it changes nothing. `unknown` are spans of which the calendar tells
 *   nothing, `problem` is REVOKED, NOT_CONNECTED or UNREACHABLE. What is not answered within 10 s counts as unknown, and so does a
 *   calendar that is answered twice or in another shape
 *
 * `uid` is the iCalendar UID of the invitations too. Times are ISO 8601 in UTC. The service performs an effect once for each
 * account and key, and repeats its first answer; a repetition has the same bytes. It answers 412 to a `revision` of a conference
 * or an event that is lower than one it has performed. 404 and 410 to a removal mean that there is nothing left to remove. 429,
 * 5xx, 408, 409, 425, a lost connection and silence are tried again, no sooner than `Retry-After`; every other 4xx is final.
 * 429 says that nothing was done: what is still wanted by then is asked for under another key.
 */
export function createBridge(options: BridgeOptions): Providers {
  const put = <T>(path: string, shape: z.ZodType<T>) => {
    return (request: object, effect: Effect) => ask(options, { path, effect, request }, shape);
  };
  const remove = (path: string) => async (request: object, effect: Effect) => {
    const answered = await post(options, { path, effect, request });
    return GONE.includes(answered.status) ? discard(answered) : read(options, answered, nothing);
  };
  const putEvent = put("/calendar-events", calendarEvent);
  const removeEvent = remove("/calendar-events/remove");
  return {
    conference: { putConference: put("/conferences", conference), removeConference: remove("/conferences/remove") },
    freeBusy: bridgeFreeBusy(options),
    calendar: {
      putCalendarEvent: (event, effect) => putEvent(eventRequest(event), effect),
      removeCalendarEvent: (event, effect) => removeEvent(eventRequest(event), effect),
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

function eventRequest({ meeting, attendees }: CalendarEvent): object {
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
  return read(options, await post(options, question), shape);
}

async function read<T>({ now }: BridgeOptions, response: Response, shape: z.ZodType<T>): Promise<T> {
  if (response.status !== 200) {
    await discard(response);
    throw refusal(response, now());
  }
  const answer = shape.safeParse(await response.json().catch(() => undefined));
  if (!answer.success) throw unavailable("The provider's answer was cut off or cannot be read.");
  return answer.data;
}

async function post(
  { url, token, timeoutMs }: BridgeOptions,
  { path, effect: { accountId, effectKey, revision }, request }: Question,
): Promise<Response> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const body = { accountId, revision, ...request };
    return await postJson({ url: url + path, token }, body, { headers: { "idempotency-key": effectKey }, signal });
  } catch {
    throw unavailable(signal.aborted ? "The provider did not answer in time." : "The provider cannot be reached.");
  }
}

function refusal({ status, headers }: Response, now: Date): ProviderError {
  if (status === STALE) return superseded();
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
