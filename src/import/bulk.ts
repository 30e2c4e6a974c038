import { getTableColumns, getTableName, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { getTableConfig } from "drizzle-orm/pg-core";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { arrayLiteral } from "../db/client.ts";
import type { Executor } from "../db/client.ts";

/** Columns that no file sets: the database or the import fills them in. */
const OWN_COLUMNS = ["createdAt", "revokedAt", "retiredAt"] as const;

/** The rows of a statement travel as one parameter, so these bound its size and nothing else. */
const ROWS_AT_ONCE = 5_000;
const OWNERS_AT_ONCE = 500;

/** Growth from which a table is analyzed: foreign-key checks would reuse plans from when it was small, and scan all of it. */
const ANALYZE_FROM = 1_000;

export type ImportedRow<T extends PgTable> = Omit<T["$inferSelect"], (typeof OWN_COLUMNS)[number]>;

/** What became of the rows of one table. */
export interface Counts {
  inserted: number;
  updated: number;
  /** Missing from a list that is complete, and from now on neither offered nor accepted. */
  retired: number;
  /** Retired before, and there again. */
  revived: number;
  /** Links that are gone. */
  deleted: number;
  unchanged: number;
}

/**
 * Inserts new rows, updates those that differ and restores retired ones. A row that is already as wanted is not touched, not
 * even locked.
 */
export async function upsertRows<T extends PgTable>(
  tx: Executor,
  table: T,
  rows: readonly ImportedRow<T>[],
): Promise<Counts> {
  const counts: Counts = { inserted: 0, updated: 0, retired: 0, revived: 0, deleted: 0, unchanged: 0 };
  for (const chunk of chunks(rows, ROWS_AT_ONCE)) {
    const [done] = await tx.execute<Record<"inserted" | "updated" | "revived", number>>(upsertStatement(table, chunk));
    const { inserted = 0, updated = 0, revived = 0 } = done ?? {};
    counts.inserted += inserted;
    counts.updated += updated;
    counts.revived += revived;
    counts.unchanged += chunk.length - inserted - updated - revived;
  }
  if (counts.inserted + counts.updated >= ANALYZE_FROM) await tx.execute(sql`analyze ${table}`);
  return counts;
}

export interface Links<T extends PgTable> {
  accountId: string;
  /** The column that says whose link a row is. */
  owner: keyof ImportedRow<T> & string;
  ownerIds: readonly string[];
  /** Every link of these owners. */
  rows: readonly ImportedRow<T>[];
}

/** Makes the links of the given owners equal to the given rows: deletes what is gone, then upserts. */
export async function replaceLinks<T extends PgTable>(tx: Executor, table: T, links: Links<T>): Promise<Counts> {
  const rowsOf = Map.groupBy(links.rows, (row) => String(row[links.owner]));
  let deleted = 0;
  for (const ownerIds of chunks(links.ownerIds, OWNERS_AT_ONCE)) {
    const rows = ownerIds.flatMap((id) => rowsOf.get(id) ?? []);
    deleted += (await tx.execute(deleteStatement(table, { ...links, ownerIds, rows }))).count;
  }
  return { ...(await upsertRows(tx, table, links.rows)), deleted };
}

/** Rows of an account, or of the given owners, among which only the given ones are not retired. */
export interface Survivors {
  accountId: string;
  rows: readonly { id: string }[];
  jobIds?: readonly string[];
}

/** Retires every row that is missing among the given ones; users become inactive. */
export async function retireOthers(
  tx: Executor,
  table: PgTable,
  { accountId, rows, jobIds }: Survivors,
): Promise<number> {
  const { isRetired, retire } = retirementOf(table);
  const present = arrayLiteral(rows.map(({ id }) => id));
  const owned = jobIds ? sql`and stored.job_id = any(${arrayLiteral(jobIds)}::uuid[])` : sql``;
  const { count } = await tx.execute(sql`
    update ${table} stored set ${retire}
    where stored.account_id = ${accountId}::uuid and not (${isRetired}) ${owned}
      and stored.id not in (select unnest(${present}::uuid[]))`);
  return count;
}

interface Retirement {
  /** Whether a stored row is retired. */
  isRetired: SQL;
  /** Whether it comes back when the incoming row is written. */
  isRevived: SQL;
  retire: SQL;
  /** What writing a row sets besides what the file says. */
  revive: SQL[];
}

function retirementOf(table: PgTable): Retirement {
  const { retiredAt, active } = getTableColumns(table);
  if (retiredAt) {
    const isRetired = sql`stored.retired_at is not null`;
    return { isRetired, isRevived: isRetired, retire: sql`retired_at = now()`, revive: [sql`retired_at = null`] };
  }
  if (active) {
    const isRetired = sql`not stored.active`;
    return { isRetired, isRevived: sql`${isRetired} and incoming.active`, retire: sql`active = false`, revive: [] };
  }
  return { isRetired: sql`false`, isRevived: sql`false`, retire: sql``, revive: [] };
}

function upsertStatement(table: PgTable, rows: readonly object[]): SQL {
  const { all, key, data } = columnsOf(table);
  const { isRevived, revive } = retirementOf(table);
  const assignments = [
    ...data.map((name) => sql`${sql.identifier(name)} = excluded.${sql.identifier(name)}`),
    ...revive,
  ];
  const change = data.length > 0 ? sql`update set ${sql.join(assignments, sql`, `)}` : sql`nothing`;
  const differs =
    data.length > 0 ? sql`(${of("stored", data)}) is distinct from (${of("incoming", data)})` : sql`false`;
  return sql`
    with incoming as (
      select * from json_populate_recordset(null::${table}, ${json(table, rows)}::json)
    ), differing as (
      select incoming.*, ${of("stored", key.slice(0, 1))} is null as fresh, coalesce(${isRevived}, false) as revived
      from incoming left join ${table} stored on (${of("stored", key)}) = (${of("incoming", key)})
      where ${of("stored", key.slice(0, 1))} is null or ${differs} or ${isRevived}
    ), written as (
      insert into ${table} (${names(all)}) select ${names(all)} from differing
      on conflict (${names(key)}) do ${change}
    )
    select count(*) filter (where fresh)::int as inserted,
      count(*) filter (where not fresh and not revived)::int as updated,
      count(*) filter (where not fresh and revived)::int as revived
    from differing`;
}

function deleteStatement<T extends PgTable>(table: T, { accountId, owner, ownerIds, rows }: Links<T>): SQL {
  const { key } = columnsOf(table);
  return sql`
    delete from ${table} stored
    where stored.account_id = ${accountId}::uuid and ${of("stored", [columnName(table, owner)])} = any(${arrayLiteral(ownerIds)}::uuid[])
      and (${of("stored", key)}) not in (
        select ${names(key)} from json_populate_recordset(null::${table}, ${json(table, rows)}::json)
      )`;
}

/** Names of the imported columns, of the primary key's among them, and of the others. */
function columnsOf(table: PgTable): { all: string[]; key: string[]; data: string[] } {
  const all = importedColumns(table).map(([, column]) => column.name);
  const { primaryKeys, columns } = getTableConfig(table);
  const key = (primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary)).map(({ name }) => name);
  return { all, key, data: all.filter((name) => !key.includes(name)) };
}

function importedColumns(table: PgTable): [string, PgColumn][] {
  const own: readonly string[] = OWN_COLUMNS;
  return Object.entries(getTableColumns(table)).filter(([property]) => !own.includes(property));
}

function columnName(table: PgTable, property: string): string {
  const column = getTableColumns(table)[property];
  if (!column) throw new Error(`${getTableName(table)} has no column ${property}.`);
  return column.name;
}

/** The rows as PostgreSQL reads them: objects with the names of the columns. */
function json(table: PgTable, rows: readonly object[]): string {
  const columns = importedColumns(table);
  const record = (row: Record<string, unknown>) =>
    Object.fromEntries(columns.map(([property, { name }]) => [name, encode(row[property])]));
  return JSON.stringify(rows.map((row) => record({ ...row })));
}

function encode(value: unknown): unknown {
  return Buffer.isBuffer(value) ? `\\x${value.toString("hex")}` : value;
}

const names = (columns: string[]) =>
  sql.join(
    columns.map((name) => sql.identifier(name)),
    sql`, `,
  );

const of = (source: string, columns: string[]) =>
  sql.join(
    columns.map((name) => sql`${sql.identifier(source)}.${sql.identifier(name)}`),
    sql`, `,
  );

function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
