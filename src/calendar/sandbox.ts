import { createHash, randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { and, eq } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { newId } from "../core/id.ts";
import type { Database } from "../db/client.ts";
import { sandboxCalendarEvents, sandboxConferences } from "../db/schema/provisioning.ts";
import { composeMessage } from "./mail.ts";
import type { CalendarProvider, ConferenceProvider, Effect, Mailer, Providers } from "./provider.ts";

/** Where the gateway shows the pages of sandbox meetings. */
export const CONFERENCE_PATH = "/sandbox/conferences/";

export interface SandboxOptions {
  db: Database;
  /** Address at which browsers reach the gateway, without a slash at the end. */
  publicUrl: string;
  /** Directory of the messages, one `.eml` file each. */
  outbox: string;
}

/** Providers that need no account anywhere: meetings and events are rows, messages are files. */
export function createSandbox({ db, publicUrl, outbox }: SandboxOptions): Providers {
  return { conference: sandboxConference(db, publicUrl), calendar: sandboxCalendar(db), mailer: outboxMailer(outbox) };
}

function sandboxConference(db: Database, publicUrl: string): ConferenceProvider {
  return {
    async createConference({ location }, { accountId, effectKey }) {
      const code = randomBytes(12).toString("base64url");
      await db.insert(sandboxConferences).values({ accountId, effectKey, code, location }).onConflictDoNothing();
      const [row] = await db
        .select()
        .from(sandboxConferences)
        .where(performed(sandboxConferences, { accountId, effectKey }));
      return { url: `${publicUrl}${CONFERENCE_PATH}${row?.code}` };
    },
  };
}

function sandboxCalendar(db: Database): CalendarProvider {
  return {
    async createCalendarEvent({ meeting, attendees }, { accountId, effectKey }) {
      const { uid, title, description, place, url, isPrivate, organizer } = meeting;
      await db
        .insert(sandboxCalendarEvents)
        .values({
          accountId,
          effectKey,
          id: newId(),
          uid,
          calendarAddress: organizer.address,
          title,
          description,
          startsAt: new Date(meeting.startsAt),
          endsAt: new Date(meeting.endsAt),
          visibility: isPrivate ? "PRIVATE" : "DEFAULT",
          place,
          conferenceUrl: url,
          attendees,
        })
        .onConflictDoNothing();
      const [row] = await db
        .select()
        .from(sandboxCalendarEvents)
        .where(performed(sandboxCalendarEvents, { accountId, effectKey }));
      return { eventId: row?.id ?? "" };
    },
  };
}

const performed = (table: PgTable & Record<keyof Effect, PgColumn>, { accountId, effectKey }: Effect) =>
  and(eq(table.accountId, accountId), eq(table.effectKey, effectKey));

/** One file for each effect key, written whole or not at all. */
function outboxMailer(outbox: string): Mailer {
  return {
    async send(message, { effectKey }) {
      await mkdir(outbox, { recursive: true });
      const file = join(outbox, `${createHash("sha256").update(effectKey).digest("hex").slice(0, 32)}.eml`);
      const draft = `${file}.${newId()}.tmp`;
      await writeFile(draft, await composeMessage(message, effectKey));
      await rename(draft, file);
      return {};
    },
  };
}

/** Whether a sandbox meeting has this code. */
export async function findSandboxConference(db: Database, code: string): Promise<{ location: string } | undefined> {
  const [row] = await db
    .select({ location: sandboxConferences.location })
    .from(sandboxConferences)
    .where(eq(sandboxConferences.code, code));
  return row;
}
