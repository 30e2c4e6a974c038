import { afterEach, expect, test } from "vitest";
import { migrateDatabase } from "../../src/db/migrate.ts";
import { createDatabaseBefore } from "../support/migrations.ts";
import type { OldDatabase } from "../support/migrations.ts";

let database: OldDatabase;
afterEach(() => database.drop());

test("interviews from before get the reason that the event of their creation recorded", async () => {
  database = await createDatabaseBefore("reference_lookups");
  const { sql, url } = database;
  await sql.begin(async (tx) => {
    // Rows that nothing refers to: only two columns of each matter here.
    await tx`set local session_replication_role = 'replica'`;
    const id = tx`gen_random_uuid()`;
    for (const [n, detail] of [{ conflictPolicy: "ALLOW", conflictReason: "agreed" }, {}].entries()) {
      await tx`with interview as (
        insert into interviews (account_id, id, application_id, candidate_id, job_id, stage_id, organizer_id, name, kind,
          location, starts_at, ends_at, timezone, local_start, duration_minutes, tz_version, candidate_template_id,
          interviewer_template_id, external, provisioning_state, created_at, updated_at)
        values (${"00000000-0000-4000-8000-000000000000"}, ${id}, ${id}, ${id}, ${id}, ${id}, ${id}, ${`n${n}`}, 'PANEL',
          'PHONE', '2027-03-01T10:00Z', '2027-03-01T10:30Z', 'UTC', '2027-03-01T10:00', 30, '2026c', ${id}, ${id}, false,
          'PENDING', now(), now())
        returning *
      )
      insert into events (account_id, sequence, id, type, interview_id, interview_version, application_id, job_id, stage_id,
        organizer_id, interviewer_ids, detail, occurred_at)
      select account_id, ${n + 1}, ${id}, 'INTERVIEW_CREATED', id, 1, application_id, job_id, stage_id, organizer_id, '{}',
        ${tx.json(detail)}, now() from interview`;
    }
  });
  await migrateDatabase(url);
  expect(await sql`select name, conflict_reason from interviews order by name`.values()).toEqual([
    ["n0", "agreed"],
    ["n1", null],
  ]);
});
