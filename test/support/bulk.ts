import { createHash } from "node:crypto";
import type postgres from "postgres";
import { encodeId } from "../../src/core/id.ts";

/** Interviews in each bulk account: one large customer, some of middling size, a small one. */
export const BULK_ACCOUNTS = [60_000, 45_000, 30_000, 25_000, 20_000, 12_000, 7_000, 1_000];

/** A UUID made of a name: the same as `bulk_id` in SQL. */
function bulkUuid(name: string): string {
  const hex = createHash("md5").update(name).digest("hex").split("");
  hex[12] = "4";
  hex[16] = "8";
  return hex.join("").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The API's id of the object with a number in the bulk account with a number; both count from 1. */
export const bulkId = (type: string, account: number, number: number): string =>
  encodeId(type, bulkUuid(`${type}-${account}-${number}`));

export const bulkAccountId = (account: number): string => bulkUuid(`Account-${account}-0`);

/**
 * Fills the bulk accounts, `bulk-1` and so on, of so many interviews, and analyzes the tables. Values are as unevenly spread as they are in life.
 * Foreign keys and indexes are made anew behind the rows, which takes seconds instead of a minute.
 */
export async function seedBulk(sql: postgres.Sql, now: Date, sizes: readonly number[] = BULK_ACCOUNTS): Promise<void> {
  const accounts = sizes.map((size, index) => `(${index + 1}, ${size})`).join(", ");
  const run = (statement: string) => sql.unsafe(statement).simple();
  const foreignKeys = await sql`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
      format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as create
    from pg_constraint where contype = 'f' and conrelid = any(array['applications', 'interviews', 'interviewers']::regclass[])`;
  const indexes = await sql`
    select format('drop index %s', indexrelid::regclass) as drop, pg_get_indexdef(indexrelid) as create
    from pg_index
    where indrelid = any(array['applications', 'interviews', 'interviewers']::regclass[])
      and indexrelid not in (select conindid from pg_constraint)`;
  for (const { drop } of [...foreignKeys, ...indexes]) await run(drop);
  for (const statement of STATEMENTS) {
    await run(statement.replaceAll(":now", `'${now.toISOString()}'::timestamptz`).replace(":accounts", accounts));
  }
  for (const { create } of [...indexes, ...foreignKeys]) await run(create);
  await run("vacuum (analyze) interviews");
  await run("vacuum (analyze) interviewers");
  await run("analyze");
}

/** A number from 0 to `n` - 1 that looks random and is not: `salt` tells one use from another. */
const spread = (salt: number, n: string | number) =>
  `(abs(hashint8extended(a.no * 1000000::bigint + n, ${salt})) % (${n}))`;

const STATEMENTS = [
  `create function bulk_id(type text, account int, number bigint) returns uuid language sql immutable as $$
     select overlay(overlay(md5(type || '-' || account::text || '-' || number::text) placing '4' from 13) placing '8' from 17)::uuid
   $$`,
  `create temp table bulk as
     select no, size, bulk_id('Account', no, 0) as id, greatest(size / 200, 20) as users, greatest(size / 100, 20) as jobs,
       greatest(size / 2, 20) as applications
     from (values :accounts) as account (no, size)`,
  `insert into accounts (id, external_id, name) select id, 'bulk-' || no, 'Bulk ' || no from bulk`,
  `insert into event_counters (account_id) select id from bulk`,
  `insert into users (account_id, id, external_id, name, email, role, timezone, calendar_address, zoom_seat)
     select a.id, bulk_id('User', a.no, n), 'user-' || n, 'User ' || n, 'user-' || n || '@example.com',
       case when n <= 2 then 'ADMIN' when n % 10 = 0 then 'RECRUITER' else 'ORGANIZATION_MEMBER' end::role,
       'Europe/Berlin', 'user-' || n || '@example.com', case when n % 3 = 0 then 'ACTIVE'::zoom_seat_status end
     from bulk a, generate_series(1, a.users) as n`,
  `insert into offices (account_id, id, external_id, name, address, timezone)
     select a.id, bulk_id('Office', a.no, n), 'office-' || n, 'Office ' || n, 'Street ' || n, 'Europe/Berlin'
     from bulk a, generate_series(1, 8) as n`,
  `insert into email_templates (account_id, id, external_id, name, channel, category, subject, body)
     select a.id, bulk_id('EmailTemplate', a.no, n), 'template-' || n, 'Template ' || n, 'CALENDAR_INVITE',
       case n when 1 then 'INTERVIEW_COORDINATION' else 'INTERVIEWER_COORDINATION' end::template_category, 'Subject', 'Body'
     from bulk a, generate_series(1, 2) as n`,
  `insert into jobs (account_id, id, external_id, title, department)
     select a.id, bulk_id('Job', a.no, n), 'job-' || n, 'Job ' || n, 'Department ' || n % 12
     from bulk a, generate_series(1, a.jobs) as n`,
  `insert into hiring_team_members (account_id, job_id, user_id, role)
     select distinct a.id, bulk_id('Job', a.no, n), bulk_id('User', a.no, 10 * (1 + ${spread(1, "a.users / 10")})), 'RECRUITER'::hiring_team_role
     from bulk a, generate_series(1, a.jobs) as n`,
  `insert into interview_plans (account_id, id, job_id, name)
     select a.id, bulk_id('InterviewPlan', a.no, n), bulk_id('Job', a.no, n), 'Plan'
     from bulk a, generate_series(1, a.jobs) as n`,
  `insert into stages (account_id, id, external_id, plan_id, job_id, position, name, milestone)
     select a.id, bulk_id('Stage', a.no, 4 * n + s), 'stage-' || n || '-' || s, bulk_id('InterviewPlan', a.no, n),
       bulk_id('Job', a.no, n), s, 'Stage ' || s, 'INTERVIEW'
     from bulk a, generate_series(1, a.jobs) as n, generate_series(0, 3) as s`,
  `insert into candidates (account_id, id, external_id, name, email)
     select a.id, bulk_id('Candidate', a.no, n), 'candidate-' || n, 'Candidate ' || n, 'candidate-' || n || '@example.org'
     from bulk a, generate_series(1, a.applications) as n`,
  `insert into applications (account_id, id, external_id, candidate_id, job_id, current_stage_id, status)
     select a.id, bulk_id('Application', a.no, n), 'application-' || n, bulk_id('Candidate', a.no, n),
       bulk_id('Job', a.no, 1 + n % a.jobs), bulk_id('Stage', a.no, 4 * (1 + n % a.jobs)), 'ACTIVE'
     from bulk a, generate_series(1, a.applications) as n`,
  `create temp table bulk_interview as
     select a.id as account_id, a.no, n, a.users, 1 + n % a.applications as application,
       1 + (1 + n % a.applications) % a.jobs as job,
       date_trunc('hour', :now) + (${spread(2, 24 * 4 * 660)} - 24 * 4 * 600) * interval '15 minutes' as starts_at,
       ${spread(3, 1000)} < 40 as external, ${spread(4, 100)} as place, ${spread(5, 1000)} as fate, ${spread(6, 1000)} as state,
       ${spread(7, 100)} < 30 as panel, ${spread(8, 100)} < 15 as note_taker, ${spread(9, 8)} as office, ${spread(10, 4)} as stage,
       ${spread(11, 60 * 24 * 40)} * interval '1 minute' as lead, ${spread(12, 60 * 24 * 20)} * interval '1 minute' as since
     from bulk a, generate_series(1, a.size) as n`,
  `insert into interviews (account_id, id, application_id, candidate_id, job_id, stage_id, organizer_id, name, kind, location,
       starts_at, ends_at, timezone, local_start, duration_minutes, tz_version, outcome, office_id, candidate_template_id,
       interviewer_template_id, ai_note_taker_enabled, candidate_rsvp, external, provisioning_state, created_at, updated_at)
     select account_id, bulk_id('Interview', no, n), bulk_id('Application', no, application),
       bulk_id('Candidate', no, application), bulk_id('Job', no, job), bulk_id('Stage', no, 4 * job + stage),
       bulk_id('User', no, 1 + n % users), 'Interview ' || n, case when panel then 'PANEL' else 'ONE_ON_ONE' end::interview_kind,
       case when place < 55 then 'ZOOM' when place < 75 then 'GOOGLE_MEET' when place < 85 then 'MICROSOFT_TEAMS'
         when place < 94 then 'PHONE' when place < 99 then 'ONSITE' else 'HACKERRANK' end::interview_location,
       starts_at, starts_at + interval '45 minutes', 'UTC', starts_at at time zone 'UTC', 45, 'test',
       case when fate < 30 then 'CANCELLED' when fate < 40 then 'CANDIDATE_NO_SHOW' end::meeting_outcome,
       case when place between 94 and 98 then bulk_id('Office', no, 1 + office) end,
       case when not external then bulk_id('EmailTemplate', no, 1) end,
       case when not external then bulk_id('EmailTemplate', no, 2) end, note_taker,
       case when not external then 'NEEDS_ACTION'::rsvp end, external,
       case when external then 'NOT_APPLICABLE' when state < 2 then 'FAILED' when state < 5 then 'PENDING'
         else 'PROVISIONED' end::provisioning_state,
       starts_at - lead, starts_at - lead + since
     from bulk_interview`,
  `insert into interviewers (account_id, interview_id, user_id, position, rsvp, starts_at, ends_at, claim)
     select distinct on (account_id, n, u) account_id, bulk_id('Interview', no, n),
       bulk_id('User', no, 1 + (n + 7 * u + 1) % users), u, case when not external then 'ACCEPTED'::rsvp end, starts_at,
       starts_at + interval '45 minutes', 'SHARED'::seat_claim
     from bulk_interview, generate_series(0, case when panel then 2 else 0 end) as u`,
];
