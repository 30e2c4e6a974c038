import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";

const MINUTE_MS = 60_000;
/** How many origins are named in the log in a minute: they are untrusted text. */
const MAX_LOGGED = 100;
const MAX_LENGTH = 255;

/** Which pages may send requests: those of the gateway's own origin and of listed ones. Programs that are no pages name none. */
export class Origins {
  readonly #allowed: ReadonlySet<string>;
  readonly #log: Logger;
  readonly #logged = new Set<string>();
  #forgetAt = 0;

  constructor(allowed: readonly string[], log: Logger) {
    this.#allowed = new Set(allowed);
    this.#log = log;
  }

  /** Whether a page of this origin may open a socket; a refusal is logged. */
  mayOpen({ headers: { origin, host } }: IncomingMessage): boolean {
    if (origin === undefined || this.#allowed.has(origin) || hostOf(origin) === host) return true;
    this.#logOnce(origin);
    return false;
  }

  /**
   * Lets a page of a listed origin read the answer and send whatever headers it likes; no cookie is ever used. Any other is
   * answered without CORS headers, so that its browser hides the answer.
   * @returns whether that was all: the request only asked what it may send
   */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const { origin, "access-control-request-headers": asked } = request.headers;
    response.setHeader("vary", "Origin");
    const isListed = origin !== undefined && this.#allowed.has(origin);
    if (isListed) {
      response.setHeader("access-control-allow-origin", origin);
      response.setHeader("access-control-expose-headers", "retry-after, x-request-id");
    } else this.mayOpen(request);
    if (request.method !== "OPTIONS") return false;
    if (isListed) {
      response.setHeader("vary", "Origin, Access-Control-Request-Headers");
      response.setHeader("access-control-allow-methods", "GET, POST");
      if (asked) response.setHeader("access-control-allow-headers", asked);
      response.setHeader("access-control-max-age", "600");
    }
    response.writeHead(204).end();
    return true;
  }

  /** Once for an origin and minute. */
  #logOnce(origin: string): void {
    const now = performance.now();
    if (now >= this.#forgetAt) {
      this.#logged.clear();
      this.#forgetAt = now + MINUTE_MS;
    }
    const host = hostOf(origin) ?? "unreadable";
    if (this.#logged.has(host) || this.#logged.size >= MAX_LOGGED) return;
    this.#logged.add(host);
    this.#log.warn({ host }, "refused a page of another origin: ALLOWED_ORIGINS does not list it");
  }
}

function hostOf(origin: string): string | undefined {
  return origin.length <= MAX_LENGTH ? URL.parse(origin)?.host : undefined;
}
