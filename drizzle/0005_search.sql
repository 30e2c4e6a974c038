-- Finds parts of names without reading every row. A trusted extension: a role that may create in the database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE INDEX "users_name" ON "users" USING btree ("account_id","name","id");--> statement-breakpoint
CREATE INDEX "users_search" ON "users" USING gist ("account_id",(name || ' ' || email) gist_trgm_ops);--> statement-breakpoint
CREATE INDEX "email_templates_search" ON "email_templates" USING gist ("account_id",name gist_trgm_ops);--> statement-breakpoint
CREATE INDEX "scorecard_templates_search" ON "scorecard_templates" USING gist ("account_id",name gist_trgm_ops);