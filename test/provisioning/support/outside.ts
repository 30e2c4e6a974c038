import { superseded } from "../../../src/calendar/error.ts";
import type { Message } from "../../../src/calendar/invitation.ts";
import type { CalendarEvent, Conference, Effect, Providers } from "../../../src/calendar/provider.ts";

/** Providers in memory, as strict as the bridge's contract: they know what exists, what was sent, and which keys were used. */
export class Outside {
  /** What was performed, in order: `conference`, `no event`, `REQUEST ada 1`. */
  performed: string[] = [];
  conferences = new Map<string, Conference>();
  /** By address and UID. */
  events = new Map<string, CalendarEvent>();
  mails: Message[] = [];
  /** Awaited before an effect is performed, and before it is answered; may throw. Not asked for repetitions. */
  before: (name: string) => Promise<void> | void = () => {};
  after: (name: string) => Promise<void> | void = () => {};
  readonly #answers = new Map<string, object>();
  readonly #revisions = new Map<string, number>();

  clear(): void {
    this.performed = [];
    this.mails = [];
    this.conferences.clear();
    this.events.clear();
    this.before = () => {};
    this.after = () => {};
  }

  /** What a person was sent: method and sequence, and STATUS where it is not CONFIRMED. */
  inbox(name: string): string[] {
    return this.mails
      .filter(({ to }) => to.address.startsWith(`${name}@`))
      .map(({ method, meeting: { sequence, status } }) =>
        [method, sequence, method === "CANCEL" ? (status ?? "withdrawn") : ""].join(" ").trim(),
      );
  }

  readonly providers: Providers = {
    freeBusy: { query: () => Promise.resolve(new Map()) },
    conference: {
      putConference: (conference, effect) =>
        this.#perform("conference", effect, () => {
          this.conferences.set(conference.id, conference);
          return { url: `https://meet.example/${conference.id}` };
        }),
      removeConference: ({ id }, effect) => this.#perform("no conference", effect, () => gone(this.conferences, id)),
    },
    calendar: {
      putCalendarEvent: (event, effect) =>
        this.#perform("event", effect, () => {
          this.events.set(placeOf(event), event);
          return { eventId: placeOf(event) };
        }),
      removeCalendarEvent: (event, effect) =>
        this.#perform("no event", effect, () => gone(this.events, placeOf(event))),
    },
    mailer: {
      send: (message, effect) => {
        const { method, to, meeting } = message;
        const name = `${method} ${to.address.split("@")[0]} ${meeting.sequence}`;
        return this.#perform(name, effect, () => {
          this.mails.push(message);
          return {};
        });
      },
    },
  };

  async #perform<R extends object>(name: string, { effectKey, revision }: Effect, effect: () => R): Promise<R> {
    const known = this.#answers.get(effectKey);
    if (known) return known as R;
    await this.before(name);
    const artifact = effectKey.slice(0, effectKey.lastIndexOf("/"));
    if (revision < (this.#revisions.get(artifact) ?? 0)) throw superseded();
    const again = this.#answers.get(effectKey);
    if (again) return again as R;
    this.#revisions.set(artifact, revision);
    const answer = effect();
    this.performed.push(name);
    this.#answers.set(effectKey, answer);
    await this.after(name);
    return answer;
  }
}

const placeOf = ({ meeting }: CalendarEvent): string => `${meeting.organizer.address} ${meeting.uid}`;

function gone(things: Map<string, unknown>, key: string): Record<string, never> {
  things.delete(key);
  return {};
}
