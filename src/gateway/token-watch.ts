import type { Logger } from "pino";
import type { RequestError } from "../core/error.ts";
import { tokenExpired } from "../events/failure.ts";
import { bearerToken } from "./identify.ts";

const REVIEW_MS = 30_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A socket or event stream, which closes when its token ends. */
export interface TokenHolder {
  authorization: string;
  /** When the token ends by itself; null when it does not. */
  expiresAt: Date | null;
  /** Called once, when the token is no longer valid. */
  end(reason: RequestError): void;
}

export interface TokenWatchOptions {
  /** Why an authorization is no longer valid; null while it is. */
  whyInvalid: (authorization: string) => Promise<RequestError | null>;
  log: Logger;
  now: () => Date;
  /** How often tokens are checked; 30 s when left out. */
  reviewMs?: number | undefined;
}

/** Closes sockets and event streams when their token expires or is revoked, even if idle. */
export class TokenWatch {
  readonly #options: TokenWatchOptions;
  /** Each with what stops its timer. */
  readonly #holders = new Map<TokenHolder, () => void>();
  readonly #review: NodeJS.Timeout;

  constructor(options: TokenWatchOptions) {
    this.#options = options;
    this.#review = setInterval(() => void this.#reviewAll(), options.reviewMs ?? REVIEW_MS).unref();
  }

  /** @returns forgets the holder, which has ended for another reason */
  add(holder: TokenHolder): () => void {
    const { expiresAt } = holder;
    const left = expiresAt && expiresAt.getTime() - this.#options.now().getTime();
    const stopTimer = left === null ? () => {} : runIn(left, () => this.#end(holder, tokenExpired()));
    this.#holders.set(holder, stopTimer);
    return () => this.#forget(holder);
  }

  stop(): void {
    clearInterval(this.#review);
  }

  async #reviewAll(): Promise<void> {
    const { whyInvalid, log } = this.#options;
    // By token, since the same one can be written in several ways.
    const tokens = Map.groupBy(
      this.#holders.keys(),
      ({ authorization }) => bearerToken(authorization) ?? authorization,
    );
    for (const holders of tokens.values()) {
      const authorization = holders[0]?.authorization ?? "";
      const reason = await whyInvalid(authorization).catch((error: unknown) => {
        log.warn({ error }, "the tokens of open sockets and event streams could not be checked");
        return null;
      });
      if (!reason) continue;
      for (const holder of holders) this.#end(holder, reason);
    }
  }

  #end(holder: TokenHolder, reason: RequestError): void {
    this.#forget(holder);
    holder.end(reason);
  }

  #forget(holder: TokenHolder): void {
    this.#holders.get(holder)?.();
    this.#holders.delete(holder);
  }
}

/** A timer that may be longer than the runtime's. */
function runIn(milliseconds: number, run: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (left: number) => {
    const wait = Math.min(Math.max(0, left), MAX_TIMER_MS);
    timer = setTimeout(() => (left > wait ? arm(left - wait) : run()), wait);
  };
  arm(milliseconds);
  return () => clearTimeout(timer);
}
