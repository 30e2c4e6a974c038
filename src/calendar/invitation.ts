import { singleLine } from "../core/text.ts";

/** Somebody who sends or receives mail. */
export interface Person {
  name: string;
  /** An e-mail address. */
  address: string;
}

/** The meeting as calendar and mail both show it. Instants are ISO 8601 in UTC, so that it can be stored as it is. */
export interface Meeting {
  /** The same for as long as the meeting exists, in every calendar and mail. */
  uid: string;
  /** Grows with every version that participants must tell from the one before. */
  sequence: number;
  title: string;
  description: string;
  startsAt: string;
  endsAt: string;
  /** Where people go: an address or a link; null where there is neither. */
  place: string | null;
  url: string | null;
  isPrivate: boolean;
  /** CANCELLED when it does not take place. Null in a CANCEL that takes only its recipient off a meeting that does. */
  status: "CONFIRMED" | "CANCELLED" | null;
  /** The calendar that holds the event: answers go to its address. */
  organizer: Person;
}

/** A message about the meeting to one recipient, rendered. */
export interface Message {
  /** Of iTIP (RFC 5546): REQUEST invites or changes an invitation, CANCEL withdraws it. */
  method: "REQUEST" | "CANCEL";
  to: Person;
  subject: string;
  body: string;
  /** When this version was made. */
  stamp: string;
  meeting: Meeting;
}

const MAILBOX = /^[^\s<>",;:()[\]\\@]+@[^\s<>",;:()[\]\\@]+$/;

/**
 * A person whose name cannot leave the quotes that mail and calendar put around it. A name of which nothing is left is the
 * address.
 * @throws Error for an address that a mail server could read as more than one
 */
export function plainMailbox({ name, address }: Person): Person {
  if (!MAILBOX.test(address)) throw new Error("A recipient's address is not one plain e-mail address.");
  return { name: singleLine(name.replaceAll(/["\\<>]/g, "")) || address, address };
}
