CREATE TYPE "public"."event_subject" AS ENUM('INTERVIEW');--> statement-breakpoint
ALTER TABLE "events" DROP CONSTRAINT "events_account_id_interview_id_interviews_account_id_id_fk";
--> statement-breakpoint
DROP INDEX "events_interview";--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "subject_type" "event_subject" NOT NULL DEFAULT 'INTERVIEW';--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "subject_type" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "events" RENAME COLUMN "interview_id" TO "subject_id";--> statement-breakpoint
ALTER TABLE "events" RENAME COLUMN "interview_version" TO "subject_version";--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "facts" jsonb;--> statement-breakpoint
CREATE FUNCTION instant_text(instant timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;--> statement-breakpoint
-- Events from before know the interview after them, where they do not say otherwise as it is now, and nothing of it before them.
UPDATE "events" event SET "facts" = jsonb_build_object('before', null, 'after', jsonb_build_object(
  'jobId', event.job_id, 'applicationId', event.application_id, 'candidateId', interview.candidate_id,
  'organizerId', event.organizer_id, 'officeId', interview.office_id, 'stageId', event.stage_id, 'kind', interview.kind,
  'location', interview.location, 'external', interview.external, 'aiNoteTakerEnabled', interview.ai_note_taker_enabled,
  'outcome', interview.outcome, 'interviewerIds', to_jsonb(event.interviewer_ids),
  'provisioningState', CASE event.type::text
    WHEN 'INTERVIEW_PROVISIONED' THEN 'PROVISIONED' WHEN 'INTERVIEW_PROVISIONING_FAILED' THEN 'FAILED'
    ELSE interview.provisioning_state::text END,
  'startsAt', instant_text(interview.starts_at), 'endsAt', instant_text(interview.ends_at),
  'createdAt', instant_text(interview.created_at), 'updatedAt', instant_text(event.occurred_at)
), 'job', jsonb_build_object('department', job.department, 'recruiterIds', (
  SELECT coalesce(jsonb_agg(member.user_id), '[]') FROM "hiring_team_members" member
  WHERE member.account_id = event.account_id AND member.job_id = event.job_id AND member.role = 'RECRUITER'
)))
FROM "interviews" interview LEFT JOIN "jobs" job ON job.account_id = interview.account_id AND job.id = interview.job_id
WHERE interview.account_id = event.account_id AND interview.id = event.subject_id;--> statement-breakpoint
DROP FUNCTION instant_text(timestamptz);--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "facts" SET NOT NULL;--> statement-breakpoint
CREATE INDEX "events_subject" ON "events" USING btree ("account_id","subject_id");--> statement-breakpoint
ALTER TABLE "events" DROP COLUMN "application_id";--> statement-breakpoint
ALTER TABLE "events" DROP COLUMN "job_id";--> statement-breakpoint
ALTER TABLE "events" DROP COLUMN "stage_id";--> statement-breakpoint
ALTER TABLE "events" DROP COLUMN "organizer_id";--> statement-breakpoint
ALTER TABLE "events" DROP COLUMN "interviewer_ids";
