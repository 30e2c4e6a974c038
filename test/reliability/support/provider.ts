import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import ICAL from "ical.js";
import PostalMime from "postal-mime";

/** An effect that was performed, in the order of performing. */
export interface PerformedEffect {
  accountId: string;
  effectKey: string;
  kind: string;
  /** What a person sees of it. */
  visible: string;
  /** What was asked for; of a message, what its calendar part says. */
  content: Record<string, unknown>;
}

const KINDS = ["conferences", "conferences/remove", "calendar-events", "calendar-events/remove", "messages"] as const;
type Kind = (typeof KINDS)[number];

export interface Call {
  /** Who asked: the name in the address that the worker was given. */
  worker: string;
  kind: Kind;
  accountId: string;
  effectKey: string;
  /** How often this key was asked for before. */
  repetition: number;
  /** Milliseconds, for differences. */
  at: number;
}

/** How a call goes wrong. Those that name it perform the effect nevertheless. */
export type Fault =
  | { kind: "cut" }
  | { kind: "perform and cut" }
  | { kind: "perform and hang" }
  | { kind: "perform and garble" }
  | { kind: "status"; status: number; retryAfter?: string };

export interface ProviderDouble {
  /** The address to give to the worker of this name; `port` when a proxy stands between. */
  url(worker: string, port?: number): string;
  port: number;
  calls: Call[];
  effects: PerformedEffect[];
  /** Calls that asked for something else under a key that was used: there must be none. */
  contradictions: Call[];
  /** Calls of a lower revision than was performed on the same conference or event; a worker that was asleep may ask so. */
  stale: Call[];
  /** Decides about each call; null lets it succeed. */
  fault: (call: Call) => Fault | null;
  /** Awaited before a call is looked at, and again when it was performed and not answered yet. */
  moment: (call: Call, moment: "asked" | "performed") => Promise<void>;
  close(): Promise<void>;
}

/**
 * A provider as `src/calendar/bridge.ts` describes it. It performs an effect once for each account and key, and is as strict
 * as real ones: another request under a used key is refused with 422, a lower revision with 412.
 */
export async function startProvider(): Promise<ProviderDouble> {
  const performed = new Map<string, { body: string; answer: object }>();
  const revisions = new Map<string, number>();
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const call = readCall(request, body, asked);
    double.calls.push(call);
    await double.moment(call, "asked");
    const fault = double.fault(call);
    if (fault?.kind === "cut") return void request.socket.destroy();
    if (fault?.kind === "status") {
      const headers = fault.retryAfter ? { "retry-after": fault.retryAfter } : {};
      return void response.writeHead(fault.status, headers).end();
    }
    const asking = JSON.parse(body) as Asking;
    const effect = performed.get(keyOf(call)) ?? { body, answer: answerOf(call, asking) };
    if (effect.body !== body) {
      double.contradictions.push(call);
      return void response.writeHead(422).end();
    }
    if (!performed.has(keyOf(call))) {
      const thing = `${asking.accountId} ${thingOf(call, asking)}`;
      if (asking.revision < (revisions.get(thing) ?? 0)) {
        double.stale.push(call);
        return void response.writeHead(412).end();
      }
      const { accountId, effectKey, kind } = call;
      const seen = await visibleIn(kind, asking);
      revisions.set(thing, asking.revision);
      performed.set(keyOf(call), effect);
      double.effects.push({ accountId, effectKey, kind, ...seen });
    }
    await double.moment(call, "performed");
    if (fault?.kind === "perform and cut") return void request.socket.destroy();
    if (fault?.kind === "perform and hang") return;
    const answer = JSON.stringify(effect.answer);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(fault?.kind === "perform and garble" ? answer.slice(0, -1) : answer);
  };

  const double: ProviderDouble = {
    port: 0,
    url: (worker, port = double.port) => `http://127.0.0.1:${port}/${worker}`,
    calls: [],
    effects: [],
    contradictions: [],
    stale: [],
    fault: () => null,
    moment: () => delay(0),
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  await once(server.listen(0, "127.0.0.1"), "listening");
  double.port = (server.address() as AddressInfo).port;
  return double;
}

const keyOf = ({ accountId, effectKey }: { accountId: string; effectKey: string }) => `${accountId} ${effectKey}`;

/** What every request says; the rest depends on the path. */
type Asking = Record<string, string> & { accountId: string; revision: number };

function readCall(request: IncomingMessage, body: string, asked: Map<string, number>): Call {
  const [, worker = "", ...path] = (request.url ?? "").split("/");
  const kind = KINDS.find((one) => one === path.join("/"));
  if (!kind || request.method !== "POST") throw new Error(`There is no ${request.method} ${request.url}.`);
  const effectKey = String(request.headers["idempotency-key"]);
  const { accountId } = JSON.parse(body) as Asking;
  const repetition = asked.get(keyOf({ accountId, effectKey })) ?? 0;
  asked.set(keyOf({ accountId, effectKey }), repetition + 1);
  return { worker, kind, accountId, effectKey, repetition, at: performance.now() };
}

/** What a revision counts the changes of; each message is one of its own. */
function thingOf({ kind, effectKey }: Call, { id, calendarAddress, uid }: Asking): string {
  if (kind === "messages") return effectKey;
  return kind.startsWith("conferences") ? `conference ${id}` : `event ${calendarAddress} ${uid}`;
}

function answerOf({ kind }: Call, { id, uid }: Asking): object {
  if (kind === "conferences") return { url: `https://meet.example.com/${id}` };
  return kind === "calendar-events" ? { eventId: `entry-${uid}` } : {};
}

/** Two messages that show the same are a visible duplicate. */
async function visibleIn(kind: Kind, body: Asking): Promise<Pick<PerformedEffect, "visible" | "content">> {
  if (kind !== "messages") {
    const thing = kind.startsWith("conferences")
      ? `conference ${body["id"]}`
      : `${body["calendarAddress"]}: ${body["uid"]}`;
    return { visible: `${thing}, revision ${body.revision}`, content: body };
  }
  const { subject, attachments } = await PostalMime.parse(body["message"] ?? "");
  const part = attachments.find(({ mimeType }) => mimeType === "text/calendar");
  const calendar = new ICAL.Component(ICAL.parse(new TextDecoder().decode(part?.content as ArrayBuffer)));
  const event = calendar.getFirstSubcomponent("vevent");
  if (!event) throw new Error(`A message without an invitation: ${subject}`);
  const method = String(calendar.getFirstPropertyValue("method"));
  const read = (name: string) => String(event.getFirstPropertyValue(name) ?? "");
  const time = (name: string) => (event.getFirstPropertyValue(name) as ICAL.Time).toJSDate().toISOString();
  const [uid, sequence, status] = [read("uid"), Number(read("sequence")), read("status")];
  const content = {
    to: body["to"],
    method,
    uid,
    sequence,
    status,
    url: read("url"),
    startsAt: time("dtstart"),
    endsAt: time("dtend"),
  };
  return { visible: `to ${body["to"]}: ${uid} ${method} ${sequence}`, content };
}
