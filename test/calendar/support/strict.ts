/** Content lines of an iCalendar text, unfolded. Throws for what RFC 5545 does not allow in one. */
export function contentLines(text: string): { name: string; parameters: string; value: string }[] {
  if (!text.endsWith("\r\n")) throw new Error("The last line does not end.");
  const lines = text.slice(0, -2).split("\r\n");
  for (const line of lines) {
    if (/[\r\n]/.test(line)) throw new Error(`A bare line end in ${JSON.stringify(line)}`);
    if (Buffer.byteLength(line) > 75) throw new Error(`${Buffer.byteLength(line)} octets: ${line}`);
    if (!Buffer.from(line).toString("utf8").isWellFormed() || line.includes("\uFFFD"))
      throw new Error(`A character was cut in two: ${line}`);
  }
  const unfolded = text
    .slice(0, -2)
    .replaceAll(/\r\n[ \t]/g, "")
    .split("\r\n");
  return unfolded.map((line) => {
    const read = /^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"\p{Cc}]*"|[^";:,\p{Cc}]*))*):((?:\t|[^\p{Cc}])*)$/u.exec(
      line,
    );
    if (!read) throw new Error(`No content line: ${line}`);
    return { name: read[1] ?? "", parameters: read[2] ?? "", value: read[3] ?? "" };
  });
}

type Properties = Record<string, [least: number, most: number, value: RegExp]>;

/** Least and most of each property in a REQUEST for one event (RFC 5546 3.2.2), and the form of its values. */
const REQUEST: Properties = {
  UID: [1, 1, /^[0-9a-f-]{36}$/],
  DTSTAMP: [1, 1, /^\d{8}T\d{6}Z$/],
  DTSTART: [1, 1, /^\d{8}T\d{6}Z$/],
  DTEND: [1, 1, /^\d{8}T\d{6}Z$/],
  SEQUENCE: [1, 1, /^\d+$/],
  STATUS: [1, 1, /^CONFIRMED$/],
  SUMMARY: [1, 1, /^(?:[^\\;,]|\\[\\;,nN])*$/],
  DESCRIPTION: [0, 1, /^(?:[^\\;,]|\\[\\;,nN])*$/],
  LOCATION: [0, 1, /^(?:[^\\;,]|\\[\\;,nN])*$/],
  URL: [0, 1, /^https?:\/\/\S+$/],
  CLASS: [0, 1, /^(?:PUBLIC|PRIVATE)$/],
  ORGANIZER: [1, 1, /^mailto:[^\s"<>]+@[^\s"<>]+$/],
  ATTENDEE: [1, 1, /^mailto:[^\s"<>]+@[^\s"<>]+$/],
};

/** The same of a CANCEL (RFC 5546 3.2.5), which has a STATUS iff the whole event is cancelled. */
const CANCEL: Properties = { ...REQUEST, STATUS: [0, 1, /^CANCELLED$/] };

const METHODS = {
  REQUEST: { properties: REQUEST, asked: ["PARTSTAT=NEEDS-ACTION", "RSVP=TRUE", "ROLE=REQ-PARTICIPANT"] },
  CANCEL: { properties: CANCEL, asked: ["ROLE=REQ-PARTICIPANT"] },
};

/** Throws unless the text is exactly one iTIP message for one event. */
export function assertScheduling(text: string, method: keyof typeof METHODS): void {
  const { properties: expected, asked } = METHODS[method];
  const lines = contentLines(text);
  const frame = (line: (typeof lines)[number] | undefined) => line && `${line.name}:${line.value}`;
  const head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Interview Gateway//Interview Gateway//EN"];
  const start = [...head, "CALSCALE:GREGORIAN", `METHOD:${method}`, "BEGIN:VEVENT"];
  const end = ["END:VEVENT", "END:VCALENDAR"];
  const found = [...lines.slice(0, start.length), ...lines.slice(-end.length)].map(frame);
  if (JSON.stringify(found) !== JSON.stringify([...start, ...end]))
    throw new Error(`A wrong frame: ${found.join(" ")}`);
  const properties = Map.groupBy(lines.slice(start.length, -end.length), ({ name }) => name);
  for (const [name, given] of properties) {
    const allowed = expected[name];
    if (!allowed) throw new Error(`${name} is not expected.`);
    for (const { value } of given) if (!allowed[2].test(value)) throw new Error(`${name} cannot be ${value}`);
  }
  for (const [name, [least, most]] of Object.entries(expected)) {
    const count = properties.get(name)?.length ?? 0;
    if (count < least || count > most) throw new Error(`${count} times ${name}`);
  }
  const attendee = properties.get("ATTENDEE")?.[0]?.parameters ?? "";
  for (const parameter of asked) {
    if (!attendee.includes(`;${parameter}`)) throw new Error(`An attendee without ${parameter}: ${attendee}`);
  }
}
