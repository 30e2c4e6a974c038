import { Column, fillPlaceholders, getTableColumns, getTableName, sql } from "drizzle-orm";
import type { Query, SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Executor } from "../db/client.ts";

type Row = Record<string, unknown>;
type Decode = (value: unknown) => unknown;

/** How a table's rows are read: what follows SELECT, and the columns whose values must be converted. */
interface Shape {
  columns: SQL;
  decoders: [key: string, decode: Decode][];
}

const dialect = new PgDialect();
const shapes = new WeakMap<PgTable, Shape>();

/** What follows FROM, and of which columns. */
export interface RowQuery {
  /** The keys of columns that are read; all of them when null or left out. */
  columns?: readonly string[] | null | undefined;
  where: SQL | undefined;
  orderBy?: SQL[];
  /** A number in the text of the statement: with a parameter PostgreSQL would not reuse the plan. */
  limit?: number;
}

/**
 * A statement that reads rows of one table; its result is what drizzle's own select gives, for a third of the time, since
 * drizzle builds the statement and takes each value in hand every time.
 * @param query may hold placeholders, whose values come with each run
 */
export function prepareRows<T extends PgTable>(table: T, query: RowQuery) {
  const { columns, where, orderBy = [], limit } = query;
  const shape = columns ? makeShape(table, columns) : shapeOf(table);
  const statement = dialect.sqlToQuery(
    sql.join(
      [
        sql`select ${shape.columns} from ${table}`,
        where && sql` where ${where}`,
        orderBy.length > 0 && sql` order by ${sql.join(orderBy, sql`, `)}`,
        limit !== undefined && sql.raw(` limit ${limit}`),
      ].filter((part) => part !== undefined && part !== false),
    ),
  );
  return {
    /** Prepared in PostgreSQL: for texts of which there are few, since connections hold each of them. */
    run: (executor: Executor, values: Row = {}) => run<T>(executor, { statement, values, shape, name: "rows" }),
    runOnce: (executor: Executor) => run<T>(executor, { statement, values: {}, shape, name: undefined }),
  };
}

/**
 * Runs a statement whose text is always the same: each connection prepares it once, which saves a round trip and most of its
 * planning.
 */
export function executeKept<R extends object>(executor: Executor, statement: SQL): Promise<R[]> {
  return send<R>(executor, dialect.sqlToQuery(statement), "kept");
}

/** @param name prepares the statement under it; not when undefined */
function send<R>(executor: Executor, query: Query, name: string | undefined): Promise<R[]> {
  return executor._.session.prepareQuery(query, undefined, name, false).execute() as Promise<R[]>;
}

interface Run {
  statement: Query;
  values: Row;
  shape: Shape;
  name: string | undefined;
}

async function run<T extends PgTable>(executor: Executor, { statement, values, shape, name }: Run) {
  const rows = await send<Row>(executor, { ...statement, params: fillPlaceholders(statement.params, values) }, name);
  for (const row of rows) {
    for (const [key, decode] of shape.decoders) row[key] = row[key] === null ? null : decode(row[key]);
  }
  return rows as T["$inferSelect"][];
}

function shapeOf(table: PgTable): Shape {
  const known = shapes.get(table) ?? makeShape(table, Object.keys(getTableColumns(table)));
  shapes.set(table, known);
  return known;
}

function makeShape(table: PgTable, keys: readonly string[]): Shape {
  const columns = keys.map((key) => [key, columnOf(table, key)] as const);
  const list = sql.join(
    columns.map(([key, column]) => sql`${column} as ${sql.identifier(key)}`),
    sql`, `,
  );
  return {
    columns: sql.raw(dialect.sqlToQuery(list).sql),
    decoders: columns.flatMap(([key, column]) => {
      const decode = decoderOf(column);
      return decode ? [[key, decode] as const] : [];
    }),
  };
}

/** The column that a table's rows have under this key. */
export function columnOf(table: PgTable, key: string): PgColumn {
  const column = getTableColumns(table)[key];
  if (!column) throw new Error(`The table ${getTableName(table)} has no column ${key}.`);
  return column;
}

function decoderOf(column: Column): Decode | undefined {
  const untouched = column.mapFromDriverValue === Column.prototype.mapFromDriverValue;
  return untouched ? undefined : (value) => column.mapFromDriverValue(value);
}
