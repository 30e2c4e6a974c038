import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { sync } from "node-ical";
import PostalMime from "postal-mime";

/** What a reader that did not compose it finds in a mail with a calendar part. */
export interface ReadMail {
  to: string;
  subject: string;
  /** The part's parameter and the calendar's property, which must be one. */
  methods: [part: string, calendar: string];
  uid: string;
  sequence: number;
  status: string | null;
  organizer: string;
  start: string;
  stamp: string;
  location: string | null;
}

/** The mails of an outbox about one meeting, by sequence and time of each mailbox. */
export async function readOutbox(outbox: string, uid: string): Promise<ReadMail[]> {
  const files = await readdir(outbox).catch(() => []);
  const mails = await Promise.all(files.map(async (file) => readMail(await readFile(join(outbox, file)))));
  return mails
    .filter((mail) => mail.uid === uid)
    .toSorted((a, b) => (a.to < b.to ? -1 : a.to > b.to ? 1 : a.sequence - b.sequence));
}

async function readMail(content: Buffer): Promise<ReadMail> {
  const { to, subject = "", attachments } = await PostalMime.parse(content);
  const part = attachments.find(({ mimeType }) => mimeType === "text/calendar");
  const [event, ...more] = Object.values(sync.parseICS(new TextDecoder().decode(part?.content as ArrayBuffer))).filter(
    (component) => component?.type === "VEVENT",
  ) as unknown as Record<string, any>[];
  if (!event || more.length > 0) throw new Error(`Not one event in ${subject}`);
  return {
    to: to?.[0]?.address?.split("@")[0] ?? "",
    subject,
    methods: [part?.method ?? "", event["method"]],
    uid: event["uid"],
    sequence: Number(event["sequence"]),
    status: event["status"] ?? null,
    organizer: event["organizer"]?.val ?? event["organizer"],
    start: event["start"].toISOString(),
    stamp: event["dtstamp"].toISOString(),
    location: event["location"] || null,
  };
}

/** `REQUEST 0`, `CANCEL 1 CANCELLED`: what each mailbox was sent, in order. */
export function byMailbox(mails: readonly ReadMail[]): Record<string, string[]> {
  const lines: Record<string, string[]> = {};
  for (const { to, methods, sequence, status } of mails) {
    const line = [methods[1], sequence, methods[1] === "CANCEL" ? status : null].filter((part) => part !== null);
    (lines[to] ??= []).push(line.join(" "));
  }
  return lines;
}
