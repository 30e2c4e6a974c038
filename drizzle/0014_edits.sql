CREATE TABLE "submitted_scorecards" (
	"account_id" uuid NOT NULL,
	"interview_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"submitted_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "submitted_scorecards_account_id_interview_id_user_id_pk" PRIMARY KEY("account_id","interview_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "interviewers" ADD COLUMN "answered_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "interviewers" ADD COLUMN "answer_sequence" integer;--> statement-breakpoint
ALTER TABLE "interviews" ADD COLUMN "candidate_answered_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "interviews" ADD COLUMN "candidate_answer_sequence" integer;--> statement-breakpoint
ALTER TABLE "submitted_scorecards" ADD CONSTRAINT "submitted_scorecards_account_id_interview_id_interviews_account_id_id_fk" FOREIGN KEY ("account_id","interview_id") REFERENCES "public"."interviews"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "submitted_scorecards" ADD CONSTRAINT "submitted_scorecards_account_id_user_id_users_account_id_id_fk" FOREIGN KEY ("account_id","user_id") REFERENCES "public"."users"("account_id","id") ON DELETE no action ON UPDATE no action;