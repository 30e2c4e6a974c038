import { sql } from "drizzle-orm";
import type { SQLWrapper } from "drizzle-orm";
import { boolean, index, jsonb, pgTable, primaryKey, text, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { accounts, instant } from "./account.ts";
import { role, zoomSeatStatus } from "./enum.ts";
import { personSearchKey, sortedText } from "./name.ts";

/** One span of working time, ISO weekday 1 (Monday) to 7, in the user's own zone, `HH:MM`. */
export interface WorkingHours {
  weekday: number;
  start: string;
  end: string;
}

/** Equal for addresses of one mailbox, which letter case does not distinguish. Under a Turkish locale lower() would. */
export const emailKey = ({ email }: { email: SQLWrapper }) => sql`lower(${email} collate "C")`;

export const users = pgTable(
  "users",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    id: uuid("id").notNull(),
    externalId: text("external_id").notNull(),
    name: sortedText("name").notNull(),
    email: text("email").notNull(),
    role: role("role").notNull(),
    timezone: text("timezone").notNull(),
    workingHours: jsonb("working_hours")
      .$type<WorkingHours[]>()
      .notNull()
      .default(sql`'[]'::jsonb`),
    active: boolean("active").notNull().default(true),
    /** Address of the connected calendar; null while none is connected. */
    calendarAddress: text("calendar_address"),
    zoomSeat: zoomSeatStatus("zoom_seat"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    unique("users_external_id").on(t.accountId, t.externalId),
    uniqueIndex("users_email_key").on(t.accountId, emailKey(t)),
    index("users_name").on(t.accountId, t.name, t.id),
    index("users_search").using("gist", t.accountId, sql`${personSearchKey(t)} gist_trgm_ops`),
  ],
);
