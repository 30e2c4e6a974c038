import type { Logger } from "pino";
import type { Peer } from "./peer.ts";

const SWEEP_MS = 1_000;
const REVIEW_MS = 30_000;

export interface SocketLimits {
  /** Origins of pages that may open sockets, besides the gateway's own. */
  allowedOrigins: readonly string[];
  /** How many sockets one token may hold at a time in this process. */
  maxPerToken: number;
  /** How long a subscriber may read nothing of what waits for it. */
  stallMs: number;
  /** How often it is checked that the tokens of open sockets are still valid; 30 s when left out. */
  reviewMs?: number;
}

export interface Member {
  peer: Peer;
  /** What the socket said when it opened; null before. */
  authorization: string | null;
  /** Ends what it is subscribed to because it does not read. */
  tooSlow(): void;
  /** Ends the socket because nobody stands behind its token any more. */
  unauthenticated(): void;
}

export interface RosterOptions {
  /** Whether a caller still stands behind an authorization. */
  isValid: (authorization: string) => Promise<boolean>;
  limits: SocketLimits;
  log: Logger;
}

/** All sockets of the process: how many a token holds, which of them do not read, whose token has been revoked. */
export class Roster {
  readonly #members = new Set<Member>();
  readonly #options: RosterOptions;
  readonly #timers: NodeJS.Timeout[];

  constructor(options: RosterOptions) {
    this.#options = options;
    this.#timers = [
      setInterval(() => this.#sweep(Date.now()), SWEEP_MS),
      setInterval(() => void this.#review(), options.limits.reviewMs ?? REVIEW_MS),
    ];
  }

  add(member: Member): void {
    this.#members.add(member);
  }

  delete(member: Member): void {
    this.#members.delete(member);
  }

  /** Names who stands behind a member; false when the token holds as many sockets as it may. */
  admit(member: Member, authorization: string): boolean {
    let count = 0;
    for (const other of this.#members) if (other.authorization === authorization) count += 1;
    if (count >= this.#options.limits.maxPerToken) return false;
    member.authorization = authorization;
    return true;
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #sweep(now: number): void {
    const { stallMs } = this.#options.limits;
    for (const member of this.#members) {
      if (member.peer.waitingSince() < now - stallMs) {
        this.#members.delete(member);
        member.tooSlow();
      } else {
        member.peer.ping(now);
      }
    }
  }

  async #review(): Promise<void> {
    const { isValid, log } = this.#options;
    const used = new Set([...this.#members].flatMap(({ authorization }) => authorization ?? []));
    for (const authorization of used) {
      const valid = await isValid(authorization).catch((error: unknown) => {
        log.warn({ error }, "the tokens of open sockets could not be checked");
        return true;
      });
      if (valid) continue;
      for (const member of this.#members) if (member.authorization === authorization) member.unauthenticated();
    }
  }
}
