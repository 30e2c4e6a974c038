import { sql } from "drizzle-orm";
import { boolean, index, jsonb, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { accounts, instant } from "./account.ts";
import { role, zoomSeatStatus } from "./enum.ts";

/** One span of working time, ISO weekday 1 (Monday) to 7, in the user's own zone, `HH:MM`. */
export interface WorkingHours {
  weekday: number;
  start: string;
  end: string;
}

export const users = pgTable(
  "users",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    id: uuid("id").notNull(),
    externalId: text("external_id").notNull(),
    name: text("name").notNull(),
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
    unique("users_email").on(t.accountId, t.email),
    index("users_name").on(t.accountId, t.name, t.id),
    index("users_search").using("gist", t.accountId, sql`(name || ' ' || email) gist_trgm_ops`),
  ],
);
