import { bigint, foreignKey, index, integer, jsonb, pgTable, primaryKey, unique, uuid } from "drizzle-orm/pg-core";
import { accounts, instant } from "./account.ts";
import { interviewEventType } from "./enum.ts";
import { interviews } from "./interview.ts";

/** The event log: one row for each committed change, numbered without gaps per account in commit order. */
export const events = pgTable(
  "events",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    sequence: bigint("sequence", { mode: "number" }).notNull(),
    id: uuid("id").notNull(),
    type: interviewEventType("type").notNull(),
    interviewId: uuid("interview_id").notNull(),
    interviewVersion: integer("interview_version").notNull(),
    /** What followers filter by, as it was when the event happened. */
    applicationId: uuid("application_id").notNull(),
    jobId: uuid("job_id").notNull(),
    stageId: uuid("stage_id").notNull(),
    organizerId: uuid("organizer_id").notNull(),
    interviewerIds: uuid("interviewer_ids").array().notNull(),
    detail: jsonb("detail").$type<Record<string, unknown>>().notNull(),
    occurredAt: instant("occurred_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.sequence] }),
    unique("events_id").on(t.accountId, t.id),
    foreignKey({ columns: [t.accountId, t.interviewId], foreignColumns: [interviews.accountId, interviews.id] }),
    index("events_occurred").on(t.accountId, t.occurredAt),
    index("events_interview").on(t.accountId, t.interviewId),
  ],
);
