import type { IncomingMessage } from "node:http";

/**
 * Whether a page of this origin may open a socket: the gateway's own, a listed one, or none at all, which is what
 * everything but a browser sends.
 */
export function isAllowedOrigin({ headers }: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
