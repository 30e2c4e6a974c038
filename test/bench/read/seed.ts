import type postgres from "postgres";

export const INTERVIEWS = 200_000;
export const TOKEN = "bench-token";
export const ACCOUNT = "00000000-0000-4000-8000-000000000001";
const OTHER_ACCOUNT = "00000000-0000-4000-8000-000000000002";
/** Sizes of an account; create.sql knows them too. */
export const SIZES = { users: 500, offices: 10, templates: 10, jobs: 100, applications: 50_000 };

const PREFIXES = {
  user: "00000001",
  office: "00000002",
  candidateTemplate: "00000003",
  interviewerTemplate: "00000004",
  job: "00000005",
  stage: "00000006",
  candidate: "00000007",
  application: "00000008",
  interview: "00000009",
} as const;
type Noun = keyof typeof PREFIXES;

/** The id of the row with this number, from 1. */
export const seedId = (noun: Noun, number: number): string =>
  `${PREFIXES[noun]}-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** The same in SQL, for an expression. */
const id = (noun: Noun, number: string): string =>
  `('${PREFIXES[noun]}-0000-4000-8000-' || lpad((${number})::text, 12, '0'))::uuid`;

const { users, offices, templates, jobs, applications } = SIZES;
const of = (noun: Noun, number: string, count: number) => id(noun, `1 + (${number}) % ${count}`);

/** Statements that fill one account. Interviews start every quarter of an hour from 2024 on; nobody is booked twice. */
const statements = (account: string, interviews: number): string[] => [
  `insert into accounts (id, external_id, name) values ('${account}', '${account}', 'Account')`,
  `insert into users (account_id, id, external_id, name, email, role, timezone, calendar_address, zoom_seat)
    select '${account}', ${id("user", "n")}, n, 'User ' || n, 'user' || n || '@example.com',
      case when n <= 20 then 'ADMIN' else 'ORGANIZATION_MEMBER' end::role, 'Europe/Berlin', 'user' || n || '@example.com', 'ACTIVE'
    from generate_series(1, ${users}) n`,
  `insert into offices (account_id, id, external_id, name, address, timezone)
    select '${account}', ${id("office", "n")}, n, 'Office ' || n, n || ' Example Street', 'Europe/Berlin'
    from generate_series(1, ${offices}) n`,
  ...(["candidateTemplate", "interviewerTemplate"] as const).map(
    (noun) => `insert into email_templates (account_id, id, external_id, name, channel, category, subject, body)
    select '${account}', ${id(noun, "n")}, '${noun}' || n, '${noun} ' || n, 'CALENDAR_INVITE',
      '${noun === "candidateTemplate" ? "INTERVIEW" : "INTERVIEWER"}_COORDINATION', 'Your interview', repeat('Dear reader. ', 80)
    from generate_series(1, ${templates}) n`,
  ),
  `insert into jobs (account_id, id, external_id, title, department)
    select '${account}', ${id("job", "n")}, n, 'Job ' || n, 'Department ' || n % 7 from generate_series(1, ${jobs}) n`,
  `insert into interview_plans (account_id, id, job_id, name)
    select '${account}', ${id("job", "n")}, ${id("job", "n")}, 'Plan ' || n from generate_series(1, ${jobs}) n`,
  `insert into stages (account_id, id, external_id, plan_id, job_id, position, name, milestone)
    select '${account}', ${id("stage", "(j - 1) * 4 + p")}, (j - 1) * 4 + p, ${id("job", "j")}, ${id("job", "j")}, p,
      'Stage ' || p, 'INTERVIEW'
    from generate_series(1, ${jobs}) j, generate_series(1, 4) p`,
  `insert into stage_activities (account_id, id, external_id, stage_id, job_id, position, name, type)
    select account_id, id, external_id, id, job_id, 1, 'Talk ' || external_id, 'INTERVIEW' from stages
    where account_id = '${account}'`,
  `insert into candidates (account_id, id, external_id, name, email)
    select '${account}', ${id("candidate", "n")}, n, 'Candidate ' || n, 'candidate' || n || '@example.org'
    from generate_series(1, ${applications}) n`,
  `insert into applications (account_id, id, external_id, candidate_id, job_id, current_stage_id, status)
    select '${account}', ${id("application", "n")}, n, ${id("candidate", "n")}, ${of("job", "n", jobs)},
      ${id("stage", `n % ${jobs} * 4 + 1`)}, 'ACTIVE'
    from generate_series(1, ${applications}) n`,
  `insert into interviews (account_id, id, application_id, candidate_id, job_id, stage_id, stage_activity_id, organizer_id,
      name, kind, location, starts_at, ends_at, timezone, local_start, duration_minutes, tz_version, office_id,
      candidate_template_id, interviewer_template_id, candidate_rsvp, external, provisioning_state, created_at, updated_at)
    select '${account}', ${id("interview", "n")}, ${id("application", "a")}, ${id("candidate", "a")}, ${of("job", "a", jobs)},
      ${id("stage", "s")}, ${id("stage", "s")}, ${of("user", "n * 7", users)}, 'Interview ' || n, 'PANEL',
      'ONSITE', t, t + interval '45 minutes', 'Europe/Berlin', t at time zone 'Europe/Berlin', 45, 'seed',
      ${of("office", "n", offices)}, ${of("candidateTemplate", "n", templates)},
      ${of("interviewerTemplate", "n", templates)}, 'ACCEPTED', false, 'PROVISIONED', now(), now()
    from generate_series(1, ${interviews}) n
    cross join lateral (select 1 + n % ${applications} as a) application
    cross join lateral (select a % ${jobs} * 4 + 1 + n % 4 as s) stage
    cross join lateral (select timestamptz '2024-01-01 08:00Z' + n * interval '15 minutes' as t) time`,
  `insert into interviewers (account_id, interview_id, user_id, position, rsvp, starts_at, ends_at, claim)
    select '${account}', ${id("interview", "n")}, ${of("user", "n * 2 + p", users)}, p, 'ACCEPTED', t,
      t + interval '45 minutes', 'EXCLUSIVE'
    from generate_series(1, ${interviews}) n, generate_series(0, 1) p
    cross join lateral (select timestamptz '2024-01-01 08:00Z' + n * interval '15 minutes' as t) time`,
];

/** Fills a migrated database: 200,000 interviews in the account that is measured, 20,000 in another one. */
export async function seed(sql: postgres.Sql): Promise<void> {
  const [constraint] = await sql`
    select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'interviewers_no_double_booking'`;
  await sql.begin(async (tx) => {
    // Row by row, foreign keys and the exclusion constraint would cost minutes. Foreign keys hold by construction.
    await tx.unsafe("set local session_replication_role = replica");
    await tx.unsafe("alter table interviewers drop constraint interviewers_no_double_booking");
    for (const text of statements(ACCOUNT, INTERVIEWS)) await tx.unsafe(text);
    for (const text of statements(OTHER_ACCOUNT, INTERVIEWS / 10)) await tx.unsafe(text);
    await tx.unsafe(`alter table interviewers add constraint interviewers_no_double_booking ${constraint?.["text"]}`);
    await tx`insert into api_tokens (account_id, id, name, token_hash, scopes) values (${ACCOUNT}, gen_random_uuid(), 'bench',
      sha256(${TOKEN}::bytea), array['interviews:read', 'interviews:write', 'directory:read'])`;
  });
  await sql.unsafe("vacuum analyze");
}
