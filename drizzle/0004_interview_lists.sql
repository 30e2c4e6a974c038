CREATE INDEX "applications_created" ON "applications" USING btree ("account_id","created_at","id");--> statement-breakpoint
CREATE INDEX "jobs_department" ON "jobs" USING btree ("account_id","department");--> statement-breakpoint
CREATE INDEX "jobs_title" ON "jobs" USING btree ("account_id","title","id");--> statement-breakpoint
CREATE INDEX "interviews_created" ON "interviews" USING btree ("account_id","created_at","id");--> statement-breakpoint
CREATE INDEX "interviews_updated" ON "interviews" USING btree ("account_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "interviews_candidate" ON "interviews" USING btree ("account_id","candidate_id");--> statement-breakpoint
CREATE INDEX "interviews_job" ON "interviews" USING btree ("account_id","job_id","starts_at","id");--> statement-breakpoint
CREATE INDEX "interviews_stage" ON "interviews" USING btree ("account_id","stage_id","starts_at","id");--> statement-breakpoint
CREATE INDEX "interviews_organizer" ON "interviews" USING btree ("account_id","organizer_id","starts_at","id");--> statement-breakpoint
CREATE INDEX "interviews_office" ON "interviews" USING btree ("account_id","office_id","starts_at","id") WHERE office_id is not null;--> statement-breakpoint
CREATE INDEX "interviews_location" ON "interviews" USING btree ("account_id","location","starts_at","id");--> statement-breakpoint
CREATE INDEX "interviews_outcome" ON "interviews" USING btree ("account_id","outcome","starts_at","id") WHERE outcome is not null;--> statement-breakpoint
CREATE INDEX "interviews_unprovisioned" ON "interviews" USING btree ("account_id","provisioning_state","starts_at","id") WHERE provisioning_state <> 'PROVISIONED';--> statement-breakpoint
CREATE INDEX "interviews_external" ON "interviews" USING btree ("account_id","starts_at","id") WHERE external;--> statement-breakpoint
CREATE INDEX "interviews_note_taker" ON "interviews" USING btree ("account_id","starts_at","id") WHERE ai_note_taker_enabled;