import type { InterviewEvent } from "../operation/event-source.ts";

const RING = 2_000;

/** The newest events of one account that has followers: without gaps, bounded, ending at `head`. */
export class Feed {
  readonly accountId: string;
  followers = 0;
  #head: number;
  #lost = false;
  #recent: InterviewEvent[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(accountId: string, head: number) {
    this.accountId = accountId;
    this.#head = head;
  }

  /** Number of the newest event that was read. */
  get head(): number {
    return this.#head;
  }

  /** Whether the log has lost some of these events and given their numbers to others. */
  get isLost(): boolean {
    return this.#lost;
  }

  /** Ends everybody who follows. */
  lose(): void {
    this.#lost = true;
    this.wakeAll();
  }

  /** Takes the event that follows `head`, and no other. */
  append(event: InterviewEvent): void {
    if (event.sequence !== this.#head + 1) return;
    this.#head = event.sequence;
    this.#recent.push(event);
    if (this.#recent.length > 2 * RING) this.#recent = this.#recent.slice(-RING);
  }

  /** At most so many events that follow the position, none when there is none yet; "missed" when only the table has them. */
  after(sequence: number, limit: number): InterviewEvent[] | "missed" {
    const index = sequence - (this.#head - this.#recent.length);
    return index < 0 ? "missed" : this.#recent.slice(index, index + limit);
  }

  /** Lets everybody who waits look again. */
  wakeAll(): void {
    for (const resume of this.#waiting) resume();
    this.#waiting.clear();
  }

  /** Calls `resume` once, when something may have come. */
  wait(resume: () => void): void {
    this.#waiting.add(resume);
  }
}
