CREATE TYPE "public"."activity_type" AS ENUM('INTERVIEW', 'EMAIL', 'ASSESSMENT', 'REVIEW', 'SURVEY');--> statement-breakpoint
CREATE TYPE "public"."application_status" AS ENUM('ACTIVE', 'HIRED', 'REJECTED', 'DUPLICATE');--> statement-breakpoint
CREATE TYPE "public"."calendar_event_visibility" AS ENUM('DEFAULT', 'PRIVATE');--> statement-breakpoint
CREATE TYPE "public"."hiring_team_role" AS ENUM('RECRUITER', 'HIRING_MANAGER', 'COORDINATOR', 'EXTERNAL_RECRUITER');--> statement-breakpoint
CREATE TYPE "public"."interview_event_type" AS ENUM('INTERVIEW_CREATED', 'INTERVIEW_UPDATED', 'INTERVIEW_RESCHEDULED', 'INTERVIEW_CANCELLED', 'INTERVIEW_PROVISIONED', 'INTERVIEW_PROVISIONING_FAILED', 'INTERVIEW_RSVP_CHANGED', 'CANDIDATE_NO_SHOW_MARKED', 'CANDIDATE_NO_SHOW_UNDONE', 'AVAILABILITY_SEARCH_COMPLETED');--> statement-breakpoint
CREATE TYPE "public"."interview_kind" AS ENUM('ONE_ON_ONE', 'PANEL');--> statement-breakpoint
CREATE TYPE "public"."interview_location" AS ENUM('ONSITE', 'PHONE', 'ZOOM', 'GOOGLE_MEET', 'MICROSOFT_TEAMS', 'HACKERRANK');--> statement-breakpoint
CREATE TYPE "public"."meeting_outcome" AS ENUM('CANCELLED', 'CANDIDATE_NO_SHOW');--> statement-breakpoint
CREATE TYPE "public"."milestone" AS ENUM('PROSPECT', 'APPLICATION_REVIEW', 'INTERVIEW', 'OFFER', 'HIRED');--> statement-breakpoint
CREATE TYPE "public"."provisioning_state" AS ENUM('NOT_APPLICABLE', 'PENDING', 'PROVISIONED', 'FAILED');--> statement-breakpoint
CREATE TYPE "public"."role" AS ENUM('SUPER_ADMIN', 'ADMIN', 'RECRUITER', 'HIRING_MANAGER', 'ORGANIZATION_MEMBER', 'EXTERNAL_COLLABORATOR');--> statement-breakpoint
CREATE TYPE "public"."rsvp" AS ENUM('NEEDS_ACTION', 'ACCEPTED', 'TENTATIVE', 'DECLINED');--> statement-breakpoint
CREATE TYPE "public"."seat_claim" AS ENUM('EXCLUSIVE', 'SHARED', 'RELEASED');--> statement-breakpoint
CREATE TYPE "public"."template_category" AS ENUM('ADHOC', 'INTERVIEW_COORDINATION', 'INTERVIEWER_COORDINATION', 'EMAIL_ACTIVITY', 'APPLICATION_SUBMISSION', 'ASSESSMENT', 'REJECTION', 'OFFER', 'SELF_SCHEDULE_INVITE', 'AVAILABILITY', 'SURVEY');--> statement-breakpoint
CREATE TYPE "public"."template_channel" AS ENUM('EMAIL', 'CALENDAR_INVITE');--> statement-breakpoint
CREATE TYPE "public"."zoom_seat_status" AS ENUM('ACTIVE', 'INACTIVE');--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"external_id" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "accounts_external_id_unique" UNIQUE("external_id")
);
--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_tokens_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "api_tokens_token_hash_unique" UNIQUE("token_hash"),
	CONSTRAINT "api_tokens_scopes_known" CHECK ("api_tokens"."scopes" <@ array['interviews:read', 'interviews:write', 'directory:read'])
);
--> statement-breakpoint
CREATE TABLE "event_counters" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"last_sequence" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "installations" (
	"singleton" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"epoch" uuid DEFAULT gen_random_uuid() NOT NULL,
	"cursor_secret" "bytea" DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) NOT NULL,
	CONSTRAINT "installations_one_row" CHECK ("installations"."singleton")
);
--> statement-breakpoint
CREATE TABLE "stage_activities" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"stage_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"name" text NOT NULL,
	"type" "activity_type" NOT NULL,
	"kind" "interview_kind",
	"location" "interview_location",
	"duration_minutes" integer,
	"interview_name" text,
	"office_id" uuid,
	"hackerrank_template_id" text,
	"ai_note_taker_enabled" boolean,
	"ai_scorecard_assist_enabled" boolean,
	"candidate_template_id" uuid,
	"interviewer_template_id" uuid,
	"scorecard_template_id" uuid,
	"scorecard_required" boolean,
	"feedback_description" text,
	"rating_description" text,
	CONSTRAINT "stage_activities_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "stage_activities_external_id" UNIQUE("account_id","external_id"),
	CONSTRAINT "stage_activities_id_stage" UNIQUE("account_id","id","stage_id"),
	CONSTRAINT "stage_activities_duration" CHECK ("stage_activities"."duration_minutes" between 5 and 1440)
);
--> statement-breakpoint
CREATE TABLE "stage_activity_interviewers" (
	"account_id" uuid NOT NULL,
	"stage_activity_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"user_id" uuid NOT NULL,
	CONSTRAINT "stage_activity_interviewers_account_id_stage_activity_id_user_id_pk" PRIMARY KEY("account_id","stage_activity_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"account_id" uuid NOT NULL,
	"sequence" bigint NOT NULL,
	"id" uuid NOT NULL,
	"type" "interview_event_type" NOT NULL,
	"interview_id" uuid NOT NULL,
	"interview_version" integer NOT NULL,
	"detail" jsonb NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "events_account_id_sequence_pk" PRIMARY KEY("account_id","sequence"),
	CONSTRAINT "events_id" UNIQUE("account_id","id")
);
--> statement-breakpoint
CREATE TABLE "applications" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"candidate_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"current_stage_id" uuid NOT NULL,
	"status" "application_status" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "applications_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "applications_external_id" UNIQUE("account_id","external_id"),
	CONSTRAINT "applications_id_job_candidate" UNIQUE("account_id","id","job_id","candidate_id")
);
--> statement-breakpoint
CREATE TABLE "candidates" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"added_by_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "candidates_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "candidates_external_id" UNIQUE("account_id","external_id")
);
--> statement-breakpoint
CREATE TABLE "hiring_team_members" (
	"account_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" "hiring_team_role" NOT NULL,
	CONSTRAINT "hiring_team_members_account_id_job_id_user_id_role_pk" PRIMARY KEY("account_id","job_id","user_id","role")
);
--> statement-breakpoint
CREATE TABLE "interview_plans" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"name" text NOT NULL,
	CONSTRAINT "interview_plans_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "interview_plans_job" UNIQUE("account_id","job_id"),
	CONSTRAINT "interview_plans_id_job" UNIQUE("account_id","id","job_id")
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"title" text NOT NULL,
	"department" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "jobs_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "jobs_external_id" UNIQUE("account_id","external_id")
);
--> statement-breakpoint
CREATE TABLE "offices" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"name" text NOT NULL,
	"address" text NOT NULL,
	"timezone" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "offices_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "offices_external_id" UNIQUE("account_id","external_id")
);
--> statement-breakpoint
CREATE TABLE "stages" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"plan_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"name" text NOT NULL,
	"milestone" "milestone" NOT NULL,
	CONSTRAINT "stages_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "stages_external_id" UNIQUE("account_id","external_id"),
	CONSTRAINT "stages_id_job" UNIQUE("account_id","id","job_id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"account_id" uuid NOT NULL,
	"operation" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" "bytea" NOT NULL,
	"interview_id" uuid NOT NULL,
	"warnings" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_account_id_operation_key_pk" PRIMARY KEY("account_id","operation","key")
);
--> statement-breakpoint
CREATE TABLE "interviewers" (
	"account_id" uuid NOT NULL,
	"interview_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"rsvp" "rsvp",
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"claim" "seat_claim" NOT NULL,
	CONSTRAINT "interviewers_account_id_interview_id_user_id_pk" PRIMARY KEY("account_id","interview_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "interviews" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"application_id" uuid NOT NULL,
	"candidate_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"stage_id" uuid NOT NULL,
	"stage_activity_id" uuid,
	"organizer_id" uuid NOT NULL,
	"name" text,
	"kind" "interview_kind" NOT NULL,
	"location" "interview_location",
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"timezone" text NOT NULL,
	"local_start" timestamp(0) NOT NULL,
	"duration_minutes" integer NOT NULL,
	"tz_version" text NOT NULL,
	"outcome" "meeting_outcome",
	"office_id" uuid,
	"host_id" uuid,
	"hackerrank_template_id" text,
	"candidate_template_id" uuid,
	"interviewer_template_id" uuid,
	"scorecard_template_id" uuid,
	"scorecard_required" boolean DEFAULT false NOT NULL,
	"feedback_description" text,
	"rating_description" text,
	"calendar_event_visibility" "calendar_event_visibility" DEFAULT 'DEFAULT' NOT NULL,
	"ai_note_taker_enabled" boolean DEFAULT false NOT NULL,
	"ai_scorecard_assist_enabled" boolean DEFAULT false NOT NULL,
	"candidate_rsvp" "rsvp",
	"external" boolean NOT NULL,
	"external_url" text,
	"external_source" text,
	"external_event_id" text,
	"conference_url" text,
	"provisioning_state" "provisioning_state" NOT NULL,
	"provisioned_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "interviews_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "interviews_times" UNIQUE("account_id","id","starts_at","ends_at"),
	CONSTRAINT "interviews_length" CHECK ("interviews"."ends_at" = "interviews"."starts_at" + "interviews"."duration_minutes" * interval '1 minute'),
	CONSTRAINT "interviews_duration" CHECK ("interviews"."duration_minutes" between 5 and 1440),
	CONSTRAINT "interviews_external_not_provisioned" CHECK ("interviews"."external" = ("interviews"."provisioning_state" = 'NOT_APPLICABLE')),
	CONSTRAINT "interviews_managed_complete" CHECK ("interviews"."external" or ("interviews"."location" is not null and "interviews"."candidate_template_id" is not null and "interviews"."interviewer_template_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "users" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"role" "role" NOT NULL,
	"timezone" text NOT NULL,
	"working_hours" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"calendar_address" text,
	"zoom_seat" "zoom_seat_status",
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "users_external_id" UNIQUE("account_id","external_id"),
	CONSTRAINT "users_email" UNIQUE("account_id","email")
);
--> statement-breakpoint
CREATE TABLE "provisioning_steps" (
	"account_id" uuid NOT NULL,
	"interview_id" uuid NOT NULL,
	"step" text NOT NULL,
	"effect_key" text NOT NULL,
	"result" jsonb NOT NULL,
	"completed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "provisioning_steps_account_id_interview_id_step_pk" PRIMARY KEY("account_id","interview_id","step"),
	CONSTRAINT "provisioning_steps_effect_key" UNIQUE("account_id","effect_key")
);
--> statement-breakpoint
CREATE TABLE "sandbox_calendar_events" (
	"account_id" uuid NOT NULL,
	"effect_key" text NOT NULL,
	"id" uuid NOT NULL,
	"calendar_address" text NOT NULL,
	"title" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"visibility" "calendar_event_visibility" NOT NULL,
	"conference_url" text,
	"attendees" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sandbox_calendar_events_account_id_effect_key_pk" PRIMARY KEY("account_id","effect_key")
);
--> statement-breakpoint
CREATE TABLE "sandbox_conferences" (
	"account_id" uuid NOT NULL,
	"effect_key" text NOT NULL,
	"code" text NOT NULL,
	"location" "interview_location" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sandbox_conferences_account_id_effect_key_pk" PRIMARY KEY("account_id","effect_key"),
	CONSTRAINT "sandbox_conferences_code_unique" UNIQUE("code")
);
--> statement-breakpoint
CREATE TABLE "email_templates" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"name" text NOT NULL,
	"channel" "template_channel" NOT NULL,
	"category" "template_category" NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "email_templates_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "email_templates_external_id" UNIQUE("account_id","external_id")
);
--> statement-breakpoint
CREATE TABLE "scorecard_templates" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "scorecard_templates_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "scorecard_templates_external_id" UNIQUE("account_id","external_id")
);
--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event_counters" ADD CONSTRAINT "event_counters_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stage_activities" ADD CONSTRAINT "stage_activities_account_id_stage_id_job_id_stages_account_id_id_job_id_fk" FOREIGN KEY ("account_id","stage_id","job_id") REFERENCES "public"."stages"("account_id","id","job_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stage_activities" ADD CONSTRAINT "stage_activities_account_id_office_id_offices_account_id_id_fk" FOREIGN KEY ("account_id","office_id") REFERENCES "public"."offices"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stage_activities" ADD CONSTRAINT "stage_activities_account_id_candidate_template_id_email_templates_account_id_id_fk" FOREIGN KEY ("account_id","candidate_template_id") REFERENCES "public"."email_templates"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stage_activities" ADD CONSTRAINT "stage_activities_account_id_interviewer_template_id_email_templates_account_id_id_fk" FOREIGN KEY ("account_id","interviewer_template_id") REFERENCES "public"."email_templates"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stage_activities" ADD CONSTRAINT "stage_activities_account_id_scorecard_template_id_scorecard_templates_account_id_id_fk" FOREIGN KEY ("account_id","scorecard_template_id") REFERENCES "public"."scorecard_templates"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stage_activity_interviewers" ADD CONSTRAINT "stage_activity_interviewers_account_id_stage_activity_id_stage_activities_account_id_id_fk" FOREIGN KEY ("account_id","stage_activity_id") REFERENCES "public"."stage_activities"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stage_activity_interviewers" ADD CONSTRAINT "stage_activity_interviewers_account_id_user_id_users_account_id_id_fk" FOREIGN KEY ("account_id","user_id") REFERENCES "public"."users"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_account_id_interview_id_interviews_account_id_id_fk" FOREIGN KEY ("account_id","interview_id") REFERENCES "public"."interviews"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_account_id_candidate_id_candidates_account_id_id_fk" FOREIGN KEY ("account_id","candidate_id") REFERENCES "public"."candidates"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_account_id_job_id_jobs_account_id_id_fk" FOREIGN KEY ("account_id","job_id") REFERENCES "public"."jobs"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_account_id_current_stage_id_job_id_stages_account_id_id_job_id_fk" FOREIGN KEY ("account_id","current_stage_id","job_id") REFERENCES "public"."stages"("account_id","id","job_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "candidates" ADD CONSTRAINT "candidates_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "candidates" ADD CONSTRAINT "candidates_account_id_added_by_id_users_account_id_id_fk" FOREIGN KEY ("account_id","added_by_id") REFERENCES "public"."users"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hiring_team_members" ADD CONSTRAINT "hiring_team_members_account_id_job_id_jobs_account_id_id_fk" FOREIGN KEY ("account_id","job_id") REFERENCES "public"."jobs"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hiring_team_members" ADD CONSTRAINT "hiring_team_members_account_id_user_id_users_account_id_id_fk" FOREIGN KEY ("account_id","user_id") REFERENCES "public"."users"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interview_plans" ADD CONSTRAINT "interview_plans_account_id_job_id_jobs_account_id_id_fk" FOREIGN KEY ("account_id","job_id") REFERENCES "public"."jobs"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "offices" ADD CONSTRAINT "offices_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stages" ADD CONSTRAINT "stages_account_id_plan_id_job_id_interview_plans_account_id_id_job_id_fk" FOREIGN KEY ("account_id","plan_id","job_id") REFERENCES "public"."interview_plans"("account_id","id","job_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_account_id_interview_id_interviews_account_id_id_fk" FOREIGN KEY ("account_id","interview_id") REFERENCES "public"."interviews"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interviewers" ADD CONSTRAINT "interviewers_account_id_interview_id_starts_at_ends_at_interviews_account_id_id_starts_at_ends_at_fk" FOREIGN KEY ("account_id","interview_id","starts_at","ends_at") REFERENCES "public"."interviews"("account_id","id","starts_at","ends_at") ON DELETE cascade ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "interviewers" ADD CONSTRAINT "interviewers_account_id_user_id_users_account_id_id_fk" FOREIGN KEY ("account_id","user_id") REFERENCES "public"."users"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interviews" ADD CONSTRAINT "interviews_account_id_application_id_job_id_candidate_id_applications_account_id_id_job_id_candidate_id_fk" FOREIGN KEY ("account_id","application_id","job_id","candidate_id") REFERENCES "public"."applications"("account_id","id","job_id","candidate_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interviews" ADD CONSTRAINT "interviews_account_id_stage_id_job_id_stages_account_id_id_job_id_fk" FOREIGN KEY ("account_id","stage_id","job_id") REFERENCES "public"."stages"("account_id","id","job_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interviews" ADD CONSTRAINT "interviews_account_id_stage_activity_id_stage_id_stage_activities_account_id_id_stage_id_fk" FOREIGN KEY ("account_id","stage_activity_id","stage_id") REFERENCES "public"."stage_activities"("account_id","id","stage_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interviews" ADD CONSTRAINT "interviews_account_id_organizer_id_users_account_id_id_fk" FOREIGN KEY ("account_id","organizer_id") REFERENCES "public"."users"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interviews" ADD CONSTRAINT "interviews_account_id_host_id_users_account_id_id_fk" FOREIGN KEY ("account_id","host_id") REFERENCES "public"."users"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interviews" ADD CONSTRAINT "interviews_account_id_office_id_offices_account_id_id_fk" FOREIGN KEY ("account_id","office_id") REFERENCES "public"."offices"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interviews" ADD CONSTRAINT "interviews_account_id_candidate_template_id_email_templates_account_id_id_fk" FOREIGN KEY ("account_id","candidate_template_id") REFERENCES "public"."email_templates"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interviews" ADD CONSTRAINT "interviews_account_id_interviewer_template_id_email_templates_account_id_id_fk" FOREIGN KEY ("account_id","interviewer_template_id") REFERENCES "public"."email_templates"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interviews" ADD CONSTRAINT "interviews_account_id_scorecard_template_id_scorecard_templates_account_id_id_fk" FOREIGN KEY ("account_id","scorecard_template_id") REFERENCES "public"."scorecard_templates"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provisioning_steps" ADD CONSTRAINT "provisioning_steps_account_id_interview_id_interviews_account_id_id_fk" FOREIGN KEY ("account_id","interview_id") REFERENCES "public"."interviews"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sandbox_calendar_events" ADD CONSTRAINT "sandbox_calendar_events_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sandbox_conferences" ADD CONSTRAINT "sandbox_conferences_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "email_templates" ADD CONSTRAINT "email_templates_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scorecard_templates" ADD CONSTRAINT "scorecard_templates_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "stage_activities_stage" ON "stage_activities" USING btree ("account_id","stage_id","position");--> statement-breakpoint
CREATE INDEX "events_interview" ON "events" USING btree ("account_id","interview_id");--> statement-breakpoint
CREATE INDEX "applications_job" ON "applications" USING btree ("account_id","job_id");--> statement-breakpoint
CREATE INDEX "applications_candidate" ON "applications" USING btree ("account_id","candidate_id");--> statement-breakpoint
CREATE INDEX "hiring_team_members_user" ON "hiring_team_members" USING btree ("account_id","user_id");--> statement-breakpoint
CREATE INDEX "stages_plan" ON "stages" USING btree ("account_id","plan_id","position");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "interviewers_user_start" ON "interviewers" USING btree ("account_id","user_id","starts_at");--> statement-breakpoint
CREATE INDEX "interviews_start" ON "interviews" USING btree ("account_id","starts_at","id");--> statement-breakpoint
CREATE INDEX "interviews_application" ON "interviews" USING btree ("account_id","application_id");