ALTER TABLE "event_counters" ADD COLUMN "pruned_sequence" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "installations" ADD COLUMN "life" text;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "application_id" uuid;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "job_id" uuid;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "stage_id" uuid;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "organizer_id" uuid;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "interviewer_ids" uuid[];--> statement-breakpoint
UPDATE "events" SET "application_id" = i."application_id", "job_id" = i."job_id", "stage_id" = i."stage_id",
  "organizer_id" = i."organizer_id", "interviewer_ids" = array(
    SELECT s."user_id" FROM "interviewers" s
    WHERE s."account_id" = i."account_id" AND s."interview_id" = i."id" ORDER BY s."position"
  )
FROM "interviews" i WHERE i."account_id" = "events"."account_id" AND i."id" = "events"."interview_id";--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "application_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "job_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "stage_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "organizer_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "interviewer_ids" SET NOT NULL;--> statement-breakpoint
CREATE INDEX "events_occurred" ON "events" USING btree ("account_id","occurred_at");
