import { afterEach, expect, test } from "vitest";
import { migrateDatabase } from "../../src/db/migrate.ts";
import { createDatabaseBefore } from "../support/migrations.ts";
import type { OldDatabase } from "../support/migrations.ts";

let database: OldDatabase;
afterEach(() => database.drop());

test("events from before can be followed with every filter, by what they say and what is known now", async () => {
  database = await createDatabaseBefore("event_facts");
  const { sql, url } = database;
  const id = (digit: number) => `0000000${digit}-0000-4000-8000-000000000000`;
  await sql.begin(async (tx) => {
    // Rows that nothing refers to.
    await tx`set local session_replication_role = 'replica'`;
    await tx`insert into jobs (account_id, id, external_id, title, department)
      values (${id(0)}, ${id(1)}, 'engineer', 'Engineer', 'Engineering')`;
    await tx`insert into hiring_team_members (account_id, job_id, user_id, role)
      values (${id(0)}, ${id(1)}, ${id(8)}, 'RECRUITER'), (${id(0)}, ${id(1)}, ${id(9)}, 'COORDINATOR')`;
    await tx`insert into interviews (account_id, id, application_id, candidate_id, job_id, stage_id, organizer_id, kind, location,
        starts_at, ends_at, timezone, local_start, duration_minutes, tz_version, candidate_template_id, interviewer_template_id,
        external, provisioning_state, created_at, updated_at)
      values (${id(0)}, ${id(2)}, ${id(3)}, ${id(4)}, ${id(1)}, ${id(5)}, ${id(9)}, 'PANEL', 'PHONE', '2027-03-01T10:00Z',
        '2027-03-01T10:30Z', 'UTC', '2027-03-01T10:00', 30, '2026c', ${id(0)}, ${id(0)}, false, 'PENDING',
        '2027-01-04T08:00:00.5Z', '2027-01-06T08:00Z')`;
    for (const [sequence, type] of ["INTERVIEW_CREATED", "INTERVIEW_PROVISIONED"].entries()) {
      await tx`insert into events (account_id, sequence, id, type, interview_id, interview_version, application_id, job_id,
          stage_id, organizer_id, interviewer_ids, actor_kind, actor_label, changes, detail, occurred_at)
        values (${id(0)}, ${sequence + 1}, gen_random_uuid(), ${type}, ${id(2)}, ${sequence + 1}, ${id(3)}, ${id(1)}, ${id(5)},
          ${id(8)}, ${[id(6), id(7)]}, 'SYSTEM', 'test', '[]', '{}', '2027-01-05T08:00Z')`;
    }
  });
  await migrateDatabase(url);
  const after = {
    jobId: id(1),
    applicationId: id(3),
    candidateId: id(4),
    organizerId: id(8),
    officeId: null,
    stageId: id(5),
    kind: "PANEL",
    location: "PHONE",
    provisioningState: "PENDING",
    external: false,
    aiNoteTakerEnabled: false,
    outcome: null,
    interviewerIds: [id(6), id(7)],
    startsAt: "2027-03-01T10:00:00.000Z",
    endsAt: "2027-03-01T10:30:00.000Z",
    createdAt: "2027-01-04T08:00:00.500Z",
    updatedAt: "2027-01-05T08:00:00.000Z",
  };
  const job = { department: "Engineering", recruiterIds: [id(8)] };
  const told =
    await sql`select subject_type, subject_id, subject_version, facts from events order by sequence`.values();
  expect(told).toEqual([
    ["INTERVIEW", id(2), 1, { before: null, after, job }],
    ["INTERVIEW", id(2), 2, { before: null, after: { ...after, provisioningState: "PROVISIONED" }, job }],
  ]);
});
