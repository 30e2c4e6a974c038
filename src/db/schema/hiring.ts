import { sql } from "drizzle-orm";
import { foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { accounts, instant } from "./account.ts";
import { applicationStatus, hiringTeamRole, milestone } from "./enum.ts";
import { personSearchKey, searchKey, sortedText } from "./name.ts";
import { users } from "./people.ts";

export const offices = pgTable(
  "offices",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    id: uuid("id").notNull(),
    externalId: text("external_id").notNull(),
    name: sortedText("name").notNull(),
    address: text("address").notNull(),
    timezone: text("timezone").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    /** When it was retired: no longer offered or accepted, but still shown on interviews that refer to it. */
    retiredAt: instant("retired_at"),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.id] }), unique("offices_external_id").on(t.accountId, t.externalId)],
);

export const jobs = pgTable(
  "jobs",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    id: uuid("id").notNull(),
    externalId: text("external_id").notNull(),
    title: sortedText("title").notNull(),
    department: text("department"),
    createdAt: instant("created_at").notNull().defaultNow(),
    /** When it was retired: no longer offered or accepted, but still shown on interviews that refer to it. */
    retiredAt: instant("retired_at"),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    unique("jobs_external_id").on(t.accountId, t.externalId),
    index("jobs_department").on(t.accountId, t.department),
    index("jobs_title").on(t.accountId, t.title, t.id),
    index("jobs_search").using("gist", t.accountId, sql`${searchKey(t.title)} gist_trgm_ops`),
  ],
);

export const hiringTeamMembers = pgTable(
  "hiring_team_members",
  {
    accountId: uuid("account_id").notNull(),
    jobId: uuid("job_id").notNull(),
    userId: uuid("user_id").notNull(),
    role: hiringTeamRole("role").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.jobId, t.userId, t.role] }),
    foreignKey({ columns: [t.accountId, t.jobId], foreignColumns: [jobs.accountId, jobs.id] }).onDelete("cascade"),
    foreignKey({ columns: [t.accountId, t.userId], foreignColumns: [users.accountId, users.id] }),
    index("hiring_team_members_user").on(t.accountId, t.userId),
  ],
);

export const interviewPlans = pgTable(
  "interview_plans",
  {
    accountId: uuid("account_id").notNull(),
    id: uuid("id").notNull(),
    jobId: uuid("job_id").notNull(),
    name: text("name").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    unique("interview_plans_job").on(t.accountId, t.jobId),
    unique("interview_plans_id_job").on(t.accountId, t.id, t.jobId),
    foreignKey({ columns: [t.accountId, t.jobId], foreignColumns: [jobs.accountId, jobs.id] }),
  ],
);

export const stages = pgTable(
  "stages",
  {
    accountId: uuid("account_id").notNull(),
    id: uuid("id").notNull(),
    externalId: text("external_id").notNull(),
    planId: uuid("plan_id").notNull(),
    jobId: uuid("job_id").notNull(),
    position: integer("position").notNull(),
    name: text("name").notNull(),
    milestone: milestone("milestone").notNull(),
    /** When it was retired: no longer offered or accepted, but still shown on interviews that refer to it. */
    retiredAt: instant("retired_at"),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    unique("stages_external_id").on(t.accountId, t.externalId),
    unique("stages_id_job").on(t.accountId, t.id, t.jobId),
    foreignKey({
      columns: [t.accountId, t.planId, t.jobId],
      foreignColumns: [interviewPlans.accountId, interviewPlans.id, interviewPlans.jobId],
    }),
    index("stages_plan").on(t.accountId, t.planId, t.position),
  ],
);

export const candidates = pgTable(
  "candidates",
  {
    accountId: uuid("account_id")
      .notNull()
      .references(() => accounts.id),
    id: uuid("id").notNull(),
    externalId: text("external_id").notNull(),
    name: text("name").notNull(),
    email: text("email").notNull(),
    /** The user who added the candidate, when somebody did; decides what an external recruiter may manage. */
    addedById: uuid("added_by_id"),
    createdAt: instant("created_at").notNull().defaultNow(),
    /** When it was retired: no longer offered or accepted, but still shown on interviews that refer to it. */
    retiredAt: instant("retired_at"),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    unique("candidates_external_id").on(t.accountId, t.externalId),
    index("candidates_added_by").on(t.accountId, t.addedById),
    index("candidates_search").using("gist", t.accountId, sql`${personSearchKey(t)} gist_trgm_ops`),
    foreignKey({ columns: [t.accountId, t.addedById], foreignColumns: [users.accountId, users.id] }),
  ],
);

export const applications = pgTable(
  "applications",
  {
    accountId: uuid("account_id").notNull(),
    id: uuid("id").notNull(),
    externalId: text("external_id").notNull(),
    candidateId: uuid("candidate_id").notNull(),
    jobId: uuid("job_id").notNull(),
    currentStageId: uuid("current_stage_id").notNull(),
    status: applicationStatus("status").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    /** When it was retired: no longer offered or accepted, but still shown on interviews that refer to it. */
    retiredAt: instant("retired_at"),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    unique("applications_external_id").on(t.accountId, t.externalId),
    unique("applications_id_job_candidate").on(t.accountId, t.id, t.jobId, t.candidateId),
    foreignKey({ columns: [t.accountId, t.candidateId], foreignColumns: [candidates.accountId, candidates.id] }),
    foreignKey({ columns: [t.accountId, t.jobId], foreignColumns: [jobs.accountId, jobs.id] }),
    foreignKey({
      columns: [t.accountId, t.currentStageId, t.jobId],
      foreignColumns: [stages.accountId, stages.id, stages.jobId],
    }),
    index("applications_created").on(t.accountId, t.createdAt, t.id),
    index("applications_job").on(t.accountId, t.jobId),
    index("applications_candidate").on(t.accountId, t.candidateId),
    index("applications_stage").on(t.accountId, t.currentStageId),
    index("applications_status").on(t.accountId, t.status, t.createdAt, t.id),
  ],
);
