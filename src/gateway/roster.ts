import { nameOfCaller } from "../operation/context.ts";
import type { Caller } from "../operation/context.ts";

const SWEEP_MS = 1_000;
/** How many sockets may be open at a time before they authenticate. */
const MAX_STRANGERS = 1_000;
/** How long a socket may be open without a valid token, its look-up included. */
const STRANGER_MS = 10_000;

export interface SocketLimits {
  /** Origins of pages that may open sockets, besides the gateway's own. */
  allowedOrigins: readonly string[];
  /** How many sockets and event streams one token or person may hold at a time in this process. */
  maxPerToken: number;
  /** How many of both there may be in this process. */
  maxInAll: number;
  /** How long a client may read nothing of what waits for it. */
  stallMs: number;
  /** How often it is checked that the tokens of open sockets and event streams are still valid; 30 s when left out. */
  reviewMs?: number;
}

/** What a client holds open: a socket or an event stream. */
export interface Member {
  /** Called each second. */
  sweep?(now: number): void;
  /** Ends it because no valid token has come in time. */
  refuseStranger?(): void;
}

/** The open sockets and event streams of this process, counted by token or person. */
export class Roster {
  readonly #limits: Pick<SocketLimits, "maxPerToken" | "maxInAll">;
  /** Each with its holder's name; null while that is not known. */
  readonly #members = new Map<Member, { holder: string | null; since: number }>();
  readonly #counts = new Map<string, number>();
  #strangers = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(limits: Pick<SocketLimits, "maxPerToken" | "maxInAll">) {
    this.#limits = limits;
    this.#timer = setInterval(() => this.#sweep(Date.now()), SWEEP_MS).unref();
  }

  /** Admits a member whose caller is not known yet; false when there are as many as there may be. */
  add(member: Member): boolean {
    if (this.#members.size >= this.#limits.maxInAll || this.#strangers >= MAX_STRANGERS) return false;
    this.#strangers += 1;
    this.#members.set(member, { holder: null, since: Date.now() });
    return true;
  }

  /** Says whose a member is, which may be new; false when its holder, or the process, has as many as there may be. */
  admit(member: Member, caller: Caller): boolean {
    const holder = nameOfCaller(caller);
    const count = this.#counts.get(holder) ?? 0;
    const isNew = !this.#members.has(member);
    if (count >= this.#limits.maxPerToken || (isNew && this.#members.size >= this.#limits.maxInAll)) return false;
    this.delete(member);
    this.#members.set(member, { holder, since: Date.now() });
    this.#counts.set(holder, count + 1);
    return true;
  }

  delete(member: Member): void {
    const known = this.#members.get(member);
    if (!known) return;
    this.#members.delete(member);
    if (known.holder === null) {
      this.#strangers -= 1;
      return;
    }
    const left = (this.#counts.get(known.holder) ?? 1) - 1;
    if (left > 0) this.#counts.set(known.holder, left);
    else this.#counts.delete(known.holder);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sweep(now: number): void {
    for (const [member, { holder, since }] of this.#members) {
      if (holder === null && since < now - STRANGER_MS) member.refuseStranger?.();
      else member.sweep?.(now);
    }
  }
}
