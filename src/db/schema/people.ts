import { sql } from "drizzle-orm";
import type { SQLWrapper } from "drizzle-orm";
import {
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { accounts, instant } from "./account.ts";
import { role, zoomSeatStatus } from "./enum.ts";
import { personSearchKey, sortedText } from "./name.ts";

/** Wall-clock times `HH:MM` of one day; an end that is not after the start is on the day after, and `24:00` is midnight. */
export interface ClockSpan {
  start: string;
  end: string;
}

/** Working time on each ISO weekday: 1 is Monday. */
export interface WeeklySpan extends ClockSpan {
  weekday: number;
}

/** Working time on one date, in place of its weekday's. */
export interface DateOverride {
  /** `YYYY-MM-DD` */
  date: string;
  /** Empty for a day off. */
  spans: ClockSpan[];
}

/** From and to `YYYY-MM-DDTHH:MM` on the wall clock. */
export interface TimeOff {
  start: string;
  end: string;
}

const EMPTY_LIST = sql`'[]'::jsonb`;

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
    /** In the user's own zone, as all that follows. Without it and overrides nothing is known of the user's hours. */
    workingHours: jsonb("working_hours").$type<WeeklySpan[]>().notNull().default(EMPTY_LIST),
    workingHoursOverrides: jsonb("working_hours_overrides").$type<DateOverride[]>().notNull().default(EMPTY_LIST),
    timeOff: jsonb("time_off").$type<TimeOff[]>().notNull().default(EMPTY_LIST),
    /** How many interviews may begin on one day, and in one week from Monday; null for any number. */
    maxInterviewsPerDay: integer("max_interviews_per_day"),
    maxInterviewsPerWeek: integer("max_interviews_per_week"),
    /** Kept free before and after whatever the user is busy with. */
    bufferMinutes: integer("buffer_minutes").notNull().default(0),
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
    check("users_limits", sql`least(${t.maxInterviewsPerDay}, ${t.maxInterviewsPerWeek}, ${t.bufferMinutes}) >= 0`),
    index("users_name").on(t.accountId, t.name, t.id),
    index("users_search").using("gist", t.accountId, sql`${personSearchKey(t)} gist_trgm_ops`),
  ],
);
