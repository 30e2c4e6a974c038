CREATE TABLE "interview_loops" (
	"account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"application_id" uuid NOT NULL,
	"name" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "interview_loops_account_id_id_pk" PRIMARY KEY("account_id","id"),
	CONSTRAINT "interview_loops_application" UNIQUE("account_id","id","application_id")
);
--> statement-breakpoint
ALTER TABLE "interviews" ADD COLUMN "loop_id" uuid;--> statement-breakpoint
ALTER TABLE "interview_loops" ADD CONSTRAINT "interview_loops_account_id_application_id_applications_account_id_id_fk" FOREIGN KEY ("account_id","application_id") REFERENCES "public"."applications"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interviews" ADD CONSTRAINT "interviews_loop_application" FOREIGN KEY ("account_id","loop_id","application_id") REFERENCES "public"."interview_loops"("account_id","id","application_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "interviews_loop" ON "interviews" USING btree ("account_id","loop_id","starts_at","id") WHERE loop_id is not null;