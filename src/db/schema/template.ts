import { sql } from "drizzle-orm";
import { index, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { accounts, instant } from "./account.ts";
import { templateCategory, templateChannel } from "./enum.ts";
import { searchKey, sortedText } from "./name.ts";

export const emailTemplates = pgTable(
  "email_templates",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    id: uuid("id").notNull(),
    externalId: text("external_id").notNull(),
    name: sortedText("name").notNull(),
    channel: templateChannel("channel").notNull(),
    category: templateCategory("category").notNull(),
    subject: text("subject").notNull(),
    body: text("body").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    /** When it was retired: no longer offered or accepted, but still shown on interviews that refer to it. */
    retiredAt: instant("retired_at"),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    unique("email_templates_external_id").on(t.accountId, t.externalId),
    index("email_templates_search").using("gist", t.accountId, sql`${searchKey(t.name)} gist_trgm_ops`),
  ],
);

export const scorecardTemplates = pgTable(
  "scorecard_templates",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    id: uuid("id").notNull(),
    externalId: text("external_id").notNull(),
    name: sortedText("name").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    /** When it was retired: no longer offered or accepted, but still shown on interviews that refer to it. */
    retiredAt: instant("retired_at"),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    unique("scorecard_templates_external_id").on(t.accountId, t.externalId),
    index("scorecard_templates_search").using("gist", t.accountId, sql`${searchKey(t.name)} gist_trgm_ops`),
  ],
);
