CREATE TYPE "public"."availability_search_state" AS ENUM('PENDING', 'SUCCEEDED', 'FAILED');--> statement-breakpoint
CREATE TYPE "public"."calendar_answer" AS ENUM('ANSWERED', 'PARTLY', 'NOT_CONNECTED', 'REVOKED', 'UNREACHABLE', 'TOO_LATE');--> statement-breakpoint
CREATE TABLE "availability_searches" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_id" uuid,
	"organizer_id" uuid NOT NULL,
	"interviewer_ids" uuid[] NOT NULL,
	"kind" "interview_kind" NOT NULL,
	"duration_minutes" integer NOT NULL,
	"timezone" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"organizer_must_be_free" boolean NOT NULL,
	"within_working_hours" boolean NOT NULL,
	"buffer_minutes" integer NOT NULL,
	"minimum_notice_minutes" integer NOT NULL,
	"ignored_interview_ids" uuid[] NOT NULL,
	"state" "availability_search_state" NOT NULL,
	"people" jsonb,
	"as_of_cursor" text,
	"error_code" text,
	"error_message" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"completed_at" timestamp (3) with time zone,
	CONSTRAINT "availability_searches_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "availability_searches_ended" CHECK (case "availability_searches"."state"
        when 'PENDING' then num_nonnulls("availability_searches"."completed_at", "availability_searches"."people", "availability_searches"."error_code", "availability_searches"."error_message") = 0
        when 'SUCCEEDED' then num_nonnulls("availability_searches"."completed_at", "availability_searches"."people") = 2 and "availability_searches"."error_code" is null
        else num_nonnulls("availability_searches"."completed_at", "availability_searches"."error_code", "availability_searches"."error_message") = 3 and "availability_searches"."people" is null
      end)
);
--> statement-breakpoint
CREATE TABLE "free_busy_answers" (
	"account_id" uuid NOT NULL,
	"calendar_address" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"busy" jsonb NOT NULL,
	"answered_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "free_busy_answers_account_id_calendar_address_pk" PRIMARY KEY("account_id","calendar_address")
);
--> statement-breakpoint
CREATE TABLE "sandbox_busy_spans" (
	"account_id" uuid NOT NULL,
	"calendar_address" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sandbox_busy_spans_account_id_calendar_address_starts_at_pk" PRIMARY KEY("account_id","calendar_address","starts_at")
);
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "working_hours_overrides" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "time_off" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "max_interviews_per_day" integer;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "max_interviews_per_week" integer;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "buffer_minutes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "availability_searches" ADD CONSTRAINT "availability_searches_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "availability_searches" ADD CONSTRAINT "availability_searches_account_id_user_id_users_account_id_id_fk" FOREIGN KEY ("account_id","user_id") REFERENCES "public"."users"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "availability_searches" ADD CONSTRAINT "availability_searches_account_id_organizer_id_users_account_id_id_fk" FOREIGN KEY ("account_id","organizer_id") REFERENCES "public"."users"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "free_busy_answers" ADD CONSTRAINT "free_busy_answers_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sandbox_busy_spans" ADD CONSTRAINT "sandbox_busy_spans_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "availability_searches_created" ON "availability_searches" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "free_busy_answers_answered" ON "free_busy_answers" USING btree ("answered_at");--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_limits" CHECK (least("users"."max_interviews_per_day", "users"."max_interviews_per_week", "users"."buffer_minutes") >= 0);