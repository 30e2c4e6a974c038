CREATE TABLE "former_epochs" (
	"account_id" uuid NOT NULL,
	"epoch" uuid NOT NULL,
	"last_sequence" bigint NOT NULL,
	CONSTRAINT "former_epochs_account_id_epoch_pk" PRIMARY KEY("account_id","epoch")
);
--> statement-breakpoint
ALTER TABLE "former_epochs" ADD CONSTRAINT "former_epochs_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Tells this server, database and table from every other one; null during recovery. A promotion raises the timeline of the
-- log at once, while pg_control tells it only after the next checkpoint.
CREATE FUNCTION database_life() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN NOT pg_is_in_recovery() THEN concat_ws(
    '/',
    (SELECT system_identifier FROM pg_control_system()),
    ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int,
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    'installations'::regclass::oid
  ) END
$$;
