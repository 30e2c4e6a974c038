import { foreignKey, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { instant } from "./account.ts";
import { applications } from "./hiring.ts";

/** Interviews of one application that are scheduled together; each of them names its loop. */
export const interviewLoops = pgTable(
  "interview_loops",
  {
    accountId: uuid("account_id").notNull(),
    id: uuid("id").notNull(),
    applicationId: uuid("application_id").notNull(),
    name: text("name"),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    foreignKey({ columns: [t.accountId, t.applicationId], foreignColumns: [applications.accountId, applications.id] }),
    unique("interview_loops_application").on(t.accountId, t.id, t.applicationId),
  ],
);
