import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { accounts, instant } from "./account.ts";
import { availabilitySearchState, calendarAnswer, interviewKind } from "./enum.ts";
import { users } from "./people.ts";

/** From and to in milliseconds since 1970, as spans travel in JSON. */
export type StoredSpan = [start: number, end: number];
/** The same with the name of the reason, and the interview when it is one. */
export type StoredBlock = [start: number, end: number, reason: string, interviewId?: string];

/** A limit of a person: days or weeks from their instants on, with their numbers and the interviews that begin in them. */
export interface StoredLimit {
  max: number;
  periods: [start: number, number: number, taken: number][];
}

/** What a search has found of one person. */
export interface StoredPerson {
  userId: string;
  calendar: (typeof calendarAnswer.enumValues)[number];
  workingHoursKnown: boolean;
  blocks: StoredBlock[];
  /** What several interviews of a loop must keep to; for the search of a loop only. */
  bufferMinutes?: number;
  limits?: StoredLimit[];
}

export interface StoredLoopLeg {
  durationMinutes: number;
  /** Who must take part. */
  interviewerIds: string[];
  /** Others of whom some must. */
  pool: { of: string[]; need: number } | null;
}

/** What the search of a loop asks for beside what every search does. */
export interface StoredLoop {
  legs: StoredLoopLeg[];
  order: "AS_GIVEN" | "ANY";
  minGapMinutes: number;
  maxGapMinutes: number | null;
  sameDay: boolean;
}

export const availabilitySearches = pgTable(
  "availability_searches",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    id: uuid("id").notNull(),
    /** The person who asked; null for an API token. */
    userId: uuid("user_id"),
    organizerId: uuid("organizer_id").notNull(),
    /** Of all legs of a loop. */
    interviewerIds: uuid("interviewer_ids").array().notNull(),
    /** Of one interview; null for a loop. */
    kind: interviewKind("kind"),
    durationMinutes: integer("duration_minutes"),
    /** Null for one interview. */
    loop: jsonb("loop").$type<StoredLoop>(),
    timezone: text("timezone").notNull(),
    /** The window in which the interview must lie. */
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
    organizerMustBeFree: boolean("organizer_must_be_free").notNull(),
    withinWorkingHours: boolean("within_working_hours").notNull(),
    bufferMinutes: integer("buffer_minutes").notNull(),
    minimumNoticeMinutes: integer("minimum_notice_minutes").notNull(),
    ignoredInterviewIds: uuid("ignored_interview_ids").array().notNull(),
    state: availabilitySearchState("state").notNull(),
    /** Interviewers first, in the order of the request; null until the search has succeeded. */
    people: jsonb("people").$type<StoredPerson[]>(),
    asOfCursor: text("as_of_cursor"),
    errorCode: text("error_code"),
    errorMessage: text("error_message"),
    createdAt: instant("created_at").notNull(),
    completedAt: instant("completed_at"),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    foreignKey({ columns: [t.accountId, t.userId], foreignColumns: [users.accountId, users.id] }),
    foreignKey({ columns: [t.accountId, t.organizerId], foreignColumns: [users.accountId, users.id] }),
    index("availability_searches_created").on(t.createdAt),
    check(
      "availability_searches_asked",
      sql`num_nonnulls(${t.kind}, ${t.durationMinutes}) = case when ${t.loop} is null then 2 else 0 end`,
    ),
    check(
      "availability_searches_ended",
      sql`case ${t.state}
        when 'PENDING' then num_nonnulls(${t.completedAt}, ${t.people}, ${t.errorCode}, ${t.errorMessage}) = 0
        when 'SUCCEEDED' then num_nonnulls(${t.completedAt}, ${t.people}) = 2 and ${t.errorCode} is null
        else num_nonnulls(${t.completedAt}, ${t.errorCode}, ${t.errorMessage}) = 3 and ${t.people} is null
      end`,
    ),
  ],
);

type Row = typeof availabilitySearches.$inferSelect;
/** A search for one interview. */
export type InterviewSearch = Row & { loop: null; kind: NonNullable<Row["kind"]>; durationMinutes: number };
/** A search for the interviews of a loop. */
export type LoopSearch = Row & { loop: StoredLoop; kind: null; durationMinutes: null };
export type Search = InterviewSearch | LoopSearch;

/** What calendars answered last, for as long as that is fresh. */
export const freeBusyAnswers = pgTable(
  "free_busy_answers",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    calendarAddress: text("calendar_address").notNull(),
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
    busy: jsonb("busy").$type<StoredSpan[]>().notNull(),
    answeredAt: instant("answered_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.calendarAddress] }),
    index("free_busy_answers_answered").on(t.answeredAt),
  ],
);

/** When a calendar of the sandbox is busy with what is no event of the gateway's. */
export const sandboxBusySpans = pgTable(
  "sandbox_busy_spans",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    calendarAddress: text("calendar_address").notNull(),
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.calendarAddress, t.startsAt] })],
);
