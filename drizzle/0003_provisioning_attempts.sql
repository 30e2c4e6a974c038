CREATE TABLE "provisionings" (
	"account_id" uuid NOT NULL,
	"interview_id" uuid NOT NULL,
	"attempts" integer NOT NULL,
	"error_code" text NOT NULL,
	"error_message" text NOT NULL,
	"error_retryable" boolean NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	CONSTRAINT "provisionings_account_id_interview_id_pk" PRIMARY KEY("account_id","interview_id")
);
--> statement-breakpoint
ALTER TABLE "provisionings" ADD CONSTRAINT "provisionings_account_id_interview_id_interviews_account_id_id_fk" FOREIGN KEY ("account_id","interview_id") REFERENCES "public"."interviews"("account_id","id") ON DELETE no action ON UPDATE no action;