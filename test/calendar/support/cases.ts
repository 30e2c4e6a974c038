import type { Message } from "../../../src/calendar/invitation.ts";

/** Names that mail or calendar could stumble over, with what readers show of them. */
export const NAMES: [name: string, shown: string][] = [
  ["Carla Ürün", "Carla Ürün"],
  ["O'Hara, Pat; Jr: (x)", "O'Hara, Pat; Jr: (x)"],
  ['Eve "the" \\ <eve>', "Eve the  eve"],
  ["=?utf-8?Q?evil=0D=0ABcc:_x@y.example?=", "=?utf-8?Q?evil=0D=0ABcc:_x@y.example?="],
  ["=?=?=", "=?=?="],
  ["A\r\nBcc: x@y.example", "A Bcc: x@y.example"],
  ["Ann\u202Egpj.exe", "Anngpj.exe"],
  ["\u2066\u2067x\u2069", "x"],
  ["שרה לוי", "שרה לוי"],
  ["فاطمة", "فاطمة"],
  ["渡辺 美咲", "渡辺 美咲"],
  ["👩‍👩‍👧‍👦 Familie", "👩‍👩‍👧‍👦 Familie"],
  ["END:VEVENT", "END:VEVENT"],
  ["a^nb^'c", "a^nb^'c"],
  ["x".repeat(255), "x".repeat(255)],
  ["ü".repeat(255), "ü".repeat(255)],
  [`${"word ".repeat(50)}end`, `${"word ".repeat(50)}end`],
  ["a  b", "a  b"],
];

export const BODIES: [name: string, body: string, shown: string][] = [
  ["line feeds", "a\nb\n\nc", "a\nb\n\nc"],
  ["CRLF", "a\r\nb\r\n", "a\nb\n"],
  ["carriage returns", "a\rb\rc", "a\nb\nc"],
  ["mixed ends", "a\r\n\rb\n\r\nc", "a\n\nb\n\nc"],
  ["tabs and trailing blanks", "\ta\t\nb  \n", "\ta\t\nb  \n"],
  ["dots", ".\n..\n.a\n", ".\n..\n.a\n"],
  ["a very long line", "y".repeat(20_000), "y".repeat(20_000)],
  ["a very long line of other letters", "é".repeat(5_000), "é".repeat(5_000)],
  ["From at the start", "From here\nFrom there", "From here\nFrom there"],
  ["what looks like a boundary", "--x\n--x--\n", "--x\n--x--\n"],
  ["equals signs", "a=3D=\nb=20", "a=3D=\nb=20"],
  ["nothing", "", ""],
];

export const MESSAGE: Message = {
  method: "REQUEST",
  to: { name: "Carla", address: "carla@example.com" },
  subject: "Talk",
  body: "Hello Carla,\n\nsee you.",
  stamp: "2027-01-04T08:00:00.000Z",
  meeting: {
    uid: "0190f0a0-0000-7000-8000-000000000001",
    sequence: 0,
    title: "Talk",
    description: "Hello Carla,\n\nsee you.",
    startsAt: "2027-03-01T09:00:00.000Z",
    endsAt: "2027-03-01T09:30:00.000Z",
    place: "Berlin, Torstr. 1; 10119",
    url: "https://meet.example/1?a=b,c;d",
    isPrivate: false,
    status: "CONFIRMED",
    organizer: { name: "Rita", address: "team@example.com" },
  },
};

/** The same message with a name, or a body, in every place that it can have. */
export function withName(name: string): Message {
  const { meeting, ...rest } = MESSAGE;
  const organizer = { ...meeting.organizer, name };
  return {
    ...rest,
    to: { ...rest.to, name },
    subject: name,
    meeting: { ...meeting, title: name, place: name, organizer },
  };
}

export function withBody(body: string): Message {
  return { ...MESSAGE, body, meeting: { ...MESSAGE.meeting, description: body } };
}
