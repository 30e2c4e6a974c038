import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eq, lte, sql } from "drizzle-orm";
import { newId } from "../core/id.ts";
import type { Database } from "../db/client.ts";
import { sandboxCalendarEvents, sandboxConferences } from "../db/schema/provisioning.ts";
import { superseded } from "./error.ts";
import { composeMessage } from "./mail.ts";
import type { CalendarEvent, CalendarProvider, Conference, ConferenceProvider } from "./provider.ts";
import type { Effect, Mailer, Nothing, Providers } from "./provider.ts";
import { sandboxFreeBusy } from "./sandbox-free-busy.ts";

/** Where the gateway shows the pages of sandbox meetings. */
export const CONFERENCE_PATH = "/sandbox/conferences/";

export interface SandboxOptions {
  db: Database;
  /** Address at which browsers reach the gateway, without a slash at the end. */
  publicUrl: string;
  /** Directory of the messages, one `.eml` file each. */
  outbox: string;
  now: () => Date;
}

/** Providers that need no account anywhere: meetings and events are rows, messages are files. */
export function createSandbox(options: SandboxOptions): Providers {
  return {
    conference: sandboxConference(options),
    calendar: sandboxCalendar(options),
    mailer: outboxMailer(options.outbox),
    freeBusy: sandboxFreeBusy(options.db),
  };
}

/** A meeting keeps its address while it is open, and gets a new one when it is opened again. */
function sandboxConference({ db, publicUrl, now }: SandboxOptions): ConferenceProvider {
  const write = async (conference: Conference, { accountId, revision }: Effect, removedAt: Date | null) => {
    const { id, location, topic } = conference;
    const times = { startsAt: new Date(conference.startsAt), endsAt: new Date(conference.endsAt) };
    const code = randomBytes(12).toString("base64url");
    const [row] = await db
      .insert(sandboxConferences)
      .values({ accountId, id, code, location, topic, ...times, revision, removedAt })
      .onConflictDoUpdate({
        target: [sandboxConferences.accountId, sandboxConferences.id],
        set: {
          topic,
          ...times,
          revision,
          removedAt,
          code: sql`case when ${sandboxConferences.removedAt} is null then ${sandboxConferences.code} else excluded.code end`,
        },
        setWhere: lte(sandboxConferences.revision, revision),
      })
      .returning({ code: sandboxConferences.code });
    if (!row) throw superseded();
    return row;
  };
  return {
    async putConference(conference, effect) {
      const { code } = await write(conference, effect, null);
      return { url: `${publicUrl}${CONFERENCE_PATH}${code}` };
    },
    async removeConference(conference, effect) {
      await write(conference, effect, now());
      return NOTHING;
    },
  };
}

function sandboxCalendar({ db, now }: SandboxOptions): CalendarProvider {
  const write = async (event: CalendarEvent, effect: Effect, removedAt: Date | null) => {
    const { accountId, calendarAddress, uid, ...changing } = eventRow(event, effect, removedAt);
    const [row] = await db
      .insert(sandboxCalendarEvents)
      .values({ accountId, calendarAddress, uid, id: newId(), ...changing })
      .onConflictDoUpdate({
        target: [sandboxCalendarEvents.accountId, sandboxCalendarEvents.calendarAddress, sandboxCalendarEvents.uid],
        set: changing,
        setWhere: lte(sandboxCalendarEvents.revision, effect.revision),
      })
      .returning({ id: sandboxCalendarEvents.id });
    if (!row) throw superseded();
    return { eventId: row.id };
  };
  return {
    putCalendarEvent: (event, effect) => write(event, effect, null),
    async removeCalendarEvent(event, effect) {
      await write(event, effect, now());
      return NOTHING;
    },
  };
}

function eventRow({ meeting, attendees }: CalendarEvent, { accountId, revision }: Effect, removedAt: Date | null) {
  const { uid, title, description, place, url, isPrivate, organizer } = meeting;
  return {
    accountId,
    uid,
    calendarAddress: organizer.address,
    title,
    description,
    startsAt: new Date(meeting.startsAt),
    endsAt: new Date(meeting.endsAt),
    visibility: isPrivate ? ("PRIVATE" as const) : ("DEFAULT" as const),
    place,
    conferenceUrl: url,
    attendees,
    revision,
    removedAt,
  };
}

const NOTHING: Nothing = {};

/** One file for each effect key, written whole or not at all, and readable by this user alone: it holds personal data. */
function outboxMailer(outbox: string): Mailer {
  return {
    async send(message, { effectKey }) {
      await mkdir(outbox, { recursive: true });
      await chmod(outbox, 0o700);
      const file = join(outbox, `${createHash("sha256").update(effectKey).digest("hex").slice(0, 32)}.eml`);
      const draft = `${file}.${newId()}.tmp`;
      await writeFile(draft, await composeMessage(message, effectKey), { mode: 0o600 });
      await rename(draft, file);
      return NOTHING;
    },
  };
}

export type SandboxConference = typeof sandboxConferences.$inferSelect;

/** The sandbox meeting that has this code, open or closed. */
export async function findSandboxConference(db: Database, code: string): Promise<SandboxConference | undefined> {
  const [row] = await db.select().from(sandboxConferences).where(eq(sandboxConferences.code, code));
  return row;
}
