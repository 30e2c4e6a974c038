-- Two users of one account whose addresses differ in letter case only cannot both be kept.
DO $$
DECLARE clashes text;
BEGIN
  SELECT string_agg(format('%s of account %s', who, account), '; ') INTO clashes FROM (
    SELECT to_json(accounts.external_id) AS account,
      string_agg(to_json(users.external_id)::text, ' and ' ORDER BY users.external_id) AS who
    FROM users JOIN accounts ON accounts.id = users.account_id
    GROUP BY accounts.id, lower(users.email COLLATE "C") HAVING count(*) > 1
    ORDER BY accounts.external_id LIMIT 20
  ) AS clashing;
  IF clashes IS NOT NULL THEN
    RAISE EXCEPTION 'These users have one e-mail address in different letter case: %. Give each an address of its own.', clashes;
  END IF;
END $$;--> statement-breakpoint
-- What people typed is stored in one Unicode form from here on.
UPDATE "accounts" SET "name" = normalize("name") WHERE "name" IS NOT NFC NORMALIZED;--> statement-breakpoint
UPDATE "users" SET "name" = normalize("name") WHERE "name" IS NOT NFC NORMALIZED;--> statement-breakpoint
UPDATE "offices" SET "name" = normalize("name"), "address" = normalize("address") WHERE "name" IS NOT NFC NORMALIZED OR "address" IS NOT NFC NORMALIZED;--> statement-breakpoint
UPDATE "jobs" SET "title" = normalize("title"), "department" = normalize("department") WHERE "title" IS NOT NFC NORMALIZED OR "department" IS NOT NFC NORMALIZED;--> statement-breakpoint
UPDATE "interview_plans" SET "name" = normalize("name") WHERE "name" IS NOT NFC NORMALIZED;--> statement-breakpoint
UPDATE "stages" SET "name" = normalize("name") WHERE "name" IS NOT NFC NORMALIZED;--> statement-breakpoint
UPDATE "stage_activities" SET "name" = normalize("name"), "interview_name" = normalize("interview_name"), "feedback_description" = normalize("feedback_description"), "rating_description" = normalize("rating_description") WHERE "name" IS NOT NFC NORMALIZED OR "interview_name" IS NOT NFC NORMALIZED OR "feedback_description" IS NOT NFC NORMALIZED OR "rating_description" IS NOT NFC NORMALIZED;--> statement-breakpoint
UPDATE "email_templates" SET "name" = normalize("name"), "subject" = normalize("subject"), "body" = normalize("body") WHERE "name" IS NOT NFC NORMALIZED OR "subject" IS NOT NFC NORMALIZED OR "body" IS NOT NFC NORMALIZED;--> statement-breakpoint
UPDATE "scorecard_templates" SET "name" = normalize("name") WHERE "name" IS NOT NFC NORMALIZED;--> statement-breakpoint
UPDATE "candidates" SET "name" = normalize("name") WHERE "name" IS NOT NFC NORMALIZED;--> statement-breakpoint
ALTER TABLE "users" DROP CONSTRAINT "users_email";--> statement-breakpoint
DROP INDEX "users_search";--> statement-breakpoint
DROP INDEX "email_templates_search";--> statement-breakpoint
DROP INDEX "scorecard_templates_search";--> statement-breakpoint
ALTER TABLE "jobs" ALTER COLUMN "title" SET DATA TYPE text collate "und-x-icu";--> statement-breakpoint
ALTER TABLE "offices" ALTER COLUMN "name" SET DATA TYPE text collate "und-x-icu";--> statement-breakpoint
ALTER TABLE "users" ALTER COLUMN "name" SET DATA TYPE text collate "und-x-icu";--> statement-breakpoint
ALTER TABLE "email_templates" ALTER COLUMN "name" SET DATA TYPE text collate "und-x-icu";--> statement-breakpoint
ALTER TABLE "scorecard_templates" ALTER COLUMN "name" SET DATA TYPE text collate "und-x-icu";--> statement-breakpoint
ALTER TABLE "stage_activities" ADD COLUMN "retired_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "retired_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "candidates" ADD COLUMN "retired_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "retired_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "offices" ADD COLUMN "retired_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "stages" ADD COLUMN "retired_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "email_templates" ADD COLUMN "retired_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "scorecard_templates" ADD COLUMN "retired_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_key" ON "users" USING btree ("account_id",lower("email" collate "C"));--> statement-breakpoint
CREATE INDEX "users_search" ON "users" USING gist ("account_id",(case when upper(lower(("name" || ' ' || "email") collate "und-x-icu")) is nfc normalized then upper(lower(("name" || ' ' || "email") collate "und-x-icu")) else normalize(upper(lower(("name" || ' ' || "email") collate "und-x-icu"))) end) gist_trgm_ops);--> statement-breakpoint
CREATE INDEX "email_templates_search" ON "email_templates" USING gist ("account_id",(case when upper(lower("name" collate "und-x-icu")) is nfc normalized then upper(lower("name" collate "und-x-icu")) else normalize(upper(lower("name" collate "und-x-icu"))) end) gist_trgm_ops);--> statement-breakpoint
CREATE INDEX "scorecard_templates_search" ON "scorecard_templates" USING gist ("account_id",(case when upper(lower("name" collate "und-x-icu")) is nfc normalized then upper(lower("name" collate "und-x-icu")) else normalize(upper(lower("name" collate "und-x-icu"))) end) gist_trgm_ops);