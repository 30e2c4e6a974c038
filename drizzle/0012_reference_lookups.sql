ALTER TABLE "interviews" ADD COLUMN "conflict_reason" text;--> statement-breakpoint
-- What was recorded so far is in the event of the creation, for as long as that is retained.
UPDATE "interviews" SET "conflict_reason" = "events"."detail" ->> 'conflictReason' FROM "events"
  WHERE "events"."account_id" = "interviews"."account_id" AND "events"."interview_id" = "interviews"."id"
    AND "events"."type" = 'INTERVIEW_CREATED' AND "events"."detail" ->> 'conflictReason' IS NOT NULL;--> statement-breakpoint
CREATE INDEX "applications_stage" ON "applications" USING btree ("account_id","current_stage_id");--> statement-breakpoint
CREATE INDEX "applications_status" ON "applications" USING btree ("account_id","status","created_at","id");--> statement-breakpoint
CREATE INDEX "candidates_search" ON "candidates" USING gist ("account_id",(case when upper(lower(("name" || ' ' || "email") collate "und-x-icu")) is nfc normalized then upper(lower(("name" || ' ' || "email") collate "und-x-icu")) else normalize(upper(lower(("name" || ' ' || "email") collate "und-x-icu"))) end) gist_trgm_ops);--> statement-breakpoint
CREATE INDEX "jobs_search" ON "jobs" USING gist ("account_id",(case when upper(lower("title" collate "und-x-icu")) is nfc normalized then upper(lower("title" collate "und-x-icu")) else normalize(upper(lower("title" collate "und-x-icu"))) end) gist_trgm_ops);