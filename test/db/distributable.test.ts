import type { ISql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";

/** What a database that is distributed by account refuses, and why it is so all the same. */
const EXCEPTIONS: Record<string, string> = {
  "index api_tokens_token_hash_unique": "A token tells its account; the table is copied to every node.",
  "index sandbox_conferences_code_unique": "A link tells its account; the table is copied to every node.",
  "trigger interviewers_no_double_booking":
    "A shared seat refuses exclusive ones that come after it, which no exclusion constraint can say.",
};

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** What the catalogue has against distribution; `query` selects a column `object`. */
async function refused(query: string, sql: ISql = database.connections.raw): Promise<string[]> {
  const rows = await sql.unsafe(`
    with account_tables as (
      select c.oid, a.attnum as account from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'account_id' and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    ) ${query}`);
  return rows.map(({ object }) => object).filter((object) => !(object in EXCEPTIONS));
}

const INDEXES = `
  select 'index ' || i.indexrelid::regclass as object from pg_index i join account_tables t on t.oid = i.indrelid
  where (i.indisunique or i.indisexclusion) and not (t.account = any (i.indkey)
    and (not i.indisexclusion or (
      select conexclop[array_position(conkey, t.account)] from pg_constraint where conindid = i.indexrelid
    ) in (select oid from pg_operator where oprname = '=')))`;
const UNPAIRED = `
  select 'key ' || k.conname as object from pg_constraint k
  join account_tables t on t.oid = k.conrelid join account_tables other on other.oid = k.confrelid
  where k.contype = 'f' and not exists (
    select from unnest(k.conkey, k.confkey) as pair (own, others) where own = t.account and others = other.account)`;
const ACTIONS = `
  select 'key ' || k.conname as object from pg_constraint k join account_tables t on t.oid = k.conrelid
  where k.contype = 'f' and (k.confupdtype in ('c', 'n', 'd') or k.confdeltype in ('n', 'd'))`;
const TRIGGERS = `
  select 'trigger ' || g.tgname as object from pg_trigger g join account_tables t on t.oid = g.tgrelid where not g.tgisinternal`;

describe("a database that is spread over machines by account can hold every table with an account:", () => {
  test.each([
    ["what is unique or excluded is so within its account", INDEXES],
    ["a reference between two of them pairs the accounts", UNPAIRED],
    ["no reference changes its account on update, or forgets it on delete", ACTIONS],
    ["none has a trigger", TRIGGERS],
  ])("%s", async (_rule, query) => {
    expect(await refused(query)).toEqual([]);
  });

  test("every exception is there", async () => {
    const found = await database.connections.raw`
      select 'index ' || c.relname as object from pg_class c where c.relkind = 'i'
      union all select 'trigger ' || tgname from pg_trigger where not tgisinternal`;
    const objects = new Set(found.map(({ object }) => object));
    expect(Object.keys(EXCEPTIONS).filter((object) => !objects.has(object))).toEqual([]);
  });

  test.each([
    ["an index", INDEXES, "create unique index bad on candidates (email)"],
    [
      "an exclusion by another operator",
      INDEXES,
      "alter table interviewers add constraint bad exclude using gist (account_id with <>)",
    ],
    [
      "a reference",
      UNPAIRED,
      "alter table candidates add unique (id, account_id), add foreign key (id, added_by_id) references candidates (id, account_id)",
    ],
    [
      "an action",
      ACTIONS,
      "alter table candidates add foreign key (account_id, added_by_id) references users (account_id, id) on delete set null",
    ],
    [
      "a cascade",
      ACTIONS,
      "alter table candidates add foreign key (account_id, added_by_id) references users (account_id, id) on update cascade",
    ],
    [
      "a trigger",
      TRIGGERS,
      "create trigger bad before update on candidates for each row execute function suppress_redundant_updates_trigger()",
    ],
  ])("%s that breaks a rule is found", async (_kind, query, statement) => {
    const undone = new Error("undone");
    let found: string[] = [];
    const trying = database.connections.raw.begin(async (tx) => {
      await tx.unsafe(statement);
      found = await refused(query, tx);
      throw undone;
    });
    await expect(trying).rejects.toBe(undone);
    expect(found).toHaveLength(1);
  });
});
