import type { IncomingMessage } from "node:http";

const HOST = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d*)?$/i;
const ABSOLUTE = /^https?:\/\//i;

export interface Target {
  pathname: string;
  /** With its question mark; empty when there is none. */
  search: string;
}

/**
 * What a request asks for; null when its target or its Host cannot be one of this server. Both are untrusted
 * text; everything else may rely on them after this.
 */
export function readTarget({ url = "", headers: { host = "" } }: IncomingMessage): Target | null {
  if (host !== "" && !(HOST.test(host) && URL.canParse(`http://${host}`))) return null;
  if (url === "/graphql") return { pathname: url, search: "" };
  const base = ABSOLUTE.test(url) ? undefined : "http://gateway";
  if (base && (!url.startsWith("/") || url.startsWith("//"))) return null;
  const parsed = URL.parse(url, base);
  return parsed && { pathname: parsed.pathname, search: parsed.search };
}

/** Whether a request asks for a WebSocket; one that asks for another protocol is answered without a change of protocol. */
export function isSocketRequest({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}
