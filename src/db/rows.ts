import { Column, fillPlaceholders, getTableColumns, sql } from "drizzle-orm";
import type { Query, SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Executor } from "./client.ts";

type Row = Record<string, unknown>;
type Decode = (value: unknown) => unknown;

/** How a table's rows are read: what stands behind SELECT, and the columns whose values the driver does not give as they are. */
interface Shape {
  columns: SQL;
  decoders: [key: string, decode: Decode][];
}

const dialect = new PgDialect();
const shapes = new WeakMap<PgTable, Shape>();

/** What follows FROM. */
export interface RowQuery {
  where: SQL | undefined;
  orderBy?: SQL[];
  /** A number in the text of the statement: as a parameter it would keep PostgreSQL from keeping the plan. */
  limit?: number;
}

/**
 * A statement that reads whole rows of one table; its result is what drizzle's own select gives, for a third of the time,
 * since drizzle builds the statement and takes each value in hand every time.
 * @param query may hold placeholders, whose values come with each run
 */
export function prepareRows<T extends PgTable>(table: T, query: RowQuery) {
  const shape = shapeOf(table);
  const { where, orderBy = [], limit } = query;
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
    /** Prepared in PostgreSQL: for texts of which there are few, since connections keep each of them. */
    run: (executor: Executor, values: Row = {}) => run<T>(executor, { statement, values, shape, name: "rows" }),
    runOnce: (executor: Executor) => run<T>(executor, { statement, values: {}, shape, name: undefined }),
  };
}

interface Run {
  statement: Query;
  values: Row;
  shape: Shape;
  name: string | undefined;
}

async function run<T extends PgTable>(executor: Executor, { statement, values, shape, name }: Run) {
  const query = { ...statement, params: fillPlaceholders(statement.params, values) };
  const rows = (await executor._.session.prepareQuery(query, undefined, name, false).execute()) as Row[];
  for (const row of rows) {
    for (const [key, decode] of shape.decoders) row[key] = row[key] === null ? null : decode(row[key]);
  }
  return rows as T["$inferSelect"][];
}

function shapeOf(table: PgTable): Shape {
  const known = shapes.get(table);
  if (known) return known;
  const columns = Object.entries(getTableColumns(table));
  const made: Shape = {
    columns: sql.join(
      columns.map(([key, column]) => sql`${column} as ${sql.identifier(key)}`),
      sql`, `,
    ),
    decoders: columns.flatMap(([key, column]) => {
      const decode = decoderOf(column);
      return decode ? [[key, decode] as const] : [];
    }),
  };
  made.columns = sql.raw(dialect.sqlToQuery(made.columns).sql);
  shapes.set(table, made);
  return made;
}

function decoderOf(column: Column): Decode | undefined {
  const untouched = column.mapFromDriverValue === Column.prototype.mapFromDriverValue;
  return untouched ? undefined : (value) => column.mapFromDriverValue(value);
}
