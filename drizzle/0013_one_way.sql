CREATE TYPE "public"."actor_kind" AS ENUM('PERSON', 'TOKEN', 'SYSTEM', 'CALENDAR');--> statement-breakpoint
-- Events from before there was a history tell no changes, and no actor but the system.
ALTER TABLE "events" ADD COLUMN "actor_kind" "actor_kind" NOT NULL DEFAULT 'SYSTEM';--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "actor_kind" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "actor_id" uuid;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "actor_label" text NOT NULL DEFAULT 'unknown';--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "actor_label" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "changes" jsonb NOT NULL DEFAULT '[]';--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "changes" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "idempotency_keys" DROP CONSTRAINT "idempotency_keys_account_id_interview_id_interviews_account_id_id_fk";
--> statement-breakpoint
ALTER TABLE "idempotency_keys" RENAME COLUMN "interview_id" TO "subject_id";--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD COLUMN "result" jsonb NOT NULL DEFAULT '{}';--> statement-breakpoint
UPDATE "idempotency_keys" SET "result" = jsonb_build_object('warnings', "warnings");--> statement-breakpoint
ALTER TABLE "idempotency_keys" ALTER COLUMN "result" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "idempotency_keys" DROP COLUMN "warnings";
