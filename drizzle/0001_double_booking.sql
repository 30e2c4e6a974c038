-- Two exclusive seats of one user never overlap. Ranges are half-open, so back to back is fine.
CREATE EXTENSION IF NOT EXISTS btree_gist;
--> statement-breakpoint
ALTER TABLE "interviewers" ADD CONSTRAINT "interviewers_no_double_booking" EXCLUDE USING gist (
  "account_id" WITH =,
  "user_id" WITH =,
  tstzrange("starts_at", "ends_at", '[)') WITH &&
) WHERE ("claim" = 'EXCLUSIVE');
--> statement-breakpoint
-- A shared seat (external, or allowed to overlap) is never refused but refuses exclusive ones that come after it. An
-- exclusion constraint is symmetric and cannot say that. No interview is longer than a day, which bounds the search.
CREATE FUNCTION refuse_double_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM interviewers
    WHERE account_id = NEW.account_id AND user_id = NEW.user_id AND interview_id <> NEW.interview_id AND claim = 'SHARED'
      AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at AND starts_at > NEW.starts_at - interval '1 day'
  ) THEN
    RAISE EXCEPTION 'The interviewer is busy.'
      USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'interviewers_no_double_booking', TABLE = 'interviewers';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER "interviewers_no_double_booking" BEFORE INSERT OR UPDATE OF "starts_at", "ends_at", "claim" ON "interviewers"
FOR EACH ROW WHEN (NEW.claim = 'EXCLUSIVE') EXECUTE FUNCTION refuse_double_booking();
--> statement-breakpoint
-- A key is claimed before its interview is written, in the same transaction.
ALTER TABLE "idempotency_keys" ALTER CONSTRAINT "idempotency_keys_account_id_interview_id_interviews_account_id_id_fk" DEFERRABLE INITIALLY DEFERRED;
