import { sql } from "drizzle-orm";
import { boolean, check, foreignKey, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { accounts, instant } from "./account.ts";
import { calendarEventVisibility, effectAction, effectState, interviewLocation } from "./enum.ts";
import { interviews } from "./interview.ts";

/** Progress of provisioning since the last change, and which run is at it. */
export const provisionings = pgTable(
  "provisionings",
  {
    accountId: uuid("account_id").notNull(),
    interviewId: uuid("interview_id").notNull(),
    /** Attempts that failed. A crashed worker does not count as one. */
    attempts: integer("attempts").notNull().default(0),
    /** Of the last refusal; null when there was none. */
    errorCode: text("error_code"),
    errorMessage: text("error_message"),
    errorRetryable: boolean("error_retryable"),
    /** Null when no attempt is planned. */
    nextAttemptAt: instant("next_attempt_at"),
    /** The run that reconciles the interview, until `leasedUntil`; null when none does. */
    runner: text("runner"),
    leasedUntil: instant("leased_until"),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.interviewId] }),
    foreignKey({ columns: [t.accountId, t.interviewId], foreignColumns: [interviews.accountId, interviews.id] }),
    check("provisionings_error", sql`num_nulls(${t.errorCode}, ${t.errorMessage}, ${t.errorRetryable}) in (0, 3)`),
  ],
);

/**
 * The ledger of what was done outside: one row for each effect on an artifact, which is a conference, a calendar event or one
 * person's invitation. What exists follows from the last effect on each artifact that was not refused.
 */
export const provisioningEffects = pgTable(
  "provisioning_effects",
  {
    accountId: uuid("account_id").notNull(),
    interviewId: uuid("interview_id").notNull(),
    artifact: text("artifact").notNull(),
    /** Counts the effects on the artifact from 1. */
    revision: integer("revision").notNull(),
    /** The interview's revision that asked for it. */
    interviewRevision: integer("interview_revision").notNull(),
    action: effectAction("action").notNull(),
    /**
     * STARTED until its fate is known; DONE; REFUSED, so that nothing happened; UNCERTAIN, refused after a call whose fate is
     * not known.
     */
    state: effectState("state").notNull(),
    /** Calls whose fate is not known. */
    openCalls: integer("open_calls").notNull(),
    /** SHA-256 of the request. */
    digest: text("digest").notNull(),
    /** Stored before the provider is called, and repeated as it is. */
    request: jsonb("request").$type<object>().notNull(),
    /** Null until the provider has answered. */
    result: jsonb("result").$type<object>(),
    startedAt: instant("started_at").notNull(),
    endedAt: instant("ended_at"),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.interviewId, t.artifact, t.revision] }),
    foreignKey({ columns: [t.accountId, t.interviewId], foreignColumns: [interviews.accountId, interviews.id] }),
    check("provisioning_effects_result", sql`(${t.state} = 'DONE') = (${t.result} is not null)`),
  ],
);

/** A meeting of the sandbox. */
export const sandboxConferences = pgTable(
  "sandbox_conferences",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    /** The gateway's own id of it. */
    id: text("id").notNull(),
    /** The unguessable last part of the meeting's address. */
    code: text("code").notNull().unique(),
    location: interviewLocation("location").notNull(),
    topic: text("topic").notNull(),
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
    /** The last revision that was put or removed. */
    revision: integer("revision").notNull(),
    removedAt: instant("removed_at"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] })],
);

/** An event on a calendar of the sandbox. */
export const sandboxCalendarEvents = pgTable(
  "sandbox_calendar_events",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    calendarAddress: text("calendar_address").notNull(),
    uid: text("uid").notNull(),
    id: uuid("id").notNull(),
    title: text("title").notNull(),
    description: text("description").notNull(),
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
    visibility: calendarEventVisibility("visibility").notNull(),
    place: text("place"),
    conferenceUrl: text("conference_url"),
    attendees: jsonb("attendees").$type<{ address: string; answer: string }[]>().notNull(),
    /** The last revision that was put or removed. */
    revision: integer("revision").notNull(),
    removedAt: instant("removed_at"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.calendarAddress, t.uid] })],
);
