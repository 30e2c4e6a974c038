import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Message } from "../../src/calendar/invitation.ts";
import { composeMessage } from "../../src/calendar/mail.ts";
import { ensureDebianPackages } from "../support/debian.ts";
import { BODIES, NAMES, withBody, withName } from "./support/cases.ts";

const PYTHON = "/usr/bin/python3";
let directory: string;
beforeAll(async () => {
  const works = () => promisify(execFile)(PYTHON, ["-c", "import icalendar, vobject"]);
  await ensureDebianPackages(["python3-icalendar", "python3-vobject"], works);
  directory = await mkdtemp(join(tmpdir(), "interview-gateway-mails-"));
}, 900_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What Python's readers make of the messages; they fail for what the standards do not allow. */
async function readStrictly(messages: Message[]): Promise<Record<string, string[] & string>[]> {
  const files = await Promise.all(
    messages.map(async (message, index) => {
      const file = join(directory, `${index}.eml`);
      await writeFile(file, await composeMessage(message, `interview/${index}`));
      return file;
    }),
  );
  const python = spawn(PYTHON, [join(import.meta.dirname, "support/validate.py")], { stdio: "pipe" });
  python.stdin.end(files.join("\n"));
  const [read, complaints] = await Promise.all([text(python.stdout), text(python.stderr)]);
  expect(complaints).toBe("");
  return read
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("names are read by Python's readers of mail and calendar as they were meant", async () => {
  const read = await readStrictly(NAMES.map(([name]) => withName(name)));
  expect(read).toHaveLength(NAMES.length);
  for (const [index, [name, shown]] of NAMES.entries()) {
    const subject = name.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, "");
    expect(read[index], name).toMatchObject({
      subject,
      method: ["REQUEST", "REQUEST"],
      summary: [subject, subject],
      attendee: ["mailto:carla@example.com", "mailto:carla@example.com"],
      // This reader does not know RFC 6868, in which a caret is written twice.
      cn: shown.replaceAll("^", "^^"),
      start: "2027-03-01T09:00:00+00:00",
    });
    // Python puts a blank between encoded words that follow each other in an address.
    const withoutBlanks = (party: string[] | undefined) => party?.map((text) => text.replaceAll(" ", ""));
    expect(withoutBlanks(read[index]?.["to"])).toEqual([shown.replaceAll(" ", ""), "carla@example.com"]);
    expect(withoutBlanks(read[index]?.["from"])).toEqual([shown.replaceAll(" ", ""), "team@example.com"]);
  }
});

test("bodies are read by Python's readers of mail and calendar as they were meant", async () => {
  const read = await readStrictly(BODIES.map(([, body]) => withBody(body)));
  for (const [index, [name, , shown]] of BODIES.entries()) {
    expect(read[index]?.["description"], name).toEqual([shown, shown]);
    expect(String(read[index]?.["body"]).replace(/\n+$/, ""), name).toBe(shown.replace(/\n+$/, ""));
  }
});

test("cancellations of everything that has a name are read by Python's readers", async () => {
  const messages = NAMES.flatMap(([name]) =>
    (["CANCELLED", null] as const).map((status): Message => {
      const { meeting, ...message } = withName(name);
      return { ...message, method: "CANCEL", meeting: { ...meeting, sequence: 2, status } };
    }),
  );
  const read = await readStrictly(messages);
  expect(read).toHaveLength(messages.length);
  for (const [index, { meeting }] of messages.entries()) {
    const status = meeting.status ?? "";
    expect(read[index]).toMatchObject({ method: ["CANCEL", "CANCEL"], status, sequence: 2 });
  }
});
