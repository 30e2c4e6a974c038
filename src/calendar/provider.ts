import type { InterviewLocation } from "../db/schema/enum.ts";
import type { Meeting, Message } from "./invitation.ts";

/** What makes a call repeatable: the same key asks for the same effect, and a provider performs it once. */
export interface Effect {
  accountId: string;
  effectKey: string;
}

/** Requests are plain JSON, since they are stored before they are sent. Instants are ISO 8601 in UTC. */
export interface ConferenceRequest {
  /** The platform, as an interview's location. */
  location: InterviewLocation;
  topic: string;
  startsAt: string;
  endsAt: string;
}

export interface ConferenceProvider {
  /** Opens a meeting, or answers with the one that the effect key has opened already. */
  createConference(request: ConferenceRequest, effect: Effect): Promise<{ url: string }>;
}

export interface CalendarEventRequest {
  /** Held by the calendar of its organizer. */
  meeting: Meeting;
  /** Addresses of the participants who are invited to it. */
  attendees: string[];
}

export interface CalendarProvider {
  /** Puts an event on the organizer's calendar, or answers with the one that the effect key has put there already. */
  createCalendarEvent(request: CalendarEventRequest, effect: Effect): Promise<{ eventId: string }>;
}

export interface Mailer {
  /** Sends a message; a repetition with the same effect key replaces or drops it. */
  send(message: Message, effect: Effect): Promise<Record<string, never>>;
}

export interface Providers {
  conference: ConferenceProvider;
  calendar: CalendarProvider;
  mailer: Mailer;
}
