CREATE TYPE "public"."effect_action" AS ENUM('PUT', 'REMOVE');--> statement-breakpoint
CREATE TYPE "public"."effect_state" AS ENUM('STARTED', 'DONE', 'REFUSED', 'UNCERTAIN');--> statement-breakpoint
CREATE TABLE "provisioning_effects" (
	"account_id" uuid NOT NULL,
	"interview_id" uuid NOT NULL,
	"artifact" text NOT NULL,
	"revision" integer NOT NULL,
	"interview_revision" integer NOT NULL,
	"action" "effect_action" NOT NULL,
	"state" "effect_state" NOT NULL,
	"open_calls" integer NOT NULL,
	"digest" text NOT NULL,
	"request" jsonb NOT NULL,
	"result" jsonb,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "provisioning_effects_account_id_interview_id_artifact_revision_pk" PRIMARY KEY("account_id","interview_id","artifact","revision"),
	CONSTRAINT "provisioning_effects_result" CHECK (("provisioning_effects"."state" = 'DONE') = ("provisioning_effects"."result" is not null))
);
--> statement-breakpoint
ALTER TABLE "interviewers" DROP CONSTRAINT "interviewers_account_id_interview_id_starts_at_ends_at_interviews_account_id_id_starts_at_ends_at_fk";
--> statement-breakpoint
ALTER TABLE "sandbox_calendar_events" DROP CONSTRAINT "sandbox_calendar_events_account_id_effect_key_pk";--> statement-breakpoint
ALTER TABLE "sandbox_conferences" DROP CONSTRAINT "sandbox_conferences_account_id_effect_key_pk";--> statement-breakpoint
ALTER TABLE "provisionings" ALTER COLUMN "attempts" SET DEFAULT 0;--> statement-breakpoint
ALTER TABLE "provisionings" ALTER COLUMN "error_code" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "provisionings" ALTER COLUMN "error_message" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "provisionings" ALTER COLUMN "error_retryable" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "interviewers" ADD COLUMN "joined_sequence" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "interviews" ADD COLUMN "edited_version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "interviews" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "interviews" ADD COLUMN "calendar_sequence" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "interviews" ADD COLUMN "announced_sequence" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "interviews" ADD COLUMN "schedule_sequence" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "provisionings" ADD COLUMN "runner" text;--> statement-breakpoint
ALTER TABLE "provisionings" ADD COLUMN "leased_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sandbox_calendar_events" ADD COLUMN "revision" integer;--> statement-breakpoint
ALTER TABLE "sandbox_calendar_events" ADD COLUMN "removed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sandbox_conferences" ADD COLUMN "id" text;--> statement-breakpoint
ALTER TABLE "sandbox_conferences" ADD COLUMN "topic" text;--> statement-breakpoint
ALTER TABLE "sandbox_conferences" ADD COLUMN "starts_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sandbox_conferences" ADD COLUMN "ends_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sandbox_conferences" ADD COLUMN "revision" integer;--> statement-breakpoint
ALTER TABLE "sandbox_conferences" ADD COLUMN "removed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "provisioning_effects" ADD CONSTRAINT "provisioning_effects_account_id_interview_id_interviews_account_id_id_fk" FOREIGN KEY ("account_id","interview_id") REFERENCES "public"."interviews"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interviewers" ADD CONSTRAINT "interviewers_account_id_interview_id_starts_at_ends_at_interviews_account_id_id_starts_at_ends_at_fk" FOREIGN KEY ("account_id","interview_id","starts_at","ends_at") REFERENCES "public"."interviews"("account_id","id","starts_at","ends_at") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- What the sandbox has done is carried over as the first revision of each meeting and event.
UPDATE "sandbox_conferences" conference
SET "id" = interview.id || '-' || lower(replace(conference.location::text, '_', '-')), "topic" = coalesce(interview.name, ''),
  "starts_at" = interview.starts_at, "ends_at" = interview.ends_at, "revision" = 1
FROM "interviews" interview
WHERE interview.account_id = conference.account_id AND conference.effect_key = interview.id || '/conference';--> statement-breakpoint
DELETE FROM "sandbox_conferences" WHERE "id" IS NULL;--> statement-breakpoint
UPDATE "sandbox_calendar_events" event SET "revision" = 1, "uid" = split_part("effect_key", '/', 1), "attendees" = (
  SELECT coalesce(jsonb_agg(jsonb_build_object('address', address, 'answer', 'NEEDS_ACTION')), '[]') FROM jsonb_array_elements_text(event.attendees) address
);--> statement-breakpoint
CREATE FUNCTION instant(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;--> statement-breakpoint
CREATE FUNCTION mark(address text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT left(translate(encode(sha256(convert_to(lower(address), 'UTF8')), 'base64'), '+/', '-_'), 12)
$$;--> statement-breakpoint
-- Steps from before requests were stored get what they asked for, as the interview tells it.
UPDATE "provisioning_steps" step SET "request" = CASE
  WHEN step.step = 'conference' THEN told.meeting - '{uid,sequence,description,place,url,isPrivate,organizer,title}'::text[]
    || jsonb_build_object('topic', told.meeting->'title', 'location', told.location)
  WHEN step.step = 'calendar-event' THEN jsonb_build_object('meeting', told.meeting, 'attendees', '[]'::jsonb)
  ELSE jsonb_build_object('to', coalesce((
    SELECT jsonb_build_object('name', person.name, 'address', person.email) FROM "users" person
    WHERE person.account_id = step.account_id AND person.id::text = split_part(step.step, '/', 2)
  ), told.candidate), 'subject', told.meeting->'title', 'body', '', 'stamp', instant(step.completed_at), 'meeting', told.meeting)
END
FROM (
  SELECT interview.account_id, interview.id, interview.location,
    jsonb_build_object('name', candidate.name, 'address', candidate.email) AS candidate,
    jsonb_build_object('uid', interview.id, 'sequence', 0, 'title', coalesce(interview.name, job.title || ': ' || candidate.name),
      'description', '', 'startsAt', instant(interview.starts_at), 'endsAt', instant(interview.ends_at),
      'place', interview.conference_url, 'url', interview.conference_url,
      'isPrivate', interview.calendar_event_visibility = 'PRIVATE',
      'organizer', jsonb_build_object('name', organizer.name, 'address', coalesce(organizer.calendar_address, organizer.email))) AS meeting
  FROM "interviews" interview
  JOIN "jobs" job ON job.account_id = interview.account_id AND job.id = interview.job_id
  JOIN "candidates" candidate ON candidate.account_id = interview.account_id AND candidate.id = interview.candidate_id
  JOIN "users" organizer ON organizer.account_id = interview.account_id AND organizer.id = interview.organizer_id
) told
WHERE told.account_id = step.account_id AND told.id = step.interview_id AND step.request = '{}';--> statement-breakpoint
-- So is what the steps have done. An empty digest matches nothing: the next change puts conference and event again.
INSERT INTO "provisioning_effects"
  ("account_id", "interview_id", "artifact", "revision", "interview_revision", "action", "state", "open_calls", "digest", "request", "result", "started_at", "ended_at")
SELECT step.account_id, step.interview_id,
  CASE
    WHEN step.step = 'conference' THEN 'conference/' || interview.location
    WHEN step.step = 'calendar-event' THEN 'calendar-event/' || mark(step.request #>> '{meeting,organizer,address}')
    ELSE step.step || '/' || mark(step.request #>> '{to,address}')
  END,
  1, 1, 'PUT', (CASE WHEN step.result IS NULL THEN 'STARTED' ELSE 'DONE' END)::effect_state, 1, '',
  CASE
    WHEN step.step = 'conference' THEN step.request || jsonb_build_object(
      'id', interview.id || '-' || lower(replace(interview.location::text, '_', '-')), 'hostAddress', null, 'hackerrankTemplateId', null)
    WHEN step.step = 'calendar-event' THEN jsonb_build_object('meeting', step.request->'meeting' || '{"status": "CONFIRMED"}', 'attendees', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('address', address, 'answer', 'NEEDS_ACTION')), '[]')
      FROM jsonb_array_elements_text(step.request->'attendees') address))
    ELSE step.request || jsonb_build_object('method', 'REQUEST', 'meeting', step.request->'meeting' || '{"status": "CONFIRMED"}')
  END,
  step.result, coalesce(step.completed_at, interview.created_at), step.completed_at
FROM "provisioning_steps" step
JOIN "interviews" interview ON interview.account_id = step.account_id AND interview.id = step.interview_id;--> statement-breakpoint
ALTER TABLE "provisioning_steps" DISABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP TABLE "provisioning_steps" CASCADE;--> statement-breakpoint
DROP FUNCTION mark(text);--> statement-breakpoint
DROP FUNCTION instant(timestamptz);--> statement-breakpoint
ALTER TABLE "sandbox_calendar_events" ALTER COLUMN "revision" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "sandbox_conferences" ALTER COLUMN "id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "sandbox_conferences" ALTER COLUMN "topic" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "sandbox_conferences" ALTER COLUMN "starts_at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "sandbox_conferences" ALTER COLUMN "ends_at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "sandbox_conferences" ALTER COLUMN "revision" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "sandbox_calendar_events" ADD CONSTRAINT "sandbox_calendar_events_account_id_calendar_address_uid_pk" PRIMARY KEY("account_id","calendar_address","uid");--> statement-breakpoint
ALTER TABLE "sandbox_conferences" ADD CONSTRAINT "sandbox_conferences_account_id_id_pk" PRIMARY KEY("account_id","id");--> statement-breakpoint
ALTER TABLE "sandbox_calendar_events" DROP COLUMN "effect_key";--> statement-breakpoint
ALTER TABLE "sandbox_conferences" DROP COLUMN "effect_key";--> statement-breakpoint
ALTER TABLE "provisionings" ADD CONSTRAINT "provisionings_error" CHECK (num_nulls("provisionings"."error_code", "provisionings"."error_message", "provisionings"."error_retryable") in (0, 3));--> statement-breakpoint
-- The times of an interview and of its seats are written one after the other, and equal at the commit.
ALTER TABLE "interviewers" ALTER CONSTRAINT "interviewers_account_id_interview_id_starts_at_ends_at_interviews_account_id_id_starts_at_ends_at_fk" DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
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
--> statement-breakpoint
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