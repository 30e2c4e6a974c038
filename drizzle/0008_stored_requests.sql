ALTER TABLE "provisioning_steps" ALTER COLUMN "result" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "provisioning_steps" ALTER COLUMN "completed_at" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "provisioning_steps" ADD COLUMN "request" jsonb NOT NULL DEFAULT '{}';--> statement-breakpoint
ALTER TABLE "provisioning_steps" ALTER COLUMN "request" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sandbox_calendar_events" ADD COLUMN "uid" text NOT NULL DEFAULT '';--> statement-breakpoint
ALTER TABLE "sandbox_calendar_events" ALTER COLUMN "uid" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sandbox_calendar_events" ADD COLUMN "description" text NOT NULL DEFAULT '';--> statement-breakpoint
ALTER TABLE "sandbox_calendar_events" ALTER COLUMN "description" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sandbox_calendar_events" ADD COLUMN "place" text;