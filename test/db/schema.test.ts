import { glob } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { is } from "drizzle-orm";
import { getTableConfig, isPgEnum, PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { TransactionSql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import type { TestApp } from "../support/app.ts";
import { adHoc, createInterview, external } from "../support/interview.ts";

let app: TestApp;
/** What the code says of the database. */
const declared: unknown[] = [];
beforeAll(async () => {
  app = await startTestApp({ worker: false });
  await createInterview(app.client, adHoc());
  await createInterview(app.client, external({}, { startTime: "2027-03-01T11:00" }));
  for await (const file of glob("src/db/schema/*.ts")) {
    const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>;
    declared.push(...Object.values(module));
  }
});
afterAll(() => app.stop());

const declaredTables = () => declared.filter((value) => is(value, PgTable)).map((table) => getTableConfig(table));
const read = (query: string) => app.app.connections.raw.unsafe(query);
const byText = (one: string, other: string) => (one < other ? -1 : 1);
const columnsOf = (relation: string, numbers: string) => `
  (select string_agg(attname, ' ' order by place) from unnest(${numbers}) with ordinality as k (number, place)
   join pg_attribute on attrelid = ${relation} and attnum = k.number)`;

describe("the migrations make what the code declares:", () => {
  test("columns with their types, and which may be null", async () => {
    const typeOf = (type: string) => type.replace(" (", "(").replace(/^(timestamp\(\d\))$/, "$1 without time zone");
    const expected = declaredTables().flatMap(({ name, columns }) =>
      columns.map(
        (column) => `${name}.${column.name} ${typeOf(column.getSQLType())} ${column.notNull ? "not null" : "null"}`,
      ),
    );
    const rows = await read(`
      select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || coalesce((select format(' collate "%s"', collname) from pg_collation where oid = a.attcollation and collname <> 'default'), '')
        || case when a.attnotnull then ' not null' else ' null' end as said
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`);
    expect(rows.map(({ said }) => said).toSorted(byText)).toEqual(expected.toSorted(byText));
  });

  test("enumerations with their values", async () => {
    const expected = declared.filter(isPgEnum).map(({ enumName, enumValues }) => `${enumName} ${enumValues.join(" ")}`);
    const rows = await read(`
      select typname || ' ' || (select string_agg(enumlabel, ' ' order by enumsortorder) from pg_enum where enumtypid = t.oid) as said
      from pg_type t where typnamespace = 'public'::regnamespace and typtype = 'e'`);
    expect(rows.map(({ said }) => said).toSorted(byText)).toEqual(expected.toSorted(byText));
  });

  test("primary keys, unique keys and checks", async () => {
    const expected = declaredTables().flatMap(({ name, columns, primaryKeys, uniqueConstraints, checks }) => [
      ...columns.filter(({ primary }) => primary).map((column) => `${name} p ${column.name}`),
      ...primaryKeys.map((key) => `${name} p ${key.columns.map((column) => column.name).join(" ")}`),
      ...columns.filter(({ isUnique }) => isUnique).map((column) => `${name} u ${column.name}`),
      ...uniqueConstraints.map((key) => `${name} u ${key.columns.map((column) => column.name).join(" ")}`),
      ...checks.map((check) => `${name} c ${check.name}`),
    ]);
    const rows = await read(`
      select conrelid::regclass || ' ' || contype::text || ' '
        || case when contype = 'c' then conname else ${columnsOf("conrelid", "conkey")} end as said
      from pg_constraint where connamespace = 'public'::regnamespace and contype in ('p', 'u', 'c')`);
    expect(rows.map(({ said }) => said).toSorted(byText)).toEqual(expected.toSorted(byText));
  });

  test("foreign keys, and what becomes of their rows", async () => {
    const expected = declaredTables().flatMap(({ name, foreignKeys }) =>
      foreignKeys.map((key) => {
        const { columns, foreignColumns, foreignTable } = key.reference();
        const [from, to] = [columns, foreignColumns].map((list) => list.map((column) => column.name).join(" "));
        const { name: target } = getTableConfig(foreignTable);
        return `${name} (${from}) ${target} (${to}) ${key.onUpdate ?? "no action"}, ${key.onDelete ?? "no action"}`;
      }),
    );
    const action = (column: string) =>
      `case ${column} when 'c' then 'cascade' when 'a' then 'no action' else ${column}::text end`;
    const rows = await read(`
      select conrelid::regclass || ' (' || ${columnsOf("conrelid", "conkey")} || ') '
        || confrelid::regclass || ' (' || ${columnsOf("confrelid", "confkey")} || ') '
        || ${action("confupdtype")} || ', ' || ${action("confdeltype")} as said
      from pg_constraint where connamespace = 'public'::regnamespace and contype = 'f'`);
    expect(rows.map(({ said }) => said).toSorted(byText)).toEqual(expected.toSorted(byText));
  });

  test("indexes with their columns, methods and conditions", async () => {
    const expected = declaredTables().flatMap(({ name, indexes }) =>
      indexes.map(({ config }) => {
        const columns = config.columns.map((column) => (is(column, PgColumn) || "name" in column ? column.name : null));
        return `${config.name} ${name} ${config.method ?? "btree"} ${columns.map((column) => column ?? "()").join(" ")}${config.where ? " partial" : ""}`;
      }),
    );
    const rows = await read(`
      select index.relname || ' ' || i.indrelid::regclass || ' ' || am.amname || ' '
        || (select string_agg(case when am.amname = 'gist' and place > 1 then '()' else coalesce(a.attname, '()') end, ' ' order by place)
            from unnest(i.indkey) with ordinality as k (number, place) left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number)
        || case when i.indpred is null then '' else ' partial' end as said
      from pg_index i join pg_class index on index.oid = i.indexrelid join pg_am am on am.oid = index.relam
      where index.relnamespace = 'public'::regnamespace and not exists (select from pg_constraint where conindid = i.indexrelid)`);
    expect(rows.map(({ said }) => said).toSorted(byText)).toEqual(expected.toSorted(byText));
  });
});

/** Statements that a check refuses, and statements right beside them that it lets pass. */
const CHECKS: Record<string, { refused: string[]; accepted: string[] }> = {
  interviews_length: {
    refused: [
      "update interviews set ends_at = ends_at + interval '1 minute'",
      "update interviews set starts_at = starts_at - interval '1 millisecond'",
      "update interviews set duration_minutes = duration_minutes + 1",
    ],
    accepted: [
      "update interviews set ends_at = ends_at + interval '1 minute', duration_minutes = duration_minutes + 1",
    ],
  },
  interviews_duration: {
    refused: [4, 1441, 0].map(lengthened),
    accepted: [5, 1440].map(lengthened),
  },
  interviews_external_not_provisioned: {
    refused: [
      "update interviews set provisioning_state = 'NOT_APPLICABLE' where not external",
      ...["PENDING", "PROVISIONED", "FAILED"].map(
        (state) => `update interviews set provisioning_state = '${state}' where external`,
      ),
    ],
    accepted: ["PENDING", "PROVISIONED", "FAILED"].map(
      (state) => `update interviews set provisioning_state = '${state}' where not external`,
    ),
  },
  interviews_managed_complete: {
    refused: ["location", "candidate_template_id", "interviewer_template_id"].map(
      (column) => `update interviews set ${column} = null where not external`,
    ),
    accepted: [
      "update interviews set location = null, candidate_template_id = null, interviewer_template_id = null where external",
    ],
  },
  stage_activities_duration: {
    refused: [4, 1441].map((minutes) => `update stage_activities set duration_minutes = ${minutes}`),
    accepted: ["5", "1440", "null"].map((minutes) => `update stage_activities set duration_minutes = ${minutes}`),
  },
  api_tokens_scopes_known: {
    refused: ["{everything}", "{interviews:read,everything}", "{NULL}"].map(
      (scopes) => `update api_tokens set scopes = '${scopes}'`,
    ),
    accepted: ["{}", "{interviews:read,interviews:write,directory:read}"].map(
      (scopes) => `update api_tokens set scopes = '${scopes}'`,
    ),
  },
  provisionings_error: {
    refused: ["'UNAVAILABLE', null, null", "'UNAVAILABLE', 'Try later.', null", "null, null, true"].map(attempt),
    accepted: ["null, null, null", "'UNAVAILABLE', 'Try later.', true"].map(attempt),
  },
  provisioning_effects_result: {
    refused: ["'DONE', null", "'STARTED', '{}'", "'REFUSED', '{}'", "'UNCERTAIN', '{}'"].map(effect),
    accepted: ["'DONE', '{}'", "'STARTED', null", "'REFUSED', null", "'UNCERTAIN', null"].map(effect),
  },
  availability_searches_ended: {
    refused: [
      "'PENDING', now(), null, null, null",
      "'PENDING', null, '[]', null, null",
      "'SUCCEEDED', now(), null, null, null",
      "'SUCCEEDED', null, '[]', null, null",
      "'FAILED', now(), null, 'LOST', null",
      "'FAILED', now(), '[]', 'LOST', 'Lost.'",
    ].map(ended),
    accepted: [
      "'PENDING', null, null, null, null",
      "'SUCCEEDED', now(), '[]', null, null",
      "'FAILED', now(), null, 'LOST', 'Lost.'",
    ].map(ended),
  },
  availability_searches_asked: {
    refused: ["null, 30, null", "'PANEL', null, null", "null, null, null", "'PANEL', 30, '{}'", "null, 30, '{}'"].map(
      asked,
    ),
    accepted: ["'PANEL', 30, null", "null, null, '{}'"].map(asked),
  },
  users_limits: {
    refused: ["max_interviews_per_day", "max_interviews_per_week", "buffer_minutes"].map(
      (column) => `update users set ${column} = -1`,
    ),
    accepted: ["update users set max_interviews_per_day = 0, max_interviews_per_week = null, buffer_minutes = 0"],
  },
  installations_one_row: { refused: ["insert into installations (singleton) values (false)"], accepted: [] },
};

function attempt(error: string): string {
  return `insert into provisionings (account_id, interview_id, error_code, error_message, error_retryable)
    select account_id, id, ${error} from interviews limit 1`;
}

function ended(end: string): string {
  return search("'PANEL', 30, null", end);
}

function asked(of: string): string {
  return search(of, "'PENDING', null, null, null, null");
}

function search(of: string, end: string): string {
  return `insert into availability_searches (account_id, id, organizer_id, interviewer_ids, kind, duration_minutes, loop, timezone,
      starts_at, ends_at, organizer_must_be_free, within_working_hours, buffer_minutes, minimum_notice_minutes,
      ignored_interview_ids, created_at, state, completed_at, people, error_code, error_message)
    select account_id, gen_random_uuid(), id, '{}', ${of}, 'UTC', now(), now(), true, true, 0, 0, '{}', now(), ${end}
    from users limit 1`;
}

function effect(end: string): string {
  return `insert into provisioning_effects (account_id, interview_id, artifact, revision, interview_revision, action, open_calls,
      digest, request, started_at, state, result)
    select account_id, id, 'calendar-event/x', 99, 1, 'PUT', 1, '', '{}', now(), ${end} from interviews limit 1`;
}

function lengthened(minutes: number): string {
  return `update interviews set duration_minutes = ${minutes}, ends_at = starts_at + interval '${minutes} minutes'`;
}

/** The constraint that refuses a statement; null when none does. Nothing is kept of it. */
async function refusalOf(statement: string): Promise<string | null> {
  const undone = new Error("undone");
  const run = async (sql: TransactionSql) => {
    const { count } = await sql.unsafe(statement);
    expect(count, statement).toBeGreaterThan(0);
    throw undone;
  };
  return app.app.connections.raw.begin(run).then(
    () => null,
    (error: { constraint_name?: string }) => {
      if ((error as unknown) === undone) return null;
      return error.constraint_name ?? Promise.reject(error);
    },
  );
}

describe("a check refuses what must not be stored:", () => {
  test.each(Object.entries(CHECKS))("%s", async (name, { refused, accepted }) => {
    for (const statement of refused) expect(await refusalOf(statement), statement).toBe(name);
    for (const statement of accepted) expect(await refusalOf(statement), statement).toBeNull();
  });

  test("every check of the database is tried", async () => {
    const rows = await read(
      "select conname from pg_constraint where connamespace = 'public'::regnamespace and contype = 'c'",
    );
    expect(rows.map(({ conname }) => conname).toSorted(byText)).toEqual(Object.keys(CHECKS).toSorted(byText));
  });
});
