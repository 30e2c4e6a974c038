import { bigint, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { accounts, instant } from "./account.ts";
import { actorKind, eventSubject, interviewEventType } from "./enum.ts";

/** One field of a change, as history shows it; null where it had, or has, no value. */
export interface StoredFieldChange {
  field: string;
  before: string | null;
  after: string | null;
}

/**
 * The event log and history: one row for each committed change, numbered without gaps per account in commit order. Rows stay;
 * how far back a stream may begin is `event_counters.pruned_sequence`.
 */
export const events = pgTable(
  "events",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    sequence: bigint("sequence", { mode: "number" }).notNull(),
    id: uuid("id").notNull(),
    type: interviewEventType("type").notNull(),
    subjectType: eventSubject("subject_type").notNull(),
    subjectId: uuid("subject_id").notNull(),
    /** After the change. */
    subjectVersion: integer("subject_version").notNull(),
    /** What followers filter by, as it was when the event happened. */
    facts: jsonb("facts").$type<object>().notNull(),
    actorKind: actorKind("actor_kind").notNull(),
    /** The person; null for other actors. */
    actorId: uuid("actor_id"),
    /** Name of the person, token or part of the system, as it was then. */
    actorLabel: text("actor_label").notNull(),
    /** Why, in the actor's words. */
    reason: text("reason"),
    changes: jsonb("changes").$type<StoredFieldChange[]>().notNull(),
    detail: jsonb("detail").$type<Record<string, unknown>>().notNull(),
    occurredAt: instant("occurred_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.sequence] }),
    unique("events_id").on(t.accountId, t.id),
    index("events_occurred").on(t.accountId, t.occurredAt),
    index("events_subject").on(t.accountId, t.subjectId),
  ],
);
