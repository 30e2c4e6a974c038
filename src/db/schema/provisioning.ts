import { boolean, foreignKey, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { accounts, instant } from "./account.ts";
import { calendarEventVisibility, interviewLocation } from "./enum.ts";
import { interviews } from "./interview.ts";

/** How provisioning of an interview has gone so far; no row before the first refusal of a provider. */
export const provisionings = pgTable(
  "provisionings",
  {
    accountId: uuid("account_id").notNull(),
    interviewId: uuid("interview_id").notNull(),
    /** Attempts that a provider refused. A worker that was lost is none. */
    attempts: integer("attempts").notNull(),
    errorCode: text("error_code").notNull(),
    errorMessage: text("error_message").notNull(),
    errorRetryable: boolean("error_retryable").notNull(),
    /** Null when no attempt is planned. */
    nextAttemptAt: instant("next_attempt_at"),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.interviewId] }),
    foreignKey({ columns: [t.accountId, t.interviewId], foreignColumns: [interviews.accountId, interviews.id] }),
  ],
);

/** A step: what the provider is asked for, and what it answered. A step that has a result is not asked of the provider again. */
export const provisioningSteps = pgTable(
  "provisioning_steps",
  {
    accountId: uuid("account_id").notNull(),
    interviewId: uuid("interview_id").notNull(),
    step: text("step").notNull(),
    effectKey: text("effect_key").notNull(),
    /** Stored before the provider is called, and repeated as it is. */
    request: jsonb("request").$type<object>().notNull(),
    /** Null until the provider has answered. */
    result: jsonb("result").$type<object>(),
    completedAt: instant("completed_at"),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.interviewId, t.step] }),
    unique("provisioning_steps_effect_key").on(t.accountId, t.effectKey),
    foreignKey({ columns: [t.accountId, t.interviewId], foreignColumns: [interviews.accountId, interviews.id] }),
  ],
);

export const sandboxConferences = pgTable(
  "sandbox_conferences",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    effectKey: text("effect_key").notNull(),
    /** The unguessable last part of the meeting's address. */
    code: text("code").notNull().unique(),
    location: interviewLocation("location").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.effectKey] })],
);

export const sandboxCalendarEvents = pgTable(
  "sandbox_calendar_events",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    effectKey: text("effect_key").notNull(),
    id: uuid("id").notNull(),
    uid: text("uid").notNull(),
    calendarAddress: text("calendar_address").notNull(),
    title: text("title").notNull(),
    description: text("description").notNull(),
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
    visibility: calendarEventVisibility("visibility").notNull(),
    place: text("place"),
    conferenceUrl: text("conference_url"),
    attendees: jsonb("attendees").$type<string[]>().notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.effectKey] })],
);
