ALTER TABLE "availability_searches" ALTER COLUMN "kind" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "availability_searches" ALTER COLUMN "duration_minutes" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "availability_searches" ADD COLUMN "loop" jsonb;--> statement-breakpoint
ALTER TABLE "availability_searches" ADD CONSTRAINT "availability_searches_asked" CHECK (num_nonnulls("availability_searches"."kind", "availability_searches"."duration_minutes") = case when "availability_searches"."loop" is null then 2 else 0 end);