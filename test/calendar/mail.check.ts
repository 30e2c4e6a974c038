import { simpleParser } from "mailparser";
import type { AddressObject } from "mailparser";
import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import { composeMessage } from "../../src/calendar/mail.ts";
import type { Message } from "../../src/calendar/invitation.ts";
import { onlyEvent } from "../support/calendar.ts";
import { BODIES, MESSAGE, NAMES, withBody, withName } from "./support/cases.ts";
import { assertScheduling } from "./support/strict.ts";

/** What two readers of mail, and one of calendars that composed neither, make of a message. */
async function read(message: Message) {
  const bytes = await composeMessage(message, "interview/invitation/candidate");
  assertOnTheWire(bytes);
  const [postal, parsed] = [await PostalMime.parse(bytes), await simpleParser(bytes)];
  // Postal MIME reads text with line feeds alone.
  const calendars = parsed.attachments.map(({ content }) => content.toString());
  expect(parsed.attachments.map(({ contentType }) => contentType)).toEqual(["text/calendar", "application/ics"]);
  expect(calendars[1]).toBe(calendars[0]);
  const [calendar = ""] = calendars;
  assertScheduling(calendar, message.method);
  return { bytes, postal, parsed, calendar, event: onlyEvent(calendar) };
}

/** RFC 5322: CRLF only, no line over 998 octets, headers in ASCII and within 78. */
function assertOnTheWire(bytes: Buffer): void {
  const text = bytes.toString("latin1");
  expect(text.match(/(?<!\r)\n|\r(?!\n)/g)).toBeNull();
  const lines = text.split("\r\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998);
  const headers = lines.slice(0, lines.indexOf(""));
  for (const line of headers) {
    expect(line).toMatch(/^[\x20-\x7e\t]+$/);
    expect(line.length, line).toBeLessThanOrEqual(78);
    expect(line.trim()).not.toBe("");
  }
  const names = headers.filter((line) => !/^\s/.test(line)).map((line) => line.split(":")[0]?.toLowerCase());
  expect(names).toEqual([...new Set(names)]);
  expect(names).not.toContain("bcc");
}

const only = (object: AddressObject | AddressObject[] | undefined) =>
  [object].flat().flatMap((entry) => entry?.value ?? []);

describe.each(NAMES)("the name %j", (name, shown) => {
  test("is shown as it is in subject, addresses and calendar, and adds nothing to them", async () => {
    const { postal, parsed, event } = await read(withName(name));
    const subject = name.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, "");
    expect([postal.subject, parsed.subject]).toEqual([subject, subject]);
    expect([postal.to, only(parsed.to)]).toEqual([
      [{ name: shown, address: "carla@example.com" }],
      [{ name: shown, address: "carla@example.com" }],
    ]);
    expect([postal.from, only(parsed.from)]).toEqual([
      { name: shown, address: "team@example.com" },
      [{ name: shown, address: "team@example.com" }],
    ]);
    expect(event.summary).toBe(subject);
    expect(event.location).toBe(subject);
  });
});

test.each(['"', "\u202E", "  ", "<>"])("a person named %j is known by the address", async (name) => {
  const { postal, calendar } = await read({ ...MESSAGE, to: { name, address: "carla@example.com" } });
  expect(postal.to).toEqual([{ name: "", address: "carla@example.com" }]);
  expect(calendar.replaceAll("\r\n ", "")).toContain(";CN=carla@example.com;");
});

describe.each(BODIES)("a body of %s", (_name, body, shown) => {
  test("is read as it was written, in mail and calendar", async () => {
    const { postal, parsed, event } = await read(withBody(body));
    const lines = (text: string | undefined) => (text ?? "").replaceAll("\r\n", "\n").replace(/\n+$/, "");
    expect(lines(postal.text)).toBe(shown.replace(/\n+$/, ""));
    expect(lines(parsed.text)).toBe(shown.replace(/\n+$/, ""));
    expect(event.description ?? "").toBe(shown);
  });
});

test("the invitation names the calendar that holds the event, the recipient, the place and the link", async () => {
  const { event, calendar, postal } = await read(MESSAGE);
  expect(event).toMatchObject({
    uid: MESSAGE.meeting.uid,
    method: "REQUEST",
    sequence: 0,
    status: "CONFIRMED",
    summary: "Talk",
    location: "Berlin, Torstr. 1; 10119",
    url: "https://meet.example/1?a=b,c;d",
    organizer: { params: { CN: "Rita" }, val: "mailto:team@example.com" },
    attendee: {
      params: { CN: "Carla", ROLE: "REQ-PARTICIPANT", PARTSTAT: "NEEDS-ACTION" },
      val: "mailto:carla@example.com",
    },
  });
  expect(event.start.toISOString()).toBe("2027-03-01T09:00:00.000Z");
  expect(event.end.toISOString()).toBe("2027-03-01T09:30:00.000Z");
  expect(calendar).not.toContain("TZID");
  expect(postal.messageId).toMatch(/^<[0-9a-f]{40}@example\.com>$/);
});

test("a message is the same to the byte when it is composed again, and another under another key", async () => {
  const [one, again, other] = await Promise.all([
    composeMessage(withName("Ürün"), "a"),
    composeMessage(withName("Ürün"), "a"),
    composeMessage(withName("Ürün"), "b"),
  ]);
  expect(again.equals(one)).toBe(true);
  expect(other.equals(one)).toBe(false);
});

test.each(["a@x\r\nRCPT TO:<evil@y>", "a@x, b@y", "a", "", "<a@x.example>"])(
  "%j is not taken for one address",
  async (address) => {
    await expect(composeMessage({ ...MESSAGE, to: { name: "A", address } }, "key")).rejects.toThrow(
      "one plain e-mail address",
    );
  },
);

describe.each(["CANCELLED", null] as const)("a CANCEL with the status %s", (status) => {
  const cancel: Message = { ...MESSAGE, method: "CANCEL", meeting: { ...MESSAGE.meeting, sequence: 3, status } };

  test("is one to readers, for the same event", async () => {
    const { parsed, calendar, event } = await read(cancel);
    expect(event).toMatchObject({ uid: MESSAGE.meeting.uid, method: "CANCEL", sequence: 3 });
    expect(calendar.includes("STATUS:CANCELLED")).toBe(status !== null);
    expect(calendar).not.toMatch(/PARTSTAT|RSVP/);
    const part = parsed.attachments[0]?.headers.get("content-type");
    expect(part).toMatchObject({ value: "text/calendar", params: { method: "CANCEL", charset: "utf-8" } });
  });
});
