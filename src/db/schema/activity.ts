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
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "./account.ts";
import { activityType, interviewKind, interviewLocation } from "./enum.ts";
import { offices, stages } from "./hiring.ts";
import { users } from "./people.ts";
import { emailTemplates, scorecardTemplates } from "./template.ts";

/** Configuration columns are set only on INTERVIEW activities, and any of them may be unset there. */
export const stageActivities = pgTable(
  "stage_activities",
  {
    accountId: uuid("account_id").notNull(),
    id: uuid("id").notNull(),
    externalId: text("external_id").notNull(),
    stageId: uuid("stage_id").notNull(),
    jobId: uuid("job_id").notNull(),
    position: integer("position").notNull(),
    name: text("name").notNull(),
    type: activityType("type").notNull(),
    kind: interviewKind("kind"),
    location: interviewLocation("location"),
    durationMinutes: integer("duration_minutes"),
    interviewName: text("interview_name"),
    officeId: uuid("office_id"),
    hackerrankTemplateId: text("hackerrank_template_id"),
    aiNoteTakerEnabled: boolean("ai_note_taker_enabled"),
    aiScorecardAssistEnabled: boolean("ai_scorecard_assist_enabled"),
    candidateTemplateId: uuid("candidate_template_id"),
    interviewerTemplateId: uuid("interviewer_template_id"),
    scorecardTemplateId: uuid("scorecard_template_id"),
    scorecardRequired: boolean("scorecard_required"),
    feedbackDescription: text("feedback_description"),
    ratingDescription: text("rating_description"),
    /** When it was retired: no longer offered or accepted, but still shown on interviews that refer to it. */
    retiredAt: instant("retired_at"),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    unique("stage_activities_external_id").on(t.accountId, t.externalId),
    unique("stage_activities_id_stage").on(t.accountId, t.id, t.stageId),
    foreignKey({
      columns: [t.accountId, t.stageId, t.jobId],
      foreignColumns: [stages.accountId, stages.id, stages.jobId],
    }),
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
    check("stage_activities_duration", sql`${t.durationMinutes} between 5 and 1440`),
    index("stage_activities_stage").on(t.accountId, t.stageId, t.position),
  ],
);

export const stageActivityInterviewers = pgTable(
  "stage_activity_interviewers",
  {
    accountId: uuid("account_id").notNull(),
    stageActivityId: uuid("stage_activity_id").notNull(),
    position: integer("position").notNull(),
    userId: uuid("user_id").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.stageActivityId, t.userId] }),
    foreignKey({
      columns: [t.accountId, t.stageActivityId],
      foreignColumns: [stageActivities.accountId, stageActivities.id],
    }).onDelete("cascade"),
    foreignKey({ columns: [t.accountId, t.userId], foreignColumns: [users.accountId, users.id] }),
  ],
);
