import type { Peer } from "./peer.ts";

const SWEEP_MS = 1_000;

export interface SocketLimits {
  /** Origins of pages that may open sockets, besides the gateway's own. */
  allowedOrigins: readonly string[];
  /** How many sockets one token may hold at a time in this process. */
  maxPerToken: number;
  /** How long a subscriber may read nothing of what waits for it. */
  stallMs: number;
  /** How often it is checked that the tokens of open sockets and event streams are still valid; 30 s when left out. */
  reviewMs?: number;
}

export interface Member {
  peer: Peer;
  /** What the socket said when it opened; null before. */
  authorization: string | null;
  /** Ends what it is subscribed to because it does not read. */
  tooSlow(): void;
}

/** All sockets of the process: how many a token holds, and which of them do not read. */
export class Roster {
  readonly #members = new Set<Member>();
  readonly #limits: SocketLimits;
  readonly #timer: NodeJS.Timeout;

  constructor(limits: SocketLimits) {
    this.#limits = limits;
    this.#timer = setInterval(() => this.#sweep(Date.now()), SWEEP_MS);
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
    if (count >= this.#limits.maxPerToken) return false;
    member.authorization = authorization;
    return true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sweep(now: number): void {
    const { stallMs } = this.#limits;
    for (const member of this.#members) {
      if (member.peer.waitingSince() < now - stallMs) {
        this.#members.delete(member);
        member.tooSlow();
      } else {
        member.peer.ping(now);
      }
    }
  }
}
