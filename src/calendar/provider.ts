import type { InterviewLocation, Rsvp } from "../db/schema/enum.ts";
import type { FreeBusyProvider } from "./free-busy.ts";
import type { Meeting, Message } from "./invitation.ts";

/** What makes a call repeatable and lets calls overtake each other. */
export interface Effect {
  accountId: string;
  /** The same key asks for the same effect with the same bytes, and a provider performs it once. */
  effectKey: string;
  /** Grows with each effect on one artifact. A provider refuses a lower one than it has performed. */
  revision: number;
}

/** A meeting on a platform. Requests are plain JSON, since they are stored before they are sent; instants are ISO 8601 in UTC. */
export interface Conference {
  /** Chosen by the gateway; the same for as long as the interview is held on this platform. */
  id: string;
  /** The platform, as an interview's location. */
  location: InterviewLocation;
  topic: string;
  startsAt: string;
  endsAt: string;
  /** Whose seat opens a ZOOM meeting; null on other platforms. */
  hostAddress: string | null;
  /** HackerRank's own id of the pad template; null on other platforms. */
  hackerrankTemplateId: string | null;
}

export interface ConferenceProvider {
  /** Opens the meeting, or changes the one that has this id. Its link stays when only the time or the topic changes. */
  putConference(conference: Conference, effect: Effect): Promise<{ url: string }>;
  /** Closes it; one that is gone already is no error. */
  removeConference(conference: Conference, effect: Effect): Promise<Nothing>;
}

/** An event on the calendar of its organizer; the meeting's UID and that calendar's address identify it. */
export interface CalendarEvent {
  meeting: Meeting;
  /** The participants with their answers so far: a calendar that is given addresses alone would forget the answers. */
  attendees: { address: string; answer: Rsvp }[];
}

export interface CalendarProvider {
  /** Puts the event on the organizer's calendar, or changes the one that is there. It sends no notice: invitations are mails. */
  putCalendarEvent(event: CalendarEvent, effect: Effect): Promise<{ eventId: string }>;
  /** Takes it off; one that is gone already is no error. */
  removeCalendarEvent(event: CalendarEvent, effect: Effect): Promise<Nothing>;
}

export interface Mailer {
  /** Sends a message; a repetition with the same effect key replaces or drops it. */
  send(message: Message, effect: Effect): Promise<Nothing>;
}

export interface Providers {
  conference: ConferenceProvider;
  calendar: CalendarProvider;
  mailer: Mailer;
  freeBusy: FreeBusyProvider;
}

/** What a provider answers that has nothing to tell. */
export type Nothing = Record<string, never>;
