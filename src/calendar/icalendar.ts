import ICAL from "ical.js";
import { singleLine } from "../core/text.ts";
import { plainMailbox } from "./invitation.ts";
import type { Message, Person } from "./invitation.ts";

// The library does not count the blank that begins a continued line, and 75 octets are the most.
ICAL.foldLength = 74;

const PRODUCT = "-//Interview Gateway//Interview Gateway//EN";

/** The iCalendar object (RFC 5545) that invites the recipient of a message to the meeting, or withdraws it (iTIP, RFC 5546). */
export function composeCalendar({ method, to, stamp, meeting }: Message): string {
  const calendar = new ICAL.Component("vcalendar");
  calendar.addPropertyWithValue("version", "2.0");
  calendar.addPropertyWithValue("prodid", PRODUCT);
  calendar.addPropertyWithValue("calscale", "GREGORIAN");
  calendar.addPropertyWithValue("method", method);
  const event = new ICAL.Component("vevent");
  const add = (name: string, value: string | number | ICAL.Time) => event.addPropertyWithValue(name, value);
  add("uid", meeting.uid);
  add("dtstamp", instant(stamp));
  add("dtstart", instant(meeting.startsAt));
  add("dtend", instant(meeting.endsAt));
  add("sequence", meeting.sequence);
  if (meeting.status !== null) add("status", meeting.status);
  add("summary", singleLine(meeting.title));
  add("description", withLineFeeds(meeting.description));
  if (meeting.place !== null) add("location", singleLine(meeting.place));
  if (meeting.url !== null) add("url", meeting.url);
  if (meeting.isPrivate) add("class", "PRIVATE");
  event.addProperty(party("organizer", meeting.organizer));
  const asked = { partstat: "NEEDS-ACTION", rsvp: "TRUE" };
  event.addProperty(party("attendee", to, { role: "REQ-PARTICIPANT", ...(method === "REQUEST" && asked) }));
  calendar.addSubcomponent(event);
  return `${calendar.toString()}\r\n`;
}

/** Every kind of line end as one, which becomes the escape for it. */
const withLineFeeds = (text: string) => text.replaceAll(/\r\n|\r/g, "\n");

/** In UTC, without milliseconds, which iCalendar does not have. */
const instant = (text: string) => ICAL.Time.fromJSDate(new Date(text), true);

function party(role: "organizer" | "attendee", person: Person, parameters: Record<string, string> = {}): ICAL.Property {
  const { name, address } = plainMailbox(person);
  const property = new ICAL.Property(role);
  property.setParameter("cn", name);
  for (const [key, value] of Object.entries(parameters)) property.setParameter(key, value);
  property.setValue(`mailto:${address}`);
  return property;
}
