import { createHash } from "node:crypto";
import MailComposer from "nodemailer/lib/mail-composer/index.js";
import { singleLine } from "../core/text.ts";
import { mailboxHeader, textHeader } from "./header.ts";
import { composeCalendar } from "./icalendar.ts";
import type { Message } from "./invitation.ts";

const FILES = { REQUEST: "invite.ics", CANCEL: "cancel.ics" } as const;

/**
 * The message as it goes over the wire: text, and the invitation or its cancellation as an iCalendar part. The same to the byte when it is
 * composed again.
 * @param effectKey becomes the Message-ID, so that a repetition is recognisable
 */
export async function composeMessage(message: Message, effectKey: string): Promise<Buffer> {
  const digest = createHash("sha256").update(effectKey).digest("hex");
  const { organizer } = message.meeting;
  const composer = new MailComposer({
    messageId: `<${digest.slice(0, 40)}@${organizer.address.split("@")[1]}>`,
    date: new Date(message.stamp),
    baseBoundary: digest.slice(0, 32),
    newline: "windows",
    textEncoding: "quoted-printable",
    // An empty text would be left out.
    text: withCrlf(message.body) || "\r\n",
    icalEvent: { method: message.method, filename: FILES[message.method], content: composeCalendar(message) },
  });
  const headers = [
    mailboxHeader("From", organizer),
    mailboxHeader("To", message.to),
    textHeader("Subject", singleLine(message.subject)),
  ];
  return Buffer.concat([Buffer.from(`${headers.join("\r\n")}\r\n`), await composer.compile().build()]);
}

/** Every kind of line end as CRLF, the only one that mail has. */
const withCrlf = (text: string) => text.replaceAll(/\r\n|\r|\n/g, "\r\n");
