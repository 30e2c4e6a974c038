import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import type { ExtraConfigColumn } from "drizzle-orm/pg-core";
import { instant } from "./account.ts";
import { stageActivities } from "./activity.ts";
import {
  calendarEventVisibility,
  interviewKind,
  interviewLocation,
  meetingOutcome,
  provisioningState,
  rsvp,
  seatClaim,
} from "./enum.ts";
import { applications, offices, stages } from "./hiring.ts";
import { interviewLoops } from "./loop.ts";
import { users } from "./people.ts";
import { emailTemplates, scorecardTemplates } from "./template.ts";

export const interviews = pgTable(
  "interviews",
  {
    accountId: uuid("account_id").notNull(),
    id: uuid("id").notNull(),
    /** Grows with every change. */
    version: integer("version").notNull().default(1),
    /** The version of the last caller's change: what provisioning writes does not conflict with an edit. */
    editedVersion: integer("edited_version").notNull().default(1),
    /** Grows whenever conference, calendar event or invitations must follow the record. */
    revision: integer("revision").notNull().default(1),
    /** SEQUENCE of iCalendar: grows whenever participants must distinguish two states of the meeting. */
    calendarSequence: integer("calendar_sequence").notNull().default(0),
    /** The sequence of the last state that every participant is mailed: its time, place or link changed. */
    announcedSequence: integer("announced_sequence").notNull().default(0),
    /** The sequence of the last change of time: answers to earlier ones no longer count. */
    scheduleSequence: integer("schedule_sequence").notNull().default(0),
    applicationId: uuid("application_id").notNull(),
    candidateId: uuid("candidate_id").notNull(),
    jobId: uuid("job_id").notNull(),
    stageId: uuid("stage_id").notNull(),
    stageActivityId: uuid("stage_activity_id"),
    /** The loop that it was scheduled with; null when it was scheduled by itself. */
    loopId: uuid("loop_id"),
    organizerId: uuid("organizer_id").notNull(),
    name: text("name"),
    kind: interviewKind("kind").notNull(),
    location: interviewLocation("location"),
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
    timezone: text("timezone").notNull(),
    /** Wall-clock start in `timezone`, as it was agreed. */
    localStart: timestamp("local_start", { mode: "string", precision: 0 }).notNull(),
    durationMinutes: integer("duration_minutes").notNull(),
    /** Version of the tz database that resolved `localStart` to `startsAt`. */
    tzVersion: text("tz_version").notNull(),
    outcome: meetingOutcome("outcome"),
    officeId: uuid("office_id"),
    hostId: uuid("host_id"),
    hackerrankTemplateId: text("hackerrank_template_id"),
    candidateTemplateId: uuid("candidate_template_id"),
    interviewerTemplateId: uuid("interviewer_template_id"),
    scorecardTemplateId: uuid("scorecard_template_id"),
    scorecardRequired: boolean("scorecard_required").notNull().default(false),
    feedbackDescription: text("feedback_description"),
    ratingDescription: text("rating_description"),
    calendarEventVisibility: calendarEventVisibility("calendar_event_visibility").notNull().default("DEFAULT"),
    aiNoteTakerEnabled: boolean("ai_note_taker_enabled").notNull().default(false),
    aiScorecardAssistEnabled: boolean("ai_scorecard_assist_enabled").notNull().default(false),
    candidateRsvp: rsvp("candidate_rsvp"),
    /** Of the candidate's last answer; null before. */
    candidateAnsweredAt: instant("candidate_answered_at"),
    candidateAnswerSequence: integer("candidate_answer_sequence"),
    /** Why interviewers were double-booked on purpose; null when overlaps were not allowed. */
    conflictReason: text("conflict_reason"),
    /** Why the last change was made of which participants are told; null when no reason was given. */
    changeReason: text("change_reason"),
    external: boolean("external").notNull(),
    externalUrl: text("external_url"),
    externalSource: text("external_source"),
    externalEventId: text("external_event_id"),
    conferenceUrl: text("conference_url"),
    provisioningState: provisioningState("provisioning_state").notNull(),
    provisionedAt: instant("provisioned_at"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    foreignKey({
      columns: [t.accountId, t.applicationId, t.jobId, t.candidateId],
      foreignColumns: [applications.accountId, applications.id, applications.jobId, applications.candidateId],
    }),
    foreignKey({
      columns: [t.accountId, t.stageId, t.jobId],
      foreignColumns: [stages.accountId, stages.id, stages.jobId],
    }),
    foreignKey({
      columns: [t.accountId, t.stageActivityId, t.stageId],
      foreignColumns: [stageActivities.accountId, stageActivities.id, stageActivities.stageId],
    }),
    foreignKey({
      name: "interviews_loop_application",
      columns: [t.accountId, t.loopId, t.applicationId],
      foreignColumns: [interviewLoops.accountId, interviewLoops.id, interviewLoops.applicationId],
    }),
    foreignKey({ columns: [t.accountId, t.organizerId], foreignColumns: [users.accountId, users.id] }),
    foreignKey({ columns: [t.accountId, t.hostId], foreignColumns: [users.accountId, users.id] }),
    foreignKey({ columns: [t.accountId, t.officeId], foreignColumns: [offices.accountId, offices.id] }),
    foreignKey({
      columns: [t.accountId, t.candidateTemplateId],
      foreignColumns: [emailTemplates.accountId, emailTemplates.id],
    }),
    foreignKey({
      columns: [t.accountId, t.interviewerTemplateId],
      foreignColumns: [emailTemplates.accountId, emailTemplates.id],
    }),
    foreignKey({
      columns: [t.accountId, t.scorecardTemplateId],
      foreignColumns: [scorecardTemplates.accountId, scorecardTemplates.id],
    }),
    check("interviews_length", sql`${t.endsAt} = ${t.startsAt} + ${t.durationMinutes} * interval '1 minute'`),
    check("interviews_duration", sql`${t.durationMinutes} between 5 and 1440`),
    check("interviews_external_not_provisioned", sql`${t.external} = (${t.provisioningState} = 'NOT_APPLICABLE')`),
    check(
      "interviews_managed_complete",
      sql`${t.external} or (${t.location} is not null and ${t.candidateTemplateId} is not null and ${t.interviewerTemplateId} is not null)`,
    ),
    unique("interviews_times").on(t.accountId, t.id, t.startsAt, t.endsAt),
    ...listIndexes(t),
  ],
);

/** Indexes for the filters and orders of lists. */
function listIndexes(
  t: Record<
    | "accountId"
    | "applicationId"
    | "candidateId"
    | "createdAt"
    | "id"
    | "jobId"
    | "location"
    | "loopId"
    | "officeId"
    | "organizerId"
    | "outcome"
    | "provisioningState"
    | "stageId"
    | "startsAt"
    | "updatedAt",
    ExtraConfigColumn
  >,
) {
  return [
    index("interviews_start").on(t.accountId, t.startsAt, t.id),
    index("interviews_created").on(t.accountId, t.createdAt, t.id),
    index("interviews_updated").on(t.accountId, t.updatedAt, t.id),
    index("interviews_application").on(t.accountId, t.applicationId),
    index("interviews_candidate").on(t.accountId, t.candidateId),
    index("interviews_job").on(t.accountId, t.jobId, t.startsAt, t.id),
    index("interviews_stage").on(t.accountId, t.stageId, t.startsAt, t.id),
    index("interviews_organizer").on(t.accountId, t.organizerId, t.startsAt, t.id),
    index("interviews_office")
      .on(t.accountId, t.officeId, t.startsAt, t.id)
      .where(sql`office_id is not null`),
    index("interviews_loop")
      .on(t.accountId, t.loopId, t.startsAt, t.id)
      .where(sql`loop_id is not null`),
    index("interviews_location").on(t.accountId, t.location, t.startsAt, t.id),
    // Only what is rare is indexed: the other rows are found in any order soon enough.
    index("interviews_outcome")
      .on(t.accountId, t.outcome, t.startsAt, t.id)
      .where(sql`outcome is not null`),
    index("interviews_unprovisioned")
      .on(t.accountId, t.provisioningState, t.startsAt, t.id)
      .where(sql`provisioning_state <> 'PROVISIONED'`),
    index("interviews_external")
      .on(t.accountId, t.startsAt, t.id)
      .where(sql`external`),
    index("interviews_note_taker")
      .on(t.accountId, t.startsAt, t.id)
      .where(sql`ai_note_taker_enabled`),
  ];
}

export const interviewers = pgTable(
  "interviewers",
  {
    accountId: uuid("account_id").notNull(),
    interviewId: uuid("interview_id").notNull(),
    userId: uuid("user_id").notNull(),
    position: integer("position").notNull(),
    /** The meeting's sequence when the user joined: earlier invitations were meant for an earlier seat. */
    joinedSequence: integer("joined_sequence").notNull().default(0),
    /** Null on external interviews, whose answers are not tracked. */
    rsvp: rsvp("rsvp"),
    /** When the user last answered, and which sequence of the meeting; null before. */
    answeredAt: instant("answered_at"),
    answerSequence: integer("answer_sequence"),
    /** Equal to the interview's at each commit: the foreign key is deferred, so that both are written one after the other. */
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
    /**
     * EXCLUSIVE refuses every overlap. SHARED counts as busy and refuses nothing itself: external, or allowed to overlap.
     * RELEASED counts for nothing. Enforced by interviewers_no_double_booking.
     */
    claim: seatClaim("claim").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.interviewId, t.userId] }),
    foreignKey({
      columns: [t.accountId, t.interviewId, t.startsAt, t.endsAt],
      foreignColumns: [interviews.accountId, interviews.id, interviews.startsAt, interviews.endsAt],
    }).onDelete("cascade"),
    foreignKey({ columns: [t.accountId, t.userId], foreignColumns: [users.accountId, users.id] }),
    index("interviewers_user_start").on(t.accountId, t.userId, t.startsAt),
  ],
);

/** Who has submitted a scorecard for an interview, according to the applicant tracking system. */
export const submittedScorecards = pgTable(
  "submitted_scorecards",
  {
    accountId: uuid("account_id").notNull(),
    interviewId: uuid("interview_id").notNull(),
    userId: uuid("user_id").notNull(),
    submittedAt: instant("submitted_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.interviewId, t.userId] }),
    foreignKey({
      columns: [t.accountId, t.interviewId],
      foreignColumns: [interviews.accountId, interviews.id],
    }).onDelete("cascade"),
    foreignKey({ columns: [t.accountId, t.userId], foreignColumns: [users.accountId, users.id] }),
  ],
);
