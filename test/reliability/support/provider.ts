import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import PostalMime from "postal-mime";

/** An effect that was performed, and what a person sees of it. */
export interface PerformedEffect {
  accountId: string;
  effectKey: string;
  kind: string;
  visible: string;
}

export interface Call {
  /** Who asked: the name in the address that the worker was given. */
  worker: string;
  kind: "conferences" | "calendar-events" | "messages";
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
  /** Decides about each call; null lets it succeed. */
  fault: (call: Call) => Fault | null;
  /** Awaited before a call is looked at, and again when it was performed and not answered yet. */
  moment: (call: Call, moment: "asked" | "performed") => Promise<void>;
  close(): Promise<void>;
}

/**
 * A provider as `src/calendar/bridge.ts` describes it. It performs an effect once for each account and key, and is as strict
 * as real ones: another request under a used key is refused with 422.
 */
export async function startProvider(): Promise<ProviderDouble> {
  const performed = new Map<string, { body: string; answer: object }>();
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
    const effect = performed.get(keyOf(call)) ?? { body, answer: answerOf(call) };
    if (effect.body !== body) {
      double.contradictions.push(call);
      return void response.writeHead(422).end();
    }
    if (!performed.has(keyOf(call))) {
      performed.set(keyOf(call), effect);
      const { accountId, effectKey, kind } = call;
      double.effects.push({ accountId, effectKey, kind, visible: await visibleIn(kind, JSON.parse(body)) });
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

function readCall(request: IncomingMessage, body: string, asked: Map<string, number>): Call {
  const [, worker = "", kind = ""] = (request.url ?? "").split("/");
  const effectKey = String(request.headers["idempotency-key"]);
  const { accountId } = JSON.parse(body) as { accountId: string };
  const repetition = asked.get(keyOf({ accountId, effectKey })) ?? 0;
  asked.set(keyOf({ accountId, effectKey }), repetition + 1);
  return { worker, kind: kind as Call["kind"], accountId, effectKey, repetition, at: performance.now() };
}

function answerOf({ kind, effectKey }: Call): object {
  if (kind === "conferences") return { url: `https://meet.example.com/${effectKey.slice(0, 8)}` };
  return kind === "calendar-events" ? { eventId: `entry-${effectKey}` } : {};
}

/** Two effects that show the same text are a visible duplicate. */
async function visibleIn(kind: Call["kind"], body: Record<string, string>): Promise<string> {
  if (kind === "conferences") return `${body["topic"]} at ${body["startsAt"]}`;
  if (kind === "calendar-events") return `${body["calendarAddress"]}: ${body["title"]} at ${body["startsAt"]}`;
  const { subject, attachments } = await PostalMime.parse(body["message"] ?? "");
  const calendar = attachments.find(({ mimeType }) => mimeType === "text/calendar");
  const invitation = new TextDecoder().decode(calendar?.content as ArrayBuffer);
  const [uid, sequence] = [/^UID:(.*)$/m, /^SEQUENCE:(.*)$/m].map((line) => line.exec(invitation)?.[1]?.trim());
  if (!uid || !sequence) throw new Error(`A message without an invitation: ${subject}`);
  return `to ${body["to"]}: ${uid} ${sequence}`;
}
