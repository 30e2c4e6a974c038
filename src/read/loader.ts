import DataLoader from "dataloader";
import { and, asc, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { arrayLiteral, textArrayLiteral } from "../db/client.ts";
import type { Database } from "../db/client.ts";
import { columnOf, prepareRows } from "./rows.ts";
import { runQuickly } from "./quick.ts";
import type { QuickPools } from "./quick.ts";

export interface BatchKeys {
  accountId: string;
  ids: readonly string[];
}

/** Keys of the columns that are read of each row; null for all of them. Equal sets are the same object. */
export type Columns = readonly string[] | null;

/** How what belongs to an id is fetched: one statement for all ids of a tick. */
export interface Loader<V> {
  /** Prepares the statement, once for each database and set of columns; the result runs it. */
  readonly prepare: (db: Database, columns: Columns) => (keys: BatchKeys) => Promise<ReadonlyMap<string, V>>;
}

/** One statement for all ids of a tick. */
export type BatchFetch<V> = (ids: readonly string[]) => Promise<ReadonlyMap<string, V>>;

export interface LoaderCache {
  load<V>(loader: Loader<V>, id: string, columns: Columns): Promise<V | null>;
  /** The same for what is fetched in a way of this operation alone; the name says all that `fetch` depends on. */
  batch<V>(name: string, id: string, fetch: BatchFetch<V>): Promise<V | null>;
}

type AccountTable = PgTable & { accountId: PgColumn };
type Column<T extends AccountTable> = keyof T["$inferSelect"] & string;
type Rows<T extends AccountTable> = T["$inferSelect"][];

/** What rows are loaded by when it is not a column as it is. */
interface RowKey {
  /** What the database compares with the keys. */
  sql: SQL;
  /** The same of a value that was read. */
  of: (value: string) => string;
}

/** A loader of single rows by a unique column, the id unless `by` names another, or by a unique `key` of that column. */
export function defineRowLoader<T extends AccountTable>(
  table: T,
  by: Column<T> = "id",
  key?: RowKey,
): Loader<T["$inferSelect"]> {
  return {
    prepare: (db, columns) => {
      const find = prepareFind(db, columns, { table, by, order: [], compared: key?.sql });
      return async (keys) => {
        const rows = new Map<string, T["$inferSelect"]>();
        for (const row of await find(keys)) {
          const value = row[by] as string;
          rows.set(key?.of(value) ?? value, row);
        }
        return rows;
      };
    },
  };
}

interface ListOptions<T extends AccountTable> {
  by: Column<T>;
  order: Column<T>[];
  /** Which of the rows; all when left out. */
  where?: SQL;
}

/** A loader of the rows that belong to an id, in order. An id without rows loads as an empty list. */
export function defineListLoader<T extends AccountTable>(table: T, list: ListOptions<T>): Loader<Rows<T>> {
  const { by } = list;
  return {
    prepare: (db, columns) => {
      const find = prepareFind(db, columns, { table, ...list });
      return async (keys) => {
        const lists = new Map<string, Rows<T>>(keys.ids.map((id) => [id, []]));
        for (const row of await find(keys)) lists.get(row[by] as string)?.push(row);
        return lists;
      };
    },
  };
}

function prepareFind<T extends AccountTable>(
  db: Database,
  columns: Columns,
  { table, by, order, where, compared }: ListOptions<T> & { table: T; compared?: SQL | undefined },
): (keys: BatchKeys) => Promise<Rows<T>> {
  const { accountId } = table;
  const column = columnOf(table, by);
  const isUuid = column.getSQLType() === "uuid";
  const literal = isUuid ? arrayLiteral : textArrayLiteral;
  const find = prepareRows(table, {
    columns: columns && [...new Set([by, ...columns])],
    where: and(
      sql`${accountId} = ${sql.placeholder("accountId")} and ${compared ?? column} = any(${sql.placeholder("ids")}::${sql.raw(isUuid ? "uuid" : "text")}[])`,
      where,
    ),
    orderBy: order.map((key) => asc(columnOf(table, key))),
  });
  return ({ accountId, ids }) => find.run(db, { accountId, ids: literal(ids) });
}

type Run<V> = ReturnType<Loader<V>["prepare"]>;
const prepared = new WeakMap<Database, WeakMap<object, Map<unknown, unknown>>>();
/** The key of all columns. */
const ALL = {};

/** The loaders of one operation and one account: what was loaded once is not loaded again. */
export function createLoaderCache(pools: QuickPools, accountId: string): LoaderCache {
  const named = new Loaders();
  const whole = new Loaders();
  const partial = new Map<Columns, Loaders>();
  const loadersOf = (columns: Columns): Loaders => {
    const known = columns === null ? whole : (partial.get(columns) ?? new Loaders());
    if (columns !== null) partial.set(columns, known);
    return known;
  };
  return {
    load<V>(loader: Loader<V>, id: string, columns: Columns): Promise<V | null> {
      const sufficient = whole.has(loader, id) ? null : columns;
      const fetch: BatchFetch<V> = (ids) =>
        runQuickly(loader, pools, (db) => preparedOnce(db, loader, sufficient)({ accountId, ids }));
      return loadersOf(sufficient).load(loader, id, fetch);
    },
    batch: (name, id, fetch) => named.load(name, id, fetch),
  };
}

/** What was asked for, by id. A promise has a handler from the start, since the caller may fail before it awaits. */
class Asked extends Map<string, Promise<unknown>> {
  override set(id: string, promise: Promise<unknown>): this {
    promise.catch(() => {});
    return super.set(id, promise);
  }
}

/** Loaders by what they fetch. */
class Loaders {
  readonly #loaders = new Map<unknown, { loader: DataLoader<string, unknown>; asked: Map<string, Promise<unknown>> }>();

  /** Whether the id has been asked for. */
  has(key: unknown, id: string): boolean {
    return this.#loaders.get(key)?.asked.has(id) ?? false;
  }

  load<V>(key: unknown, id: string, fetch: BatchFetch<V>): Promise<V | null> {
    const { loader } = this.#loaders.get(key) ?? this.#add(key, fetch);
    return loader.load(id) as Promise<V | null>;
  }

  #add<V>(key: unknown, fetch: BatchFetch<V>) {
    const asked = new Asked();
    const batch = async (ids: readonly string[]) => {
      const found = await fetch(ids);
      return ids.map((id) => found.get(id) ?? null);
    };
    const made = { loader: new DataLoader<string, unknown>(batch, { cacheMap: asked }), asked };
    this.#loaders.set(key, made);
    return made;
  }
}

/** What a foreign key promises to exist. */
export function loaded<V>(row: Promise<V | null>): Promise<V> {
  return row.then(present);
}

/** What may be chosen from now on: a retired row reads as an unknown one. */
export function unlessRetired<V extends { retiredAt: Date | null }>(row: Promise<V | null>): Promise<V | null> {
  return row.then((found) => (found?.retiredAt ? null : found));
}

function present<V>(value: V | null): V {
  if (value === null) throw new Error("A row that a foreign key promises is missing.");
  return value;
}

function preparedOnce<V>(db: Database, loader: Loader<V>, columns: Columns): Run<V> {
  const sets = prepared.get(db) ?? new WeakMap<object, Map<unknown, unknown>>();
  prepared.set(db, sets);
  const statements = sets.get(columns ?? ALL) ?? new Map<unknown, unknown>();
  sets.set(columns ?? ALL, statements);
  const known = statements.get(loader) as Run<V> | undefined;
  if (known) return known;
  const made = loader.prepare(db, columns);
  statements.set(loader, made);
  return made;
}
