import type { sandboxCalendarEvents, sandboxConferences } from "../db/schema/provisioning.ts";
import type { Message } from "./invitation.ts";

/** What makes a call repeatable: the same key asks for the same effect, and a provider performs it once. */
export interface Effect {
  accountId: string;
  effectKey: string;
}

export interface ConferenceRequest extends Effect {
  /** The platform, as an interview's location. */
  location: (typeof sandboxConferences.$inferInsert)["location"];
  topic: string;
  startsAt: Date;
  endsAt: Date;
}

export interface ConferenceProvider {
  /** Opens a meeting, or answers with the one that the effect key has opened already. */
  createConference(request: ConferenceRequest): Promise<{ url: string }>;
}

export interface CalendarEventRequest extends Effect {
  /** Address of the organizer's connected calendar. */
  calendarAddress: string;
  title: string;
  startsAt: Date;
  endsAt: Date;
  visibility: (typeof sandboxCalendarEvents.$inferInsert)["visibility"];
  conferenceUrl: string | null;
  /** Addresses of the participants. */
  attendees: string[];
}

export interface CalendarProvider {
  /** Puts an event on the calendar, or answers with the one that the effect key has put there already. */
  createCalendarEvent(request: CalendarEventRequest): Promise<{ eventId: string }>;
}

export interface Mailer {
  /** Sends a message; a repetition with the same effect key replaces or drops it. */
  send(message: Message, effect: Effect): Promise<void>;
}

export interface Providers {
  conference: ConferenceProvider;
  calendar: CalendarProvider;
  mailer: Mailer;
}
