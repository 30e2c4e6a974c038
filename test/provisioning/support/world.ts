import { ProviderError } from "../../../src/calendar/error.ts";
import type { Message } from "../../../src/calendar/invitation.ts";
import type { CalendarEvent, Conference } from "../../../src/calendar/provider.ts";
import type { StoredInterview } from "../../../src/interview/field.ts";
import type { Arrangement } from "../../../src/provisioning/arrangement.ts";
import { digestOf, kindOf, Ledger } from "../../../src/provisioning/ledger.ts";
import type { LedgerEntry } from "../../../src/provisioning/ledger.ts";
import { nextStep } from "../../../src/provisioning/next-step.ts";

/** What becomes of a call; every one but "done" ends the run. */
export type Fate =
  | "done"
  /** The worker dies with the effect stored, before its call or after it. */
  | "killed before"
  | "killed after"
  /** Performed or not, no answer. */
  | "answer lost"
  | "request lost"
  /** Nothing was done. */
  | "refused for now"
  | "refused for good";

type Entry = LedgerEntry & { openCalls: number };

export interface SentMessage {
  artifact: string;
  message: Message;
}

/** An interview, its ledger as the database keeps it, and everything outside. */
export class World {
  stored: StoredInterview;
  readonly entries: Entry[] = [];
  readonly conferences = new Map<string, { conference: Conference; url: string }>();
  readonly events = new Map<string, CalendarEvent>();
  /** In the order of their delivery, each effect once. */
  readonly sent: SentMessage[] = [];
  /** Whether the next change of a conference gives it another link. */
  relink = false;
  steps = 0;
  readonly #answers = new Map<string, object>();
  readonly #revisions = new Map<string, number>();
  readonly #arrange: (stored: StoredInterview) => Arrangement;
  #links = 0;
  #now: number;

  constructor(stored: StoredInterview, arrange: (stored: StoredInterview) => Arrangement, now: Date) {
    this.stored = stored;
    this.#arrange = arrange;
    this.#now = now.getTime();
  }

  get arrangement(): Arrangement {
    return this.#arrange(this.stored);
  }

  /** What the next run reads. */
  get ledger(): Ledger {
    return new Ledger(this.entries);
  }

  get now(): Date {
    return new Date(this.#now);
  }

  change(set: Partial<StoredInterview["interview"]>, seats = this.stored.seats): void {
    const { interview } = this.stored;
    this.stored = { interview: { ...interview, ...set, revision: interview.revision + 1 }, seats };
  }

  /** One run of the task. @returns whether nothing was left to do; false when a fate ended it, or `fates` ran out */
  run(fates: Iterable<Fate>): boolean {
    const turn = fates[Symbol.iterator]();
    for (;;) {
      this.#now += 1_000;
      const { interview } = this.stored;
      const step = nextStep(this.arrangement, this.ledger, this.now);
      if (!step) return true;
      this.steps += 1;
      if (step.kind === "advance-sequence") {
        this.stored = { ...this.stored, interview: { ...interview, calendarSequence: interview.calendarSequence + 1 } };
        continue;
      }
      const { value: fate, done } = turn.next();
      if (done) return false;
      const entry = step.kind === "repeat" ? this.#reopen(step.entry) : this.#start(step);
      if (!this.#perform(entry, fate)) return false;
    }
  }

  #start({ kind, artifact, request }: { kind: "put" | "remove"; artifact: string; request: object }): Entry {
    const entry: Entry = {
      artifact,
      revision: this.ledger.nextRevision(artifact),
      interviewRevision: this.stored.interview.revision,
      action: kind === "put" ? "PUT" : "REMOVE",
      state: "STARTED",
      digest: digestOf(request),
      // As it comes out of the database.
      request: JSON.parse(JSON.stringify(request)),
      result: null,
      openCalls: 1,
    };
    this.entries.push(entry);
    return entry;
  }

  #reopen({ artifact, revision }: LedgerEntry): Entry {
    const entry = this.entries.find((one) => one.artifact === artifact && one.revision === revision);
    if (!entry) throw new Error("The ledger repeats what it does not have.");
    entry.openCalls += 1;
    return entry;
  }

  /** As `performEffect`. @returns whether the run goes on */
  #perform(entry: Entry, fate: Fate): boolean {
    if (fate === "killed before" || fate === "request lost") return false;
    if (fate === "refused for now" || fate === "refused for good") {
      const final = fate === "refused for good";
      if (entry.openCalls <= 1) entry.state = "REFUSED";
      else if (final) entry.state = "UNCERTAIN";
      else entry.openCalls -= 1;
      return final && entry.interviewRevision < this.stored.interview.revision;
    }
    const result = this.#provide(entry);
    if (fate !== "done") return false;
    entry.state = "DONE";
    entry.result = result;
    return true;
  }

  /** As strict as a provider: an effect once for each key, and none of a lower revision than was performed. */
  #provide(entry: Entry): object {
    const key = `${entry.artifact}/${entry.revision}`;
    const known = this.#answers.get(key);
    if (known) return known;
    if ((this.#revisions.get(entry.artifact) ?? 0) > entry.revision) throw new ProviderError("SUPERSEDED", "", FINAL);
    this.#revisions.set(entry.artifact, entry.revision);
    const answer = this.#effect(entry);
    this.#answers.set(key, answer);
    return answer;
  }

  #effect({ artifact, action, request }: Entry): object {
    if (kindOf(artifact) === "invitation") {
      this.sent.push({ artifact, message: request as Message });
      return {};
    }
    if (kindOf(artifact) === "calendar-event") {
      if (action === "PUT") this.events.set(artifact, request as CalendarEvent);
      else this.events.delete(artifact);
      return { eventId: artifact };
    }
    if (action === "REMOVE") {
      this.conferences.delete(artifact);
      return {};
    }
    const url = this.relink ? null : this.conferences.get(artifact)?.url;
    if (!url) this.#links += 1;
    this.relink = false;
    const opened = { conference: request as Conference, url: url ?? `https://meet.example/${this.#links}` };
    this.conferences.set(artifact, opened);
    return { url: opened.url };
  }
}

const FINAL = { retryable: false };
