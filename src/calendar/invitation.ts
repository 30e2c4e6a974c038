import { createHash } from "node:crypto";
import ical, { ICalCalendarMethod, ICalEventClass } from "ical-generator";
import MailComposer from "nodemailer/lib/mail-composer/index.js";
import { singleLine } from "../core/text.ts";

export interface Person {
  name: string;
  /** An e-mail address. */
  address: string;
}

/** An invitation for one recipient, rendered. */
export interface Message {
  from: Person;
  to: Person;
  subject: string;
  body: string;
  event: {
    /** The same in every version of the invitation. */
    uid: string;
    /** Grows with every version of the invitation. */
    sequence: number;
    stamp: Date;
    title: string;
    startsAt: Date;
    endsAt: Date;
    location: string | null;
    url: string | null;
    isPrivate: boolean;
  };
}

const ADDRESS = /^[^\s<>",;:()[\]\\@]+@[^\s<>",;:()[\]\\@]+$/;

/**
 * The message as it goes over the wire: text, and the invitation as an iCalendar part. The same to the byte when it is
 * composed again.
 * @param effectKey becomes the Message-ID, so that a repetition is recognisable
 */
export async function composeMessage(message: Message, effectKey: string): Promise<Buffer> {
  const calendar = composeCalendar(message);
  const composer = new MailComposer({
    from: mailbox(message.from),
    to: mailbox(message.to),
    subject: singleLine(message.subject),
    messageId: `<${effectKey.replaceAll("/", ".")}@interview-gateway.invalid>`,
    date: message.event.stamp,
    baseBoundary: createHash("sha256").update(effectKey).digest("hex").slice(0, 32),
    text: message.body,
    icalEvent: { method: "REQUEST", filename: "invite.ics", content: calendar },
  });
  return composer.compile().build();
}

function composeCalendar({ from, to, body, event }: Message): string {
  const calendar = ical({ prodId: "-//Interview Gateway//EN", method: ICalCalendarMethod.REQUEST });
  const organizer = mailbox(from);
  const entry = calendar.createEvent({
    id: event.uid,
    sequence: event.sequence,
    stamp: event.stamp,
    start: event.startsAt,
    end: event.endsAt,
    summary: singleLine(event.title),
    description: body,
    organizer: { name: organizer.name, email: organizer.address },
    ...(event.location && { location: singleLine(event.location) }),
    ...(event.url && { url: event.url }),
    ...(event.isPrivate && { class: ICalEventClass.PRIVATE }),
  });
  const attendee = mailbox(to);
  entry.createAttendee({ name: attendee.name, email: attendee.address, rsvp: true });
  return calendar.toString();
}

/**
 * A person whose name cannot leave the quotes that calendar and mail put around it.
 * @throws Error for an address that a mail server could read as more than one
 */
function mailbox({ name, address }: Person): Person {
  if (!ADDRESS.test(address)) throw new Error("A recipient's address is not one plain e-mail address.");
  return { name: singleLine(name).replaceAll(/["\\<>]/g, ""), address };
}
